"""Newton: N worlds of one scene file, stepped together by one of its solvers on the main thread."""

import importlib.metadata
import platform
from pathlib import Path

import numpy as np
from newton_controls import NewtonControls
from newton_entities import find_entities
from newton_probe import probe_conventions
from newton_scene import (
    REDUCED,
    finalize,
    has_ground,
    make_solver,
    makes_contacts,
    mjcf_joint_names,
    read_scene,
    takes_controls,
)
from newton_state import NewtonState
from newton_visuals import newton_visuals

from farsim.bridge.adapter import AdapterError
from farsim.bridge.engines.cfg_edits import configure, import_modules
from farsim.bridge.engines.newton_mjcf import newton_mjcf

_PACKAGES = ("newton", "warp-lang", "mujoco", "mujoco-warp", "numpy")


class NewtonAdapter:
    """Config: `model` (path here), `envs`, `step_dt` (seconds), `substeps`, `solver`, `solver_args`, `device`
    (`auto`, `cpu`, `cuda:0`), `at` and `floating` (the root's place and base), `ground`, `control`, `joints`,
    `stiffness`, `damping`, `noise` (of joints at a seeded reset), `episode_steps` (truncated then),
    `configure` (`file.py:function`, which is given the builder of one world).

    Observations are `joint_q` and `joint_qd` as Newton has them; the reward is 0.
    """

    def launch(self, config, progress):
        import newton
        import warp

        self.newton, self.wp = newton, warp
        self.config, self.progress = config, progress
        import_modules(config.get("imports") or ())
        device = config.get("device", "auto")
        self.device = str(warp.get_preferred_device()) if device == "auto" else device
        progress(f"newton {newton.__version__} on {self.device}")

    def create(self):
        newton, config = self.newton, self.config
        builder = read_scene(newton, config)
        if config.get("configure"):
            builder = configure(builder, config["configure"])
        self.builder = builder
        self.solver_name = config.get("solver", "mujoco")
        self.entities = find_entities(newton, builder, mjcf_joint_names(config["model"]))
        self.controls = NewtonControls(newton, builder, self.entities, config, takes_controls(config))
        asked = config.get("ground")
        self.ground = not has_ground(newton, builder) if asked is None else asked
        self.envs = config.get("envs", 1)
        self.model_ = finalize(newton, builder, self.envs, self.ground, self.device, self.solver_name)
        self.solver = make_solver(newton, self.model_, config)
        self.now, self.next = self.model_.state(), self.model_.state()
        self.control = self.model_.control()
        own = makes_contacts(newton, self.solver, config)
        self.collisions = None if own else newton.CollisionPipeline(self.model_)
        self.contacts = None if own else self.collisions.contacts()
        self.states = NewtonState(newton, self.wp, self.model_, builder, self.entities)
        self.first = (self.states.all(self.model_.joint_q), self.states.all(self.model_.joint_qd))
        newton.eval_fk(self.model_, self.model_.joint_q, self.model_.joint_qd, self.now)
        self.substeps = config.get("substeps", 4)
        self.step_dt = config.get("step_dt", 0.02)
        self.episode_steps = config.get("episode_steps") or 0
        self.ticks = np.zeros(self.envs, np.int64)
        self.stepped = False

    def describe(self):
        capabilities = ["resetState", "partialReset", "perEnvSeed", "bodies"]
        if self.device == "cpu":
            capabilities.append("deterministic")
        return {
            "sim": "newton",
            "versions": versions(),
            "task": Path(self.config["model"]).stem,
            "num_envs": self.envs,
            "env_origins": [[0.0, 0.0, 0.0]] * self.envs,
            "step_dt": self.step_dt,
            "physics_dt": self.step_dt / self.substeps,
            "autoreset": "disabled",
            "actions": {"": self.controls.describe()},
            "observations": {
                name: {"dtype": "f32", "shape": [array.shape[1]]}
                for name, array in zip(("joint_q", "joint_qd"), self.first, strict=True)
            },
            "entities": {entity.name: entity.describe() for entity in self.entities},
            "cameras": {},
            "capabilities": capabilities,
            # where bodies move, joints hold them loosely: coordinates alone do not bring a state back
            "without": [] if self.solver_name in REDUCED else ["setState"],
            "native": {
                "quat": {"value": "xyzw", "known": "declared"},
                "velocity": {"value": "centre of mass, world axes", "known": "declared"},
                "solver": {"value": f"{self.solver_name} on {self.device}", "known": "declared"},
            },
        }

    def probe(self):
        return probe_conventions(self)

    def reset(self, seed=None, envs=None, state=None, options=None):
        rows = self.rows(envs)
        joint_q, joint_qd = self.states.all(self.now.joint_q), self.states.all(self.now.joint_qd)
        joint_q[rows], joint_qd[rows] = self.first[0][rows], self.first[1][rows]
        noise = self.config.get("noise") or 0
        if seed is not None and noise:
            places = [place for entity in self.entities for place in entity.q]
            for row, env in enumerate(rows):
                random = np.random.default_rng(seed[row])
                joint_q[env, places] += random.uniform(-noise, noise, len(places))
        self.states.put(self.now, joint_q, joint_qd, rows)
        self.forget(rows)
        self.ticks[rows] = 0
        if state is not None:
            self.states.write(self.now, state, rows)
        return {"observations": self.observe(rows)}

    def forget(self, rows):
        """The solver's own memory of the rows: warm starts, activations."""
        mask = np.zeros(self.envs + 1, bool)
        mask[rows] = True
        mask = self.wp.array(mask, dtype=self.wp.bool, device=self.model_.device)
        self.solver.reset(self.now, world_mask=mask, flags=0)

    def step(self, action, envs=None):
        rows = self.rows(envs)
        if rows.tolist() != list(range(self.envs)):
            raise AdapterError("UNSUPPORTED", f"Newton steps all its {self.envs} worlds together")
        self.controls.put(self.control, np.asarray(action, np.float32), self.envs)
        for _ in range(self.substeps):
            self.advance(self.step_dt / self.substeps)
        if self.solver_name not in REDUCED:
            self.newton.eval_ik(self.model_, self.now, self.now.joint_q, self.now.joint_qd)
        self.ticks += 1
        over = self.ticks >= self.episode_steps if self.episode_steps else np.zeros(self.envs, bool)
        return {
            "observations": self.observe(rows),
            "reward": np.zeros(self.envs, np.float32),
            "terminated": np.zeros(self.envs, bool),
            "truncated": over,
        }

    def advance(self, seconds):
        if not self.stepped:
            self.stepped = True
            self.progress("first step: Warp compiles what it has not compiled yet, perhaps for a minute")
        self.now.clear_forces()
        if self.collisions is not None:
            self.collisions.collide(self.now, self.contacts)
        self.solver.step(self.now, self.next, self.control, self.contacts, seconds)
        self.now, self.next = self.next, self.now

    def get_state(self, envs=None, bodies=True):
        return self.states.read(self.now, self.rows(envs), bodies)

    def set_state(self, state, envs=None):
        rows = self.rows(envs)
        self.states.write(self.now, state, rows)
        return {"observations": self.observe(rows)}

    def model(self):
        axes = {mangled: name for entity in self.entities for mangled, name in entity.axes.items()}
        return newton_mjcf(finalize(self.newton, self.builder, 1, self.ground, "cpu"), axes=axes)

    def visuals(self):
        return newton_visuals(self.newton, self.model_, self.states.owners())

    def close(self):
        pass

    def observe(self, rows):
        return {
            "joint_q": self.states.rows(self.now.joint_q, rows),
            "joint_qd": self.states.rows(self.now.joint_qd, rows),
        }

    def rows(self, envs):
        return np.arange(self.envs) if envs is None else np.asarray(envs, int)


def versions():
    found = {package: importlib.metadata.version(package) for package in _PACKAGES}
    return {"python": platform.python_version(), **found}
