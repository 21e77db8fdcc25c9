"""Finds the adapter of an environment that a user's script has made."""

from __future__ import annotations

from typing import Any

from ..errors import FarsimError

_ADAPTER_METHODS = ("describe", "reset", "step")
_ENV_METHODS = ("reset", "step")


def adapter_of(env: Any, pictures: bool = True) -> Any:
    """`env` itself when it is an adapter, or the adapter of a Gymnasium Env or VectorEnv. With
    `pictures` an Env that draws is reset once, to see how large they are. Raises BAD_ARGUMENT for others.
    """
    if _has(env, _ADAPTER_METHODS):
        return env
    if _has(env, _ENV_METHODS) and hasattr(env, "single_action_space"):
        from .vector import GymnasiumVector

        return GymnasiumVector(env)
    if _has(env, _ENV_METHODS) and hasattr(env, "action_space"):
        from .envs import GymnasiumEnvs
        from .rows import EnvRows

        return GymnasiumEnvs(EnvRows({0: env}, "disabled"), 1, pictures=pictures)
    raise FarsimError(
        "BAD_ARGUMENT",
        f"{type(env).__name__} is neither a Gymnasium Env or VectorEnv nor an adapter",
        ["an adapter has describe(), reset() and step(): see farsim.bridge.adapter"],
    )


def _has(env: Any, methods: tuple[str, ...]) -> bool:
    return all(callable(getattr(env, method, None)) for method in methods)
