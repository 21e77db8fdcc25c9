"""Starts what a task needs: nothing when it is kit-less, Kit through Isaac Lab's own launcher otherwise."""

import os
import sys

from isaac_app import accept_licence, choose_device, close_app
from isaac_assets import require_assets, require_units
from isaac_task import parse_task, registered_id, resolve_task

from farsim.bridge.adapter import AdapterError
from farsim.bridge.engines.cfg_edits import configure, import_modules

_OWN_KEYS = {"scene.num_envs": "envs", "sim.device": "device", "seed": "seed"}


class Started:
    """The registered `task`, its `cfg`, and the `device` that it computes on."""

    def __init__(self, task, cfg, device):
        self.task = task
        self.cfg = cfg
        self.device = device


def start(config, progress, stack):
    """Enters what must stay open into the ExitStack; its end may end the process. Gives a Started."""
    accept_licence(config)
    if config.get("assets"):
        os.environ["ISAACSIM_ASSET_ROOT"] = os.path.dirname(config["assets"])
    launch_simulation = _launch_simulation()
    device = choose_device(config)
    begin = _start_newest if launch_simulation else _start_with_kit
    return begin(config, device, progress, stack, launch_simulation)


def start_again(config, started, progress, stack):
    """Another task in what `started` started. Raises UNSUPPORTED where that does not hold what it needs."""
    launch_simulation = _launch_simulation()
    with_kit = "omni.kit.app" in sys.modules
    if launch_simulation is None:
        return Started(*_task_in_kit(config, started.device), started.device)
    task, cfg = _newest_task(config, started.device)
    if with_kit:
        return Started(task, cfg, started.device)
    if type(getattr(cfg.sim, "physics", None)) is not type(getattr(started.cfg.sim, "physics", None)):
        raise AdapterError("UNSUPPORTED", f"{task} has another engine than {started.task}, which runs here")
    _launch(task, cfg, config, started.device, progress, stack, launch_simulation)
    return Started(task, cfg, started.device)


def _launch_simulation():
    """3.0 has it in `isaaclab.app`, betas in `isaaclab_tasks.utils`; None for 2.x. Nothing else is imported:
    a broken module of the user's must not start Kit.
    """
    import isaaclab.app as app

    if hasattr(app, "launch_simulation"):
        return app.launch_simulation
    if hasattr(app, "SimulationApp") or not _is_three():
        return None
    from isaaclab_tasks.utils import launch_simulation

    return launch_simulation


def _is_three():
    import importlib.util

    # the betas already come apart into packages per engine, which 2.x does not
    return importlib.util.find_spec("isaaclab_newton") is not None


def _start_newest(config, device, progress, stack, launch_simulation):
    import isaaclab_tasks  # noqa: F401

    progress("tasks are registered")
    task, cfg = _newest_task(config, device)
    _launch(task, cfg, config, device, progress, stack, launch_simulation)
    return Started(task, cfg, device)


def _newest_task(config, device):
    import_modules(config.get("imports") or ())
    task = registered_id(config["task"])
    cfg = resolve_task(task, config.get("physics"), config.get("overrides") or ())
    cfg = _applied(cfg, config, device)
    require_assets(cfg)
    return task, cfg


def _launch(task, cfg, config, device, progress, stack, launch_simulation):
    arguments = {"device": device, "visualizer": ["none"]}
    if config.get("cameras"):
        arguments["enable_cameras"] = True
    if config.get("kit_args"):
        arguments["kit_args"] = " ".join(config["kit_args"])
    progress(f"{task}: starting {type(getattr(cfg.sim, 'physics', None)).__name__} on {device}")
    try:
        stack.enter_context(launch_simulation(cfg, arguments))
    except SystemExit as left:
        # all that the launcher does where Isaac Sim is missing is to log it and leave
        raise AdapterError(
            "PACKAGE_MISSING",
            f"{task} needs Kit, and Isaac Lab's launcher left with status {left.code}: "
            f"Isaac Sim is not whole in {sys.executable}, see its log",
            ["install Isaac Sim there", "or choose an engine without it: `physics: newton_mjwarp`"],
        ) from left
    if "omni.kit.app" not in sys.modules:
        # only now is it known that no Kit brings USD itself
        require_units(cfg)


def _start_with_kit(config, device, progress, stack, _):
    from isaaclab.app import AppLauncher

    arguments = {"headless": True, "enable_cameras": bool(config.get("cameras")), "device": device}
    if config.get("kit_args"):
        arguments["kit_args"] = " ".join(config["kit_args"])
    progress(f"starting Kit on {device}")
    app = AppLauncher(arguments).app
    stack.callback(close_app, app)
    import isaaclab_tasks  # noqa: F401

    return Started(*_task_in_kit(config, device), device)


def _task_in_kit(config, device):
    import_modules(config.get("imports") or ())
    task = registered_id(config["task"])
    cfg = parse_task(task, device, config["envs"], config.get("physics"), config.get("overrides") or ())
    cfg = _applied(cfg, config, device)
    require_assets(cfg)
    return task, cfg


def _applied(cfg, config, device):
    if hasattr(cfg, "possible_agents"):
        raise AdapterError(
            "UNSUPPORTED",
            f"{config['task']} has several agents (DirectMARLEnv), each with actions and rewards of its own; "
            "a simulator here has one of each",
            ["choose a task of one agent"],
        )
    for override in config.get("overrides") or ():
        key = override.partition("=")[0].strip().removeprefix("env.")
        if key in _OWN_KEYS:
            raise AdapterError(
                "CONFIG_INVALID", f"overrides: '{override}': that is the section's own key `{_OWN_KEYS[key]}`"
            )
    cfg.scene.num_envs = config["envs"]
    cfg.sim.device = device
    cfg.seed = config.get("seed", 0)
    if config.get("final_observations"):
        if not hasattr(cfg, "compute_final_obs"):
            raise AdapterError("UNSUPPORTED", "`finalObservations` needs Isaac Lab 3; this one has none")
        cfg.compute_final_obs = True
    if config.get("configure"):
        cfg = configure(cfg, config["configure"])
    physics = getattr(cfg.sim, "physics", None)
    if hasattr(physics, "load_visual_shapes"):
        # what is only drawn is left out else, and could not be shown here
        physics.load_visual_shapes = True
    return cfg
