"""States of schema `simstate/1` to and from named arrays, and the check of what a client sends."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import FarsimError
from ..wire.dtypes import CODES, FLOATS, all_finite, as_array, dtype_code, flat, numpy
from ..wire.layouts import NamedArray
from ..wire.named_tree import escape, unescape
from ..wire.number_rows import bools, i32

_FLAGS = ("terminal", "after_autoreset", "finite")
_BODY_KEYS = frozenset({"body_pos", "body_quat"})
_ROOT_LENGTHS = {"root_pos": 3, "root_quat": 4, "root_lin_vel": 3, "root_ang_vel": 3}


def state_arrays(state: Mapping[str, Any], prefix: str = "", bodies: bool = True) -> list[NamedArray]:
    """A state's arrays under their wire names, sorted within each entity, rows open."""
    named = []
    for entity in sorted(state["entities"]):
        arrays = state["entities"][entity]
        for key in sorted(arrays):
            if arrays[key] is not None and (bodies or key not in _BODY_KEYS):
                name = f"{prefix}state/{escape(entity)}/{escape(key)}"
                named.append(NamedArray(name, as_array(arrays[key]), True))
    for flag in _FLAGS:
        if state.get(flag) is not None:
            named.append(NamedArray(f"{prefix}flag/{flag}", bools(state[flag]), True))
    if state.get("env_origin") is not None:
        named.append(NamedArray(f"{prefix}env_origin", as_array(state["env_origin"]), True))
    if state.get("envs") is not None:
        named.append(NamedArray(f"{prefix}state_envs", i32(state["envs"]), True))
    return named


def finite_rows(arrays: Sequence[NamedArray], rows: int) -> Any:
    """`[rows]` bool, or None when every number is finite."""
    if all(all_finite(array, dtype_code(array)) for _, array, _ in arrays):
        return None
    finite = [True] * rows
    for _, array, _ in arrays:
        if dtype_code(array) not in FLOATS or array.shape[0] != rows:
            continue
        values = flat(array)
        width = len(values) // rows
        for row in range(rows):
            finite[row] = finite[row] and all(map(math.isfinite, values[row * width : (row + 1) * width]))
    return bools(finite)


def read_state(arrays: Sequence[NamedArray]) -> dict[str, Any] | None:
    """The state among a request's arrays, or None when there is none."""
    entities: dict[str, dict[str, Any]] = {}
    rest: dict[str, Any] = {}
    for name, array, _ in arrays:
        if name.startswith("state/"):
            entity, _, key = name[6:].partition("/")
            entities.setdefault(unescape(entity), {})[unescape(key)] = array
        elif name.startswith("flag/"):
            rest[name[5:]] = array
        elif name == "env_origin":
            rest["env_origin"] = array
        elif name == "state_envs":
            rest["envs"] = [int(env) for env in array]
    return {"entities": entities, **rest} if entities else None


def check_state(state: dict[str, Any], entities: Mapping[str, Any], rows: int) -> dict[str, Any]:
    """The state with unit quaternions. Raises BAD_STATE for unknown entities, wrong shapes, numbers that are
    not finite, or
    quaternions whose norm is outside [0.9, 1.1]."""
    checked: dict[str, dict[str, Any]] = {}
    for entity, arrays in state["entities"].items():
        spec = entities.get(entity)
        if spec is None:
            raise FarsimError(
                "BAD_STATE",
                f"'{entity}' is no entity of this simulator; it has {', '.join(sorted(entities)) or 'none'}",
            )
        checked[entity] = {key: _check_array(entity, key, array, spec, rows) for key, array in arrays.items()}
    return {**state, "entities": checked}


def _check_array(entity: str, key: str, array: Any, spec: Mapping[str, Any], rows: int) -> Any:
    where = f"{entity}.{key}"
    if not array.shape or array.shape[0] != rows:
        raise FarsimError("BAD_STATE", f"{where} must have {rows} rows, got shape {list(array.shape)}")
    if not all_finite(array, dtype_code(array)):
        raise FarsimError("BAD_STATE", f"{where} holds a number that is not finite")
    wanted: tuple[int, ...] | None = None
    if key in _ROOT_LENGTHS:
        wanted = (rows, _ROOT_LENGTHS[key])
    elif key.startswith("joint_"):
        wanted = (rows, len(spec["joint_names"]))
    if wanted and tuple(array.shape) != wanted:
        raise FarsimError("BAD_STATE", f"{where} must have shape {list(wanted)}, got {list(array.shape)}")
    return _unit(where, array) if key == "root_quat" else array


def _unit(where: str, array: Any) -> Any:
    if dtype_code(array) not in (CODES["f32"], CODES["f64"]):
        raise FarsimError("BAD_STATE", f"{where} must be f32 or f64")
    if numpy is None:
        values = flat(array)
        norms = [math.hypot(*values[i : i + 4]) for i in range(0, len(values), 4)]
        bad = [norm for norm in norms if not 0.9 <= norm <= 1.1]
        if bad:
            raise FarsimError("BAD_STATE", f"{where} holds a quaternion of norm {bad[0]:.3g}")
        return array
    norms = numpy.linalg.norm(array, axis=-1, keepdims=True)
    if ((norms < 0.9) | (norms > 1.1)).any():
        worst = float(norms.reshape(-1)[numpy.abs(norms.reshape(-1) - 1).argmax()])
        raise FarsimError("BAD_STATE", f"{where} holds a quaternion of norm {worst:.3g}")
    return array / norms
