"""JSON whose arrays travel beside it."""

from __future__ import annotations

import json
from typing import Any

from .dtypes import dtype_code, numpy
from .layouts import NamedArray


def lift_arrays(value: Any) -> tuple[str, list[NamedArray]]:
    """JSON in which every numpy array became `{"$array": i}`, and those arrays; the same array keeps its
    number.
    """
    arrays: list[NamedArray] = []
    return json.dumps(_lifted(value, arrays, {})), arrays


def _lifted(value: Any, arrays: list[NamedArray], places: dict[int, int]) -> Any:
    if numpy is not None and isinstance(value, numpy.ndarray):
        place = places.get(id(value))
        if place is None:
            dtype_code(value)
            place = places[id(value)] = len(arrays)
            arrays.append(NamedArray(f"array/{place}", numpy.ascontiguousarray(value)))
        return {"$array": place}
    if isinstance(value, dict):
        return {key: _lifted(inner, arrays, places) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_lifted(inner, arrays, places) for inner in value]
    return value
