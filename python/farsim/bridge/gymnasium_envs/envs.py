"""An adapter of Gymnasium Envs that are stepped one by one; MuJoCo ones give their whole state and model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..engines.mjcf_files import model_files
from ..engines.row_workers import RowWorkers
from .rows import EnvRows, join_states
from .spaces import row_value, stack_infos, stack_rows
from .spec import describe_gymnasium


class GymnasiumEnvs:
    """`here` has all `count` envs, or with `workers`, which then have them, the one that describes them."""

    def __init__(
        self, here: EnvRows, count: int, workers: RowWorkers | None = None, pictures: bool = True
    ) -> None:
        self._here = here
        self._count = count
        self._workers = workers
        self._first = here.first
        self._pictures = pictures and here.first.render_mode == "rgb_array"

    def describe(self) -> dict[str, Any]:
        first, autoreset = self._first, self._here.autoreset
        capabilities = ["partialReset", "perEnvSeed"]
        if first.spec is not None and not first.spec.nondeterministic:
            capabilities.append("deterministic")
        if autoreset == "same_step":
            capabilities += ["finalObservations", "finalInfo"] + ["finalState"] * bool(self._here.mujoco)
        spec = describe_gymnasium(
            first, first.action_space, first.observation_space, self._here.mujoco, self._count, autoreset
        )
        if self._pictures:
            spec["cameras"] = {"render": self._picture_size()}
        else:
            spec["without"].append("render")
        if self._here.mujoco:
            capabilities += ["bodies", "resetState"]
        return {**spec, "capabilities": capabilities}

    def reset(self, seed: Any = None, envs: Any = None, state: Any = None, options: Any = None) -> dict:
        rows = self._rows(envs)
        seeds = [None] * len(rows) if seed is None else seed
        states = [None if state is None else (state, row) for row in range(len(rows))]
        results = self._each("reset", rows, seeds, [options] * len(rows), states)
        observations, infos = zip(*results, strict=True)
        return {"observations": self._stacked(observations), "info": stack_infos(infos)}

    def step(self, action: Any, envs: Any = None) -> dict[str, Any]:
        rows = self._rows(envs)
        space = self._first.action_space
        results = self._each("step", rows, [row_value(space, action, row) for row in range(len(rows))])
        observations, rewards, terminated, truncated, infos, finals = zip(*results, strict=True)
        outcome = {
            "observations": self._stacked(observations),
            "reward": np.asarray(rewards, float),
            "terminated": np.asarray(terminated, bool),
            "truncated": np.asarray(truncated, bool),
            "info": stack_infos(infos),
        }
        ended = [(env, final) for env, final in zip(rows, finals, strict=True) if final is not None]
        if ended:
            outcome["final"] = {
                "envs": [env for env, _ in ended],
                "observations": self._stacked([final[0] for _, final in ended]),
                "info": stack_infos([final[1] for _, final in ended]),
            }
            if ended[0][1][2] is not None:
                outcome["final"]["state"] = join_states([final[2] for _, final in ended])
        return outcome

    def get_state(self, envs: Any = None, bodies: bool = True) -> dict[str, Any]:
        rows = self._rows(envs)
        return join_states(self._each("state", rows, [bodies] * len(rows)))

    def set_state(self, state: Any, envs: Any = None) -> dict[str, Any]:
        rows = self._rows(envs)
        observations = self._each("put", rows, [state] * len(rows), range(len(rows)))
        return {"observations": self._stacked(observations)}

    def images(self, cameras: Any, envs: Any = None, width: Any = None, height: Any = None) -> dict[str, Any]:
        return {"render": np.stack(self._each("picture", self._rows(envs)))}

    def model(self) -> tuple[str, dict[str, bytes]]:
        return model_files(self._first.unwrapped.fullpath)

    def close(self) -> None:
        self._here.close()
        if self._workers:
            self._workers.close()

    def reset_outcome(self, observation: Any, info: Any, envs: Any = None) -> dict[str, Any]:
        """The outcome of what the one env's `reset` gave."""
        return {"observations": self._stacked([observation]), "info": stack_infos([info])}

    def step_outcome(
        self, observation: Any, reward: Any, terminated: Any, truncated: Any, info: Any
    ) -> dict[str, Any]:
        """The outcome of what the one env's `step` gave."""
        return {
            **self.reset_outcome(observation, info),
            "reward": np.asarray([reward], float),
            "terminated": np.asarray([terminated], bool),
            "truncated": np.asarray([truncated], bool),
        }

    def action_tree(self, action: Any) -> Any:
        """The one env's action as a tree of arrays `[1, …]`."""
        return stack_rows(self._first.action_space, [action])

    def _picture_size(self) -> dict[str, int]:
        number, env = next(iter(self._here.envs.items()))
        env.reset(seed=0)
        height, width = self._here.picture(number).shape[:2]
        return {"width": width, "height": height}

    def _each(self, method: str, rows: Sequence[int], *columns: Any) -> list[Any]:
        if self._workers:
            return self._workers.each_row(method, rows, *columns)
        function = getattr(self._here, method)
        return [function(*row) for row in zip(rows, *columns, strict=True)]

    def _stacked(self, observations: Sequence[Any]) -> Any:
        return stack_rows(self._first.observation_space, observations)

    def _rows(self, envs: Any) -> list[int]:
        return list(range(self._count)) if envs is None else list(envs)
