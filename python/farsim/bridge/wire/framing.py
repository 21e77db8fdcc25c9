"""Frames: `u32 total | u32 headerLength | header | pad | payload 0 | pad | …` (docs/protocol.md, "Bytes")."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from ..errors import FarsimError
from . import limits
from .codecs import Codec

HEAD = struct.Struct("<II")
MAGIC = b"FSIM"
FRAME_FORMAT = 1
PREAMBLE_BYTES = 8
_PADDING = [bytes(count) for count in range(8)]


def preamble(codec_id: int) -> bytes:
    """The 8 bytes that begin a connection."""
    return MAGIC + bytes((FRAME_FORMAT, codec_id, 0, 0))


def codec_id_of(first: bytes) -> int | None:
    """The codec id that a preamble names, or None when the bytes are no preamble of this frame format."""
    if len(first) == PREAMBLE_BYTES and first[:5] == MAGIC + bytes((FRAME_FORMAT,)) and first[6:] == b"\0\0":
        return first[5]
    return None


def align(offset: int) -> int:
    """The next multiple of 8."""
    return (offset + 7) & ~7


def frame_parts(header: bytes, payloads: Sequence[Any] = ()) -> list[Any]:
    """One frame as parts to be sent in one write; payloads are arrays in C order and are not copied."""
    end = 8 + len(header)
    if not payloads:
        return [HEAD.pack(end - 4, len(header)), header]
    parts: list[Any] = [b"", header]
    gap = -end & 7
    for payload in payloads:
        if gap:
            parts.append(_PADDING[gap])
            end += gap
        size = payload.nbytes
        parts.append(payload)
        end += size
        gap = -end & 7
    if end - 4 > limits.FRAME_BYTES:
        raise FarsimError(
            "LIMIT_EXCEEDED", f"a frame of {end} bytes is over the limit of {limits.FRAME_BYTES}"
        )
    parts[0] = HEAD.pack(end - 4, len(header))
    return parts


def encode_frame(codec: Codec, kind: str, body: dict[str, Any], payloads: Sequence[Any] = ()) -> bytes:
    """One frame as bytes."""
    return b"".join(frame_parts(codec.encode(kind, body), payloads))


def check_length(total: int, limit: int) -> None:
    """Raises before anything of a claimed size is allocated."""
    if total > limit:
        raise FarsimError("LIMIT_EXCEEDED", f"a frame of {total} bytes is over the limit of {limit}")
    if total < 4:
        raise FarsimError("DECODE_FAILED", f"a frame of {total + 4} bytes is shorter than its 8-byte head")


def decode_frame(codec: Codec, frame: bytes | bytearray) -> tuple[str, dict[str, Any], int]:
    """A received frame's kind, fields, and the offset of its first payload. Raises DECODE_FAILED or
    LIMIT_EXCEEDED.
    """
    if len(frame) < 8:
        raise FarsimError("DECODE_FAILED", f"a frame of {len(frame)} bytes is shorter than its 8-byte head")
    total, header_length = HEAD.unpack_from(frame)
    if total != len(frame) - 4:
        raise FarsimError("DECODE_FAILED", f"a frame says {total} bytes and has {len(frame) - 4}")
    if header_length > limits.HEADER_BYTES:
        raise FarsimError(
            "LIMIT_EXCEEDED", f"a header of {header_length} bytes is over the limit of {limits.HEADER_BYTES}"
        )
    end = 8 + header_length
    if end > len(frame):
        raise FarsimError(
            "DECODE_FAILED", f"a header of {header_length} bytes does not fit a frame of {len(frame)}"
        )
    kind, body = codec.decode(memoryview(frame)[8:end])
    if end == len(frame):
        return kind, body, end
    offset = align(end)
    require_zeros(frame, end, min(offset, len(frame)))
    return kind, body, offset


def require_zeros(frame: bytes | bytearray, start: int, end: int) -> None:
    """Raises DECODE_FAILED when padding holds anything but zeros."""
    if start < end and any(frame[start:end]):
        raise FarsimError("DECODE_FAILED", f"padding at byte {start} is not zero")
