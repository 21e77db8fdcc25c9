"""How the arrays of a row are laid out in MCAP messages (docs/recording.md, "Bytes")."""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Sequence
from typing import NamedTuple

from ..wire.dtypes import NAMES, dtype_code
from ..wire.layouts import NamedArray
from ..wire.named_tree import escape

_OUTCOME = frozenset({"envs", "tick", "episode", "time", "reward", "terminated", "truncated"})
_BODIES = frozenset({"body_pos", "body_quat"})
TEXTS = frozenset({"values", "final/values"})
"""Names whose bytes are JSON text."""
_TOPICS = {
    "obs": "/observations",
    "action": "/action",
    "info": "/info",
    "values": "/info",
    "ledger": "/ledger",
    "flag": "/state_rows",
    "env_origin": "/state_rows",
    "state_envs": "/state_rows",
}
_ROS_TYPES = {
    "f16": "uint16", "f32": "float32", "f64": "float64", "bool": "bool", "text": "string",
    "i8": "int8", "i16": "int16", "i32": "int32", "i64": "int64",
    "u8": "uint8", "u16": "uint16", "u32": "uint32",
}  # fmt: skip


class Field(NamedTuple):
    """One array of a message; `shape` begins with −1 where the number of rows is in the message."""

    name: str
    dtype: str
    shape: tuple[int, ...]


def topic_of(name: str) -> str:
    """The topic on which the array of that wire name is recorded."""
    if name.startswith("final/"):
        return f"/final{topic_of(name[6:])}"
    root, entity, key = (*name.split("/"), "", "")[:3]
    if root in _OUTCOME:
        return "/outcome"
    if root == "state":
        return f"/{'bodies' if key in _BODIES else 'state'}/{entity}"
    return _TOPICS.get(root) or f"/{escape(root)}"


def field_of(named: NamedArray) -> Field:
    """From rank 1 on the first dimension is open, so that subsets of envs share a channel, unless the others
    make the array empty.
    """
    if named.name in TEXTS:
        return Field(named.name, "text", ())
    shape = tuple(named.array.shape)
    is_open = len(shape) > 0 and math.prod(shape[1:]) > 0
    return Field(named.name, NAMES[dtype_code(named.array)], (-1, *shape[1:]) if is_open else shape)


def message_of(arrays: Sequence[NamedArray]) -> bytes:
    """A message's bytes: from rank 1 on the number of elements (bytes, of text) before them."""
    parts: list[bytes] = []
    for _, array, _ in arrays:
        if len(array.shape) > 0:
            parts.append(struct.pack("<I", math.prod(array.shape)))
        parts.append(array.tobytes())
    return b"".join(parts)


def fields_text(fields: Sequence[Field]) -> str:
    """What the channel's metadata say for machines."""
    described = [{"name": name, "dtype": dtype, "shape": list(shape)} for name, dtype, shape in fields]
    return json.dumps(described, separators=(",", ":"))


def message_definition(fields: Sequence[Field]) -> str:
    """The ROS 1 definition whose serialisation the message is."""
    taken: set[str] = set()
    lines = []
    for field in fields:
        array = "[]" if field.shape else ""
        shape = f" [{', '.join(map(str, field.shape))}]" if field.shape else ""
        bits = " half-precision bits" if field.dtype == "f16" else ""
        kind, name = _ROS_TYPES[field.dtype], _field_name(field.name, taken)
        lines.append(f"{kind}{array} {name}  # {field.name}{shape}{bits}\n")
    return "".join(lines)


def schema_name(topic: str, nth: int) -> str:
    """`farsim/StateRobot` for `/state/robot`; the topic's second layout is `farsim/StateRobot2`."""
    words = [word for word in re.split(r"[^A-Za-z0-9]+", topic) if word]
    return "farsim/" + "".join(word[0].upper() + word[1:] for word in words) + ("" if nth == 1 else str(nth))


def _field_name(name: str, taken: set[str]) -> str:
    segments = re.sub(r"^final/", "", name).split("/")
    kept = segments[2:] if segments[0] == "state" else segments[1:] if len(segments) > 1 else segments
    plain = re.sub(r"[^A-Za-z0-9_]", "_", "_".join(kept))
    legal = plain if re.match(r"[A-Za-z]", plain) else f"{segments[0]}_{plain}"
    unique = legal
    count = 2
    while unique in taken:
        unique = f"{legal}_{count}"
        count += 1
    taken.add(unique)
    return unique
