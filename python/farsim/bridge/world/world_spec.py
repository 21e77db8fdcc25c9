"""The WorldSpec as it is sent: checked, completed with capabilities, hashed."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

from ..errors import FarsimError
from ..wire import limits
from ..wire.dtypes import CODES

_REQUIRED = ("sim", "task", "num_envs", "step_dt", "actions", "observations")
_AUTORESETS = ("next_step", "same_step", "disabled")
# capability -> the methods that it needs
_BY_METHODS = {
    "getState": ("get_state",),
    "setState": ("set_state",),
    "snapshot": ("snapshot", "restore"),
    "render": ("images",),
    "model": ("model",),
    "visuals": ("visuals",),
    "sendRecv": ("send", "recv"),
}
# the message's other fields, and what frames it
_SPARE_BYTES = 128
# largest double: what JSON can hold of an infinite bound among finite ones
_HUGE = 1.7976931348623157e308


def complete_spec(spec: dict[str, Any], adapter: Any) -> dict[str, Any]:
    """Fills in what follows from the adapter's methods. Raises START_FAILED for a spec that breaks the
    contract.
    """
    for key in _REQUIRED:
        if key not in spec:
            raise FarsimError("START_FAILED", f"the adapter's describe() gives no '{key}'")
    count = spec["num_envs"]
    if not isinstance(count, int) or count < 1:
        raise FarsimError("START_FAILED", f"the adapter's describe() gives num_envs = {count!r}")
    completed = {
        "versions": {},
        "env_origins": [[0.0, 0.0, 0.0]] * count,
        "physics_dt": spec["step_dt"],
        "autoreset": "disabled",
        "entities": {},
        "cameras": {},
        "native": {},
        **spec,
    }
    if completed["autoreset"] not in _AUTORESETS:
        raise FarsimError(
            "START_FAILED", f"autoreset must be one of {_AUTORESETS}, got {completed['autoreset']!r}"
        )
    for kind in ("actions", "observations"):
        completed[kind] = {path: _space(kind, path, space) for path, space in completed[kind].items()}
    declared = set(spec.get("capabilities", ()))
    found = {
        name
        for name, methods in _BY_METHODS.items()
        if all(callable(getattr(adapter, method, None)) for method in methods)
    }
    lacking = (declared & _BY_METHODS.keys()) - found
    if lacking:
        raise FarsimError("START_FAILED", f"the adapter lists {sorted(lacking)} and lacks the methods")
    without = set(spec.get("without", ()))
    completed.pop("without", None)
    completed["capabilities"] = sorted((declared | found) - without)
    return completed


def _space(kind: str, path: str, space: dict[str, Any]) -> dict[str, Any]:
    if space.get("dtype") not in CODES:
        raise FarsimError(
            "START_FAILED",
            f"{kind} '{path}': {space.get('dtype')!r} is no dtype of the wire: {', '.join(CODES)}",
        )
    if "shape" not in space:
        raise FarsimError("START_FAILED", f"{kind} '{path}': describe() gives no 'shape', such as [3]")
    written = {**space, "shape": [int(length) for length in space["shape"]]}
    for bound in ("low", "high"):
        if bound in written:
            values = _bounds(written.pop(bound))
            if values is not None:
                written[bound] = values
    return written


def _bounds(value: Any) -> Any:
    """Numbers that JSON holds; None when all are infinite; one number when all are equal."""
    numbers = value.reshape(-1).tolist() if hasattr(value, "reshape") else value
    numbers = (
        [float(number) for number in numbers] if isinstance(numbers, (list, tuple)) else [float(numbers)]
    )
    if not numbers or all(math.isinf(number) for number in numbers):
        return None
    finite = [max(-_HUGE, min(_HUGE, number)) for number in numbers]
    return finite[0] if len(set(finite)) == 1 else finite


def probe(spec: dict[str, Any], adapter: Any) -> None:
    """Adds what the adapter's probe finds out to the spec's `native`, where it has one."""
    if callable(getattr(adapter, "probe", None)):
        spec["native"] = {**spec.get("native", {}), **adapter.probe()}


def write_spec(spec: dict[str, Any]) -> tuple[str, bytes]:
    """The spec as JSON, keys sorted, no spaces, and the SHA-256 of those bytes."""
    try:
        world = json.dumps(spec, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain)
    except ValueError as error:
        raise FarsimError(
            "START_FAILED", f"the adapter's describe() cannot be written as JSON: {error}"
        ) from error
    return world, hashlib.sha256(world.encode()).digest()


def require_sendable(spec: dict[str, Any], world: str) -> None:
    """Raises START_FAILED, with what is so large, for a spec that no SPEC message can carry: its client would
    learn of it only once the simulator has started.
    """
    size = len(world.encode())
    if size <= limits.HEADER_BYTES - _SPARE_BYTES:
        return
    sizes = {key: len(write_spec({key: value})[0]) for key, value in spec.items()}
    largest = sorted(sizes, key=sizes.__getitem__, reverse=True)[:2]
    told = " and ".join(f"{key} {sizes[key] / 1024:.0f} KiB" for key in largest)
    raise FarsimError(
        "START_FAILED",
        f"the adapter's describe() comes to {size / 1024:.0f} KiB of JSON, over the limit of "
        f"{limits.HEADER_BYTES // 1024} KiB: {told} of it",
        ["leave out what is not needed: names of bodies, versions, terms; large arrays belong into frames"],
    )


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is no JSON")
