"""Numbers of protobuf headers: varints, and the wire types in tags."""

from __future__ import annotations

from ..errors import FarsimError
from .message_fields import ENUMS

VARINT, FIXED64, DELIMITED = 0, 1, 2

SMALL = [bytes([value]) for value in range(128)]
"""The varints of one byte."""


def write_varint(value: int) -> bytes:
    """A number below 2³² in as few bytes as it needs."""
    if value < 128:
        return SMALL[value]
    if value < 16384:
        return bytes((value & 127 | 128, value >> 7))
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """The number that stands at `at`, and where the next thing stands. Raises DECODE_FAILED."""
    value = 0
    shift = 0
    while True:
        if at >= end:
            raise FarsimError("DECODE_FAILED", "header: ends within a number")
        byte = data[at]
        at += 1
        if shift == 28 and byte > 0x0F:
            raise FarsimError("DECODE_FAILED", "header: holds a number over 32 bits")
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def wire_type(kind: str, rule: str) -> int:
    """The wire type of a field of the table."""
    if kind == "double":
        return FIXED64
    if kind in ("uint32", "bool") or kind in ENUMS:
        return DELIMITED if rule == "repeated" else VARINT
    return DELIMITED
