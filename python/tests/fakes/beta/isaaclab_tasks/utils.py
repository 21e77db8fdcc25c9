"""Mirrors `isaaclab_tasks.utils` of the betas: `launch_simulation` is exported here; `resolve_task_config` reads `sys.argv`. An early 2026 version was read."""

import contextlib
import sys

import gymnasium
from fake_engine.physics_cfgs import NewtonCfg, resolve


def resolve_task_config(task_name, agent_cfg_entry_point):
    cfg = gymnasium.spec(task_name.split(":")[-1]).kwargs["env_cfg_entry_point"]()
    return resolve(cfg, sys.argv[1:]), None


def parse_env_cfg(task_name, device="cuda:0", num_envs=None, use_fabric=None):
    """Leaves `sim.physics` out: presets are not resolved."""
    return gymnasium.spec(task_name.split(":")[-1]).kwargs["env_cfg_entry_point"]()


@contextlib.contextmanager
def launch_simulation(env_cfg, launcher_args=None):
    from isaaclab.app import AppLauncher

    given = launcher_args if launcher_args is not None else {}
    if env_cfg.scene.camera:
        given["enable_cameras"] = True
    close = None
    if not isinstance(env_cfg.sim.physics, NewtonCfg) or env_cfg.scene.camera:
        close = AppLauncher(given).app.close
    try:
        yield
    finally:
        if close is not None:
            close()
