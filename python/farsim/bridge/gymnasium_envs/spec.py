"""What every Gymnasium env says of itself, as a WorldSpec."""

from __future__ import annotations

import platform
import sys
from typing import Any

from ..engines.mujoco_actions import describe_controls
from ..engines.mujoco_state import MujocoState
from .spaces import describe_space


def describe_gymnasium(
    env: Any, action_space: Any, observation_space: Any, mujoco: Any, count: int, autoreset: str
) -> dict[str, Any]:
    """The spec of `count` envs like `env` with these spaces of one row. `mujoco` is None for an env that is
    not of the MuJoCo kind; `without` then names what it cannot. An env's own `step_dt` and `physics_dt` are
    taken.
    """
    actions = describe_space(action_space)
    versions = {
        "gymnasium": getattr(sys.modules.get("gymnasium"), "__version__", "unknown"),
        "python": platform.python_version(),
    }
    step_dt = getattr(env.unwrapped, "step_dt", None) or 1.0 / ((env.metadata or {}).get("render_fps") or 1)
    physics_dt = getattr(env.unwrapped, "physics_dt", None) or step_dt
    entities: dict[str, Any] = {}
    if mujoco is not None:
        model = env.unwrapped.model
        versions["mujoco"] = mujoco.__version__
        step_dt, physics_dt = float(env.unwrapped.dt), float(model.opt.timestep)
        state = MujocoState(mujoco, model)
        entities = state.describe()
        controls = describe_controls(mujoco, state)
        if list(actions) == [""] and actions[""]["shape"] == controls["shape"]:
            actions[""]["terms"] = controls["terms"]
    return {
        "sim": "gymnasium",
        "versions": versions,
        "task": task_of(env),
        "num_envs": count,
        "env_origins": [[0.0, 0.0, 0.0]] * count,
        "step_dt": step_dt,
        "physics_dt": physics_dt,
        "autoreset": autoreset,
        "actions": actions,
        "observations": describe_space(observation_space),
        "entities": entities,
        "cameras": {},
        "capabilities": [],
        "without": [] if mujoco is not None else ["getState", "setState", "model"],
        "native": {"quat": {"value": "wxyz", "known": "declared"}} if mujoco is not None else {},
    }


def task_of(env: Any) -> str:
    """The registered id, or the class's name."""
    spec = getattr(env, "spec", None)
    return spec.id if spec is not None else type(env.unwrapped).__name__
