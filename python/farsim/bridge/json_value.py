"""Whatever an adapter or its errors hold, as values that JSON has."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def json_value(value: Any) -> Any:
    """Arrays as lists, numbers that are not finite as None, what JSON has no kind for as its `str`."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [json_value(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)
