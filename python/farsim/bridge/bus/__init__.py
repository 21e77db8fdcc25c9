"""A session on a message bus: NATS, connections over it, and the relay to the supervisor. Imports `wire` and
`processes`.
"""
