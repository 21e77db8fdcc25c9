"""The main thread's loop: reads requests from the newest data connection, applies them, writes the
replies.
"""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from ..errors import FarsimError
from ..wire.framing import decode_frame, encode_frame, frame_parts
from ..wire.layouts import NamedArray
from ..wire.link import Woken
from ..world.world import World
from .data_port import DataConnection, DataPort
from .observer_feed import ObserverFeed
from .served_session import Reply, ServedSession

_Waiting = tuple[dict[str, Any], list[list[NamedArray]], float]


class DataServer:
    """Runs until the port is closing or another env is asked for. Never raises for what a connection does."""

    def __init__(self, port: DataPort, session: ServedSession, world: World) -> None:
        self._port = port
        self._session = session
        self._world = world
        self._feed = ObserverFeed(port, session.writer)
        self._can_idle = world.idle() is not None
        self._idle_at = time.monotonic()

    def run(self) -> None:
        port = self._port
        talking: DataConnection | None = None
        waiting: deque[_Waiting] = deque()
        while not port.closing and port.remake is None:
            port.drain_wake()
            connection = port.take()
            self._feed.greet()
            if connection is not talking:
                waiting.clear()
                if talking is not None:
                    port.end(talking)
                talking = connection
            if connection is None:
                port.wait(self._idle_wait())
                continue
            try:
                self._talk(connection, waiting)
            except Woken:
                continue
            except FarsimError as error:
                _say_goodbye(connection, error)
            except OSError:
                pass
            port.end(connection)
            talking = None

    def _idle_wait(self) -> float | None:
        if not self._can_idle:
            return None
        now = time.monotonic()
        if now >= self._idle_at:
            self._port.set_busy(True)
            wait = self._world.idle()
            self._port.set_busy(False)
            now = time.monotonic()
            self._idle_at = now + (0.05 if wait is None else wait)
        return max(0.0, self._idle_at - now)

    def _talk(self, connection: DataConnection, waiting: deque[_Waiting]) -> None:
        """Returns at the stream's end; raises Woken when there is something new at the port."""
        port, session, link, codec = self._port, self._session, connection.link, connection.codec
        layouts = connection.layouts
        gate = session.gate
        while True:
            if self._can_idle:
                while not link.wait(self._idle_wait()):
                    pass
            frame = link.read_frame()
            if frame is None:
                return
            received = port.readable_since or link.read_at
            if not link.buffered:
                # what comes while this frame is answered is noted anew
                port.readable_since = None
            kind, body, offset = decode_frame(codec, frame)
            if kind == "request":
                blocks = layouts.read(body["blocks"], frame, offset)
                gate.acknowledge(body["ack"])
                if waiting or (not gate.may_start and body["seq"] > gate.applied):
                    waiting.append((body, blocks, received))
                else:
                    self._answer(connection, body, blocks, received)
            elif kind == "layout":
                layouts.learn(body)
            elif kind == "ack":
                gate.acknowledge(body["ack"])
            else:
                raise FarsimError("DECODE_FAILED", f"{kind} does not belong on the data channel")
            while waiting and gate.may_start:
                self._answer(connection, *waiting.popleft())

    def _answer(
        self,
        connection: DataConnection,
        request: dict[str, Any],
        blocks: list[list[NamedArray]],
        received: float,
    ) -> None:
        port = self._port
        port.set_busy(True)
        try:
            reply = self._session.answer(request, blocks, received, connection.codec)
            self._send(connection, reply)
            if port.observers and not reply.body.get("replayed"):
                self._feed.show(reply)
        finally:
            self._session.after_reply()
            port.set_busy(False)

    def _send(self, connection: DataConnection, reply: Reply) -> None:
        codec, announced = connection.codec, connection.announced
        head = b""
        for layout in reply.layouts:
            if layout and layout not in announced:
                announced.add(layout)
                head += encode_frame(codec, "layout", self._session.writer.message(layout))
        parts = frame_parts(reply.header, reply.arrays)
        if head:
            parts[0] = head + parts[0]
        connection.link.write(parts)


def _say_goodbye(connection: DataConnection, error: FarsimError) -> None:
    goodbye = encode_frame(connection.codec, "goodbye", {"code": error.code, "reason": error.message})
    try:
        connection.link.write([goodbye], heed_wake=False)
    except OSError:
        pass
