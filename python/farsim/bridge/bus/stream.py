"""One connection's two directions over a bus: numbered messages, credit, signs of life, two ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from ..errors import FarsimError
from .message import (
    ACCEPT,
    ALIVE,
    BREAK,
    DATA,
    END,
    HEAD_BYTES,
    Terms,
    decode_message,
    decode_reason,
    encode_message,
    encode_reason,
)

ALIVE_SECONDS = 1.0
_SILENCE_SECONDS = 10.0
_SMALLEST_SEND = 2_048
_NUMBERS = ("received", "received_bytes", "taken", "told", "sent", "sent_bytes", "acknowledged")


class BusStream:
    """Has no descriptor and never waits. Faults are raised (LINK_LOST, DECODE_FAILED, LIMIT_EXCEEDED), and
    the one who holds the stream then calls `give_up`.
    """

    def __init__(self, ours: Terms, theirs: Terms, send: Callable[[bytes], None], now: float) -> None:
        self._ours = ours
        self._theirs = theirs
        self._window = theirs.window
        self._largest_body = min(ours.largest, theirs.largest) - HEAD_BYTES
        self._send_message = send
        self._waiting: deque[bytes] = deque()
        self._at = 0
        self._received = self._received_bytes = self._taken = self._told = 0
        self._sent = self._sent_bytes = self._acknowledged = 0
        self._heard_at = self._ticked_at = now
        self.peer_ended = False
        self.ended = False
        self.unheard = False

    def dump(self) -> dict[str, Any]:
        """All that another process needs to go on with it, as JSON; only while nothing waits and nothing has
        ended.
        """
        numbers = {name: getattr(self, f"_{name}") for name in _NUMBERS}
        return {"ours": self._ours, "theirs": self._theirs, "numbers": numbers}

    @classmethod
    def load(cls, dumped: dict[str, Any], send: Callable[[bytes], None], now: float) -> BusStream:
        """The stream of such a dump, in another process."""
        stream = cls(Terms(*dumped["ours"]), Terms(*dumped["theirs"]), send, now)
        for name in _NUMBERS:
            setattr(stream, f"_{name}", int(dumped["numbers"][name]))
        return stream

    @property
    def is_quiet(self) -> bool:
        """True when it can be dumped."""
        return not (self._waiting or self.ended or self.peer_ended or self.unheard)

    @property
    def room(self) -> int:
        """Bytes that may be sent now; 0 as well while only a few might."""
        if self.ended or self.unheard:
            return 0
        credit = self._window - (self._sent_bytes - self._acknowledged) - HEAD_BYTES
        return min(credit, self._largest_body) if credit >= _SMALLEST_SEND else 0

    @property
    def waiting(self) -> bool:
        """True while bytes of the peer wait to be taken."""
        return bool(self._waiting)

    def send(self, data: bytes) -> None:
        """Sends at most `room` bytes."""
        self._sent += 1
        self._sent_bytes += HEAD_BYTES + len(data)
        self._tell(DATA, data)

    def end(self) -> None:
        """Nothing more is sent."""
        self.ended = True
        self._tell(END)

    def give_up(self, reason: str) -> None:
        self._tell(BREAK, encode_reason(reason))

    def hear(self, payload: bytes, now: float) -> None:
        """Takes the peer's next message."""
        message = decode_message(payload)
        self._heard_at = now
        if message.kind == BREAK:
            raise FarsimError("LINK_LOST", f"the other side gave up: {decode_reason(message.body)}")
        if message.kind == ACCEPT:
            raise FarsimError("DECODE_FAILED", "a listener answered a listener")
        if message.kind not in (DATA, ALIVE, END):
            raise FarsimError(
                "DECODE_FAILED", f"a message of kind {message.kind} does not belong on an open connection"
            )
        self._count(message.kind, message.sent)
        if not self._acknowledged <= message.taken <= self._sent_bytes:
            raise FarsimError(
                "DECODE_FAILED",
                f"the other side says that it took {message.taken} bytes, after {self._acknowledged}, of "
                f"{self._sent_bytes} that were sent",
            )
        self._acknowledged = message.taken
        if message.kind == DATA:
            self._put(message.body)
        elif message.kind == END:
            if self.peer_ended:
                raise FarsimError("DECODE_FAILED", "a second end came")
            self.peer_ended = True

    def hear_nobody(self) -> None:
        """The server says that nobody hears this side; after the peer's END that is all right."""
        self.unheard = True
        if not self.peer_ended:
            raise FarsimError("LINK_LOST", "the other side is gone without a goodbye")

    def take(self, write: Callable[[memoryview], int]) -> None:
        """Gives what waits to `write`, which tells how much it took, until it takes no more."""
        while self._waiting:
            body = self._waiting[0]
            self._at += write(memoryview(body)[self._at :])
            if self._at < len(body):
                break
            self._waiting.popleft()
            self._at = 0
            self._taken += HEAD_BYTES + len(body)
        if self._taken - self._told >= self._ours.window // 4:
            self._tell(ALIVE)

    def tick(self, now: float) -> None:
        """To be called every second. Raises LINK_LOST for a silence of 10 s in which this side was awake."""
        if now - self._ticked_at > 2 * ALIVE_SECONDS:
            self._heard_at = max(self._heard_at, now - _SILENCE_SECONDS + ALIVE_SECONDS)
        self._ticked_at = now
        silent = now - self._heard_at
        if silent > _SILENCE_SECONDS and not self.peer_ended:
            raise FarsimError("LINK_LOST", f"nothing heard from the other side for {silent:.1f} s")
        self._tell(ALIVE)

    def _count(self, kind: int, sent: int) -> None:
        due = self._received + (kind == DATA)
        if sent > due:
            raise FarsimError(
                "LINK_LOST", f"the bus lost {sent - due} messages after message {self._received}"
            )
        if sent < due:
            raise FarsimError("DECODE_FAILED", f"message {sent} came where {due} was due")
        self._received = sent

    def _put(self, body: bytes) -> None:
        size = HEAD_BYTES + len(body)
        if self.peer_ended:
            raise FarsimError("DECODE_FAILED", "data came after the end")
        if not body or size > self._ours.largest:
            raise FarsimError("LIMIT_EXCEEDED", f"a message holds {len(body)} bytes of data")
        self._received_bytes += size
        waiting = self._received_bytes - self._taken
        if waiting > self._ours.window:
            raise FarsimError(
                "LIMIT_EXCEEDED",
                f"the other side sent {waiting} bytes that were not taken; it may send {self._ours.window}",
            )
        self._waiting.append(body)

    def _tell(self, kind: int, body: bytes = b"") -> None:
        self._told = self._taken
        self._send_message(encode_message(kind, self._sent, self._taken, body))
