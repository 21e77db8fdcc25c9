"""mjlab: one registered task, N envs on MuJoCo Warp, stepped on the main thread."""

import contextlib
import difflib
import importlib.metadata
import platform

import numpy as np
from mjl_model import scene_files
from mjl_pictures import MjlPictures
from mjl_probe import probe_conventions
from mjl_scene import MjlScene

from farsim.bridge.adapter import AdapterError
from farsim.bridge.engines.cfg_edits import configure, import_modules, set_value
from farsim.bridge.engines.ending_states import EndingStates
from farsim.bridge.engines.manager_terms import describe_terms
from farsim.bridge.engines.mujoco_pictures import choose_gl
from farsim.bridge.engines.mujoco_visuals import model_visuals
from farsim.bridge.wire.dtypes import NAMES, dtype_code
from farsim.bridge.wire.named_tree import leaves

_PACKAGES = ("mjlab", "mujoco", "mujoco-warp", "warp-lang", "torch", "numpy")


class MjlAdapter:
    """Config: `task` (registered id), `envs`, `seed` (of creation), `device` (`auto`, `cpu`, `cuda:0`),
    `play` (the task's own settings for playing), `imports`, `overrides`, `configure` (`file.py:function`).

    Episodes reset within the step that ends them; `final` holds the state before that.
    """

    def launch(self, config, progress):
        choose_gl()
        import mujoco
        import torch

        self.mujoco, self.torch = mujoco, torch
        self.config = config
        import mjlab.tasks  # noqa: F401

        import_modules(config.get("imports") or ())
        self.cfg = task_cfg(config["task"], config.get("play", False))
        device = config.get("device", "auto")
        self.device = ("cuda:0" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        progress(f"mjlab {importlib.metadata.version('mjlab')}: {config['task']} on {self.device}")

    def create(self):
        from mjlab.envs import ManagerBasedRlEnv

        config, cfg = self.config, self.cfg
        cfg.scene.num_envs = config.get("envs", 1)
        cfg.seed = config.get("seed", 0)
        for override in config.get("overrides") or ():
            set_value(cfg, override)
        if config.get("configure"):
            cfg = configure(cfg, config["configure"])
        with self.torch.no_grad():
            self.env = env = ManagerBasedRlEnv(cfg, device=self.device)
            self.first = to_numpy(env.reset(seed=cfg.seed)[0])
        self.envs = env.num_envs
        self.scene = MjlScene(self.mujoco, self.torch, env)
        self.pictures = MjlPictures(self.mujoco, env)
        self.endings = EndingStates(env, self.envs, self.scene.read_stale)

    def describe(self):
        env = self.env
        capabilities = ["resetState", "bodies", "finalState", "partialReset"]
        if self.device == "cpu" and not env.curriculum_manager.active_terms:
            capabilities.append("deterministic")
        return {
            "sim": "mjlab",
            "versions": versions(),
            "task": self.config["task"],
            "num_envs": self.envs,
            "env_origins": self.scene.first_origins.tolist(),
            "step_dt": float(env.step_dt),
            "physics_dt": float(env.physics_dt),
            "autoreset": "same_step",
            "actions": {"": self.action_space()},
            "observations": dict(observation_spaces(self.first)),
            "entities": self.scene.describe(),
            "cameras": self.pictures.describe(),
            "capabilities": capabilities,
            "without": [] if self.pictures.works() else ["render"],
            "native": {
                "quat": {"value": "wxyz", "known": "declared"},
                "velocity": {"value": "link origin, angular in body axes", "known": "declared"},
            },
        }

    def probe(self):
        with self.torch.no_grad():
            return probe_conventions(self.env, self.torch)

    def action_space(self):
        manager = self.env.action_manager
        return {"dtype": "f32", "shape": [manager.total_action_dim], "terms": describe_terms(manager)}

    def reset(self, seed=None, envs=None, state=None, options=None):
        """mjlab has one seed for all its envs: the first."""
        rows = self.rows(envs)
        with self.torch.no_grad():
            ids = None if envs is None else self.ids(rows)
            observations = self.env.reset(seed=None if seed is None else int(seed[0]), env_ids=ids)[0]
            if state is not None:
                observations = self.put(state, rows)
        return {"observations": tree_rows(to_numpy(observations), rows)}

    def step(self, action, envs=None):
        if envs is not None and list(envs) != list(range(self.envs)):
            raise AdapterError("UNSUPPORTED", f"mjlab steps all its {self.envs} envs together")
        torch = self.torch
        with torch.no_grad(), self.endings.kept():
            # a copy: the managers keep it, and the caller its array
            given = torch.tensor(action, dtype=torch.float32, device=self.device)
            observations, reward, terminated, truncated, extras = self.env.step(given)
            outcome = {
                "observations": to_numpy(observations),
                "reward": to_numpy(reward),
                "terminated": to_numpy(terminated),
                "truncated": to_numpy(truncated),
            }
            ended = np.flatnonzero(outcome["terminated"] | outcome["truncated"])
            if len(ended):
                state = self.endings.of(ended)
                outcome["final"] = {"envs": ended, **({"state": state} if state else {})}
                outcome["info"] = {"log": {key: scalar(value) for key, value in extras["log"].items()}}
        return outcome

    def get_state(self, envs=None, bodies=True):
        with self.torch.no_grad():
            return self.scene.read(self.rows(envs), bodies)

    def set_state(self, state, envs=None):
        rows = self.rows(envs)
        with self.torch.no_grad():
            return {"observations": tree_rows(to_numpy(self.put(state, rows)), rows)}

    def put(self, state, rows):
        """Observations with a history or a delay begin anew for the rows, as after a reset."""
        env = self.env
        self.scene.write(state, rows)
        env.sim.forward()
        env.sim.sense()
        env.obs_buf = env.observation_manager.compute(update_history=True, env_ids=self.ids(rows))
        return env.obs_buf

    def images(self, cameras, envs=None, width=None, height=None):
        with self.torch.no_grad():
            return self.pictures.draw(cameras, self.rows(envs), self.scene.origins, width, height)

    def model(self):
        return scene_files(self.mujoco, self.env, self.scene.first_origins[0])

    def visuals(self):
        origin = self.scene.first_origins[0]
        return model_visuals(self.mujoco, self.env.sim.mj_model, self.scene.owners(), origin)

    def close(self):
        self.pictures.close()
        self.env.close()

    def rows(self, envs):
        return np.arange(self.envs) if envs is None else np.asarray(envs, int)

    def ids(self, rows):
        return self.torch.as_tensor(rows, dtype=self.torch.int64, device=self.device)


def task_cfg(task, play):
    """A copy of the registered task's cfg. Raises CONFIG_INVALID with the nearest ids."""
    from mjlab.tasks.registry import list_tasks, load_env_cfg

    known = list_tasks()
    if task in known:
        return load_env_cfg(task, play=play)
    near = difflib.get_close_matches(task, known, 3, 0.3)
    raise AdapterError(
        "CONFIG_INVALID",
        f"no task '{task}' is registered; the nearest of {len(known)} are {', '.join(near) or 'none alike'}",
        ["name the module that registers it in `imports`", *(f"task: {name}" for name in near[:1])],
    )


def versions():
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found


def observation_spaces(tree):
    for name, leaf in leaves("obs", tree):
        yield name[len("obs/") :], {"dtype": NAMES[dtype_code(leaf)], "shape": list(leaf.shape[1:])}


def to_numpy(tree):
    """Arrays on the host, which may share memory with the simulator."""
    if isinstance(tree, dict):
        return {name: to_numpy(leaf) for name, leaf in tree.items()}
    return tree.detach().cpu().numpy()


def tree_rows(tree, rows):
    """Copies of the rows of every array."""
    if isinstance(tree, dict):
        return {name: tree_rows(leaf, rows) for name, leaf in tree.items()}
    return tree[rows]


def scalar(value):
    array = np.asarray(to_numpy(value) if hasattr(value, "detach") else value)
    return float(array) if array.ndim == 0 and array.dtype.kind in "fiub" else str(value)
