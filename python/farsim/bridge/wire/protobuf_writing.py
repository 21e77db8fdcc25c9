"""Fields to protobuf's bytes: a writer for each field of the generated table."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from .message_fields import ENUMS, FIELDS
from .protobuf_numbers import SMALL, wire_type, write_varint

_DOUBLE = struct.Struct("<d")

FieldWriter = Callable[[Any, list[bytes]], None]
FieldWriters = list[tuple[str, bool, FieldWriter]]
"""Name, whether its default is written too, and the writer, in order of the fields' numbers."""


def _number_writer(tag: bytes) -> FieldWriter:
    def write(value: int, out: list[bytes]) -> None:
        out.append(tag + (SMALL[value] if value < 128 else write_varint(value)))

    return write


def _bool_writer(tag: bytes) -> FieldWriter:
    written = tag + b"\x01"
    unset = tag + b"\x00"

    def write(value: bool, out: list[bytes]) -> None:
        out.append(written if value else unset)

    return write


def _double_writer(tag: bytes) -> FieldWriter:
    pack = _DOUBLE.pack

    def write(value: float, out: list[bytes]) -> None:
        out.append(tag + pack(value))

    return write


def _bytes_writer(tag: bytes) -> FieldWriter:
    def write(value: bytes, out: list[bytes]) -> None:
        out.append(tag + write_varint(len(value)) + value)

    return write


def _string_writer(tag: bytes) -> FieldWriter:
    def write(value: str, out: list[bytes]) -> None:
        encoded = value.encode()
        out.append(tag + write_varint(len(encoded)) + encoded)

    return write


def _packed_writer(tag: bytes) -> FieldWriter:
    def write(values: list[int], out: list[bytes]) -> None:
        joined = b"".join(map(write_varint, values))
        out.append(tag + write_varint(len(joined)) + joined)

    return write


def _message_writer(tag: bytes, fields: FieldWriters) -> FieldWriter:
    def write(value: dict[str, Any], out: list[bytes]) -> None:
        inner: list[bytes] = []
        write_fields(fields, value, inner)
        joined = b"".join(inner)
        out.append(tag + write_varint(len(joined)) + joined)

    return write


def _repeated_writer(one: FieldWriter) -> FieldWriter:
    def write(values: list[Any], out: list[bytes]) -> None:
        for value in values:
            one(value, out)

    return write


def write_fields(fields: FieldWriters, message: dict[str, Any], out: list[bytes]) -> None:
    """Appends the bytes of a message's fields; absent and default ones are left out."""
    get = message.get
    for name, keeps_default, write in fields:
        value = get(name)
        if value or (keeps_default and value is not None):
            write(value, out)


WRITERS: dict[str, FieldWriters] = {name: [] for name in FIELDS}
"""By message."""
_SCALAR_WRITERS = {
    "uint32": _number_writer,
    "double": _double_writer,
    "bool": _bool_writer,
    "string": _string_writer,
    "bytes": _bytes_writer,
}


def _fill_writers() -> None:
    for message, fields in FIELDS.items():
        for number, name, kind, rule in fields:
            tag = write_varint(number << 3 | wire_type(kind, rule))
            numeric = kind == "uint32" or kind in ENUMS
            if kind in FIELDS:
                writer = _message_writer(tag, WRITERS[kind])
            elif rule == "repeated" and numeric:
                writer = _packed_writer(tag)
            else:
                writer = _SCALAR_WRITERS["uint32" if numeric else kind](tag)
            if rule == "repeated" and not numeric:
                writer = _repeated_writer(writer)
            keeps_default = rule == "optional" or (kind in FIELDS and rule != "repeated")
            WRITERS[message].append((name, keeps_default, writer))


_fill_writers()
