"""Where data connections come into the simulator process: the newest one replaces the one before."""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Callable
from typing import Any

from ..bus.ask_relay import carrier_of
from ..processes.door import Door
from ..wire import limits
from ..wire.codecs import CODECS
from ..wire.framing import encode_frame
from ..wire.layouts import LayoutReader
from ..wire.link import Link, drain
from .ledger_keeper import LedgerKeeper
from .request_gate import RequestGate

_TICK_SECONDS = 0.1
_LEDGER_SECONDS = 10.0


class DataConnection:
    """One handed-over connection: its link, codec, what each side named on it, and what its HELLO said."""

    def __init__(self, hello: dict[str, Any], link: Link) -> None:
        self.number: int = hello["number"]
        self.hello = hello
        self.link = link
        self.codec = CODECS[hello["codec"]]
        self.layouts = LayoutReader()
        self.announced: set[int] = set()
        self.unsent = b""
        self.dropped = 0
        self.greeted = False


class DataPort:
    """A thread that only receives: it makes the old connection shut down, and greets the new one while the
    main thread is busy.

    The main thread reads and writes; it is woken through `wake_fd`.
    """

    def __init__(self, door: Door, welcome: dict[str, Any], on_lost: Callable[[], None]) -> None:
        """`on_lost` is called on the thread when the supervisor is gone: nothing guards this process any
        more.
        """
        self._door = door
        self._on_lost = on_lost
        self._welcome = welcome
        self._lock = threading.Lock()
        self._newest: DataConnection | None = None
        self._taken: DataConnection | None = None
        self._spec: dict[str, Any] | None = None
        self._gate: RequestGate | None = None
        self._ledger: LedgerKeeper | None = None
        self._busy = False
        self.wake_fd, self._wake = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._waking = select.poll()
        self._waking.register(self.wake_fd, select.POLLIN)
        self.closing = False
        self.remake: dict[str, Any] | None = None
        """The config of another env that the supervisor asks for."""
        self._closed = False
        self.reason = ""
        """Why the supervisor asked for the end."""
        self.readable_since: float | None = None
        """When the door saw unread bytes while the main thread was in a call; monotonic seconds."""
        self.observers: list[DataConnection] = []
        self._thread = threading.Thread(target=self._receive, name="farsim-door", daemon=True)
        self._thread.start()

    def open(self, spec: dict[str, Any], gate: RequestGate, ledger: LedgerKeeper) -> None:
        """From now on connections are greeted."""
        with self._lock:
            self._spec, self._gate, self._ledger = spec, gate, ledger
            self.remake = None

    def set_busy(self, busy: bool) -> None:
        """Said by the main thread around each call."""
        self._busy = busy

    def drain_wake(self) -> None:
        drain(self.wake_fd)

    def take(self) -> DataConnection | None:
        """The newest connection, greeted; who takes it ends it."""
        with self._lock:
            newest = self._taken = self._newest
            if newest is not None:
                self._greet(newest)
            return newest

    def end(self, connection: DataConnection) -> None:
        """Closes a connection and says so to the supervisor."""
        with self._lock:
            if self._newest is connection:
                self._newest = None
            if connection in self.observers:
                self.observers.remove(connection)
            connection.link.close()
        self._door.send({"ended": connection.number})

    def end_all(self) -> None:
        """Ends every connection: what they were told of the simulator holds no more."""
        newest = self._newest
        for connection in [*self.observers, *([newest] if newest else [])]:
            self.end(connection)

    def wait(self, seconds: float | None) -> None:
        """Waits for a connection or the end."""
        self._waking.poll(None if seconds is None else seconds * 1000)

    def stop(self, reason: str) -> None:
        """Makes `closing` true, from whichever thread."""
        self.reason = self.reason or reason
        self.closing = True
        newest = self._newest
        if newest is not None:
            newest.link.given_up = True
        os.write(self._wake, b"\0")

    def close(self) -> None:
        """Ends the thread, the door and every connection; nothing may be asked afterwards."""
        self._closed = True
        self._door.end()
        self._thread.join(2)
        self._door.close()
        newest, self._newest = self._newest, None
        for connection in [*self.observers, *([newest] if newest else [])]:
            connection.link.close()
        for descriptor in (self.wake_fd, self._wake):
            os.close(descriptor)

    def _receive(self) -> None:
        poll = select.poll()
        poll.register(self._door.fileno(), select.POLLIN)
        while True:
            if not poll.poll(_TICK_SECONDS * 1000):
                self._look_after_busy_main()
                continue
            received = self._door.receive()
            if received is None:
                if not self._closed:
                    self._on_lost()
                return
            self._take_message(*received)

    def _take_message(self, message: dict[str, Any], descriptors: list[int]) -> None:
        if "accept" in message:
            try:
                link = self._link(message["accept"], descriptors)
            except (OSError, ValueError):
                self._door.send({"ended": message["accept"]["number"]})
                return
            connection = DataConnection(message["accept"], link)
            with self._lock:
                if connection.hello["role"] == "observer":
                    self.observers.append(connection)
                else:
                    replaced, self._newest = self._newest, connection
                    if replaced is not None:
                        self._put_aside(replaced)
                    link.given_up = self.closing
                if self._busy and connection.hello["resume"]:
                    self._greet(connection)
        elif "drop" in message:
            with self._lock:
                if self._newest is not None:
                    _sink(self._newest.link)
        elif "remake" in message:
            with self._lock:
                self._spec = None
                self.remake = message["remake"]
        elif message.get("close"):
            self.stop(message.get("reason", ""))
        os.write(self._wake, b"\0")

    def _link(self, hello: dict[str, Any], descriptors: list[int]) -> Link:
        try:
            # observers are written to between steps, which a relay carries as well
            carrier = None if hello["role"] == "observer" else carrier_of(descriptors[0])
        except BaseException:
            _close_all(descriptors)
            raise
        if carrier is None:
            return Link(descriptors[0], descriptors[-1], self.wake_fd)
        _close_all(descriptors)
        return Link(carrier.fileno(), carrier.fileno(), self.wake_fd, carrier)

    def _put_aside(self, replaced: DataConnection) -> None:
        if replaced is self._taken:
            _sink(replaced.link)
            return
        replaced.link.close()
        self._door.send({"ended": replaced.number})

    def _look_after_busy_main(self) -> None:
        newest = self._newest
        if newest is None or not self._busy:
            return
        with self._lock:
            if self._newest is not newest:
                return
            if not newest.greeted:
                # a new client's numbers begin after the running request: the main thread greets it
                if newest.hello["resume"]:
                    self._greet(newest)
            elif self.readable_since is None and newest.link.readable:
                self.readable_since = time.monotonic()

    def _greet(self, connection: DataConnection) -> None:
        if connection.greeted or self._spec is None or self._gate is None or self._ledger is None:
            return
        connection.greeted = True
        resume = connection.hello["resume"]
        if resume:
            self._gate.acknowledge(resume["ack"])
        else:
            self._gate.begin_client()
        numbers: dict[str, Any] = {"applied": self._gate.applied, "kept": self._gate.first_kept}
        if not resume:
            self._ledger.drain(_LEDGER_SECONDS)
            numbers["ledgerIndex"], numbers["ledgerHead"] = self._ledger.newest
        try:
            connection.link.write([self.greeting(connection, numbers)], heed_wake=False)
        except OSError:
            _sink(connection.link)

    def greeting(self, connection: DataConnection, numbers: dict[str, Any]) -> bytes:
        """WELCOME and SPEC as bytes; only once `open` was called."""
        hello = connection.hello
        welcome = {
            **self._welcome,
            **numbers,
            "phase": "ready",
            "fence": hello["fence"],
            "proof": bytes.fromhex(hello["proof"]),
            "creditRequests": limits.CREDIT_REQUESTS,
            "creditBytes": limits.CREDIT_BYTES,
            "frameLimit": limits.FRAME_BYTES,
        }
        codec = connection.codec
        return encode_frame(codec, "welcome", welcome) + encode_frame(codec, "spec", self._spec or {})


def _close_all(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _sink(link: Link) -> None:
    """Puts /dev/null over a link's descriptors: its peer sees the end, its reader the end of the stream, its
    numbers stay.
    """
    link.given_up = True
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    try:
        for descriptor in {link.read_fd, link.write_fd}:
            os.dup2(null, descriptor, inheritable=False)
    finally:
        os.close(null)
