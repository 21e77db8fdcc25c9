"""The process between a bus and the supervisor's socket: the bus may go and come back, the session stays."""

from __future__ import annotations

import random
import selectors
import signal
import socket
import sys
import time
from typing import Any

from ..errors import FarsimError
from .ask_relay import local_name
from .broadcast import BusBroadcast
from .connection import BusConnection
from .dial_nats import dial_nats
from .hand_on import hand_on, refuse
from .listener import BusListener
from .message import terms_of
from .nats_connection import PING_SECONDS, NatsConnection
from .nats_settings import NatsSettings
from .probe import await_pong, probe_bus
from .stream import BusStream

_REDIAL_SECONDS = 5.0
_HAND_ON_SECONDS = 1.0
_MOST_UNSENT = 4 << 20
_MOST_UNSENT_FRAMES = 256 << 10
_LAST_WORDS_SECONDS = 1.0


class BusRelay:
    """`connect` once where errors can still be told, `run` in a process of its own."""

    def __init__(self, settings: NatsSettings, local: str, token: str) -> None:
        self._settings = settings
        self._local = local
        self._token = token
        self._bus: NatsConnection | None = None
        self._listener: BusListener | None = None
        # made in the process that uses it: a descriptor from before a fork may be another one's by then
        self._selector: selectors.BaseSelector
        self._watched: dict[BusConnection, int] = {}
        self._ending_at: float | None = None
        self._locals = 0

    def connect(self) -> None:
        """Raises what keeps this side from listening there (`dial_nats`, `probe_bus`)."""
        bus = dial_nats(self._settings, self._settings.connect_seconds)
        try:
            probe_bus(bus, self._settings)
            # who dials from now on waits in the connection until `run`
            self._listener = self._listen(bus)
            await_pong(bus, self._settings)
        except BaseException:
            bus.close()
            raise
        self._bus = bus

    @property
    def descriptors(self) -> set[int]:
        return set() if self._bus is None else {self._bus.fileno()}

    def forget(self) -> None:
        """Lets go of the connection, which another process has."""
        if self._bus is not None:
            self._bus.close()
            self._bus = self._listener = None

    def run(self) -> None:
        """Carries until SIGTERM, and then what is still to be said, for a second at most."""
        signal.signal(signal.SIGTERM, lambda number, frame: self._end_soon())
        while self._ending_at is None:
            try:
                bus = self._bus or self._dial()
                listener = self._listener or self._listen(bus)
                self._bus = self._listener = None
                self._carry(bus, listener)
            except FarsimError as error:
                if self._ending_at is None:
                    _say(f"{error.message}; dialling it again")
                    time.sleep(random.uniform(0.1, 0.3))

    def _end_soon(self) -> None:
        self._ending_at = self._ending_at or time.monotonic() + _LAST_WORDS_SECONDS

    def _dial(self) -> NatsConnection:
        bus = dial_nats(self._settings, min(_REDIAL_SECONDS, self._settings.connect_seconds))
        _say(f"the NATS server {self._settings.names} is back")
        return bus

    def _listen(self, bus: NatsConnection) -> BusListener:
        listener = BusListener(
            bus,
            self._settings.subjects,
            self._settings.names,
            self._open_local,
            self._watch,
            self._unwatch,
            self._hand_on,
        )
        bus.on_forbidden = lambda error: (_say(error.message), listener.forbid(error))
        return listener

    def _carry(self, bus: NatsConnection, listener: BusListener) -> None:
        """Raises LINK_LOST when the server is gone."""
        self._selector = selectors.DefaultSelector()
        broadcast = self._broadcast(bus) if self._settings.publish else None
        try:
            self._turn(bus, listener, broadcast)
        finally:
            if broadcast is not None:
                broadcast.close()
            listener.drop()
            self._selector.close()
            bus.close()

    def _broadcast(self, bus: NatsConnection) -> BusBroadcast:
        largest = terms_of(bus.max_payload, self._settings.names).largest
        frames = self._settings.subjects.frames
        return BusBroadcast(
            self._token, self._open_local, lambda message: bus.publish(frames, "", message), largest
        )

    def _turn(self, bus: NatsConnection, listener: BusListener, broadcast: BusBroadcast | None) -> None:
        mask = selectors.EVENT_READ
        self._selector.register(bus, mask)
        ticked = time.monotonic()
        longest_wait = 0.1 if broadcast is None else 0.02
        bus.flush()
        while True:
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if bus.unsent else 0)
            if wanted != mask:
                mask = wanted
                self._selector.modify(bus, mask)
            self._refresh(bus)
            wait = min(longest_wait, ticked + PING_SECONDS - time.monotonic())
            for key, _ in self._selector.select(max(0.0, wait)):
                if key.data is None:
                    bus.receive()
                else:
                    key.data.write()
                    key.data.read()
            now = time.monotonic()
            if now - ticked >= PING_SECONDS:
                ticked = now
                bus.tick()
                for connection in list(listener.connections.values()):
                    connection.tick(now)
            if broadcast is not None and self._ending_at is None:
                broadcast.tick(now, bus.unsent < _MOST_UNSENT_FRAMES)
            bus.flush()
            if self._ending_at is not None:
                said_all = all(connection.has_said_all for connection in listener.connections.values())
                if now > self._ending_at or (said_all and not bus.unsent):
                    return

    def _hand_on(self, local: socket.socket, stream: BusStream, up: str, down: str) -> bool:
        if self._settings.tls is not None or not stream.is_quiet:
            refuse(local)
            return False
        return hand_on(local, stream, up, down, lambda: dial_nats(self._settings, _HAND_ON_SECONDS))

    def _open_local(self) -> socket.socket:
        local = socket.socket(socket.AF_UNIX)
        local.setblocking(False)
        try:
            self._locals += 1
            local.bind(local_name(self._locals))
            local.connect(self._local)
        except OSError:
            local.close()
            raise
        return local

    def _watch(self, connection: BusConnection) -> None:
        self._watched[connection] = 0

    def _unwatch(self, connection: BusConnection) -> None:
        self._set_events(connection, 0)
        del self._watched[connection]

    def _refresh(self, bus: NatsConnection) -> None:
        may_read = bus.unsent < _MOST_UNSENT
        for connection in list(self._watched):
            events = selectors.EVENT_READ if may_read and connection.wants_read else 0
            self._set_events(connection, events | (selectors.EVENT_WRITE if connection.wants_write else 0))

    def _set_events(self, connection: BusConnection, events: int) -> None:
        known = self._watched[connection]
        if events == known:
            return
        self._watched[connection] = events
        local: Any = connection.local
        if not events:
            self._selector.unregister(local)
        elif known:
            self._selector.modify(local, events, connection)
        else:
            self._selector.register(local, events, connection)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
