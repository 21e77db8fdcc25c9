"""One session in the simulator process: its requests in order and once, its ledger, its data connections.
Imports `wire`, `processes` and `world`.
"""
