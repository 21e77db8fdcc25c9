"""Rules of states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..bridge.wire.named_tree import unescape
from .opened_world import NOT_OFFERED, OpenedWorld

_TOLERANCE = {"f8": 1e-6, "f4": 1e-5}


def check_state_round_trip(world: OpenedWorld, steps: int) -> str | None:
    """What was read can be put back: canonical → native → canonical."""
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
    ticks = world.call("setState", _settable(state))["tick"]
    again = world.call("getState")
    for key, value in state.items():
        worst = _difference(key, value, again[key])
        limit = _TOLERANCE[value.dtype.str[1:]] if value.dtype.kind == "f" else 0
        assert worst <= limit, f"{key} came back {worst:.3g} off"
    assert (ticks == world.call("setState", _settable(state))["tick"]).all(), (
        "setState leaves ticks unchanged"
    )
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
    """The largest difference; quaternions are equal to their negatives."""
    if not left.size:
        return 0.0
    if key.endswith("quat"):
        plus = np.abs(left - right).max(axis=-1)
        minus = np.abs(left + right).max(axis=-1)
        return float(np.minimum(plus, minus).max())
    return float(np.abs(np.asarray(left, float) - np.asarray(right, float)).max())
