"""A task's configuration: found by its id and resolved."""

import difflib
import inspect
import sys

from farsim.bridge.adapter import AdapterError
from farsim.bridge.engines.cfg_edits import require_known, set_value


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
    except (Exception, SystemExit) as error:  # Hydra exits where a word names no setting
        cause = (error.__context__ or error) if isinstance(error, SystemExit) else error
        raise AdapterError(
            "CONFIG_INVALID",
            f"{task} with {words or 'no overrides'}: {type(cause).__name__}: {cause}",
            ["overrides are Hydra's: `env.sim.dt=0.005`, `env.scene.env_spacing=3`"],
        ) from error
    finally:
        sys.argv = argv
    for override in overrides:
        require_known(cfg, override)
    return cfg


def parse_task(task, device, envs, physics, overrides):
    """The task's cfg of 2.x and the betas without presets. Raises CONFIG_INVALID."""
    from isaaclab_tasks.utils import parse_env_cfg

    if physics:
        raise AdapterError("UNSUPPORTED", "`physics` chooses an engine of Isaac Lab 3; this one has PhysX")
    cfg = parse_env_cfg(task, device=device, num_envs=envs)
    for override in overrides:
        set_value(cfg, override)
    return cfg
