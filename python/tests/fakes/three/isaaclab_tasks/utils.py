"""Mirrors `isaaclab_tasks/utils/hydra.py` of 3.0.0: `resolve_task_config` takes its overrides, or reads `sys.argv`."""

import sys

import gymnasium
from fake_engine.physics_cfgs import resolve


def resolve_task_config(task_name, agent_cfg_entry_point, play_mode=False, overrides=None):
    cfg = gymnasium.spec(task_name.split(":")[-1]).kwargs["env_cfg_entry_point"]()
    cfg.compute_final_obs = False
    return resolve(cfg, sys.argv[1:] if overrides is None else overrides), None
