"""`echo`: the other end of what the near side measures on a link: how long, how much, and how the clocks
differ.
"""

from __future__ import annotations

import os
import struct
import time

from ..wire.framing import PREAMBLE_BYTES

_TOTAL = struct.Struct("<I")
_ASKED = struct.Struct("<I")
_ANSWER = struct.Struct("<Id")
_MOST_BYTES = 64 << 20


def echo() -> int:
    """Answers the preamble with itself, then each frame `u32 total | u32 n | …` with `u32 total | f64 this
    clock, seconds since the epoch | n zero bytes`, until standard input ends.
    """
    preamble = _read(PREAMBLE_BYTES)
    if preamble is None:
        return 0
    _write(preamble)
    while True:
        head = _read(_TOTAL.size)
        body = head and _read(_TOTAL.unpack(head)[0])
        if not body:
            return 0
        now = time.time()
        count = min(_ASKED.unpack_from(body)[0], _MOST_BYTES)
        _write(_ANSWER.pack(8 + count, now) + bytes(count))


def _read(count: int) -> bytes | None:
    """Exactly so many bytes; None where the stream ends before."""
    data = bytearray()
    while len(data) < count:
        chunk = os.read(0, count - len(data))
        if not chunk:
            return None
        data += chunk
    return bytes(data)


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]
