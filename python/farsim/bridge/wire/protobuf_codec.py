"""Headers as protobuf, written and read strictly by the generated table of fields (docs/protocol.md, "Strict
walk").
"""

from __future__ import annotations

from typing import Any

from .message_fields import FIELDS
from .protobuf_numbers import DELIMITED, read_varint, write_varint
from .protobuf_reading import read_message, refused
from .protobuf_writing import WRITERS, write_fields

NAME = "protobuf"
ID = 1

Message = dict[str, Any]


_KINDS = {
    name: (write_varint(number << 3 | DELIMITED), WRITERS[kind]) for number, name, kind, _ in FIELDS["Header"]
}
_READ_KINDS = {number << 3 | DELIMITED: (name, kind) for number, name, kind, _ in FIELDS["Header"]}


def encode(kind: str, body: Message) -> bytes:
    """The bytes of a header; absent and default fields are left out, equal values give equal bytes."""
    tag, fields = _KINDS[kind]
    out: list[bytes] = []
    write_fields(fields, body, out)
    joined = b"".join(out)
    return tag + write_varint(len(joined)) + joined


def decode(data: bytes | bytearray | memoryview) -> tuple[str, Message]:
    """The kind and the fields of a header, defaults filled in (repeated ones as lists or `()`, absent
    messages None).

    Raises DECODE_FAILED for whatever the table does not describe exactly.
    """
    data = bytes(data)
    end = len(data)
    tag, at = read_varint(data, 0, end)
    field = _READ_KINDS.get(tag)
    if field is None:
        raise refused("Header", f"begins with the unknown tag {tag}")
    name, message = field
    length, at = read_varint(data, at, end)
    if length != end - at:
        raise refused(
            "Header", f"'{name}' claims {length} bytes and {end - at} follow: a header has one kind"
        )
    return name, read_message(message, data, at, end)
