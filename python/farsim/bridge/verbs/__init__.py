"""What `python bridge.pyz VERB` does, each verb imported when it is named. Imports `wire`, `processes`,
`bus`, `supervisor`, and `recording` for its lock.
"""
