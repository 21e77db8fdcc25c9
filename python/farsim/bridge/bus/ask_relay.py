"""Asks the relay of a bus for the connection that it carries to this process."""

from __future__ import annotations

import json
import os
import select
import socket
import stat
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .carrier import BusCarrier

NO = b"no"
"""What the relay says where it goes on carrying."""
_NAME = b"\0farsim-relay-"
_ANSWER_BYTES = 4_096
_ANSWER_SECONDS = 3.0


def local_name(number: int) -> bytes:
    """What the relay calls its end of a local connection, by which the other end knows a relay."""
    return b"%s%d-%d" % (_NAME, os.getpid(), number)


def carrier_of(descriptor: int) -> BusCarrier | None:
    """What carries a connection whose other end is a relay that handed it on; None for any other connection,
    and where the relay goes on carrying. Raises ConnectionError when it does not answer.
    """
    # `attach` hands on pipes, too
    if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
        return None
    with socket.socket(fileno=os.dup(descriptor)) as local:
        if local.family != socket.AF_UNIX or not _is_relay(local):
            return None
        try:
            from .carrier import BusCarrier
            from .nats_connection import NatsConnection
            from .nats_parser import NatsParser
        except ImportError:
            # a Python without ssl
            return None
        answer, descriptors = _ask(local)
        if not descriptors and answer == NO:
            return None
        if not descriptors:
            raise ConnectionResetError("the relay of the bus said something else")
        given = json.loads(answer)
        connected = socket.socket(fileno=descriptors[0])
        connected.set_inheritable(False)
        bus = NatsConnection(connected, NatsParser(), given["maxPayload"], "of the bus")
        return BusCarrier(bus, given, os.dup(descriptor))


def _is_relay(local: socket.socket) -> bool:
    try:
        name: Any = local.getpeername()
    except OSError:
        return False
    return isinstance(name, bytes) and name.startswith(_NAME)


def _ask(local: socket.socket) -> tuple[bytes, list[int]]:
    # a descriptor makes the request stand out of the stream
    nothing = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    try:
        socket.send_fds(local, [b"\0"], [nothing])
    finally:
        os.close(nothing)
    poll = select.poll()
    poll.register(local, select.POLLIN)
    if not poll.poll(_ANSWER_SECONDS * 1000):
        raise ConnectionResetError("the relay of the bus does not answer")
    answer, descriptors, _, _ = socket.recv_fds(local, _ANSWER_BYTES, 1)
    return answer, descriptors
