"""The simulator process and what it runs: a session, a detached run, or a user's own program through `serve`.
Imports every room but `engines`, `bus`, `supervisor` and `verbs`.
"""
