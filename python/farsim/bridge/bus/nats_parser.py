"""What a NATS server says, cut into its operations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..errors import FarsimError

_LONGEST_LINE = 1 << 16
_MESSAGE = re.compile(rb"MSG [^ \r\n]+ (\d{1,9}) (?:([^ \r\n]+) )?(\d{1,7})\r\n")
_LARGEST_MESSAGE = 64 << 20


class Delivery(NamedTuple):
    """A message of a subscription; `nobody` says that it is the server's word (503) that nobody heard what
    was sent with this subject as its reply.
    """

    sid: int
    reply: str
    payload: bytes
    nobody: bool


class NatsParser:
    """Raises DECODE_FAILED for what no NATS server says."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._head: list[bytes] | None = None

    @property
    def begun(self) -> bool:
        """True while an operation is only there in part."""
        return bool(self._buffer) or self._head is not None

    def feed(self, data: bytes) -> Iterator[Delivery | tuple[str, str]]:
        """The operations that are complete: deliveries, and others as name and rest of the line."""
        if not self.begun:
            # what mostly comes: whole messages without headers
            at = 0
            while (head := _MESSAGE.match(data, at)) is not None:
                sid, reply, size = head.groups()
                begin, at = head.end(), head.end() + int(size) + 2
                if at > len(data):
                    at = head.start()
                    break
                told = "" if reply is None else reply.decode("utf-8", "replace")
                yield Delivery(int(sid), told, data[begin : at - 2], False)
            if at == len(data):
                return
            data = data[at:]
        self._buffer += data
        at = 0
        try:
            while True:
                if self._head is None:
                    end = self._buffer.find(b"\r\n", at)
                    if end < 0:
                        if len(self._buffer) - at > _LONGEST_LINE:
                            raise FarsimError("DECODE_FAILED", "the NATS server sent a line without end")
                        return
                    line = bytes(self._buffer[at:end])
                    at = end + 2
                    name, _, rest = line.partition(b" ")
                    if name.upper() in (b"MSG", b"HMSG"):
                        self._head = [name.upper(), *rest.split()]
                    else:
                        yield name.decode("latin-1").upper(), rest.decode("utf-8", "replace").strip()
                    continue
                size = _size_of(self._head)
                if len(self._buffer) - at < size + 2:
                    return
                payload = bytes(memoryview(self._buffer)[at : at + size])
                at += size + 2
                head, self._head = self._head, None
                yield _delivery(head, payload)
        finally:
            del self._buffer[:at]


def _size_of(head: list[bytes]) -> int:
    try:
        size = int(head[-1])
    except ValueError:
        size = -1
    if not 0 <= size <= _LARGEST_MESSAGE or len(head) < 4:
        raise FarsimError("DECODE_FAILED", f"the NATS server announced a message with {head!r}")
    return size


def _delivery(head: list[bytes], payload: bytes) -> Delivery:
    counts = 2 if head[0] == b"HMSG" else 1
    try:
        sid = int(head[2])
        headers = int(head[-2]) if counts == 2 else 0
    except ValueError:
        raise FarsimError("DECODE_FAILED", f"the NATS server announced a message with {head!r}") from None
    reply = head[3].decode("utf-8", "replace") if len(head) - counts == 4 else ""
    nobody = len(payload) == headers and payload.startswith(b"NATS/1.0 503")
    return Delivery(sid, reply, payload[headers:], nobody)
