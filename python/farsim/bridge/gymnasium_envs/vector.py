"""An adapter of a vector env: Gymnasium's, or one that speaks like it in torch tensors, as Isaac Lab's do."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import FarsimError
from .rows import EnvRows, join_states
from .spaces import batch_value, stack_rows, tree_of_batch
from .spec import describe_gymnasium


class GymnasiumVector:
    """Steps all envs together. States are there where the envs are in this process and of the MuJoCo kind."""

    def __init__(self, env: Any) -> None:
        self._env = env
        self._count = int(env.num_envs)
        self._autoreset = autoreset_of(env)
        self._seeds_rows = _is_gymnasium(env)
        inner = getattr(env.unwrapped, "envs", None)
        rows = EnvRows(dict(enumerate(inner)), self._autoreset) if isinstance(inner, list) and inner else None
        self._rows = rows if rows and rows.mujoco else None
        self._in_torch = False
        if self._rows is None:
            self.get_state = self.set_state = None

    def describe(self) -> dict[str, Any]:
        env, rows = self._env, self._rows
        capabilities = ["perEnvSeed"] * self._seeds_rows
        if self._autoreset == "disabled":
            capabilities += ["partialReset"] * self._seeds_rows
        elif self._autoreset == "same_step" and self._seeds_rows:
            capabilities += ["finalObservations", "finalInfo"]
        like = rows.first if rows else env
        spec = describe_gymnasium(
            like,
            env.single_action_space,
            env.single_observation_space,
            rows and rows.mujoco,
            self._count,
            self._autoreset,
        )
        return {**spec, "capabilities": capabilities + ["bodies"] * bool(rows)}

    def reset(self, seed: Any = None, envs: Any = None, state: Any = None, options: Any = None) -> dict:
        rows = None if envs is None or len(envs) == self._count else list(envs)
        options = dict(options) if options else None
        if rows is not None:
            mask = np.zeros(self._count, bool)
            mask[rows] = True
            options = {**(options or {}), "reset_mask": mask}
        observations, info = self._env.reset(seed=self._seeds(seed, rows), options=options)
        self._in_torch = _holds_torch(observations)
        return self.reset_outcome(observations, info, envs)

    def step(self, action: Any, envs: Any = None) -> dict[str, Any]:
        if envs is not None and list(envs) != list(range(self._count)):
            raise FarsimError("UNSUPPORTED", f"a vector env steps all its {self._count} envs together")
        batch = batch_value(self._env.single_action_space, action)
        if self._in_torch:
            batch = _map(batch, self._to_torch)
        return self.step_outcome(*self._env.step(batch))

    def get_state(self, envs: Any = None, bodies: bool = True) -> dict[str, Any]:
        rows = range(self._count) if envs is None else envs
        return join_states([self._rows.state(row, bodies) for row in rows])

    def set_state(self, state: Any, envs: Any = None) -> dict[str, Any]:
        rows = range(self._count) if envs is None else envs
        observations = [self._rows.put(env, state, row) for row, env in enumerate(rows)]
        return {"observations": np.stack(observations)}

    def close(self) -> None:
        self._env.close()

    def reset_outcome(self, observations: Any, info: Any, envs: Any = None) -> dict[str, Any]:
        """The outcome of what `reset` gave."""
        tree = self._tree(observations)
        if envs is not None:
            tree = _map(tree, lambda leaf: leaf[list(envs)])
        return {"observations": tree, "info": _map(info, _numpy)}

    def step_outcome(
        self, observations: Any, reward: Any, terminated: Any, truncated: Any, info: Any
    ) -> dict[str, Any]:
        """The outcome of what `step` gave."""
        info = _map(info, _numpy)
        ended = np.flatnonzero(info.pop("_final_obs", ()))
        finals, final_info = info.pop("final_obs", None), info.pop("final_info", {})
        info.pop("_final_info", None)
        outcome = {
            "observations": self._tree(observations),
            "reward": _numpy(reward),
            "terminated": _numpy(terminated).astype(bool),
            "truncated": _numpy(truncated).astype(bool),
            "info": info,
        }
        if len(ended) and self._autoreset == "same_step":
            space = self._env.single_observation_space
            outcome["final"] = {
                "envs": ended.tolist(),
                "observations": stack_rows(space, [finals[env] for env in ended]),
                "info": _map(final_info, lambda leaf: leaf[ended]),
            }
        return outcome

    def action_tree(self, actions: Any) -> Any:
        """A batch of actions as a tree of arrays `[n, …]`."""
        return tree_of_batch(self._env.single_action_space, _map(actions, _numpy))

    def _seeds(self, seed: Any, rows: list[int] | None) -> Any:
        if seed is None:
            return None
        if not self._seeds_rows:
            return int(seed[0])
        places = range(self._count) if rows is None else rows
        given = dict(zip(places, (int(one) for one in seed), strict=True))
        return [given.get(env) for env in range(self._count)]

    def _tree(self, observations: Any) -> Any:
        return tree_of_batch(self._env.single_observation_space, _map(observations, _numpy))

    def _to_torch(self, leaf: np.ndarray) -> Any:
        return sys.modules["torch"].as_tensor(leaf, device=self._env.unwrapped.device)


def autoreset_of(env: Any) -> str:
    """As the env's metadata say; without it Gymnasium's own envs reset at the next step, others at once."""
    mode = (getattr(env, "metadata", None) or {}).get("autoreset_mode")
    if mode is None:
        return "next_step" if _is_gymnasium(env) else "same_step"
    return getattr(mode, "name", str(mode)).lower()


def _is_gymnasium(env: Any) -> bool:
    vector = sys.modules.get("gymnasium.vector")
    return vector is not None and isinstance(env, vector.VectorEnv)


def _map(tree: Any, change: Any) -> Any:
    if isinstance(tree, Mapping):
        return {key: _map(value, change) for key, value in tree.items()}
    if isinstance(tree, tuple):
        return tuple(_map(value, change) for value in tree)
    return change(tree)


def _numpy(leaf: Any) -> Any:
    return leaf.detach().cpu().numpy() if hasattr(leaf, "detach") else leaf


def _holds_torch(tree: Any) -> bool:
    found = []
    _map(tree, lambda leaf: found.append(hasattr(leaf, "detach")))
    return any(found)
