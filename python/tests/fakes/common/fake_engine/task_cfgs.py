"""The cfgs of the fake tasks. Mirrors the trees of `ManagerBasedRLEnvCfg` and `DirectRLEnvCfg` (2.3.2.post1; `sim.physics` of 3.0.0) as far as users and adapters edit them."""

import ast
import os
from pathlib import Path

import gymnasium

from .options import option
from .usd_robot import panda_name

ROBOTS = Path(__file__).resolve().parents[2] / "robots"
MISSING = "/nowhere/Isaac/Robots/Nobody/nobody.usd"


class SpawnCfg:
    def __init__(self, usd_path):
        self.usd_path = str(usd_path)


class EntityCfg:
    def __init__(self, usd_path, init_pos=(0.0, 0.0, 0.0), rename=str, collection=""):
        self.spawn = SpawnCfg(usd_path)
        self.init_pos, self.rename, self.collection = list(init_pos), rename, collection


class SceneCfg:
    def __init__(self, entities, env_spacing=2.5, camera=False):
        self.num_envs, self.env_spacing, self.entities, self.camera = 4096, env_spacing, entities, camera


class SimCfg:
    newton = False

    def __init__(self):
        self.dt, self.device, self.render_interval = 0.005, "cuda:0", 4


class EnvCfg:
    """`terminal_joint`: an episode is terminated when this joint of the robot is beyond 0.6."""

    def __init__(self, entities, terminal_joint, camera=False):
        self.decimation, self.episode_length_s, self.seed = 4, 2.0, None
        self.scene, self.sim = SceneCfg(entities, camera=camera), SimCfg()
        self.terminal_joint, self.action_scale = terminal_joint, 0.5
        self.num_rerenders_on_reset = 0

    def validate(self):
        for entity in self.scene.entities.values():
            if not os.path.exists(entity.spawn.usd_path):
                raise FileNotFoundError(f"Unable to find the file: {entity.spawn.usd_path}")


def crab(camera=False):
    return EnvCfg(
        {
            "robot": EntityCfg(ROBOTS / "crab.xml"),
            "crane": EntityCfg(ROBOTS / "crane.xml", (0.9, 0.0, 0.0)),
            "object": EntityCfg(ROBOTS / "cube.xml", (0.0, 0.8, 0.2)),
            "pebbles_red": EntityCfg(ROBOTS / "cube.xml", (-0.7, 0.5, 0.1), collection="pebbles"),
            "pebbles_blue": EntityCfg(ROBOTS / "cube.xml", (-0.7, -0.5, 0.1), collection="pebbles"),
        },
        "left_hip_joint",
        camera,
    )


def crab_camera():
    return crab(camera=True)


def nobody():
    return EnvCfg({"robot": EntityCfg(MISSING)}, "none")


def two_crabs():
    """As a `DirectMARLEnvCfg`, which names its agents."""
    cfg = crab()
    cfg.possible_agents = ["left", "right"]
    return cfg


def _model(path):
    return Path(option("models", "")) / path


def panda():
    return EnvCfg({"robot": EntityCfg(_model("panda/panda.xml"), rename=panda_name)}, "panda_joint1")


def go2():
    return EnvCfg({"robot": EntityCfg(_model("go2/go2.xml"), rename=lambda name: name.replace("base_link", "base"))}, "FL_hip_joint")


def g1():
    return EnvCfg({"robot": EntityCfg(_model("g1/g1_29dof.xml"))}, "waist_yaw_joint")


TASKS = {
    "Isaac-Crab": (crab, "ManagerBasedRLEnv"),
    "Isaac-Crab-Direct": (crab, "DirectRLEnv"),
    "Isaac-Crab-Camera": (crab_camera, "ManagerBasedRLEnv"),
    "Isaac-Crabs-Direct": (two_crabs, "DirectRLEnv"),
    "Isaac-Nobody": (nobody, "ManagerBasedRLEnv"),
    "Isaac-Reach-Franka": (panda, "ManagerBasedRLEnv"),
    "Isaac-Velocity-Flat-Unitree-Go2": (go2, "ManagerBasedRLEnv"),
    "Isaac-Velocity-Flat-Unitree-G1": (g1, "DirectRLEnv"),
}


def register(suffix):
    """Registers the tasks with gymnasium, as `isaaclab_tasks` does when it is imported."""
    for name, (cfg, kind) in TASKS.items():
        gymnasium.register(
            id=f"{name}{suffix}",
            entry_point=f"isaaclab.envs:{kind}",
            disable_env_checker=True,
            kwargs={"env_cfg_entry_point": cfg},
        )


def apply_override(cfg, word):
    """`env.a.b=value`, as Hydra does. Raises ValueError for a path that is not there."""
    path, equals, text = word.partition("=")
    names = path.removeprefix("env.").split(".")
    holder = cfg
    for name in names[:-1]:
        holder = holder[name] if isinstance(holder, dict) else getattr(holder, name, None)
    if not equals or holder is None or not hasattr(holder, names[-1]):
        raise ValueError(f"Could not override '{path}'. Key '{names[-1]}' is not in struct")
    setattr(holder, names[-1], ast.literal_eval(text))
