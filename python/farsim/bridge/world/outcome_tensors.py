"""An adapter's outcome as named arrays (docs/protocol.md, "Names of tensors")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..errors import FarsimError
from ..json_value import json_value
from ..wire.dtypes import FLOATS, as_array, dtype_code, numpy
from ..wire.layouts import NamedArray
from ..wire.named_tree import escape, leaves


def observation_arrays(prefix: str, tree: Any, rows: int, open_rows: bool) -> list[NamedArray]:
    """Raises SIMULATOR_FAILED when an observation has not the call's rows."""
    named = []
    for name, leaf in leaves(prefix, tree):
        array = as_array(leaf)
        if not array.shape or array.shape[0] != rows:
            raise FarsimError(
                "SIMULATOR_FAILED",
                f"the adapter's '{name}' has shape {list(array.shape)} where {rows} rows are due",
            )
        named.append(NamedArray(name, array, open_rows))
    return named


def reward_array(value: Any, rows: int) -> Any:
    """`[rows]` in its source's float type; whole numbers become f64."""
    array = as_array(value)
    if dtype_code(array) not in FLOATS and numpy is not None:
        array = array.astype(numpy.float64)
    if array.shape != (rows,):
        raise FarsimError(
            "SIMULATOR_FAILED", f"the adapter's reward has shape {list(array.shape)}, not [{rows}]"
        )
    return array


def info_arrays(prefix: str, info: Mapping[str, Any], as_json: bool = False) -> tuple[list[NamedArray], str]:
    """Numbers and arrays as named arrays; the rest, or all with `as_json`, as the text of a JSON object (''
    when empty).
    """
    named: list[NamedArray] = []
    plain: dict[str, Any] = {}
    _sort_out(prefix, info, named, plain, as_json)
    return named, json.dumps(plain, default=str, separators=(",", ":")) if plain else ""


def _sort_out(
    prefix: str, info: Mapping[str, Any], named: list[NamedArray], plain: dict, as_json: bool
) -> None:
    for key in sorted(info, key=str):
        value = info[key]
        name = f"{prefix}/{escape(str(key))}"
        if isinstance(value, Mapping):
            inner: dict[str, Any] = {}
            _sort_out(name, value, named, inner, as_json)
            if inner:
                plain[str(key)] = inner
            continue
        array = None if as_json else _numbers(value)
        if array is not None and len(name.encode()) <= 256 and len(array.shape) <= 8:
            named.append(NamedArray(name, array))
        else:
            plain[str(key)] = json_value(value)


def _numbers(value: Any) -> Any:
    if value is None or isinstance(value, (str, bytes, bool)):
        return None
    try:
        array = as_array(value)
        dtype_code(array)
    except (TypeError, ValueError, AttributeError):
        return None
    return array
