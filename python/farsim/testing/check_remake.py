"""The rule of adapters whose engine outlives its worlds."""

from __future__ import annotations

import numpy as np

from .opened_world import NOT_OFFERED, OpenedWorld


def check_remake(world: OpenedWorld, steps: int) -> str | None:
    """Worlds that are made anew from the same config are the same ones, and run."""
    if not hasattr(world.adapter, "remake"):
        return NOT_OFFERED
    random = np.random.default_rng(5)
    world.reset(seed=1)
    world.call("step", world.action(world.envs, random))
    before = world.spec
    world.remake()
    assert world.spec == before, "the spec is another one after a remake from the same config"
    world.reset(seed=1)
    for _ in range(min(steps, 3)):
        world.call("step", world.action(world.envs, random))
    return None
