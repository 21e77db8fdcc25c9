"""The simulator process's end of a bus connection that was handed to it: what a link reads and writes."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from typing import Any

from ..errors import FarsimError
from .message import ALIVE
from .nats_connection import NatsConnection
from .nats_parser import Delivery
from .stream import BusStream


class BusCarrier:
    """A link's bytes as messages of a bus. As this process may be busy for minutes, the relay goes on saying
    that the connection is held, until `held` closes, the socket on which it was handed on.
    """

    def __init__(self, bus: NatsConnection, given: dict[str, Any], held: int) -> None:
        self._bus = bus
        self._held = held
        publish = bus.publisher(given["down"], given["up"])
        self._stream = BusStream.load(given["stream"], publish, time.monotonic())
        self._broken = False
        self._closed = False
        self.starved = False
        bus.adopt(1, self._hear)

    def fileno(self) -> int:
        return self._bus.fileno()

    @property
    def waiting(self) -> bool:
        return self._stream.waiting or self._over

    @property
    def unsent(self) -> bool:
        return self._bus.unsent > 0

    def readable(self) -> bool:
        """The peer says each second that it is alive, which is nothing to be read."""
        return self.waiting or self._bus.shows_data(matters)

    def pull(self) -> bool:
        """Takes what has come; True when there is something to be read."""
        if not self.waiting:
            self._receive()
        return self.waiting

    def readv(self, buffers: Sequence[memoryview]) -> int:
        if not self.pull():
            raise BlockingIOError
        into, count = buffers[0], 0

        def write(data: memoryview) -> int:
            nonlocal count
            part = data[: len(into) - count]
            into[count : count + len(part)] = part
            count += len(part)
            return len(part)

        self._stream.take(write)
        if self._bus.unsent:
            self.flush()
        return count

    def writev(self, parts: Sequence[Any]) -> int:
        self.starved = False
        if self._bus.unsent:
            self.flush()
            if self._bus.unsent:
                raise BlockingIOError
        room = self._stream.room
        if not room:
            self._receive()
            room = self._stream.room
        if self._broken or self._stream.unheard:
            raise ConnectionResetError("the bus lost the connection")
        if not room:
            self.starved = True
            raise BlockingIOError
        body = _first_bytes(parts, room)
        self._stream.send(body)
        self.flush()
        return len(body)

    def flush(self) -> None:
        try:
            self._bus.flush()
        except FarsimError as error:
            self._broken = True
            raise ConnectionResetError(error.message) from error

    def close(self) -> None:
        """Says the end, where somebody hears it, and lets go of the bus and the relay."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(OSError):
            if not self._broken:
                self._stream.end()
                self.flush()
        self._bus.close()
        os.close(self._held)

    @property
    def _over(self) -> bool:
        return self._broken or (self._stream.peer_ended and not self._stream.waiting)

    def _receive(self) -> None:
        try:
            self._bus.receive()
            if self._bus.unsent:
                self._bus.flush()
        except FarsimError:
            self._broken = True

    def _hear(self, said: Delivery) -> None:
        try:
            if said.nobody:
                self._stream.hear_nobody()
            else:
                self._stream.hear(said.payload, time.monotonic())
        except FarsimError as error:
            self._stream.give_up(error.message)
            self._broken = True


def matters(payload: bytes) -> bool:
    """True for all that a peer says but that it is alive."""
    return payload[:1] != bytes([ALIVE])


def _first_bytes(parts: Sequence[Any], most: int) -> bytes:
    taken: list[Any] = []
    for part in parts:
        view = memoryview(part).cast("B")
        taken.append(view[:most])
        most -= len(taken[-1])
        if not most:
            break
    return taken[0].tobytes() if len(taken) == 1 else b"".join(taken)
