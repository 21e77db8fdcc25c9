"""The numbers of an action space: their places and bounds (as core/src/rollout/action-space.ts)."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..errors import FarsimError
from ..wire.layouts import NamedArray

_NUMPY = {"bool": "bool", **{f"{k}{b}": f"{n}{b}" for k, n in (("i", "int"), ("u", "uint"), ("f", "float"))
                             for b in (8, 16, 32, 64)}}  # fmt: skip


class Element(NamedTuple):
    """One number; its bounds are infinite where the space has none."""

    low: float
    high: float
    whole: bool

    def clamp(self, value: float) -> float:
        """The value inside the bounds that is nearest."""
        clamped = min(self.high, max(self.low, value))
        # halves go up, as JavaScript rounds
        return math.floor(clamped + 0.5) if self.whole else clamped


class ActionNumbers:
    """Made once from the spec's `actions`. Raises UNSUPPORTED for half-precision ones."""

    def __init__(self, actions: dict[str, Any]) -> None:
        self._leaves = []
        self.elements: list[Element] = []
        for path in sorted(actions):
            space = actions[path]
            if space["dtype"] == "f16":
                raise FarsimError("UNSUPPORTED", f"action '{path}' is f16, which no controller here makes")
            shape = tuple(space["shape"])
            length = math.prod(shape)
            whole = space["dtype"] not in ("f32", "f64")
            first = len(self.elements)
            self.elements += [Element(*_bounds(space, index), whole) for index in range(length)]
            name = f"action/{path}" if path else "action"
            self._leaves.append((name, _NUMPY[space["dtype"]], shape, first, length))

    def build(self, rows: int, value: Callable[[int, int], float]) -> list[NamedArray]:
        """The action of `rows` envs from `value(row, element)`, asked leaf after leaf and row after row."""
        arrays = []
        for name, dtype, shape, first, length in self._leaves:
            values = [value(row, first + index) for row in range(rows) for index in range(length)]
            arrays.append(NamedArray(name, np.array(values, np.dtype(dtype)).reshape(rows, *shape)))
        return arrays


def _bounds(space: dict[str, Any], index: int) -> tuple[float, float]:
    if "n" in space:
        start = space.get("start", 0)
        return start, start + space["n"] - 1
    if space["dtype"] == "bool":
        return 0, 1
    return _bound(space.get("low"), index, -math.inf), _bound(space.get("high"), index, math.inf)


def _bound(given: Any, index: int, missing: float) -> float:
    # an array of bounds is flat or of the space's shape
    value = np.asarray(given, object).reshape(-1)[index] if isinstance(given, (list, tuple)) else given
    # the largest double stands for an infinite bound among finite ones
    known = isinstance(value, (int, float)) and abs(value) < sys.float_info.max
    return value if known else missing
