"""Edits of a task's cfg, a tree of objects and dicts: `key=value` settings, and a function of the user's.

For tasks in the manner of Isaac Lab, whose cfg is edited before the scene is made.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import difflib
import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Iterable
from typing import Any

from ..errors import FarsimError

_WORDS = {"true": True, "false": False, "null": None}


def import_modules(names: Iterable[str]) -> None:
    """Raises PACKAGE_MISSING for a module of `imports` that is not there."""
    for name in names:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as missing:
            if missing.name is None or not name.startswith(missing.name):
                raise
            raise FarsimError(
                "PACKAGE_MISSING",
                f"imports: there is no module '{name}' in {sys.executable}",
                ["install it there, or put its folder on PYTHONPATH with `env`"],
            ) from missing


def set_value(cfg: Any, override: str) -> None:
    """Applies `scene.env_spacing=3`; an `env.` before it is taken off. Raises CONFIG_INVALID for an unknown
    key.
    """
    path, equals, text = override.partition("=")
    if not equals:
        raise FarsimError("CONFIG_INVALID", f"overrides: '{override}' is not `key=value`")
    names = path.strip().removeprefix("env.").split(".")
    holder = _holder(cfg, names, override)
    if isinstance(holder, dict):
        holder[names[-1]] = _value(text)
    else:
        setattr(holder, names[-1], _value(text))


def require_known(cfg: Any, override: str) -> None:
    """Raises CONFIG_INVALID when `env.sim.dt=…` names what the cfg does not declare: some libraries take such
    a key without a word.
    """
    path = override.partition("=")[0].strip()
    if path.startswith("env."):
        _holder(cfg, path.removeprefix("env.").split("."), override)


def _holder(cfg: Any, names: list[str], override: str) -> Any:
    """What holds the last of the names."""
    holder = target = cfg
    for i, name in enumerate(names):
        holder = target
        if isinstance(holder, (list, tuple)) and name.isdigit() and int(name) < len(holder):
            target = holder[int(name)]
            continue
        known = list(holder) if isinstance(holder, dict) else _declared(holder)
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise FarsimError(
                "CONFIG_INVALID",
                f"overrides: '{override}': {'.'.join(['env', *names[:i]])} has no '{name}'",
                [f"did you mean '{near[0]}'?"] if near else [],
            )
        target = holder[name] if isinstance(holder, dict) else getattr(holder, name)
    return holder


def _declared(cfg: Any) -> list[str]:
    if dataclasses.is_dataclass(cfg):
        return [field.name for field in dataclasses.fields(cfg)]
    return list(getattr(cfg, "__dict__", ()))


def _value(text: str) -> Any:
    with contextlib.suppress(ValueError, SyntaxError):
        return _WORDS[text.lower()] if text.lower() in _WORDS else ast.literal_eval(text)
    return text


def configure(cfg: Any, order: str) -> Any:
    """Gives the cfg to the user's function `file.py:function`, which edits it or returns another."""
    path, _, name = order.rpartition(":")
    spec = importlib.util.spec_from_file_location("farsim_configure", path)
    if spec is None or spec.loader is None:
        raise FarsimError("CONFIG_INVALID", f"configure: {path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function = getattr(module, name, None)
    if not callable(function):
        found = [key for key, value in vars(module).items() if inspect.isfunction(value)]
        raise FarsimError(
            "CONFIG_INVALID",
            f"configure: {os.path.basename(path)} has no function '{name}'; it has "
            f"{', '.join(found) or 'none'}",
        )
    made = function(cfg)
    return cfg if made is None else made
