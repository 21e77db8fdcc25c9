"""One connection to a NATS server: publishes, subscribes, and finds out when the server is gone or frozen."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable

from ..errors import FarsimError
from .nats_errors import lost_server, said_error
from .nats_parser import Delivery, NatsParser

PING_SECONDS = 1.0
_UNANSWERED = 2
_READ_BYTES = 64 << 10
_WRITE_BYTES = 128 << 10
_SHOWN_BYTES = 8 << 10

Hear = Callable[[Delivery], None]


class NatsConnection:
    """Never waits. `receive`, `flush` and `tick` raise LINK_LOST when the server is gone; what it forbids
    goes to `on_forbidden`.
    """

    def __init__(
        self, connected: socket.socket, parser: NatsParser, max_payload: int, server: str
    ) -> None:
        connected.setblocking(False)
        self._socket = connected
        self._parser = parser
        self._server = server
        self.max_payload = max_payload
        self._hearers: dict[int, Hear] = {}
        self._last_sid = 0
        self._unsent = bytearray()
        self._pings = 0
        self._pongs = 0
        self._unanswered = 0
        self.on_forbidden: Callable[[FarsimError], None] = lambda error: None

    def fileno(self) -> int:
        return self._socket.fileno()

    @property
    def unsent(self) -> int:
        """Bytes that wait for the server to read."""
        return len(self._unsent)

    def publish(self, subject: str, reply: str, payload: bytes) -> None:
        """An empty `reply` is none."""
        self._write(b"PUB %s %s %d\r\n%s\r\n" % (subject.encode(), reply.encode(), len(payload), payload))

    def publisher(self, subject: str, reply: str) -> Callable[[bytes], None]:
        """Publishes payload after payload there."""
        head = b"PUB %s %s " % (subject.encode(), reply.encode())
        return lambda payload: self._write(b"%s%d\r\n%s\r\n" % (head, len(payload), payload))

    def subscribe(self, subject: str, hear: Hear) -> int:
        """Gives the number that ends it."""
        self._last_sid += 1
        self._hearers[self._last_sid] = hear
        self._write(b"SUB %s %d\r\n" % (subject.encode(), self._last_sid))
        return self._last_sid

    def adopt(self, sid: int, hear: Hear) -> None:
        """Hears a subscription that another process made on this connection."""
        self._hearers[sid] = hear

    def unsubscribe(self, sid: int) -> None:
        if self._hearers.pop(sid, None) is not None:
            self._write(b"UNSUB %d\r\n" % sid)

    def ping(self) -> int:
        """Sends a PING; `answered` is true of the returned number when the server has seen all before it."""
        self._pings += 1
        self._write(b"PING\r\n")
        return self._pings

    def answered(self, ping: int) -> bool:
        return self._pongs >= ping

    def receive(self) -> None:
        """Hands on all that has come."""
        while True:
            try:
                data = self._socket.recv(_READ_BYTES)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            except OSError as error:
                raise lost_server(self._server, str(error)) from error
            if not data:
                raise lost_server(self._server, "it closed the connection")
            for said in self._parser.feed(data):
                self._take(said)
            if len(data) < _READ_BYTES and not isinstance(self._socket, ssl.SSLSocket):
                return

    def flush(self) -> None:
        """Writes what waits, as far as that goes."""
        while self._unsent:
            try:
                with memoryview(self._unsent) as view:
                    count = self._socket.send(view[:_WRITE_BYTES])
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            except OSError as error:
                raise lost_server(self._server, str(error)) from error
            del self._unsent[:count]

    def tick(self) -> None:
        """To be called every second."""
        if self._unanswered >= _UNANSWERED:
            raise lost_server(self._server, f"{self._unanswered} pings went unanswered")
        self._unanswered += 1
        self.ping()

    @property
    def is_plain(self) -> bool:
        """True when another process could go on with its descriptor: no TLS, nothing half heard or unsent."""
        return not (isinstance(self._socket, ssl.SSLSocket) or self._unsent or self._parser.begun)

    def shows_data(self, is_data: Callable[[bytes], bool]) -> bool:
        """True when a message that `is_data`, or the end, was not yet received; takes nothing."""
        if self._parser.begun:
            return True
        try:
            shown = self._socket.recv(_SHOWN_BYTES, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        parser = NatsParser()
        said = [message for message in parser.feed(shown) if isinstance(message, Delivery)]
        return not shown or parser.begun or any(is_data(message.payload) for message in said)

    def close(self) -> None:
        self._socket.close()

    def _write(self, data: bytes) -> None:
        self._unsent += data

    def _take(self, said: Delivery | tuple[str, str]) -> None:
        if isinstance(said, Delivery):
            hear = self._hearers.get(said.sid)
            if hear is not None:
                hear(said)
            return
        name, rest = said
        if name == "PING":
            self._write(b"PONG\r\n")
        elif name == "PONG":
            self._pongs += 1
            self._unanswered = 0
        elif name == "-ERR":
            error = said_error(rest, self._server)
            if "subject" not in error.details:
                raise error
            self.on_forbidden(error)
        elif name == "INFO":
            try:
                self.max_payload = int(json.loads(rest).get("max_payload", self.max_payload))
            except ValueError:
                pass
