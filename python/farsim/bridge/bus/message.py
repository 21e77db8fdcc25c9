"""Messages of a connection over a bus (docs/protocol.md, "Over a bus")."""

from __future__ import annotations

import struct
from typing import NamedTuple

from ..errors import FarsimError

OPEN, ACCEPT, DATA, ALIVE, END, BREAK, PROBE, HERE, HELD = range(1, 10)

HEAD_BYTES = 24
_HEAD = struct.Struct("<BB6sQQ")
_TERMS = struct.Struct("<II")
_FORMAT = 1
_ZEROS = bytes(6)
_COUNTER_LIMIT = 1 << 53
_LONGEST_REASON = 1_024
_WINDOW_BYTES = 4 << 20
_PREFERRED_BYTES = 60 << 10
_SMALLEST_BYTES = 4 << 10


class BusMessage(NamedTuple):
    """`sent` counts the sender's DATA messages, this one included; `taken` the bytes of DATA messages, heads
    included, that it has taken off the connection.
    """

    kind: int
    sent: int
    taken: int
    body: bytes


class Terms(NamedTuple):
    """What one side of a connection takes: bytes that may be under way, and bytes of one whole message."""

    window: int
    largest: int


def encode_message(kind: int, sent: int = 0, taken: int = 0, body: bytes = b"") -> bytes:
    return _HEAD.pack(kind, _FORMAT, _ZEROS, sent, taken) + body


def decode_message(data: bytes) -> BusMessage:
    """Raises DECODE_FAILED for what is no message of this format."""
    if len(data) < HEAD_BYTES:
        raise _refused(f"{len(data)} bytes are no message of a connection")
    kind, format_, zeros, sent, taken = _HEAD.unpack_from(data)
    if format_ != _FORMAT:
        raise _refused(f"a message has bus format {format_}; this side speaks {_FORMAT}")
    if not OPEN <= kind <= HELD:
        raise _refused(f"a message has the unknown kind {kind}")
    if zeros != _ZEROS:
        raise _refused("a message has bytes that must be zero and are not")
    if sent >= _COUNTER_LIMIT or taken >= _COUNTER_LIMIT:
        raise _refused("a message counts beyond 2^53")
    return BusMessage(kind, sent, taken, data[HEAD_BYTES:])


def terms_of(max_payload: int, server: str) -> Terms:
    """This side's terms on a server that takes so many bytes a message. Raises UNSUPPORTED when that is too
    little.
    """
    if max_payload < _SMALLEST_BYTES:
        raise FarsimError(
            "UNSUPPORTED",
            f"the NATS server {server} takes messages of at most {max_payload} bytes; farsim needs "
            f"{_SMALLEST_BYTES}",
            ("raise max_payload in its configuration; 1MB is its default",),
        )
    return Terms(_WINDOW_BYTES, min(max_payload, _PREFERRED_BYTES))


def encode_terms(terms: Terms) -> bytes:
    return _TERMS.pack(*terms)


def decode_terms(body: bytes) -> Terms:
    """Raises DECODE_FAILED for terms on which no data could pass."""
    terms = Terms(*_TERMS.unpack(body)) if len(body) == _TERMS.size else Terms(0, 0)
    if terms.largest < _SMALLEST_BYTES or terms.window < terms.largest:
        raise _refused(f"the other side's terms {tuple(terms)} let nothing pass")
    return terms


def encode_reason(sentence: str) -> bytes:
    """The body of BREAK."""
    return sentence.encode()[:_LONGEST_REASON]


def decode_reason(body: bytes) -> str:
    return body[:_LONGEST_REASON].decode(errors="replace")


def _refused(sentence: str) -> FarsimError:
    return FarsimError("DECODE_FAILED", sentence)
