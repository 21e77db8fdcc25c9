"""Rules of states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..bridge.wire.named_tree import unescape
from .opened_world import NOT_OFFERED, OpenedWorld

_TOLERANCE = {"f8": 1e-6, "f4": 1e-5}


def check_state_round_trip(world: OpenedWorld, steps: int) -> str | None:
    """What was read can be put back, from elsewhere, and into other envs: canonical → native → canonical."""
    if not (world.can("getState") and world.can("setState")):
        return NOT_OFFERED
    random = np.random.default_rng(5)
    world.reset()
    for _ in range(5):
        outcome = world.call("step", world.action(world.envs, random))
        if world.spec["autoreset"] == "disabled" and (outcome["terminated"] | outcome["truncated"]).any():
            break
    state = world.call("getState")
    _check_entities(world, state)
    # elsewhere, or what puts nothing would give the same
    world.reset(seed=1)
    ticks = world.call("step", world.action(world.envs, random))["tick"]
    put = world.call("setState", _settable(state))["tick"]
    assert (ticks == put).all(), "setState leaves ticks unchanged"
    _require_near(state, world.call("getState"), "came back")
    _check_rows(world, state)
    _check_refusal(world, state)
    return None


def _check_rows(world: OpenedWorld, state: Mapping[str, Any]) -> None:
    """The first and the last env change places, in an order that is not the engine's; −q is q."""
    if world.envs < 2:
        return
    envs, rows = np.array([world.envs - 1, 0], np.int32), [0, world.envs - 1]
    moving = {key: value for key, value in state.items() if _moves(world, key)}
    given = {
        key: -value[rows] if key.endswith("/root_quat") else value[rows]
        for key, value in _settable(moving).items()
    }
    if not given:
        return
    world.call("setState", {**given, "envs": envs})
    changed = [*range(world.envs)]
    changed[0], changed[-1] = changed[-1], changed[0]
    expected = {key: value[changed] for key, value in moving.items()}
    _require_near(expected, world.call("getState"), "of chosen envs came back")


def _moves(world: OpenedWorld, key: str) -> bool:
    """Where a base is fixed may be each env's own."""
    _, entity, part = (unescape(segment) for segment in key.split("/"))
    return part.startswith("joint_") or not world.spec["entities"][entity]["fixed_base"]


def _check_refusal(world: OpenedWorld, state: Mapping[str, Any]) -> None:
    name = next(iter(_settable(state)))
    broken = state[name].copy()
    broken.flat[0] = np.nan
    try:
        world.call("setState", {**_settable(state), name: broken})
    except Exception as error:
        assert getattr(error, "code", "") == "BAD_STATE", (
            f"a state that holds NaN is BAD_STATE, not {error!r}"
        )
    else:
        raise AssertionError("a state that holds NaN must be refused")


def _require_near(expected: Mapping[str, Any], found: Mapping[str, Any], what: str) -> None:
    for key, value in expected.items():
        worst = _difference(key, value, found[key])
        limit = _TOLERANCE[value.dtype.str[1:]] if value.dtype.kind == "f" else 0
        assert worst <= limit, f"{key} {what} {worst:.3g} off"


def _settable(state: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in state.items() if not key.split("/")[-1].startswith("body_")}


def _check_entities(world: OpenedWorld, state: Mapping[str, Any]) -> None:
    for key, value in state.items():
        _, entity, part = (unescape(segment) for segment in key.split("/"))
        assert entity in world.spec["entities"], f"the state holds '{entity}', which is no entity of the spec"
        spec = world.spec["entities"][entity]
        shapes = {
            "root_pos": (3,), "root_quat": (4,), "root_lin_vel": (3,), "root_ang_vel": (3,),
            "joint_pos": (len(spec["joint_names"]),), "joint_vel": (len(spec["joint_names"]),),
            "body_pos": (len(spec["body_names"]), 3), "body_quat": (len(spec["body_names"]), 4),
        }  # fmt: skip
        if part in shapes:
            assert value.shape == (world.envs, *shapes[part]), f"{entity}.{part} has shape {value.shape}"
        if part == "root_quat":
            norms = np.linalg.norm(value, axis=-1)
            assert np.allclose(norms, 1, atol=1e-5), f"{entity}.root_quat is a unit quaternion"


def _difference(key: str, left: Any, right: Any) -> float:
    """The largest difference, of large numbers in parts of them; quaternions are equal to their negatives."""
    if not left.size:
        return 0.0
    if key.endswith("quat"):
        plus = np.abs(left - right).max(axis=-1)
        minus = np.abs(left + right).max(axis=-1)
        return float(np.minimum(plus, minus).max())
    expected = np.asarray(left, float)
    return float((np.abs(expected - np.asarray(right, float)) / np.maximum(1, np.abs(expected))).max())
