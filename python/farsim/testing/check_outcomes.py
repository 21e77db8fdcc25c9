"""Rules of what resets and steps give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..bridge.wire.dtypes import CODES, numpy_dtype
from .opened_world import NOT_OFFERED, OpenedWorld


def check_outcomes(world: OpenedWorld, steps: int) -> str | None:
    """Every frame holds what the spec says, row by row."""
    random = np.random.default_rng(1)
    first = world.reset()
    assert (first["tick"] == 0).all() and (first["episode"] == 0).all(), (
        "a first reset begins episode 0 at tick 0"
    )
    check_observations(world, first, world.envs)
    for _ in range(steps):
        ended = _step_or_reset(world, random)
        if ended:
            return


def _step_or_reset(world: OpenedWorld, random: np.random.Generator) -> bool:
    before = world.call("step", world.action(world.envs, random))
    check_observations(world, before, world.envs)
    assert before["reward"].dtype.kind == "f", "rewards are floating-point numbers, one a row"
    for name in ("terminated", "truncated"):
        assert before[name].shape == (world.envs,), f"{name} has one flag for each row"
    ended = before["terminated"] | before["truncated"]
    if not ended.any():
        return False
    if world.spec["autoreset"] == "same_step":
        assert (before["tick"][ended] == 0).all(), (
            "same_step: an env that ended is at tick 0 of its next episode"
        )
        assert before["final/envs"].tolist() == np.flatnonzero(ended).tolist(), (
            "final names the rows that ended"
        )
        has = any(name.startswith("final/obs") for name in before)
        assert has == world.can("finalObservations"), "final holds observations as the capability says"
    elif world.spec["autoreset"] == "next_step":
        after = world.call("step", world.action(world.envs, random))
        assert (after["tick"][ended] == 0).all(), "next_step: the step after an end resets that env"
        assert (after["reward"][ended] == 0).all(), "next_step: the step that resets an env has reward 0"
    return world.spec["autoreset"] == "disabled"


def check_observations(world: OpenedWorld, outcome: Mapping[str, Any], rows: int) -> None:
    for path, space in world.spec["observations"].items():
        name = f"obs/{path}" if path else "obs"
        assert name in outcome, f"the outcome lacks the observation '{path}' that the spec names"
        wanted_shape = (rows, *space["shape"])
        assert outcome[name].shape == wanted_shape, (
            f"'{name}' has shape {outcome[name].shape} where the spec says {wanted_shape}"
        )
        dtype = numpy_dtype(CODES[space["dtype"]])
        assert outcome[name].dtype == dtype, f"'{name}' is {outcome[name].dtype} where the spec says {dtype}"
    extra = {name for name in outcome if name == "obs" or name.startswith("obs/")} - {
        f"obs/{path}" if path else "obs" for path in world.spec["observations"]
    }
    assert not extra, f"the spec does not name the observations {sorted(extra)}"


def check_subsets(world: OpenedWorld, steps: int) -> str | None:
    """A reset of some envs leaves the others alone, in whatever order the rows are named."""
    if not world.can("partialReset") or world.envs < 2:
        return NOT_OFFERED
    random = np.random.default_rng(3)
    world.reset()
    world.call("step", world.action(world.envs, random))
    rows = [world.envs - 1, 0]
    before = world.call("getState") if world.can("getState") else {}
    part = world.call("reset", {"envs": np.array(rows, np.int32), "seed": np.array([5], np.uint32)})
    assert part.get("envs", np.arange(world.envs)).tolist() == rows, (
        "an outcome's rows are those of the call, in order"
    )
    check_observations(world, {key: value for key, value in part.items() if key != "envs"}, len(rows))
    others = [env for env in range(world.envs) if env not in rows]
    after = world.call("getState") if world.can("getState") else {}
    for key, value in before.items():
        assert np.array_equal(value[others], after[key][others]), (
            f"a partial reset changed {key} of other envs"
        )
    if world.can("getState"):
        chosen = world.call("getState", {"envs": np.array(rows, np.int32)})
        for key, value in after.items():
            assert np.array_equal(value[rows], chosen[key]), (
                f"{key} of chosen envs is in the order that they were named"
            )
