"""The contract that every adapter keeps, as checks whose messages are the rules. Needs numpy.

`check_adapter(MyAdapter, config)` runs them all in this process; a test is one line.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from .bridge.wire.dtypes import CODES, numpy_dtype
from .bridge.wire.layouts import NamedArray
from .bridge.wire.message_fields import ENUMS
from .bridge.wire.named_tree import unescape
from .bridge.world.world import Applied, World
from .bridge.world.world_spec import complete_spec, write_spec

_OP = ENUMS["Op"]
NOT_OFFERED = "not offered"
_TOLERANCE = {"f8": 1e-6, "f4": 1e-5}


class OpenedWorld:
    """An adapter behind the bridge's checks, without a bridge; calls give arrays by name."""

    def __init__(self, make: Callable[[], Any], config: Mapping[str, Any]) -> None:
        self.adapter = make()
        self._stack = contextlib.ExitStack()
        context = self.adapter.launch(config, lambda line: None)
        if context is not None:
            self._stack.enter_context(context)
        self.adapter.create()
        self.spec = complete_spec(self.adapter.describe(), self.adapter)
        write_spec(self.spec)
        self.world = World(self.adapter, self.spec)
        self.envs: int = self.spec["num_envs"]

    def can(self, capability: str) -> bool:
        return capability in self.spec["capabilities"]

    def call(self, op: str, arrays: Mapping[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        """Arrays of the reply's last block. Raises what the call raised."""
        applied = self.apply(op, arrays, **fields)
        return (
            {name: np.asarray(array) for name, array, _ in applied.blocks[-1].arrays}
            if applied.blocks
            else {}
        )

    def apply(self, op: str, arrays: Mapping[str, Any] | None = None, **fields: Any) -> Applied:
        named = [NamedArray(name, np.ascontiguousarray(array)) for name, array in (arrays or {}).items()]
        request = {"op": _OP[op], "repeat": 0, "want": None, "min": 0, "options": "", "onEnd": 0, **fields}
        return self.world.apply(request, [named])

    def step_many(self, actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Arrays of each step of one stepMany."""
        request = {"op": _OP["stepMany"], "repeat": 0, "want": None, "min": 0, "options": "", "onEnd": 0}
        blocks = [
            [NamedArray(name, np.ascontiguousarray(array)) for name, array in action.items()]
            for action in actions
        ]
        applied = self.world.apply(request, blocks)
        if applied.error:
            raise applied.error
        return [{name: np.asarray(array) for name, array, _ in block.arrays} for block in applied.blocks]

    def reset(self, seed: int | None = 0, **arrays: Any) -> dict[str, Any]:
        """All envs reset, states and bodies wanted where there are any."""
        want = wanted(self.can("getState"))
        seeded = {} if seed is None else {"seed": np.array([seed], np.uint32)}
        return self.call("reset", {**seeded, **arrays}, want=want)

    def action(self, rows: int, random: np.random.Generator) -> dict[str, Any]:
        """A random action inside the bounds (±1 where there are none)."""
        made = {}
        for path, space in self.spec["actions"].items():
            dtype = numpy_dtype(CODES[space["dtype"]])
            shape = (rows, *space["shape"])
            if "n" in space:
                start = space.get("start", 0)
                value = random.integers(start, start + space["n"], shape)
            else:
                low = np.reshape(np.clip(space.get("low", -1), -1e3, 1e3), _bound_shape(space, "low"))
                high = np.reshape(np.clip(space.get("high", 1), -1e3, 1e3), _bound_shape(space, "high"))
                whole = dtype.kind not in "f"
                value = random.integers(low, high + 1, shape) if whole else random.uniform(low, high, shape)
            made[f"action/{path}" if path else "action"] = np.asarray(value, dtype)
        return made

    def close(self) -> None:
        self.world.close()
        self._stack.close()


def wanted(state: bool, bodies: str = "always") -> dict[str, Any]:
    """A want of states, or of nothing."""
    return {
        "state": state,
        "bodies": ENUMS["Bodies"][bodies],
        "cameras": [],
        "every": 0,
        "encoding": 0,
        "envs": [],
    }


def check_adapter(make: Callable[[], Any], config: Mapping[str, Any], steps: int = 20) -> None:
    """Runs every check that the adapter's capabilities allow. Raises AssertionError with the rule that was
    broken.
    """
    for check in adapter_checks():
        with opened(make, config) as world:
            check(world, steps)


def adapter_checks() -> tuple[Callable[[OpenedWorld, int], str | None], ...]:
    """Each check, whose docstring is the rule; every one takes a world of its own, and gives NOT_OFFERED
    where the rule is about what the adapter does not offer.
    """
    return (
        check_outcomes,
        check_actions_are_refused,
        check_subsets,
        check_determinism,
        check_several_steps,
        check_state_round_trip,
        check_snapshot,
        check_model,
    )


@contextlib.contextmanager
def opened(make: Callable[[], Any], config: Mapping[str, Any]) -> Iterator[OpenedWorld]:
    world = OpenedWorld(make, config)
    try:
        yield world
    finally:
        world.close()


def check_outcomes(world: OpenedWorld, steps: int) -> str | None:
    """Every frame holds what the spec says, row by row."""
    random = np.random.default_rng(1)
    first = world.reset()
    assert (first["tick"] == 0).all() and (first["episode"] == 0).all(), (
        "a first reset begins episode 0 at tick 0"
    )
    _check_observations(world, first, world.envs)
    for _ in range(steps):
        ended = _step_or_reset(world, random)
        if ended:
            return


def _step_or_reset(world: OpenedWorld, random: np.random.Generator) -> bool:
    before = world.call("step", world.action(world.envs, random))
    _check_observations(world, before, world.envs)
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


def _check_observations(world: OpenedWorld, outcome: Mapping[str, Any], rows: int) -> None:
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
    _check_observations(world, {key: value for key, value in part.items() if key != "envs"}, len(rows))
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
        worst = difference(key, value, again[key])
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


def difference(key: str, left: Any, right: Any) -> float:
    """The largest difference; quaternions are equal to their negatives."""
    if not left.size:
        return 0.0
    if key.endswith("quat"):
        plus = np.abs(left - right).max(axis=-1)
        minus = np.abs(left + right).max(axis=-1)
        return float(np.minimum(plus, minus).max())
    return float(np.abs(np.asarray(left, float) - np.asarray(right, float)).max())


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


def check_model(world: OpenedWorld, steps: int) -> str | None:
    """A model is files under relative paths, one of them the entry."""
    if not world.can("model"):
        return NOT_OFFERED
    entry, files = world.adapter.model()
    assert entry in files, "the model's entry is one of its files"
    for path in files:
        parts = path.split("/")
        assert not path.startswith("/") and ".." not in parts and "" not in parts, (
            f"{path} is a plain relative path"
        )


def _bound_shape(space: Mapping[str, Any], bound: str) -> tuple[int, ...]:
    return tuple(space["shape"]) if np.ndim(space.get(bound, 0)) else ()
