"""An adapter without a bridge, as the checks of its contract drive it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ..bridge.wire.dtypes import CODES, numpy_dtype
from ..bridge.wire.layouts import NamedArray
from ..bridge.wire.message_fields import ENUMS
from ..bridge.world.world import Applied, World
from ..bridge.world.world_spec import complete_spec, write_spec

NOT_OFFERED = "not offered"
"""What a check gives where its rule is about what the adapter does not offer."""
_OP = ENUMS["Op"]


class OpenedWorld:
    """An adapter behind the bridge's checks, without a bridge; calls give arrays by name."""

    def __init__(self, make: Callable[[], Any], config: Mapping[str, Any]) -> None:
        self.adapter = make()
        self._config = config
        self._stack = contextlib.ExitStack()
        context = self.adapter.launch(config, lambda line: None)
        if context is not None:
            self._stack.enter_context(context)
        self.adapter.create()
        self._describe()

    def _describe(self) -> None:
        self.spec = complete_spec(self.adapter.describe(), self.adapter)
        write_spec(self.spec)
        self.world = World(self.adapter, self.spec)
        self.envs: int = self.spec["num_envs"]

    def remake(self, **changes: Any) -> None:
        """The worlds of a config with other values, in the engine that runs."""
        self.adapter.remake({**self._config, **changes})
        self._describe()

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


@contextlib.contextmanager
def opened(make: Callable[[], Any], config: Mapping[str, Any]) -> Iterator[OpenedWorld]:
    world = OpenedWorld(make, config)
    try:
        yield world
    finally:
        world.close()


def _bound_shape(space: Mapping[str, Any], bound: str) -> tuple[int, ...]:
    return tuple(space["shape"]) if np.ndim(space.get(bound, 0)) else ()
