"""Checks an action against the spec before the simulator is touched, and gives it in the spec's dtypes."""

from __future__ import annotations

import math
from array import array as plain_array
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import FarsimError
from ..wire.dtypes import CODES, FLOATS, FORMATS, NAMES, all_finite, dtype_code, flat, numpy, numpy_dtype
from ..wire.layouts import NamedArray
from ..wire.named_tree import build

_INTEGERS = frozenset(CODES.values()) - FLOATS


class ActionCheck:
    """Made once from the spec's `actions`. `check` raises BAD_ACTION for wrong names, shapes, dtypes or
    numbers.
    """

    def __init__(self, actions: Mapping[str, Mapping[str, Any]]) -> None:
        self._spaces = {
            f"action/{path}" if path else "action": (
                tuple(space["shape"]), CODES[space["dtype"]], _whole_bounds(space)
            )
            for path, space in actions.items()
        }  # fmt: skip
        self._single = next(iter(self._spaces.values())) if set(self._spaces) == {"action"} else None

    def check(self, arrays: Sequence[NamedArray], rows: int) -> Any:
        """The action as an array or a tree, the adapter's to keep."""
        if self._single and len(arrays) == 1 and arrays[0][0] == "action":
            return self._leaf("action", arrays[0][1], rows, self._single)
        given = {name: array for name, array, _ in arrays if name == "action" or name.startswith("action/")}
        if given.keys() != self._spaces.keys():
            raise FarsimError(
                "BAD_ACTION",
                f"the action must hold {_listed(self._spaces)}, got {_listed(given)}",
            )
        return build(
            (name[len("action/") :], self._leaf(name, array, rows, self._spaces[name]))
            for name, array in given.items()
        )

    def _leaf(self, name: str, array: Any, rows: int, space: tuple) -> Any:
        shape, code, bounds = space
        if array.shape != (rows, *shape):
            raise FarsimError(
                "BAD_ACTION", f"'{name}' must have shape {[rows, *shape]}, got {list(array.shape)}"
            )
        cast = _cast(name, array, code)
        if not all_finite(cast, code):
            raise FarsimError("BAD_ACTION", f"'{name}' holds a number that is not finite")
        if bounds is not None:
            _require_bounds(name, cast, *bounds)
        return cast


def _whole_bounds(space: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """Lowest and highest values of a whole-number space; None where every number is allowed."""
    if "n" in space:
        start = space.get("start", 0)
        return start, start + space["n"] - 1
    if CODES[space["dtype"]] in _INTEGERS and "low" in space and "high" in space:
        return space["low"], space["high"]
    return None


def _require_bounds(name: str, array: Any, low: Any, high: Any) -> None:
    if numpy is not None:
        lows, highs = (
            numpy.reshape(bound, array.shape[1:] if numpy.ndim(bound) else ()) for bound in (low, high)
        )
        outside = array[(array < lows) | (array > highs)]
    else:
        outside = [
            value for value in flat(array) if isinstance(low, (int, float)) and not low <= value <= high
        ]
    if len(outside):
        raise FarsimError("BAD_ACTION", f"'{name}' must lie from {low} to {high}, got {outside[0]}")


def _cast(name: str, array: Any, code: int) -> Any:
    given = dtype_code(array)
    if given in FLOATS and code in _INTEGERS:
        raise FarsimError("BAD_ACTION", f"'{name}' must be {NAMES[code]}, got {NAMES[given]}")
    if numpy is None:
        return _plain_cast(name, array, given, code)
    wanted = numpy_dtype(code)
    if given == code:
        return numpy.array(array)
    with numpy.errstate(over="ignore"):
        cast = array.astype(wanted)
    if code in _INTEGERS and not (cast == array).all():
        raise FarsimError("BAD_ACTION", f"'{name}' holds numbers that {NAMES[code]} cannot")
    return cast


def _plain_cast(name: str, array: Any, given: int, code: int) -> Any:
    if given == code:
        return memoryview(bytearray(array)).cast(array.format, shape=array.shape)
    # an array of the standard library has no letter for bool
    letter = None if NAMES[code] == "bool" else FORMATS.get(NAMES[code])
    if letter is None:
        raise FarsimError("BAD_ACTION", f"'{name}' must be {NAMES[code]}, got {NAMES[given]}")
    try:
        values = plain_array(letter, flat(array))
    except OverflowError:
        raise FarsimError("BAD_ACTION", f"'{name}' holds numbers that {NAMES[code]} cannot") from None
    return memoryview(values).cast("B").cast(letter, shape=array.shape) if math.prod(array.shape) else array


def _listed(names: Any) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names)) or "nothing"
