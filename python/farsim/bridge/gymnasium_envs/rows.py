"""Some Gymnasium envs by number, each with the autoreset that was asked for."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..engines.mujoco_state import MujocoState


class EnvRows:
    """The rows of a simulator that are Gymnasium Envs of one process; `autoreset` as in the WorldSpec."""

    def __init__(self, envs: Mapping[int, Any], autoreset: str) -> None:
        self.autoreset = autoreset
        self.envs = dict(envs)
        self.mujoco, self.readers = mujoco_readers(self.envs)
        self._ended: set[int] = set()

    @property
    def first(self) -> Any:
        """The env that describes the others."""
        return next(iter(self.envs.values()))

    def reset(
        self, number: int, seed: int | None, options: Any, state: tuple[Any, int] | None
    ) -> tuple[Any, dict]:
        """`state`: a state of several rows and the row of it that is this env's."""
        self._ended.discard(number)
        observation, info = self.envs[number].reset(seed=seed, options=options)
        if state is not None:
            observation = self.put(number, *state)
        return observation, info

    def step(self, number: int, action: Any) -> tuple[Any, float, bool, bool, dict, tuple | None]:
        """Gymnasium's five, and when an autoreset followed the env at its end: observation, info, state."""
        env = self.envs[number]
        if number in self._ended:
            self._ended.discard(number)
            observation, info = env.reset()
            return observation, 0.0, False, False, info, None
        observation, reward, terminated, truncated, info = env.step(action)
        final = None
        if terminated or truncated:
            if self.autoreset == "same_step":
                final = (observation, info, self.state(number, True) if self.mujoco else None)
                observation, info = env.reset()
            elif self.autoreset == "next_step":
                self._ended.add(number)
        return observation, float(reward), bool(terminated), bool(truncated), info, final

    def state(self, number: int, bodies: bool) -> dict[str, Any]:
        """One row of the canonical state."""
        return self.readers[number].read([self.envs[number].unwrapped.data], bodies)

    def put(self, number: int, state: Any, row: int) -> Any:
        """Puts a state's row into the env; gives its observation."""
        env = self.envs[number].unwrapped
        qpos, qvel = env.data.qpos.copy(), env.data.qvel.copy()
        self.readers[number].write(state, row, qpos, qvel, None)
        env.set_state(qpos, qvel)
        return env._get_obs()

    def picture(self, number: int) -> np.ndarray:
        return np.asarray(self.envs[number].render(), np.uint8)

    def close(self) -> None:
        for env in self.envs.values():
            env.close()


def mujoco_readers(envs: Mapping[int, Any]) -> tuple[Any, dict[int, MujocoState]]:
    """The mujoco module and a reader for each env of Gymnasium's MuJoCo kind; None and {} for others."""
    first = next(iter(envs.values())).unwrapped
    if type(getattr(first, "model", None)).__name__ != "MjModel" or not hasattr(first, "data"):
        return None, {}
    mujoco = sys.modules["mujoco"]
    return mujoco, {number: MujocoState(mujoco, env.unwrapped.model) for number, env in envs.items()}


def join_states(states: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """States of one row each as one state of all rows."""
    first = states[0]["entities"]
    return {
        "entities": {
            name: {key: np.concatenate([state["entities"][name][key] for state in states]) for key in arrays}
            for name, arrays in first.items()
        }
    }
