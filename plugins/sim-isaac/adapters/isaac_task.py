"""A task's configuration: found by its id, resolved, edited, and its asset files looked for."""

import ast
import contextlib
import dataclasses
import difflib
import importlib
import importlib.util
import inspect
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

from farsim.bridge.adapter import AdapterError

_MOST_DEEP = 12
_SERVER_SECONDS = 10


def registered_id(task):
    """The id under which Gymnasium knows the task; `-v0` is tried with and without. Raises CONFIG_INVALID."""
    import gymnasium

    bare = task.rpartition(":")[2]
    for name in (bare, bare.removesuffix("-v0"), f"{bare}-v0"):
        if name in gymnasium.registry:
            return name
    isaac = [name for name in gymnasium.registry if "Isaac" in name] or list(gymnasium.registry)
    near = difflib.get_close_matches(bare, isaac, 5, 0.3)
    raise AdapterError(
        "CONFIG_INVALID",
        f"no task '{task}' is registered; the nearest of {len(isaac)} are {', '.join(near) or 'none alike'}",
        ["name the module that registers it in `imports`", *(f"task: {name}" for name in near[:1])],
    )


def import_modules(names):
    """Raises PACKAGE_MISSING for a module of `imports` that is not there."""
    for name in names:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as missing:
            if missing.name is None or not name.startswith(missing.name):
                raise
            raise AdapterError(
                "PACKAGE_MISSING",
                f"imports: there is no module '{name}' in {sys.executable}",
                ["install it there, or put its folder on PYTHONPATH with `env`"],
            ) from missing


def resolve_task(task, physics, overrides):
    """The task's cfg of 3.0, with presets and `key=value` settings applied. Raises CONFIG_INVALID."""
    from isaaclab_tasks.utils import resolve_task_config

    words = [*([f"physics={physics}"] if physics else []), *overrides]
    takes_overrides = "overrides" in inspect.signature(resolve_task_config).parameters
    argv = sys.argv
    try:
        if takes_overrides:
            cfg = resolve_task_config(task, None, overrides=words)[0]
        else:
            sys.argv = [argv[0], *words]
            cfg = resolve_task_config(task, "")[0]
    except ImportError:
        raise
    except Exception as error:
        raise AdapterError(
            "CONFIG_INVALID",
            f"{task} with {words or 'no overrides'}: {type(error).__name__}: {error}",
            ["overrides are Hydra's: `env.sim.dt=0.005`, `env.scene.env_spacing=3`"],
        ) from error
    finally:
        sys.argv = argv
    for override in overrides:
        _require_known(cfg, override)
    return cfg


def parse_task(task, device, envs, physics, overrides):
    """The task's cfg of 2.x and the betas without presets. Raises CONFIG_INVALID."""
    from isaaclab_tasks.utils import parse_env_cfg

    if physics:
        raise AdapterError("UNSUPPORTED", "`physics` chooses an engine of Isaac Lab 3; this one has PhysX")
    cfg = parse_env_cfg(task, device=device, num_envs=envs)
    for override in overrides:
        _set(cfg, override)
    return cfg


def _set(cfg, override):
    path, equals, text = override.partition("=")
    if not equals:
        raise AdapterError("CONFIG_INVALID", f"overrides: '{override}' is not `key=value`")
    names = path.strip().removeprefix("env.").split(".")
    holder = _holder(cfg, names, override)
    if isinstance(holder, dict):
        holder[names[-1]] = _value(text)
    else:
        setattr(holder, names[-1], _value(text))


def _require_known(cfg, override):
    """Isaac Lab 3 takes a key that nothing reads without a word."""
    path = override.partition("=")[0].strip()
    if path.startswith("env."):
        _holder(cfg, path.removeprefix("env.").split("."), override)


def _holder(cfg, names, override):
    """What holds the last of the names. Raises CONFIG_INVALID for a name that its cfg does not declare."""
    holder = target = cfg
    for i, name in enumerate(names):
        holder = target
        if isinstance(holder, (list, tuple)) and name.isdigit() and int(name) < len(holder):
            target = holder[int(name)]
            continue
        known = list(holder) if isinstance(holder, dict) else _declared(holder)
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise AdapterError(
                "CONFIG_INVALID",
                f"overrides: '{override}': {'.'.join(['env', *names[:i]])} has no '{name}'",
                [f"did you mean '{near[0]}'?"] if near else [],
            )
        target = holder[name] if isinstance(holder, dict) else getattr(holder, name)
    return holder


def _declared(cfg):
    if dataclasses.is_dataclass(cfg):
        return [field.name for field in dataclasses.fields(cfg)]
    return list(vars(cfg)) if hasattr(cfg, "__dict__") else []


def _value(text):
    words = {"true": True, "false": False, "null": None}
    with contextlib.suppress(ValueError, SyntaxError):
        return words[text.lower()] if text.lower() in words else ast.literal_eval(text)
    return text


def configure(cfg, path, name):
    """Gives the cfg to a function in the user's file, which edits it or returns another."""
    spec = importlib.util.spec_from_file_location("farsim_configure", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function = getattr(module, name, None)
    if not callable(function):
        found = [key for key, value in vars(module).items() if inspect.isfunction(value)]
        raise AdapterError(
            "CONFIG_INVALID",
            f"configure: {os.path.basename(path)} has no function '{name}'; it has "
            f"{', '.join(found) or 'none'}",
        )
    made = function(cfg)
    return cfg if made is None else made


def require_assets(cfg):
    """Raises FILE_NOT_FOUND for USD files that the cfg names and that cannot be had: not on this machine, or
    on a server that does not answer or has no such file. Isaac Lab finds out after a minute of retries.
    """
    paths = sorted(set(_usd_paths(cfg)))
    missing = [path for path in paths if os.path.isabs(path) and not os.path.exists(path)]
    servers = {}
    for path in paths:
        if path.startswith(("http://", "https://")):
            servers.setdefault(urllib.parse.urlsplit(path).netloc, path)
    missing += [f"{path} ({said})" for path in servers.values() if (said := _refusal(path))]
    if missing:
        root = os.environ.get("ISAACSIM_ASSET_ROOT") or "not set"
        raise AdapterError(
            "FILE_NOT_FOUND",
            f"the task's assets cannot be had: {', '.join(missing)}",
            [
                "give a folder with `assets: ./folder`: it is uploaded and becomes ISAACSIM_ASSET_ROOT",
                f"or put them under ISAACSIM_ASSET_ROOT there ({root})",
            ],
        )


def _refusal(url):
    """What the server says against it; None when it has the file, or will not tell."""
    request = urllib.request.Request(url, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=_SERVER_SECONDS):
            return None
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.reason}" if error.code in (404, 410) else None
    except OSError as error:
        return str(getattr(error, "reason", error))


def _usd_paths(node, depth=0, seen=None):
    """Every `usd_path` of a cfg tree; marks that are only drawn are left out, kit-less never opens them."""
    seen = set() if seen is None else seen
    if depth > _MOST_DEEP or id(node) in seen or "Marker" in type(node).__name__:
        return
    seen.add(id(node))
    if isinstance(node, dict):
        children = node
    elif isinstance(node, (list, tuple)):
        children = dict(enumerate(node))
    else:
        children = vars(node) if hasattr(node, "__dict__") and not isinstance(node, type) else {}
    for name, child in children.items():
        if name == "usd_path" and isinstance(child, str):
            yield child
        elif not isinstance(child, (str, int, float, bool, type(None))) and not callable(child):
            yield from _usd_paths(child, depth + 1, seen)
