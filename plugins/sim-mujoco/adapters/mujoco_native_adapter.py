"""MuJoCo itself: N copies of one model, stepped one after another. The reference implementation of the
state's schema.
"""

import platform
from pathlib import Path

import numpy as np

from farsim.bridge.adapter import AdapterError
from farsim.bridge.engines.mjcf_files import model_files
from farsim.bridge.engines.mujoco_actions import describe_controls
from farsim.bridge.engines.mujoco_pictures import MujocoPictures, choose_gl
from farsim.bridge.engines.mujoco_state import MujocoState
from farsim.bridge.engines.mujoco_visuals import model_visuals, owners_of


class MujocoNativeAdapter:
    """Config: `model` (path here), `envs`, `step_dt` (seconds; left out: ten physics steps), `keyframe`
    (name; left out: the
    first, if there is one), `episode_steps` (truncated then), `noise` (metres along x, y, z by free body, at
    a seeded reset).

    Observations are `qpos`, `qvel` and, where the model has sensors, `sensordata`; the action is `ctrl`; the
    reward is 0.
    """

    def launch(self, config, progress):
        choose_gl()
        import mujoco

        self.mujoco = mujoco
        self.config = config
        progress(f"mujoco {mujoco.__version__}")

    def create(self):
        mujoco, config = self.mujoco, self.config
        path = config.get("model")
        if not path:
            raise AdapterError(
                "CONFIG_INVALID",
                "mujoco-native needs `model`: the path of an MJCF file",
            )
        self.path = path
        try:
            load = mujoco.MjModel.from_binary_path if path.endswith(".mjb") else mujoco.MjModel.from_xml_path
            self.mjmodel = load(path)
        except (ValueError, mujoco.FatalError) as error:
            raise AdapterError("MODEL_INVALID", f"{path}: {error}") from error
        self.envs = config.get("envs", 1)
        self.datas = [mujoco.MjData(self.mjmodel) for _ in range(self.envs)]
        self.state = MujocoState(mujoco, self.mjmodel)
        self.pictures = MujocoPictures(mujoco, self.mjmodel)
        self.substeps = count_substeps(self.mjmodel.opt.timestep, config.get("step_dt"))
        self.keyframe = find_keyframe(self.mjmodel, config.get("keyframe"))
        self.episode_steps = config.get("episode_steps") or 0
        self.ticks = np.zeros(self.envs, np.int64)
        self.diverged = set()
        self.noise = self.find_noise(config.get("noise") or {})

    def describe(self):
        model = self.mjmodel
        spaces = {"qpos": model.nq, "qvel": model.nv, "sensordata": model.nsensordata}
        return {
            "sim": "mujoco",
            "versions": {
                "mujoco": self.mujoco.__version__,
                "python": platform.python_version(),
            },
            "task": Path(self.path).stem,
            "num_envs": self.envs,
            "env_origins": [[0.0, 0.0, 0.0]] * self.envs,
            "step_dt": self.substeps * model.opt.timestep,
            "physics_dt": model.opt.timestep,
            "autoreset": "disabled",
            "actions": {"": describe_controls(self.mujoco, self.state)},
            "observations": {
                name: {"dtype": "f64", "shape": [int(size)]} for name, size in spaces.items() if size
            },
            "entities": self.state.describe(),
            "cameras": self.pictures.describe(),
            "capabilities": [
                "partialReset",
                "perEnvSeed",
                "resetState",
                "bodies",
                "deterministic",
            ],
            "without": [] if self.pictures.works() else ["render"],
            "native": {
                "quat": {"value": "wxyz", "known": "declared"},
                "velocity": {
                    "value": "link origin, angular in body axes",
                    "known": "declared",
                },
            },
        }

    def reset(self, seed=None, envs=None, state=None, options=None):
        rows = self.rows(envs)
        for row, env in enumerate(rows):
            data = self.datas[env]
            if self.keyframe is None:
                self.mujoco.mj_resetData(self.mjmodel, data)
            else:
                self.mujoco.mj_resetDataKeyframe(self.mjmodel, data, self.keyframe)
            if seed is not None:
                random = np.random.default_rng(seed[row])
                for address, extent in self.noise:
                    data.qpos[address : address + 3] += random.uniform(-extent, extent)
            self.ticks[env] = 0
            self.diverged.discard(env)
        if state is not None:
            self.put(state, rows)
        for env in rows:
            self.mujoco.mj_forward(self.mjmodel, self.datas[env])
        return {"observations": self.observe(rows)}

    def step(self, action, envs=None):
        rows = self.rows(envs)
        for row, env in enumerate(rows):
            self.datas[env].ctrl[:] = action[row]
            self.advance(env)
        self.ticks[rows] += 1
        count = len(rows)
        truncated = self.ticks[rows] >= self.episode_steps if self.episode_steps else np.zeros(count, bool)
        return {
            "observations": self.observe(rows),
            "reward": np.zeros(count),
            "terminated": np.zeros(count, bool),
            "truncated": truncated,
        }

    def advance(self, env):
        """Raises SIMULATOR_FAILED when the numbers diverged: MuJoCo then begins the env anew without a word,
        which only its time shows.
        """
        if env in self.diverged:
            raise AdapterError("SIMULATOR_FAILED", f"env {env} diverged before: reset it")
        data = self.datas[env]
        timestep = self.mjmodel.opt.timestep
        expected = data.time + self.substeps * timestep
        self.mujoco.mj_step(self.mjmodel, data, self.substeps)
        if abs(data.time - expected) < timestep / 2:
            return
        self.diverged.add(env)
        raise AdapterError(
            "SIMULATOR_FAILED",
            f"env {env} diverged at tick {self.ticks[env]}: a position, velocity or acceleration was not "
            "finite or huge; MuJoCo began it anew: reset the env, use a smaller physics step or softer gains",
        )

    def get_state(self, envs=None, bodies=True):
        return self.state.read([self.datas[env] for env in self.rows(envs)], bodies)

    def set_state(self, state, envs=None):
        rows = self.rows(envs)
        self.put(state, rows)
        for env in rows:
            self.mujoco.mj_forward(self.mjmodel, self.datas[env])
        return {"observations": self.observe(rows)}

    def images(self, cameras, envs=None, width=None, height=None):
        return self.pictures.draw(cameras, [self.fresh(env) for env in self.rows(envs)], width, height)

    def snapshot(self):
        kind = self.mujoco.mjtState.mjSTATE_INTEGRATION
        size = self.mujoco.mj_stateSize(self.mjmodel, kind)
        states = np.empty((self.envs, size))
        for row, data in zip(states, self.datas, strict=True):
            self.mujoco.mj_getState(self.mjmodel, data, row, kind)
        return self.ticks.tobytes() + states.tobytes()

    def restore(self, snapshot):
        kind = self.mujoco.mjtState.mjSTATE_INTEGRATION
        size = self.mujoco.mj_stateSize(self.mjmodel, kind)
        if len(snapshot) != 8 * self.envs * (1 + size):
            raise AdapterError("BAD_STATE", "the snapshot is not one of this model and number of envs")
        self.ticks = np.frombuffer(snapshot[: 8 * self.envs], np.int64).copy()
        states = np.frombuffer(snapshot[8 * self.envs :]).reshape(self.envs, size)
        for row, data in zip(states, self.datas, strict=True):
            self.mujoco.mj_setState(self.mjmodel, data, row, kind)
        self.diverged.clear()

    def model(self):
        return model_files(self.path)

    def visuals(self):
        return model_visuals(self.mujoco, self.mjmodel, owners_of(self.state))

    def close(self):
        self.pictures.close()

    def put(self, state, rows):
        """All rows are written, or none is."""
        written = []
        for row, env in enumerate(rows):
            data = self.datas[env]
            qpos, qvel = data.qpos.copy(), data.qvel.copy()
            mocap = (data.mocap_pos.copy(), data.mocap_quat.copy())
            self.state.write(state, row, qpos, qvel, mocap)
            written.append((data, qpos, qvel, mocap))
        for data, qpos, qvel, mocap in written:
            data.qpos[:], data.qvel[:] = qpos, qvel
            data.mocap_pos[:], data.mocap_quat[:] = mocap
        self.diverged.difference_update(rows)

    def observe(self, rows):
        datas = [self.datas[env] for env in rows]
        observed = {}
        for name in ("qpos", "qvel", "sensordata"):
            if len(getattr(datas[0], name)):
                observed[name] = np.stack([getattr(data, name) for data in datas])
        return observed

    def fresh(self, env):
        """A copy whose poses belong to the newest qpos; the env's own belong to the one before its last
        physics step.
        """
        data = self.mujoco.MjData(self.mjmodel)
        kind = self.mujoco.mjtState.mjSTATE_INTEGRATION
        state = np.empty(self.mujoco.mj_stateSize(self.mjmodel, kind))
        self.mujoco.mj_getState(self.mjmodel, self.datas[env], state, kind)
        self.mujoco.mj_setState(self.mjmodel, data, state, kind)
        self.mujoco.mj_forward(self.mjmodel, data)
        return data

    def rows(self, envs):
        return list(range(self.envs)) if envs is None else list(envs)

    def find_noise(self, noise):
        free = {entity.name: entity.free for entity in self.state.entities if entity.free is not None}
        found = []
        for name, extent in noise.items():
            if name not in free:
                raise AdapterError(
                    "CONFIG_INVALID",
                    f"noise: '{name}' is not a free body; there are {', '.join(free) or 'none'}",
                )
            found.append((free[name][0], np.pad(np.asarray(extent, float), (0, 3 - len(extent)))))
        return found


def count_substeps(timestep, step_dt):
    """Physics steps of a control step. Raises CONFIG_INVALID when that is no whole number."""
    if step_dt is None:
        return 10
    count = round(step_dt / timestep)
    if count < 1 or abs(count * timestep - step_dt) > 1e-9:
        raise AdapterError(
            "CONFIG_INVALID",
            f"stepDt {step_dt} is no multiple of the model's timestep {timestep}",
        )
    return count


def find_keyframe(model, name):
    """The keyframe's number, None when the model has none. Raises CONFIG_INVALID for an unknown name."""
    if name is None:
        return 0 if model.nkey else None
    names = [model.key(key).name for key in range(model.nkey)]
    if name not in names:
        raise AdapterError(
            "CONFIG_INVALID",
            f"keyframe '{name}' is not in the model; it has {', '.join(names) or 'none'}",
        )
    return names.index(name)
