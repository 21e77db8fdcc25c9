"""The supervisor, the only listener: control, the lease, the watch over the simulator process, its end.
Imports `wire`, `processes` and `bus`.
"""
