"""Isaac Lab 3.0 without and with Kit, its betas, and 2.x: one task, N envs, stepped on the main thread."""

import contextlib
import inspect
import sys

import numpy as np
from isaac_app import versions
from isaac_catch_up import catch_up
from isaac_joint_types import read_joint_types
from isaac_pictures import IsaacPictures
from isaac_scene import IsaacScene
from isaac_start import start, start_again
from isaac_tensors import generation_of, probe_quaternion_order, to_numpy, tree_rows, tree_to_numpy

from farsim.bridge.adapter import AdapterError
from farsim.bridge.engines.ending_states import EndingStates
from farsim.bridge.engines.manager_terms import describe_terms
from farsim.bridge.wire.dtypes import NAMES, dtype_code
from farsim.bridge.wire.named_tree import leaves

_PUMP_SECONDS = 0.5


class IsaacAdapter:
    """Config: `task` (registered id), `envs`, `seed` (of creation), `device` (`auto`, `cpu`, `cuda:0`),
    `gpu`, `physics` (3.0: `newton_mjwarp`, `physx`, …), `cameras`, `kit_args`, `imports`, `overrides`,
    `configure` (`file.py:function`), `assets` (folder that becomes ISAACSIM_ASSET_ROOT),
    `final_observations`, `idle_pump`,
    `accept_eula`.

    Episodes reset within the step that ends them; `final` holds the state before that.
    """

    def launch(self, config, progress):
        self.config = config
        self.progress = progress
        # kept when the start fails, too: closing Kit ends the process, before anyone is told why
        self.stack = contextlib.ExitStack()
        self.started = start(config, progress, self.stack)
        self.inference = self.stack.enter_context(contextlib.ExitStack())
        return self.stack

    def remake(self, config):
        """Another task, or more envs of it, in the Isaac that runs: Kit takes minutes to start."""
        self.inference.close()
        self.env.close()
        close_stage()
        self.config = config
        self.started = start_again(config, self.started, self.progress, self.stack)
        self.create()

    def create(self):
        import gymnasium
        import torch

        self.torch = torch
        task, cfg = self.started.task, self.started.cfg
        self.progress(f"making {task} with {self.config['envs']} envs")
        self.env = make_env(gymnasium, task, cfg)
        self.base = base = self.env.unwrapped
        self.order = probe_quaternion_order(torch)
        self.envs = base.num_envs
        self.device = base.device
        # for good: entering it costs 20 µs a call
        self.inference.enter_context(torch.inference_mode())
        self.progress("first reset")
        observations = self.env.reset(seed=self.config.get("seed", 0))[0]
        self.scene = IsaacScene(base.scene, self.order)
        self.pictures = IsaacPictures(base.scene)
        self.pictures.warm_up(base.sim)
        self.first = tree_to_numpy(observations)
        if self.config.get("idle_pump"):
            self.idle = self.pump
        self.endings = EndingStates(base, self.envs, lambda rows: self.scene.read(rows, True))

    def describe(self):
        base = self.base
        stage = getattr(base.scene, "stage", None)
        joint_types = {
            name: {} if stage is None else read_joint_types(stage, art)
            for name, art in base.scene.articulations.items()
        }
        data = next((art.data for art in base.scene.articulations.values()), None)
        link = data is None or hasattr(data, "root_link_vel_w")
        capabilities = ["resetState", "bodies", "finalState"]
        if self.resets_some():
            capabilities.append("partialReset")
        if self.config.get("final_observations"):
            capabilities.append("finalObservations")
        cameras = self.pictures.describe()
        without = [] if cameras else ["render"]
        if newton_manager() is None:
            without.append("model")
        if stage is None:
            without.append("visuals")
        return {
            "sim": "isaac-lab",
            "versions": versions(),
            "task": self.started.task,
            "num_envs": self.envs,
            "env_origins": self.scene.first_origins.tolist(),
            "step_dt": float(base.step_dt),
            "physics_dt": float(base.physics_dt),
            "autoreset": "same_step",
            "actions": {"": self.action_space()},
            "observations": dict(observation_spaces(self.first)),
            "entities": self.scene.describe(joint_types),
            "cameras": cameras,
            "capabilities": capabilities,
            "without": without,
            "native": {
                "quat": {"value": self.order, "known": "probed"},
                "velocity": {
                    "value": "link origin, world axes" if link else "centre of mass, world axes",
                    "known": "declared",
                },
                "arrays": {
                    "value": "torch" if data is None else generation_of(data.joint_pos),
                    "known": "probed",
                },
                "joint types": self.known_types(joint_types),
                **self.left_out(),
            },
        }

    def known_types(self, joint_types):
        arts = self.base.scene.articulations
        unsaid = [
            f"{name}/{joint}" for name, art in arts.items() for joint in art.joint_names
            if joint not in joint_types[name]
        ]  # fmt: skip
        if unsaid:
            return {"value": f"hinges, as no prim says else: {', '.join(unsaid)}", "known": "assumed"}
        return {"value": "the stage's", "known": "declared"}

    def left_out(self):
        missing = self.scene.left_out
        return {"not in the state": {"value": ", ".join(missing), "known": "declared"}} if missing else {}

    def action_space(self):
        space = self.base.single_action_space
        if not hasattr(space, "low") or len(space.shape) != 1:
            raise AdapterError(
                "UNSUPPORTED", f"{self.started.task} takes actions of {space}, not a box of numbers"
            )
        told = {"dtype": "f32", "shape": list(space.shape), "low": space.low, "high": space.high}
        manager = getattr(self.base, "action_manager", None)
        if manager is not None:
            told["terms"] = describe_terms(manager)
        return told

    def reset(self, seed=None, envs=None, state=None, options=None):
        """Isaac has one seed for all its envs: the first."""
        rows = self.rows(envs)
        one = None if seed is None else int(seed[0])
        observations = self.begin(None if envs is None or len(rows) == self.envs else rows, one, options)
        if state is not None:
            observations = self.put(state, rows)
        return {"observations": tree_rows(tree_to_numpy(observations), rows)}

    def begin(self, rows, seed, options):
        base = self.base
        if rows is None:
            return base.reset(seed=seed, options=options)[0]
        ids = self.ids(rows)
        if "env_ids" in inspect.signature(base.reset).parameters:
            return base.reset(env_ids=ids, seed=seed, options=options)[0]
        if seed is not None:
            base.seed(seed)
        base._reset_idx(ids)
        base.scene.write_data_to_sim()
        catch_up(base)
        return self.observe(ids)

    def resets_some(self):
        base = self.base
        return "env_ids" in inspect.signature(base.reset).parameters or hasattr(base, "_get_observations")

    def step(self, action, envs=None):
        if envs is not None and list(envs) != list(range(self.envs)):
            raise AdapterError("UNSUPPORTED", f"Isaac Lab steps all its {self.envs} envs together")
        # a copy: the engine may keep the tensor, and the caller its array
        given = self.torch.from_numpy(np.array(action, np.float32)).to(self.device)
        with self.endings.kept():
            observations, reward, terminated, truncated, extras = self.base.step(given)
            outcome = {
                "observations": tree_to_numpy(observations),
                "reward": to_numpy(reward),
                "terminated": to_numpy(terminated),
                "truncated": to_numpy(truncated),
            }
            ended = outcome["terminated"] | outcome["truncated"]
            if ended.any():
                outcome["final"] = self.final(np.flatnonzero(ended), extras)
                log = {key: scalar(value) for key, value in extras.get("log", {}).items()}
                outcome["info"] = {"log": log}
        return outcome

    def final(self, ended, extras):
        state = self.endings.of(ended)
        final = {"envs": ended, **({"state": state} if state else {})}
        if self.config.get("final_observations") and extras.get("final_obs") is not None:
            final["observations"] = tree_rows(tree_to_numpy(extras["final_obs"]), ended)
        return final

    def get_state(self, envs=None, bodies=True):
        return self.scene.read(slice(None) if envs is None else self.rows(envs), bodies)

    def set_state(self, state, envs=None):
        rows = self.rows(envs)
        return {"observations": tree_rows(tree_to_numpy(self.put(state, rows)), rows)}

    def put(self, state, rows):
        self.scene.write(state, rows, self.torch)
        catch_up(self.base)
        return self.observe(self.ids(rows))

    def observe(self, ids):
        """What is seen now. Observations with a history begin anew for these rows, as after a reset; as with
        Isaac's own resets, what the other rows see is added to theirs once more.
        """
        manager = getattr(self.base, "observation_manager", None)
        if manager is None:
            return self.base._get_observations()
        if not any(getattr(manager, "_group_obs_term_history_buffer", {}).values()):
            return manager.compute()
        manager.reset(ids)
        # where it is no choice, the history grows with each look
        choice = "update_history" in inspect.signature(manager.compute).parameters
        return manager.compute(**({"update_history": True} if choice else {}))

    def images(self, cameras, envs=None, width=None, height=None):
        return self.pictures.draw(cameras, self.rows(envs), width, height)

    def model(self):
        from farsim.bridge.engines.newton_mjcf import newton_mjcf

        seen = {shape["name"] for shape in self.visuals()["shapes"]}
        return newton_mjcf(newton_manager().get_model(), self.scene.first_origins[0], seen=seen)

    def visuals(self):
        from isaac_visuals import StageVisuals, of_other_envs

        stage, origin = self.base.scene.stage, self.scene.first_origins[0]
        return StageVisuals(stage, self.scene.owner, origin, of_other_envs).read()

    def pump(self):
        """Draws what a window or livestream shows while nothing is asked; physics stands still."""
        self.base.sim.render()
        return _PUMP_SECONDS

    def close(self):
        self.env.close()

    def ids(self, rows):
        return self.torch.as_tensor(rows, dtype=self.torch.int32, device=self.device)

    def rows(self, envs):
        return np.arange(self.envs) if envs is None else np.asarray(envs, int)


def make_env(gymnasium, task, cfg):
    """Raises CONFIG_INVALID for cameras that Kit was started without."""
    try:
        return gymnasium.make(task, cfg=cfg, render_mode=None)
    except RuntimeError as error:
        if "enable_cameras" not in str(error):
            raise
        raise AdapterError(
            "CONFIG_INVALID",
            f"{task} has cameras, and Kit was started without: {error}",
            ["set `cameras: true`"],
        ) from error


def close_stage():
    """Isaac Lab 3 closes its own with the env; what Kit has open goes into the next env else."""
    if "omni.kit.app" in sys.modules:
        import omni.usd

        omni.usd.get_context().new_stage()


def newton_manager():
    """The class that holds the live Newton model; None where the physics is another."""
    try:
        from isaaclab_newton.physics.newton_manager import NewtonManager

        return NewtonManager if NewtonManager.get_model() is not None else None
    except (ImportError, AttributeError):
        return None


def observation_spaces(tree):
    """Spaces of what the first reset gave, which declared spaces do not always name."""
    for name, leaf in leaves("obs", tree):
        yield name[len("obs/") :], {"dtype": NAMES[dtype_code(leaf)], "shape": list(leaf.shape[1:])}


def scalar(value):
    array = np.asarray(to_numpy(value) if hasattr(value, "detach") or hasattr(value, "torch") else value)
    return float(array) if array.ndim == 0 and array.dtype.kind in "fiub" else str(value)
