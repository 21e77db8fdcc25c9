"""Headers as strict JSON, `{"kind":{…}}`, held to the same table as protobuf ones."""

from __future__ import annotations

import base64
import json
import math
import re
from typing import Any

from ..errors import FarsimError
from .field_defaults import default_of
from .message_fields import ENUMS, FIELDS

NAME = "json"
ID = 2

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z")
_KINDS = {name: kind for _, name, kind, _ in FIELDS["Header"]}
_ENUM_VALUES = {name: frozenset(values.values()) for name, values in ENUMS.items()}
_MAX_UINT32 = 0xFFFFFFFF

Message = dict[str, Any]


def encode(kind: str, body: Message) -> bytes:
    """The bytes of a header, fields in the table's order, defaults left out."""
    return f'{{"{kind}":{_write_message(_KINDS[kind], body)}}}'.encode()


def decode(data: bytes | bytearray | memoryview) -> tuple[str, Message]:
    """The kind and the fields of a header, defaults filled in. Raises DECODE_FAILED."""
    try:
        header = json.loads(
            bytes(data).decode("utf-8"),
            object_pairs_hook=_without_repeated_keys,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError) as error:
        raise FarsimError("DECODE_FAILED", f"header: {error}") from error
    if not isinstance(header, dict) or len(header) != 1:
        raise FarsimError("DECODE_FAILED", "header: must be a JSON object with exactly one known kind")
    kind, body = next(iter(header.items()))
    if kind not in _KINDS:
        raise FarsimError("DECODE_FAILED", "header: must be a JSON object with exactly one known kind")
    return kind, _read_message(_KINDS[kind], body)


def _write_message(message: str, body: Message) -> str:
    parts = []
    for _, name, kind, rule in FIELDS[message]:
        value = body.get(name)
        if value is None:
            continue
        if rule == "repeated":
            if value:
                parts.append(f'"{name}":[{",".join(_write_value(name, kind, item) for item in value)}]')
        elif value or rule == "optional" or kind in FIELDS:
            parts.append(f'"{name}":{_write_value(name, kind, value)}')
    return "{" + ",".join(parts) + "}"


def _write_value(name: str, kind: str, value: Any) -> str:
    if kind in FIELDS:
        return _write_message(kind, value)
    if kind == "bytes":
        return f'"{base64.b64encode(value).decode()}"'
    if kind == "string":
        return json.dumps(value, ensure_ascii=False)
    if kind == "bool":
        return "true" if value else "false"
    if kind == "double":
        return write_number(float(value), name)
    return str(int(value))


def write_number(value: float, name: str = "a number") -> str:
    """A double as JavaScript's JSON.stringify writes it, so that both languages make equal bytes."""
    if not math.isfinite(value):
        raise FarsimError("BAD_ARGUMENT", f"header: '{name}' is {value}, which JSON cannot hold")
    if value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if 0 < point <= 21:
        fraction = digits[point:]
        return f"{sign}{digits[:point].ljust(point, '0')}{'.' if fraction else ''}{fraction}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+d}"


def _without_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice")
    return result


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _read_message(message: str, body: Any) -> Message:
    if not isinstance(body, dict):
        raise _refused(message, "is not an object")
    fields = FIELDS[message]
    unknown = body.keys() - {name for _, name, _, _ in fields}
    if unknown:
        raise _refused(message, f"has no field {sorted(unknown)[0]!r}")
    values: Message = {}
    for _, name, kind, rule in fields:
        if name not in body:
            values[name] = default_of(kind, rule)
        elif rule != "repeated":
            values[name] = _read_value(message, name, kind, body[name])
        elif not isinstance(body[name], list):
            raise _refused(message, f"'{name}' is not a list")
        else:
            values[name] = [_read_value(message, name, kind, item) for item in body[name]]
    return values


def _read_value(message: str, name: str, kind: str, value: Any) -> Any:
    if kind in FIELDS:
        return _read_message(kind, value)
    if kind == "bool":
        if isinstance(value, bool):
            return value
    elif kind == "string":
        if isinstance(value, str) and _is_well_formed(value):
            return value
    elif kind == "bytes":
        if isinstance(value, str) and _BASE64.match(value):
            return base64.b64decode(value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        number = _as_double(value)
        if kind == "double":
            if math.isfinite(number):
                return number
        elif _is_uint32(number) and (kind == "uint32" or int(number) in _ENUM_VALUES[kind]):
            return int(number)
    raise _refused(message, f"'{name}' is not a {kind}")


def _is_uint32(number: float) -> bool:
    return math.isfinite(number) and number.is_integer() and 0 <= number <= _MAX_UINT32


def _as_double(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _is_well_formed(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _refused(message: str, fault: str) -> FarsimError:
    return FarsimError("DECODE_FAILED", f"header: {message} {fault}")
