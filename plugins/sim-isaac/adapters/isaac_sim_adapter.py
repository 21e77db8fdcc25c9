"""A USD scene in standalone Isaac Sim: articulations and rigid bodies, driven by joint position targets."""

import contextlib
import os
import sys
import time

import numpy as np
from isaac_app import accept_licence, choose_device, close_app, versions
from isaac_sim_core import CoreSim
from isaac_sim_experimental import ExperimentalSim
from isaac_sim_scene import IsaacSimScene

from farsim.bridge.adapter import AdapterError

_TELL_SECONDS = 5.0

class IsaacSimAdapter:
    """Config: `usd` (path there, in `assets`, or URL), `prims` ({entity: prim path}), `physics_dt` (seconds),
    `decimation` (physics steps in a control step), `episode_steps` (after which an env is truncated; 0:
    never), `device`, `gpu`, `kit_args`, `assets`, `accept_eula`.

    One env. An action is a target for each joint, in the order of `prims` and of their joints. A reset puts
    everything back to where it was when the scene was opened; it draws nothing, whatever the seed.
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
        usd = _usd_path(config)
        stage = self.sim.open(usd)
        if stage is None:
            raise AdapterError("FILE_NOT_FOUND", f"usd: {usd} cannot be opened on that machine")
        require_units(stage, usd)
        self.wait_for_the_stage()
        self.physics_dt = float(config.get("physics_dt") or 1 / 60)
        self.decimation = int(config.get("decimation") or 1)
        self.sim.play(self.app, self.physics_dt, self.device)
        self.scene = IsaacSimScene(self.sim, stage, config["prims"])
        self.joints = [(name, len(art.joint_names)) for name, art in self.scene.articulations.items()]
        self.first = self.scene.read(False)
        self.steps = 0

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
            "cameras": {},
            "capabilities": ["resetState", "bodies"],
            "native": {
                "quat": {"value": "wxyz", "known": "declared"},
                "velocity": {"value": "centre of mass, world axes", "known": "declared"},
                "prims": {"value": self.sim.name, "known": "probed"},
            },
        }

    def action_space(self):
        limits = [art.limits for art in self.scene.articulations.values()]
        bounds = np.concatenate(limits) if limits else np.empty((0, 2))
        bounds = np.where(np.abs(bounds) < 1e9, bounds, np.sign(bounds) * np.inf).astype(np.float32)
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

    def observe(self):
        told = {}
        for name, _ in self.joints:
            position, velocity = self.scene.articulations[name].joints()
            told[name] = {"joint_pos": position, "joint_vel": velocity}
        return told

    def close(self):
        """The context that `launch` gave closes the app."""


def require_units(stage, usd):
    """Raises UNSUPPORTED for a stage that is not in metres with Z up: nothing is turned or scaled unseen."""
    from pxr import UsdGeom

    metres, up = float(UsdGeom.GetStageMetersPerUnit(stage)), str(UsdGeom.GetStageUpAxis(stage))
    if abs(metres - 1) > 1e-6:
        words = {0.01: "centimetres", 0.001: "millimetres"}.get(round(metres, 6), f"units of {metres:g} m")
        raise AdapterError(
            "UNSUPPORTED",
            f"usd: {usd} is in {words} (metersPerUnit = {metres:g}); states are in metres",
            ["save it in metres (metersPerUnit = 1, its prims scaled), or reference it from such a stage"],
        )
    if up != "Z":
        raise AdapterError(
            "UNSUPPORTED",
            f"usd: {usd} has {up} up (upAxis); states have Z up",
            ['save it with upAxis = "Z", or reference it, turned, from a stage that has Z up'],
        )


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


def _usd_path(config):
    usd = str(config["usd"])
    if config.get("assets") and not os.path.isabs(usd) and "://" not in usd:
        return os.path.join(os.path.dirname(config["assets"]), usd)
    return os.path.expanduser(usd) if "://" not in usd else usd
