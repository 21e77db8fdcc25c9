"""Listens under a name on a bus, and joins each connection to a local socket."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

from ..errors import FarsimError
from .connection import BusConnection
from .message import (
    ACCEPT,
    BREAK,
    HELD,
    HERE,
    OPEN,
    PROBE,
    BusMessage,
    decode_message,
    decode_terms,
    encode_message,
    encode_reason,
    encode_terms,
    terms_of,
)
from .nats_connection import NatsConnection
from .nats_parser import Delivery
from .stream import BusStream
from .subjects import BusSubjects

_MOST_CONNECTIONS = 256


class BusListener:
    """Lives as long as its connection to the server. `open_local` gives a new socket to the supervisor and
    may raise OSError; `came` and `left` tell which connections are there. `hand_on` gives one, with its up
    and down subject, to the process that asked at its socket, and tells whether it did.
    """

    def __init__(
        self,
        bus: NatsConnection,
        subjects: BusSubjects,
        server: str,
        open_local: Callable[[], socket.socket],
        came: Callable[[BusConnection], None],
        left: Callable[[BusConnection], None],
        hand_on: Callable[[socket.socket, BusStream, str, str], bool],
    ) -> None:
        self._bus = bus
        self._subjects = subjects
        self._terms = terms_of(bus.max_payload, server)
        self._open_local = open_local
        self._came = came
        self._left = left
        self._hand_on = hand_on
        self.connections: dict[str, BusConnection] = {}
        self._sid = bus.subscribe(subjects.open, self._called)

    def close(self) -> None:
        """Accepts no more; the connections go on."""
        self._bus.unsubscribe(self._sid)

    def drop(self) -> None:
        """Ends all connections without a word: the bus is gone."""
        for connection in list(self.connections.values()):
            connection.drop()

    def forbid(self, error: FarsimError) -> None:
        """Ends the connection whose subject the server forbids."""
        parts = str(error.details.get("subject", "")).split(".")
        connection = self.connections.get(parts[-2]) if len(parts) > 1 else None
        if connection is not None:
            connection.give_up(error.message)

    def _called(self, said: Delivery) -> None:
        message = _readable(said)
        name = self._subjects.connection_of(said.reply)
        if message is None or name is None or name in self.connections:
            return
        if message.kind == PROBE:
            self._bus.publish(said.reply, self._subjects.open, encode_message(HERE))
        elif message.kind == OPEN:
            try:
                self._open(name, message.body)
            except FarsimError as error:
                self._refuse(name, error.message)
            except OSError:
                self._refuse(name, "the bridge takes no connection now")

    def _refuse(self, name: str, reason: str) -> None:
        message = encode_message(BREAK, 0, 0, encode_reason(reason))
        self._bus.publish(self._subjects.down(name), self._subjects.open, message)

    def _open(self, name: str, terms: bytes) -> None:
        if len(self.connections) >= _MOST_CONNECTIONS:
            raise FarsimError("LIMIT_EXCEEDED", f"{_MOST_CONNECTIONS} connections are open here")
        theirs = decode_terms(terms)
        local = self._open_local()
        bus, up, down = self._bus, self._subjects.up(name), self._subjects.down(name)

        def hear(said: Delivery) -> None:
            if said.nobody:
                connection.hear_nobody()
            else:
                connection.hear(said.payload)

        def leave() -> None:
            bus.unsubscribe(sid)
            del self.connections[name]
            self._left(connection)

        publish = bus.publisher(down, up)
        stream = BusStream(self._terms, theirs, publish, time.monotonic())

        def hand_on(local: socket.socket) -> Callable[[], None] | None:
            if not self._hand_on(local, stream, up, down):
                return None
            bus.unsubscribe(sid)
            return lambda: publish(encode_message(HELD))

        connection = BusConnection(local, stream, leave, hand_on)
        sid = bus.subscribe(up, hear)
        publish(encode_message(ACCEPT, 0, 0, encode_terms(self._terms)))
        self.connections[name] = connection
        self._came(connection)


def _readable(said: Delivery) -> BusMessage | None:
    """None for what is no message: anybody may publish anything there, and is not answered."""
    if said.nobody:
        return None
    try:
        return decode_message(said.payload)
    except FarsimError:
        return None
