"""Rules of what is the same when it is done again."""

from __future__ import annotations

import numpy as np

from .opened_world import NOT_OFFERED, OpenedWorld


def check_determinism(world: OpenedWorld, steps: int) -> str | None:
    """The same seed and actions give the same frames."""
    if not world.can("deterministic"):
        return NOT_OFFERED
    runs = []
    for _ in range(2):
        random = np.random.default_rng(4)
        frames = [world.reset(seed=7)]
        for _ in range(steps):
            frames.append(world.call("step", world.action(world.envs, random)))
            if (
                world.spec["autoreset"] == "disabled"
                and (frames[-1]["terminated"] | frames[-1]["truncated"]).any()
            ):
                break
        runs.append(frames)
    for first, second in zip(*runs, strict=True):
        for key, value in first.items():
            if key != "episode" and not key.startswith("final/episode"):
                assert np.array_equal(value, second[key], equal_nan=value.dtype.kind == "f"), (
                    f"with one seed and the same actions {key} differs between two runs"
                )


def check_several_steps(world: OpenedWorld, steps: int) -> str | None:
    """Several steps in one call are the same as one after another, though arrays may be used again."""
    if not world.can("deterministic"):
        return NOT_OFFERED
    random = np.random.default_rng(8)
    actions = [world.action(world.envs, random) for _ in range(3)]
    world.reset(seed=9)
    singles = []
    for action in actions:
        singles.append({name: np.array(array) for name, array in world.call("step", action).items()})
    if any((single["terminated"] | single["truncated"]).any() for single in singles):
        return
    world.reset(seed=9)
    for single, block in zip(singles, world.step_many(actions), strict=True):
        for key, value in single.items():
            assert key == "episode" or np.array_equal(value, block[key], equal_nan=value.dtype.kind == "f"), (
                f"of several steps in one call {key} differs from that of single steps"
            )


def check_snapshot(world: OpenedWorld, steps: int) -> str | None:
    """A restored snapshot has the same future, to the bit."""
    if not world.can("snapshot"):
        return NOT_OFFERED
    random = np.random.default_rng(6)
    world.reset()
    world.call("step", world.action(world.envs, random))
    snapshot = world.call("snapshot")["snapshot"]
    futures = []
    for _ in range(2):
        random = np.random.default_rng(7)
        frames = []
        for _ in range(min(steps, 5)):
            frames.append(world.call("step", world.action(world.envs, random)))
            if (frames[-1]["terminated"] | frames[-1]["truncated"]).any():
                break
        futures.append(frames)
        world.call("restore", {"snapshot": snapshot})
    for first, second in zip(*futures, strict=True):
        for key, value in first.items():
            assert np.array_equal(value, second[key], equal_nan=value.dtype.kind == "f"), (
                f"after a restore {key} differs from what it was"
            )
