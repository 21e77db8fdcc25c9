"""Layouts: a list of tensors is named once, and blocks then carry nothing but bytes (docs/protocol.md,
"Layouts").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..errors import FarsimError
from . import limits
from .dtypes import ITEM_SIZES, dtype_code, element_count, view
from .framing import align, require_zeros


class NamedArray(NamedTuple):
    """An array under its wire name; `open` marks a first dimension that changes from block to block."""

    name: str
    array: Any
    open: bool = False


class LayoutWriter:
    """Names the layouts of one sender in one session; each connection hears of a layout before its first
    use.
    """

    def __init__(self) -> None:
        self._ids: dict[tuple, int] = {}
        self._messages: dict[int, dict[str, Any]] = {}

    def write(self, arrays: Sequence[NamedArray]) -> tuple[int, list[int]]:
        """The layout's id and the lengths of its open dimensions. Raises LIMIT_EXCEEDED over 256 layouts."""
        if not arrays:
            return 0, []
        lengths: list[int] = []
        signature = []
        for name, array, is_open in arrays:
            shape = array.shape
            if is_open:
                lengths.append(shape[0])
                shape = shape[1:]
            signature.append((name, dtype_code(array), shape, is_open))
        key = tuple(signature)
        layout = self._ids.get(key)
        if layout is None:
            layout = self._name(key)
        return layout, lengths

    def message(self, layout: int) -> dict[str, Any]:
        """The LAYOUT message that names it."""
        return self._messages[layout]

    def _name(self, key: tuple) -> int:
        if len(self._ids) >= limits.LIVE_LAYOUTS:
            raise FarsimError(
                "LIMIT_EXCEEDED",
                f"more than {limits.LIVE_LAYOUTS} layouts of arrays in one session",
                ["keep the shapes and names of observations and info the same from step to step"],
            )
        for name, _, _, _ in key:
            if len(name.encode()) > limits.NAME_BYTES:
                raise FarsimError(
                    "LIMIT_EXCEEDED", f"the name {name[:40]!r}… is over {limits.NAME_BYTES} bytes"
                )
        layout = len(self._ids) + 1
        self._ids[key] = layout
        self._messages[layout] = {
            "id": layout,
            "tensors": [
                {
                    "name": name,
                    "dtype": code,
                    "shape": [limits.OPEN_DIMENSION, *shape] if is_open else list(shape),
                }
                for name, code, shape, is_open in key
            ],
        }
        return layout


class KnownTensor(NamedTuple):
    """One tensor of a layout as its receiver keeps it; `bytes` is one row's where the first dimension is
    open.
    """

    name: str
    dtype: int
    shape: tuple[int, ...]
    open: bool
    bytes: int


class LayoutReader:
    """The layouts that the other side has named on one connection."""

    def __init__(self) -> None:
        self._layouts: dict[int, tuple[list[KnownTensor], int]] = {0: ([], 0)}

    def learn(self, message: dict[str, Any]) -> None:
        """Checks and keeps a layout. Raises DECODE_FAILED or LIMIT_EXCEEDED."""
        layout, tensors = message["id"], message["tensors"]
        if layout in self._layouts:
            raise FarsimError("DECODE_FAILED", f"layout {layout} is named twice")
        if len(self._layouts) > limits.LIVE_LAYOUTS:
            raise _limit(f"more than {limits.LIVE_LAYOUTS} layouts")
        if len(tensors) > limits.TENSORS_PER_LAYOUT:
            raise _limit(f"{len(tensors)} tensors in one layout")
        known: list[KnownTensor] = []
        names: set[str] = set()
        for tensor in tensors:
            _check_limits(tensor)
            name = tensor["name"]
            if name in names:
                raise FarsimError("DECODE_FAILED", f"layout {layout} names '{name}' twice")
            names.add(name)
            known.append(_known(tensor))
        self._layouts[layout] = (known, sum(tensor.open for tensor in known))

    def tensors(self, layout: int) -> list[KnownTensor]:
        """The tensors of a layout. Raises DECODE_FAILED when it was never named."""
        return self._layout(layout)[0]

    def read(
        self, blocks: Sequence[dict[str, Any]], frame: bytes | bytearray, offset: int
    ) -> list[list[NamedArray]]:
        """Views the blocks' arrays in a received frame, in the order of their layouts. They must fill it
        exactly.
        """
        end = offset
        # also an empty payload begins at a multiple of 8: where the header ends a frame, there is none
        offset = align(end)
        size = len(frame)
        read = []
        for block in blocks:
            tensors, open_count = self._layout(block["layout"])
            lengths = block["lengths"]
            if len(lengths) != open_count:
                raise FarsimError(
                    "DECODE_FAILED", f"a block gives {len(lengths)} lengths where {open_count} are open"
                )
            next_length = iter(lengths)
            arrays = []
            for name, code, shape, is_open, byte_count in tensors:
                if is_open:
                    length = next(next_length)
                    byte_count *= length
                    shape = (length, *shape[1:])
                if offset + byte_count > size:
                    raise FarsimError(
                        "DECODE_FAILED",
                        f"'{name}' needs {byte_count} bytes at {offset}, the frame has {size}",
                    )
                arrays.append(NamedArray(name, view(code, shape, frame, offset, byte_count), is_open))
                end = offset + byte_count
                offset = align(end)
                if offset != end:
                    require_zeros(frame, end, min(offset, size))
            read.append(arrays)
        if end != size:
            raise FarsimError("DECODE_FAILED", f"{size - end} bytes follow the last payload")
        return read

    def _layout(self, layout: int) -> tuple[list[KnownTensor], int]:
        known = self._layouts.get(layout)
        if known is None:
            raise FarsimError("DECODE_FAILED", f"layout {layout} was never named on this connection")
        return known


def _check_limits(tensor: dict[str, Any]) -> None:
    name, rank = tensor["name"], len(tensor["shape"])
    if len(name.encode()) > limits.NAME_BYTES:
        raise _limit(f"a tensor's name of {len(name.encode())} bytes")
    if rank > limits.RANK:
        raise _limit(f"'{name}' has rank {rank}")


def _known(tensor: dict[str, Any]) -> KnownTensor:
    name, code, shape = tensor["name"], tensor["dtype"], tuple(tensor["shape"])
    is_open = bool(shape) and shape[0] == limits.OPEN_DIMENSION
    row = shape[1:] if is_open else shape
    # a zero makes an array empty, not its other dimensions small: numpy views none over 2^63
    extent = element_count(tuple(size for size in row if size)) * ITEM_SIZES[code]
    if extent > limits.FRAME_BYTES:
        raise _limit(f"'{name}' has {extent} bytes")
    return KnownTensor(name, code, shape, is_open, element_count(row) * ITEM_SIZES[code])


def _limit(what: str) -> FarsimError:
    return FarsimError("LIMIT_EXCEEDED", f"{what}: over the limit")
