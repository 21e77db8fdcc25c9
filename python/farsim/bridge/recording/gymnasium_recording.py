"""Gymnasium envs that record. Needs gymnasium."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np

from ..gymnasium_envs.envs import GymnasiumEnvs
from ..gymnasium_envs.vector import GymnasiumVector
from .run_recorder import RunRecorder


class RecordedEnv(gymnasium.Wrapper):
    """An Env that records. Leaving its `with` block ends the recording and not the env."""

    def __init__(self, env: Any, run: RunRecorder, adapter: GymnasiumEnvs | GymnasiumVector) -> None:
        super().__init__(env)
        self._run = run
        self._adapter = adapter

    def reset(self, *, seed: Any = None, options: Any = None) -> tuple[Any, dict]:
        return _reset(self, seed, options)

    def step(self, action: Any) -> tuple[Any, Any, Any, Any, dict]:
        return _step(self, action)

    def close(self) -> None:
        self._run.close()
        super().close()

    def __enter__(self) -> RecordedEnv:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self._run.close(error)


class RecordedVectorEnv(gymnasium.vector.VectorWrapper):
    """A VectorEnv that records. Leaving its `with` block ends the recording and not the envs."""

    def __init__(self, env: Any, run: RunRecorder, adapter: GymnasiumVector) -> None:
        super().__init__(env)
        self._run = run
        self._adapter = adapter

    def reset(self, *, seed: Any = None, options: Any = None) -> tuple[Any, dict]:
        return _reset(self, seed, options)

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict]:
        return _step(self, actions)

    def close(self, **kwargs: Any) -> None:
        self._run.close()
        super().close(**kwargs)

    def __enter__(self) -> RecordedVectorEnv:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self._run.close(error)


def _reset(recorded: Any, seed: Any, options: Any) -> tuple[Any, dict]:
    # Gymnasium's vector envs take the mask out of the options that they are given
    mask = (options or {}).get("reset_mask")
    kept = {key: value for key, value in (options or {}).items() if key != "reset_mask"}
    observation, info = recorded.env.reset(seed=seed, options=options)
    envs = None if mask is None else np.flatnonzero(mask).tolist()
    outcome = recorded._adapter.reset_outcome(observation, info, envs)
    recorded._run.reset(outcome, envs, seed, kept)
    return observation, info


def _step(recorded: Any, action: Any) -> tuple[Any, Any, Any, Any, dict]:
    tree = recorded._adapter.action_tree(action)
    result = recorded.env.step(action)
    recorded._run.step(tree, recorded._adapter.step_outcome(*result))
    return result
