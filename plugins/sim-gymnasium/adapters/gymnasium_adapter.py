"""Any Gymnasium environment; MuJoCo ones give their whole state and their model."""

import importlib
import platform

import numpy as np

from farsim.bridge.adapter import AdapterError
from farsim.bridge.gymnasium_spaces import (
    describe_space,
    row_value,
    stack_infos,
    stack_rows,
)
from farsim.bridge.mjcf_files import model_files
from farsim.bridge.mujoco_actions import describe_controls
from farsim.bridge.mujoco_pictures import choose_gl
from farsim.bridge.mujoco_state import MujocoState
from farsim.bridge.row_workers import RowWorkers


class GymnasiumAdapter:
    """Config: `task` (registered id), `envs`, `workers` (processes; 0: one after another here), `autoreset`,
    `kwargs` (of
    gymnasium.make), `imports` (modules that register more)."""

    def launch(self, config, progress):
        choose_gl()
        import gymnasium

        self.gymnasium = gymnasium
        self.config = config
        for name in config.get("imports") or ():
            importlib.import_module(name)
        progress(f"gymnasium {gymnasium.__version__}")

    def create(self):
        config = self.config
        self.task = config["task"]
        self.envs = config.get("envs", 1)
        self.autoreset = config.get("autoreset", "same_step")
        workers = config.get("workers") or 0
        own = [] if workers else list(range(self.envs))
        # one env is here in any case: it describes the rest
        self.rows_here = EnvRows(
            self.gymnasium,
            self.task,
            config.get("kwargs") or {},
            self.autoreset,
            own or [0],
        )
        self.workers = None
        if workers:
            self.workers = RowWorkers(
                lambda share: EnvRows(
                    self.gymnasium,
                    self.task,
                    config.get("kwargs") or {},
                    self.autoreset,
                    share,
                ),
                self.envs,
                workers,
            )
        self.first = next(iter(self.rows_here.envs.values()))

    def describe(self):
        env, mujoco = self.first.unwrapped, self.rows_here.mujoco
        actions = describe_space(self.first.action_space)
        capabilities = ["partialReset", "perEnvSeed"]
        if not self.first.spec.nondeterministic:
            capabilities.append("deterministic")
        if self.autoreset == "same_step":
            capabilities += ["finalObservations", "finalInfo"]
        without = ["render"] if self.first.render_mode != "rgb_array" else []
        versions = {
            "gymnasium": self.gymnasium.__version__,
            "python": platform.python_version(),
        }
        fps = self.first.metadata.get("render_fps") or 1
        step_dt = physics_dt = 1.0 / fps
        entities = {}
        if mujoco is None:
            without += ["getState", "setState", "model"]
        else:
            capabilities += ["bodies", "resetState"] + ["finalState"] * (self.autoreset == "same_step")
            versions["mujoco"] = mujoco.__version__
            step_dt, physics_dt = float(env.dt), float(env.model.opt.timestep)
            state = MujocoState(mujoco, env.model)
            entities = state.describe()
            controls = describe_controls(mujoco, state)
            if list(actions) == [""] and actions[""]["shape"] == controls["shape"]:
                actions[""]["terms"] = controls["terms"]
        return {
            "sim": "gymnasium",
            "versions": versions,
            "task": self.task,
            "num_envs": self.envs,
            "env_origins": [[0.0, 0.0, 0.0]] * self.envs,
            "step_dt": step_dt,
            "physics_dt": physics_dt,
            "autoreset": self.autoreset,
            "actions": actions,
            "observations": describe_space(self.first.observation_space),
            "entities": entities,
            "cameras": {} if "render" in without else {"render": self.rows_here.picture_size()},
            "capabilities": capabilities,
            "without": without,
            "native": {"quat": {"value": "wxyz", "known": "declared"}} if mujoco else {},
        }

    def reset(self, seed=None, envs=None, state=None, options=None):
        rows = self.rows(envs)
        seeds = [None] * len(rows) if seed is None else seed
        states = [None if state is None else (state, row) for row in range(len(rows))]
        results = self.each("reset", rows, seeds, [options] * len(rows), states)
        observations, infos = zip(*results, strict=True)
        return {"observations": self.stacked(observations), "info": stack_infos(infos)}

    def step(self, action, envs=None):
        rows = self.rows(envs)
        space = self.first.action_space
        results = self.each("step", rows, [row_value(space, action, row) for row in range(len(rows))])
        observations, rewards, terminated, truncated, infos, finals = zip(*results, strict=True)
        outcome = {
            "observations": self.stacked(observations),
            "reward": np.asarray(rewards, float),
            "terminated": np.asarray(terminated, bool),
            "truncated": np.asarray(truncated, bool),
            "info": stack_infos(infos),
        }
        ended = [(env, final) for env, final in zip(rows, finals, strict=True) if final is not None]
        if ended:
            outcome["final"] = {
                "envs": [env for env, _ in ended],
                "observations": self.stacked([final[0] for _, final in ended]),
                "info": stack_infos([final[1] for _, final in ended]),
            }
            if ended[0][1][2] is not None:
                outcome["final"]["state"] = join_states([final[2] for _, final in ended])
        return outcome

    def get_state(self, envs=None, bodies=True):
        rows = self.rows(envs)
        return join_states(self.each("state", rows, [bodies] * len(rows)))

    def set_state(self, state, envs=None):
        rows = self.rows(envs)
        observations = self.each("put", rows, [state] * len(rows), range(len(rows)))
        return {"observations": self.stacked(observations)}

    def images(self, cameras, envs=None, width=None, height=None):
        pictures = self.each("picture", self.rows(envs))
        return {"render": np.stack(pictures)}

    def model(self):
        return model_files(self.first.unwrapped.fullpath)

    def close(self):
        self.rows_here.close()
        if self.workers:
            self.workers.close()

    def each(self, method, rows, *columns):
        if self.workers:
            return self.workers.each_row(method, rows, *columns)
        function = getattr(self.rows_here, method)
        return [function(*row) for row in zip(rows, *columns, strict=True)]

    def stacked(self, observations):
        return stack_rows(self.first.observation_space, observations)

    def rows(self, envs):
        return list(range(self.envs)) if envs is None else list(envs)


class EnvRows:
    """Some envs by number, each with the autoreset that was asked for."""

    def __init__(self, gymnasium, task, kwargs, autoreset, numbers):
        self.autoreset = autoreset
        self.envs = {number: make_env(gymnasium, task, kwargs) for number in numbers}
        self.ended = set()
        self.mujoco, self.readers = None, {}
        first = next(iter(self.envs.values())).unwrapped
        if type(getattr(first, "model", None)).__name__ == "MjModel" and hasattr(first, "data"):
            import mujoco

            self.mujoco = mujoco
            self.readers = {
                number: MujocoState(mujoco, env.unwrapped.model) for number, env in self.envs.items()
            }

    def reset(self, number, seed, options, state):
        self.ended.discard(number)
        observation, info = self.envs[number].reset(seed=seed, options=options)
        if state is not None:
            observation = self.put(number, *state)
        return observation, info

    def step(self, number, action):
        env = self.envs[number]
        if number in self.ended:
            self.ended.discard(number)
            observation, info = env.reset()
            return observation, 0.0, False, False, info, None
        observation, reward, terminated, truncated, info = env.step(action)
        final = None
        if terminated or truncated:
            if self.autoreset == "same_step":
                final = (
                    observation,
                    info,
                    self.state(number, True) if self.mujoco else None,
                )
                observation, info = env.reset()
            elif self.autoreset == "next_step":
                self.ended.add(number)
        return (
            observation,
            float(reward),
            bool(terminated),
            bool(truncated),
            info,
            final,
        )

    def state(self, number, bodies):
        return self.readers[number].read([self.envs[number].unwrapped.data], bodies)

    def put(self, number, state, row):
        env = self.envs[number].unwrapped
        qpos, qvel = env.data.qpos.copy(), env.data.qvel.copy()
        self.readers[number].write(state, row, qpos, qvel, None)
        env.set_state(qpos, qvel)
        return env._get_obs()

    def picture(self, number):
        return np.asarray(self.envs[number].render(), np.uint8)

    def picture_size(self):
        number, env = next(iter(self.envs.items()))
        env.reset(seed=0)
        height, width = self.picture(number).shape[:2]
        return {"width": width, "height": height}

    def close(self):
        for env in self.envs.values():
            env.close()


def make_env(gymnasium, task, kwargs):
    """Raises CONFIG_INVALID for an unknown id, PACKAGE_MISSING for what the env needs."""
    try:
        return gymnasium.make(task, **kwargs)
    except gymnasium.error.DependencyNotInstalled as error:
        raise AdapterError(
            "PACKAGE_MISSING",
            f"{task}: {error}",
            ["run `pip install 'gymnasium[mujoco]'` there, or use `python: managed`"],
        ) from error
    except gymnasium.error.UnregisteredEnv as error:
        raise AdapterError(
            "CONFIG_INVALID",
            f"{task}: {error}",
            ["name the module that registers it in `imports`"],
        ) from error


def join_states(states):
    """States of one row each as one state of all rows."""
    first = states[0]["entities"]
    return {
        "entities": {
            name: {key: np.concatenate([state["entities"][name][key] for state in states]) for key in arrays}
            for name, arrays in first.items()
        }
    }
