"""A USD scene in standalone Isaac Sim: articulations and rigid bodies, driven by joint position targets."""

import contextlib
import os
import sys
import time

import numpy as np
from isaac_app import accept_licence, choose_device, close_app, versions
from isaac_sim_cameras import place_cameras
from isaac_sim_core import CoreSim
from isaac_sim_experimental import ExperimentalSim
from isaac_sim_pictures import IsaacSimPictures
from isaac_sim_scene import IsaacSimScene
from isaac_sim_stage import require_units, usd_path
from isaac_visuals import StageVisuals

from farsim.bridge.adapter import AdapterError

_TELL_SECONDS = 5.0


class IsaacSimAdapter:
    """Config: `usd` (path there, in `assets`, or URL), `prims` ({entity: prim path}), `physics_dt` (seconds),
    `decimation` (physics steps in a control step), `episode_steps` (after which an env is truncated; 0:
    never), `cameras` (see `place_cameras`), `device`, `gpu`, `kit_args`, `assets`, `accept_eula`.

    One env. An action is a target for each joint, in the order of `prims` and of their joints. A reset puts
    everything back to where it was when the scene was opened; nothing is random, whatever the seed.
    """

    def launch(self, config, progress):
        self.config = config
        self.progress = progress
        self.device = choose_device(config)
        accept_licence(config)
        progress(f"starting Isaac Sim on {self.device}")
        self.stack = contextlib.ExitStack()
        argv = sys.argv
        sys.argv = [argv[0], *(config.get("kit_args") or ())]
        try:
            simulation_app = _simulation_app()
            self.app = simulation_app({"headless": True})
        finally:
            sys.argv = argv
        self.stack.callback(close_app, self.app)
        return self.stack

    def create(self):
        config = self.config
        self.sim = _generation()
        usd = usd_path(config)
        self.stage = stage = self.sim.open(usd)
        if stage is None:
            raise AdapterError("FILE_NOT_FOUND", f"usd: {usd} cannot be opened on that machine")
        require_units(stage, usd)
        self.wait_for_the_stage()
        self.physics_dt = float(config.get("physics_dt") or 1 / 60)
        self.decimation = int(config.get("decimation") or 1)
        cameras = place_cameras(stage, config.get("cameras") or {})
        self.sim.play(self.app, self.physics_dt, self.device, drawn=bool(cameras))
        self.scene = IsaacSimScene(self.sim, stage, config["prims"])
        self.joints = [(name, len(art.joint_names)) for name, art in self.scene.articulations.items()]
        self.first = self.scene.read(False)
        self.steps = 0
        # without cameras nothing of the renderer is imported
        self.pictures = self.first_pictures(cameras) if cameras else None

    def first_pictures(self, cameras):
        """Raises UNSUPPORTED where drawing moves what the state holds."""
        self.progress(f"drawing the first pictures of {', '.join(cameras)}")
        pictures = IsaacSimPictures(self.sim, cameras)
        for name in pictures.warm_up():
            self.progress(f"the picture of {name} is black: nothing is before it, or the stage has no light")
        moved = moved_between(self.first, self.scene.read(False))
        if moved:
            raise AdapterError(
                "UNSUPPORTED",
                f"cameras: drawing moves {', '.join(moved)} in this Isaac Sim: no picture is of its state",
                ["leave `cameras` out, and look at the replay"],
            )
        return pictures

    def wait_for_the_stage(self):
        """What a stage refers to comes with the app's updates, perhaps from a server. A start has a limit."""
        told = time.monotonic()
        while self.sim.is_loading():
            self.app.update()
            if time.monotonic() - told > _TELL_SECONDS:
                told = time.monotonic()
                self.progress("the stage is loading")

    def describe(self):
        return {
            "sim": "isaac-sim",
            "versions": versions(),
            "task": os.path.basename(str(self.config["usd"])),
            "num_envs": 1,
            "env_origins": [[0.0, 0.0, 0.0]],
            "step_dt": self.physics_dt * self.decimation,
            "physics_dt": self.physics_dt,
            "autoreset": "disabled",
            "actions": {"": self.action_space()},
            "observations": {
                f"{name}/{key}": {"dtype": "f32", "shape": [count]}
                for name, count in self.joints
                for key in ("joint_pos", "joint_vel")
            },
            "entities": self.scene.describe(),
            "cameras": self.pictures.describe() if self.pictures else {},
            "capabilities": ["resetState", "bodies"],
            "without": [] if self.pictures else ["render"],
            "native": {
                "quat": {"value": "wxyz", "known": "declared"},
                "velocity": {"value": "centre of mass, world axes", "known": "declared"},
                "prims": {"value": self.sim.name, "known": "probed"},
            },
        }

    def action_space(self):
        limits = [art.limits for art in self.scene.articulations.values()]
        bounds = np.concatenate(limits) if limits else np.empty((0, 2))
        bounds = np.where(np.abs(bounds) < 1e9, bounds, np.copysign(np.inf, bounds)).astype(np.float32)
        terms, start = [], 0
        for name, art in self.scene.articulations.items():
            end = start + len(art.joint_names)
            terms.append(
                {"name": name, "from": start, "to": end, "kind": "joint_position", "entity": name}
                | {"joints": art.joint_names, "scale": 1.0, "offset": 0.0}
            )
            start = end
        return {"dtype": "f32", "shape": [start], "low": bounds[:, 0], "high": bounds[:, 1], "terms": terms}

    def reset(self, seed=None, envs=None, state=None, options=None):
        self.scene.write(self.first)
        if state is not None:
            self.scene.write(state)
        self.steps = 0
        return {"observations": self.observe()}

    def step(self, action, envs=None):
        start = 0
        for name, count in self.joints:
            self.scene.articulations[name].set_targets(np.array(action[:, start : start + count], np.float32))
            start += count
        self.sim.step(self.decimation)
        self.steps += 1
        most = self.config.get("episode_steps") or 0
        return {
            "observations": self.observe(),
            "reward": np.zeros(1, np.float32),
            "terminated": np.zeros(1, bool),
            "truncated": np.array([0 < most <= self.steps]),
        }

    def get_state(self, envs=None, bodies=True):
        return self.scene.read(bodies)

    def set_state(self, state, envs=None):
        self.scene.write(state)
        return {"observations": self.observe()}

    def images(self, cameras, envs=None, width=None, height=None):
        return self.pictures.draw(cameras, [0] if envs is None else envs, width, height)

    def visuals(self):
        return StageVisuals(self.stage, self.scene.owner, [0.0, 0.0, 0.0]).read()

    def observe(self):
        told = {}
        for name, _ in self.joints:
            position, velocity = self.scene.articulations[name].joints()
            told[name] = {"joint_pos": position, "joint_vel": velocity}
        return told

    def close(self):
        """The context that `launch` gave closes the app."""


def moved_between(before, after):
    """Names of the entities that are elsewhere, with a micrometre's tolerance."""
    pairs = ((name, arrays, after["entities"][name]) for name, arrays in before["entities"].items())
    return [
        name
        for name, old, new in pairs
        if any(np.abs(old[key] - new[key]).max(initial=0) > 1e-6 for key in old)
    ]


def _simulation_app():
    try:
        from isaacsim import SimulationApp
    except ModuleNotFoundError as missing:
        if missing.name != "isaacsim":
            raise
        # before 4.5
        from omni.isaac.kit import SimulationApp
    return SimulationApp


def _generation():
    """Experimental prims where they are whole, core prims else."""
    try:
        return ExperimentalSim()
    except (ImportError, AttributeError):
        return CoreSim()
