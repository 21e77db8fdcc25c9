"""Runs' folders of recorded rounds, and `record`. Imports `wire`, `processes`, `world`, `gymnasium_envs`, and
`session` for the ledger.
"""
