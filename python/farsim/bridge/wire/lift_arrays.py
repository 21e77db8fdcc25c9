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
    arrays: dict[int, NamedArray] = {}
    return json.dumps(_lifted(value, arrays)), list(arrays.values())


def _lifted(value: Any, arrays: dict[int, NamedArray]) -> Any:
    if numpy is not None and isinstance(value, numpy.ndarray):
        if id(value) not in arrays:
            dtype_code(value)
            arrays[id(value)] = NamedArray(f"array/{len(arrays)}", numpy.ascontiguousarray(value))
        return {"$array": list(arrays).index(id(value))}
    if isinstance(value, dict):
        return {key: _lifted(inner, arrays) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_lifted(inner, arrays) for inner in value]
    return value
