"""The far side: a supervisor that listens and guards, and the simulator process with its adapter. Standard
library only.
"""
