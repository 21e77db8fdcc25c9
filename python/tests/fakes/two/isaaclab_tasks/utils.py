"""Mirrors `isaaclab_tasks/utils/parse_cfg.py` of 2.3.2.post1."""


def parse_env_cfg(task_name, device="cuda:0", num_envs=None, use_fabric=None):
    import gymnasium

    entry = gymnasium.spec(task_name.split(":")[-1]).kwargs["env_cfg_entry_point"]
    print(f"[INFO]: Parsing configuration from: {entry}")
    cfg = entry()
    cfg.sim.device = device
    if num_envs is not None:
        cfg.scene.num_envs = num_envs
    return cfg
