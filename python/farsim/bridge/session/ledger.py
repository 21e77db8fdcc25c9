"""The step ledger: a running proof that each action ran once, in order (docs/protocol.md, "The step
ledger").
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Sequence
from typing import Any

from ..wire.dtypes import dtype_code
from ..wire.layouts import NamedArray

_ABSENT = b"\xff\xff\xff\xff"
_PLACE = struct.Struct("<QB")
_U32 = struct.Struct("<I")
_OUTCOME_FIELDS = ("envs", "reward", "terminated", "truncated", "tick", "episode")


class Ledger:
    """`index` entries so far and their `head`, 32 bytes; equal heads at equal indices prove equal
    histories.
    """

    def __init__(self, spec_hash: bytes) -> None:
        self.index = 0
        self.head = hashlib.sha256(b"farsim-ledger/1" + spec_hash).digest()

    def append(self, op: int, request: bytes, reply: bytes) -> None:
        """Adds an entry from the digests of its request and reply."""
        self.index += 1
        self.head = hashlib.sha256(self.head + _PLACE.pack(self.index, op) + request + reply).digest()


def digest_step_request(arrays: Sequence[NamedArray], repeat: int) -> bytes:
    """D of a step's or send's request."""
    return _digest(*_group(arrays, "action"), *_field(_find(arrays, "envs")), _U32.pack(max(1, repeat)))


def digest_reset_request(arrays: Sequence[NamedArray], options: str) -> bytes:
    """D of a reset's or setState's request."""
    seed, envs = _find(arrays, "seed"), _find(arrays, "envs")
    return _digest(*_field(seed), *_field(envs), *_text(options), *_group(arrays, "state"))


def digest_recv_request(least: int) -> bytes:
    return _digest(_U32.pack(least))


def digest_restore_request(snapshot: Any) -> bytes:
    return _digest(hashlib.sha256(snapshot).digest())


def digest_outcome(arrays: Sequence[NamedArray]) -> bytes:
    """D of an outcome: its rows, rewards, ends and numbers, and its state, or its observations where no state
    was sent.
    """
    found = {array.name: array.array for array in arrays}
    holds_state = any(name.startswith("state/") for name in found)
    parts: list[Any] = []
    for name in _OUTCOME_FIELDS:
        parts += _field(found.get(name))
    return _digest(*parts, *_group(arrays, "state" if holds_state else "obs"))


def digest_text(text: str) -> bytes:
    """D of a reply that failed (its code), or of a restore's ('')."""
    return _digest(*_text(text))


def _digest(*parts: Any) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def _find(arrays: Iterable[NamedArray], name: str) -> Any:
    return next((array.array for array in arrays if array.name == name), None)


def _group(arrays: Iterable[NamedArray], prefix: str) -> list[Any]:
    deeper = prefix + "/"
    members = [
        (name.encode(), array) for name, array, _ in arrays if name == prefix or name.startswith(deeper)
    ]
    if len(members) > 1:
        members.sort(key=lambda member: member[0])
    parts: list[Any] = [_U32.pack(len(members))]
    for name, array in members:
        parts += (_U32.pack(len(name)), name, *_field(array))
    return parts


def _field(array: Any) -> tuple[Any, ...]:
    if array is None:
        return (_ABSENT,)
    shape = array.shape
    head = struct.pack(f"<IBB{len(shape)}I", array.nbytes, dtype_code(array), len(shape), *shape)
    return (head, array) if array.nbytes else (head,)


def _text(text: str) -> tuple[bytes, ...]:
    if not text:
        return (_ABSENT,)
    encoded = text.encode()
    return (_U32.pack(len(encoded)), encoded)
