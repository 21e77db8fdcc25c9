"""`cfg.sim.physics` of Isaac Lab 3: PhysX in Isaac Sim needs Kit, Newton does not. Mirrors isaac.md 1.2 and the presets of 3.0.0's `isaaclab_tasks/utils/hydra.py`."""

from .task_cfgs import apply_override


class PhysicsCfg:
    pass


class PhysxCfg(PhysicsCfg):
    pass


class NewtonCfg(PhysicsCfg):
    def __init__(self):
        self.load_visual_shapes = None


_PRESETS = {"physx": PhysxCfg, "isaacsim_physx": PhysxCfg, "newton_mjwarp": NewtonCfg}


def resolve(cfg, words):
    """Applies `physics=…` and `env.…=…`, in any order. Raises ValueError for a word that is neither."""
    cfg.sim.physics = PhysxCfg()
    for word in words:
        key, _, value = word.partition("=")
        if key != "physics":
            apply_override(cfg, word)
        elif value not in _PRESETS:
            raise ValueError(f"Unknown preset '{value}' for 'physics'. Known: {sorted(_PRESETS)}")
        else:
            cfg.sim.physics = _PRESETS[value]()
    cfg.sim.newton = isinstance(cfg.sim.physics, NewtonCfg)
    return cfg
