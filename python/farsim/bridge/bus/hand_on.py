"""A data connection goes from the relay to the simulator process, which then is on the bus by itself: its
steps pass one process less.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import time
from collections.abc import Callable

from ..errors import FarsimError
from .ask_relay import NO
from .carrier import matters
from .nats_connection import NatsConnection
from .nats_parser import Delivery
from .stream import BusStream

_PONG_SECONDS = 1.0


def refuse(local: socket.socket) -> None:
    """Tells who asked, if it is still there, that the relay goes on carrying."""
    with contextlib.suppress(OSError):
        local.send(NO)


def hand_on(
    local: socket.socket, stream: BusStream, up: str, down: str, dial: Callable[[], NatsConnection]
) -> bool:
    """Answers who asked at `local` with a connection to the server that hears `up`, and the stream's numbers.
    False when that could not be, which it is told, too.
    """
    with contextlib.suppress(FarsimError, OSError), contextlib.ExitStack() as stack:
        bus = dial()
        stack.callback(bus.close)
        heard: list[Delivery] = []
        bus.subscribe(up, heard.append)
        _await_pong(bus)
        if bus.is_plain and not any(matters(said.payload) for said in heard):
            given = {"stream": stream.dump(), "up": up, "down": down, "maxPayload": bus.max_payload}
            socket.send_fds(local, [json.dumps(given).encode()], [bus.fileno()])
            return True
    refuse(local)
    return False


def _await_pong(bus: NatsConnection) -> None:
    until = time.monotonic() + _PONG_SECONDS
    ping = bus.ping()
    poll = select.poll()
    poll.register(bus, select.POLLIN)
    while not bus.answered(ping):
        bus.flush()
        if not poll.poll(max(0.0, until - time.monotonic()) * 1000):
            raise TimeoutError
        bus.receive()
