"""Rules of actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .opened_world import OpenedWorld


def check_actions_are_refused(world: OpenedWorld, steps: int) -> str | None:
    """A wrong action never reaches the simulator."""
    random = np.random.default_rng(2)
    good = world.action(world.envs, random)
    _must_refuse(world, good, "a step before the first reset")
    world.reset()
    before = world.call("getState") if world.can("getState") else {}
    name, array = next(iter(good.items()))
    if array.dtype.kind == "f" and array.size:
        bad = array.copy()
        bad.flat[0] = np.nan
        _must_refuse(world, {**good, name: bad}, "an action that holds NaN")
    _must_refuse(world, {**good, name: np.concatenate([array, array])}, "an action with too many rows")
    _must_refuse(world, {}, "a step without an action")
    _must_refuse(world, {**good, "action/nonsense": array}, "an action with an unknown name")
    after = world.call("getState") if world.can("getState") else {}
    for key, value in before.items():
        assert np.array_equal(value, after[key]), "a refused action leaves the state as it was"


def _must_refuse(world: OpenedWorld, action: Mapping[str, Any], what: str) -> None:
    try:
        world.call("step", action)
    except Exception as error:
        assert getattr(error, "code", "") == "BAD_ACTION", f"{what} is BAD_ACTION, not {error!r}"
        return
    raise AssertionError(f"{what} must be refused with BAD_ACTION")
