"""Gymnasium's spaces as the spec's, and their values to and from rows. Needs numpy; gymnasium is the
caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import FarsimError
from ..wire.dtypes import CODES, NAMES, numpy_dtype
from ..wire.named_tree import escape

_NAME_OF_DTYPE = {numpy_dtype(code): NAMES[code] for code in CODES.values()}


def describe_space(space: Any) -> dict[str, dict[str, Any]]:
    """Leaves by path: Dict and Tuple become paths. Raises UNSUPPORTED for Text, Graph and other shapeless
    spaces.
    """
    kind = type(space).__name__
    if kind in ("Dict", "Tuple"):
        branches = space.spaces.items() if kind == "Dict" else enumerate(space.spaces)
        return {
            f"{escape(str(name))}/{path}" if path else escape(str(name)): leaf
            for name, branch in branches
            for path, leaf in describe_space(branch).items()
        }
    if kind == "Box":
        return {
            "": {"dtype": _dtype(space), "shape": list(space.shape), "low": space.low, "high": space.high}
        }
    if kind == "Discrete":
        return {"": {"dtype": _dtype(space), "shape": [], "n": int(space.n), "start": int(space.start)}}
    if kind == "MultiDiscrete":
        start = np.broadcast_to(getattr(space, "start", 0), space.shape)
        return {
            "": {
                "dtype": _dtype(space),
                "shape": list(space.shape),
                "low": start,
                "high": start + space.nvec - 1,
            }
        }
    if kind == "MultiBinary":
        return {"": {"dtype": _dtype(space), "shape": list(space.shape), "low": 0, "high": 1}}
    raise FarsimError("UNSUPPORTED", f"a {kind} space has no fixed arrays: {space}")


def stack_rows(space: Any, values: Sequence[Any]) -> Any:
    """The rows' values of one space as a tree of arrays `[n, …]`."""
    kind = type(space).__name__
    if kind == "Dict":
        return {
            name: stack_rows(branch, [value[name] for value in values])
            for name, branch in space.spaces.items()
        }
    if kind == "Tuple":
        return {
            str(place): stack_rows(branch, [value[place] for value in values])
            for place, branch in enumerate(space.spaces)
        }
    return np.stack([np.asarray(value, space.dtype).reshape(space.shape) for value in values])


def tree_of_batch(space: Any, batch: Any) -> Any:
    """A vector env's batch of one row's space as a tree of arrays `[n, …]`."""
    kind = type(space).__name__
    if kind == "Dict":
        return {name: tree_of_batch(branch, batch[name]) for name, branch in space.spaces.items()}
    if kind == "Tuple":
        return {str(place): tree_of_batch(branch, batch[place]) for place, branch in enumerate(space.spaces)}
    return np.asarray(batch, space.dtype)


def batch_value(space: Any, tree: Any) -> Any:
    """A tree of arrays `[n, …]` as a vector env takes it."""
    kind = type(space).__name__
    if kind == "Dict":
        return {name: batch_value(branch, tree[name]) for name, branch in space.spaces.items()}
    if kind == "Tuple":
        return tuple(batch_value(branch, tree[str(place)]) for place, branch in enumerate(space.spaces))
    return tree


def row_value(space: Any, tree: Any, row: int) -> Any:
    """One row of a tree of arrays as a value of the space."""
    kind = type(space).__name__
    if kind == "Dict":
        return {name: row_value(branch, tree[name], row) for name, branch in space.spaces.items()}
    if kind == "Tuple":
        return tuple(row_value(branch, tree[str(place)], row) for place, branch in enumerate(space.spaces))
    return space.dtype.type(tree[row]) if kind == "Discrete" else tree[row]


def stack_infos(infos: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Infos of the rows as one: numbers and arrays of equal shape become `[n, …]`, zero where a row lacks
    them (then `_key`
    `[n]` says who has them, as Gymnasium's vector envs do); the rest become lists."""
    keys = sorted({key for info in infos for key in info}, key=str)
    stacked: dict[str, Any] = {}
    for key in keys:
        found = [info.get(key) for info in infos]
        first = next(value for info, value in zip(infos, found, strict=True) if key in info)
        if isinstance(first, dict):
            stacked[str(key)] = stack_infos([value if isinstance(value, dict) else {} for value in found])
            continue
        array = _stack_numbers(found)
        stacked[str(key)] = found if array is None else array
        if array is not None and any(key not in info for info in infos):
            stacked[f"_{key}"] = np.array([key in info for info in infos])
    return stacked


def _stack_numbers(values: Sequence[Any]) -> np.ndarray | None:
    present = [np.asarray(value) for value in values if value is not None]
    if not present or any(
        array.dtype not in _NAME_OF_DTYPE or array.shape != present[0].shape for array in present
    ):
        return None
    filler = np.zeros_like(present[0])
    return np.stack([filler if value is None else np.asarray(value) for value in values])


def _dtype(space: Any) -> str:
    name = _NAME_OF_DTYPE.get(np.dtype(space.dtype))
    if name is None:
        raise FarsimError("UNSUPPORTED", f"a space of {space.dtype} cannot be sent: {space}")
    return name
