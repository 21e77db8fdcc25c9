"""Protobuf's bytes to fields, held to the generated table byte by byte (docs/protocol.md, "Strict
walk").
"""

from __future__ import annotations

import struct
from typing import Any

from ..errors import FarsimError
from .field_defaults import default_of
from .message_fields import ENUMS, FIELDS
from .protobuf_numbers import read_varint, wire_type

_DOUBLE = struct.Struct("<d")

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
        number << 3 | wire_type(kind, rule): (
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


def read_message(message: str, data: bytes, at: int, end: int) -> dict[str, Any]:
    """The fields that `data[at:end]` holds, defaults filled in. Raises DECODE_FAILED."""
    fields = _READERS[message]
    values = _DEFAULTS[message].copy()
    seen = set()
    while at < end:
        tag = data[at]
        if tag < 128:
            at += 1
        else:
            tag, at = read_varint(data, at, end)
        field = fields.get(tag)
        if field is None:
            raise refused(message, f"has no field {tag >> 3} of wire type {tag & 7}")
        name, how, repeated, extra = field
        if not repeated:
            if tag in seen:
                raise refused(message, f"'{name}' stands twice")
            seen.add(tag)
        if how <= _BOOL:
            if at < end and data[at] < 128:
                value = data[at]
                at += 1
            else:
                value, at = read_varint(data, at, end)
            if how == _ENUM:
                if value not in extra:
                    raise refused(message, f"'{name}' has no value {value}")
            elif how == _BOOL:
                if value > 1:
                    raise refused(message, f"'{name}' is {value}, not a bool")
                value = value == 1
            values[name] = value
            continue
        if how == _F64:
            if end - at < 8:
                raise refused(message, f"'{name}' ends within a double")
            values[name] = _DOUBLE.unpack_from(data, at)[0]
            at += 8
            continue
        length, at = read_varint(data, at, end)
        stop = at + length
        if stop > end:
            raise refused(message, f"'{name}' claims {length} bytes, {end - at} are left")
        if how == _MESSAGE:
            value = read_message(extra, data, at, stop)
        elif how == _STRING:
            try:
                value = data[at:stop].decode("utf-8")
            except UnicodeDecodeError:
                raise refused(message, f"'{name}' is not UTF-8") from None
        elif how == _BYTES:
            value = data[at:stop]
        else:
            numbers = values[name] or []
            values[name] = numbers
            while at < stop:
                value, at = read_varint(data, at, stop)
                if how == _PACKED_ENUM and value not in extra:
                    raise refused(message, f"'{name}' has no value {value}")
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


def refused(message: str, fault: str) -> FarsimError:
    """What is wrong with the bytes of a message, as an error."""
    return FarsimError("DECODE_FAILED", f"header: {message} {fault}")
