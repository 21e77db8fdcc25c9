"""Headers as protobuf, written and read strictly by the generated table of fields (docs/protocol.md, "Strict
walk").
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from ..errors import FarsimError
from .field_defaults import default_of
from .message_fields import ENUMS, FIELDS

NAME = "protobuf"
ID = 1

_DOUBLE = struct.Struct("<d")
_VARINT, _FIXED64, _DELIMITED = 0, 1, 2

Message = dict[str, Any]
FieldWriter = Callable[[Any, list[bytes]], None]


def encode(kind: str, body: Message) -> bytes:
    """The bytes of a header; absent and default fields are left out, equal values give equal bytes."""
    tag, fields = _KINDS[kind]
    out: list[bytes] = []
    _write_fields(fields, body, out)
    joined = b"".join(out)
    return tag + _varint(len(joined)) + joined


def decode(data: bytes | bytearray | memoryview) -> tuple[str, Message]:
    """The kind and the fields of a header, defaults filled in (repeated ones as lists or `()`, absent
    messages None).

    Raises DECODE_FAILED for whatever the table does not describe exactly.
    """
    data = bytes(data)
    end = len(data)
    tag, at = _read_varint(data, 0, end)
    field = _READ_KINDS.get(tag)
    if field is None:
        raise _refused("Header", f"begins with the unknown tag {tag}")
    name, message = field
    length, at = _read_varint(data, at, end)
    if length != end - at:
        raise _refused(
            "Header", f"'{name}' claims {length} bytes and {end - at} follow: a header has one kind"
        )
    return name, _read_message(message, data, at, end)


_SMALL = [bytes([value]) for value in range(128)]


def _varint(value: int) -> bytes:
    if value < 128:
        return _SMALL[value]
    if value < 16384:
        return bytes((value & 127 | 128, value >> 7))
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number_writer(tag: bytes) -> FieldWriter:
    def write(value: int, out: list[bytes]) -> None:
        out.append(tag + (_SMALL[value] if value < 128 else _varint(value)))

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
        out.append(tag + _varint(len(value)) + value)

    return write


def _string_writer(tag: bytes) -> FieldWriter:
    def write(value: str, out: list[bytes]) -> None:
        encoded = value.encode()
        out.append(tag + _varint(len(encoded)) + encoded)

    return write


def _packed_writer(tag: bytes) -> FieldWriter:
    def write(values: list[int], out: list[bytes]) -> None:
        joined = b"".join(map(_varint, values))
        out.append(tag + _varint(len(joined)) + joined)

    return write


def _message_writer(tag: bytes, fields: list[tuple[str, bool, FieldWriter]]) -> FieldWriter:
    def write(value: Message, out: list[bytes]) -> None:
        inner: list[bytes] = []
        _write_fields(fields, value, inner)
        joined = b"".join(inner)
        out.append(tag + _varint(len(joined)) + joined)

    return write


def _repeated_writer(one: FieldWriter) -> FieldWriter:
    def write(values: list[Any], out: list[bytes]) -> None:
        for value in values:
            one(value, out)

    return write


def _write_fields(fields: list[tuple[str, bool, FieldWriter]], message: Message, out: list[bytes]) -> None:
    get = message.get
    for name, keeps_default, write in fields:
        value = get(name)
        if value or (keeps_default and value is not None):
            write(value, out)


_WRITERS: dict[str, list[tuple[str, bool, FieldWriter]]] = {name: [] for name in FIELDS}
_SCALAR_WRITERS = {
    "uint32": _number_writer,
    "double": _double_writer,
    "bool": _bool_writer,
    "string": _string_writer,
    "bytes": _bytes_writer,
}


def _wire_type(kind: str, rule: str) -> int:
    if kind == "double":
        return _FIXED64
    if kind in ("uint32", "bool") or kind in ENUMS:
        return _DELIMITED if rule == "repeated" else _VARINT
    return _DELIMITED


def _fill_writers() -> None:
    for message, fields in FIELDS.items():
        for number, name, kind, rule in fields:
            tag = _varint(number << 3 | _wire_type(kind, rule))
            numeric = kind == "uint32" or kind in ENUMS
            if kind in FIELDS:
                writer = _message_writer(tag, _WRITERS[kind])
            elif rule == "repeated" and numeric:
                writer = _packed_writer(tag)
            else:
                writer = _SCALAR_WRITERS["uint32" if numeric else kind](tag)
            if rule == "repeated" and not numeric:
                writer = _repeated_writer(writer)
            keeps_default = rule == "optional" or (kind in FIELDS and rule != "repeated")
            _WRITERS[message].append((name, keeps_default, writer))


_fill_writers()
_KINDS = {
    name: (_varint(number << 3 | _DELIMITED), _WRITERS[kind]) for number, name, kind, _ in FIELDS["Header"]
}
_READ_KINDS = {number << 3 | _DELIMITED: (name, kind) for number, name, kind, _ in FIELDS["Header"]}

# how a field is read
_UINT32, _ENUM, _BOOL, _F64, _STRING, _BYTES, _MESSAGE, _PACKED, _PACKED_ENUM = range(9)


def _reading(kind: str, rule: str) -> int:
    if kind in FIELDS:
        return _MESSAGE
    if kind in ENUMS:
        return _PACKED_ENUM if rule == "repeated" else _ENUM
    if kind == "uint32":
        return _PACKED if rule == "repeated" else _UINT32
    return {"bool": _BOOL, "double": _F64, "string": _STRING, "bytes": _BYTES}[kind]


# message -> tag -> (name, how, repeated, message or enum values); and message -> its defaults
_READERS: dict[str, dict[int, tuple[str, int, bool, Any]]] = {
    message: {
        number << 3 | _wire_type(kind, rule): (
            name,
            _reading(kind, rule),
            rule == "repeated",
            frozenset(ENUMS[kind].values()) if kind in ENUMS else kind,
        )
        for number, name, kind, rule in fields
    }
    for message, fields in FIELDS.items()
}
_DEFAULTS = {
    message: {name: default_of(kind, rule) for _, name, kind, rule in fields}
    for message, fields in FIELDS.items()
}


def _read_message(message: str, data: bytes, at: int, end: int) -> Message:
    fields = _READERS[message]
    values = _DEFAULTS[message].copy()
    seen = set()
    while at < end:
        tag = data[at]
        if tag < 128:
            at += 1
        else:
            tag, at = _read_varint(data, at, end)
        field = fields.get(tag)
        if field is None:
            raise _refused(message, f"has no field {tag >> 3} of wire type {tag & 7}")
        name, how, repeated, extra = field
        if not repeated:
            if tag in seen:
                raise _refused(message, f"'{name}' stands twice")
            seen.add(tag)
        if how <= _BOOL:
            if at < end and data[at] < 128:
                value = data[at]
                at += 1
            else:
                value, at = _read_varint(data, at, end)
            if how == _ENUM:
                if value not in extra:
                    raise _refused(message, f"'{name}' has no value {value}")
            elif how == _BOOL:
                if value > 1:
                    raise _refused(message, f"'{name}' is {value}, not a bool")
                value = value == 1
            values[name] = value
            continue
        if how == _F64:
            if end - at < 8:
                raise _refused(message, f"'{name}' ends within a double")
            values[name] = _DOUBLE.unpack_from(data, at)[0]
            at += 8
            continue
        length, at = _read_varint(data, at, end)
        stop = at + length
        if stop > end:
            raise _refused(message, f"'{name}' claims {length} bytes, {end - at} are left")
        if how == _MESSAGE:
            value = _read_message(extra, data, at, stop)
        elif how == _STRING:
            try:
                value = data[at:stop].decode("utf-8")
            except UnicodeDecodeError:
                raise _refused(message, f"'{name}' is not UTF-8") from None
        elif how == _BYTES:
            value = data[at:stop]
        else:
            numbers = values[name] or []
            values[name] = numbers
            while at < stop:
                value, at = _read_varint(data, at, stop)
                if how == _PACKED_ENUM and value not in extra:
                    raise _refused(message, f"'{name}' has no value {value}")
                numbers.append(value)
            continue
        at = stop
        if repeated:
            if values[name]:
                values[name].append(value)
            else:
                values[name] = [value]
        else:
            values[name] = value
    return values


def _read_varint(data: bytes, at: int, end: int) -> tuple[int, int]:
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


def _refused(message: str, fault: str) -> FarsimError:
    return FarsimError("DECODE_FAILED", f"header: {message} {fault}")
