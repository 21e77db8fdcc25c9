"""Brings a session onto a bus, before anything of it is started."""

from __future__ import annotations

from typing import Any

from .relay_process import RelayProcess


def join_bus(given: Any, local: str, token: str) -> RelayProcess | None:
    """A relay from the bus that the order's `nats` names to the supervisor's socket, connected; None without
    `nats`. `token` is the session's. Raises CONFIG_INVALID, UNKNOWN_KEY, FILE_NOT_FOUND, UNSUPPORTED,
    HOST_UNREACHABLE, LOGIN_REFUSED, and BAD_ARGUMENT for a name that is taken.
    """
    if given is None:
        return None
    # most far sides have no bus, and some Pythons no ssl
    from .nats_settings import read_nats_settings
    from .relay import BusRelay

    relay = BusRelay(read_nats_settings(given), local, token)
    relay.connect()
    return RelayProcess(relay)
