"""What both kinds of env do. Mirrors `manager_based_rl_env.py` and `direct_rl_env.py` of 2.3.2.post1 and 3.0.0: the order of a step (actions, decimation, counters,
terminations, rewards, reset of what ended through `self._reset_idx`, observations after it), `extras["log"]`, buffers that are used again, no final
observation, and `close` once.
"""

import math

import gymnasium
import numpy as np
import torch

from .camera import Camera
from .interactive_scene import InteractiveScene
from .main_thread import require_main_thread
from .options import option
from .simulation import SimulationContext


class RlEnv(gymnasium.Env):
    is_vector_env = True
    flavour = None
    """Set by the package of the generation."""

    def __init__(self, cfg, render_mode=None, **kwargs):
        require_main_thread("gym.make()")
        cfg.validate()
        self.cfg, self.render_mode, self._is_closed = cfg, render_mode, False
        self.seed(cfg.seed if cfg.seed is not None else 0)
        self.sim = SimulationContext(cfg.sim)
        print("[INFO]: Base environment:")
        print(f"\tEnvironment device    : {self.device}")
        self.scene = self.sim.scene = InteractiveScene(cfg.scene, self.sim, self.flavour)
        if cfg.scene.camera:
            enabled = SimulationContext.cameras_enabled
            self.scene.sensors["camera"] = Camera(self.scene, self.sim, self.flavour, enabled)
        count = self.num_envs
        self.episode_length_buf = torch.zeros(count, dtype=torch.int64, device=self.device)
        self.reset_terminated = torch.zeros(count, dtype=torch.bool, device=self.device)
        self.reset_time_outs = torch.zeros(count, dtype=torch.bool, device=self.device)
        self.reward_buf = torch.zeros(count, device=self.device)
        self.extras = {}
        self._finals = None
        self._last_action = torch.zeros(count, self.robot.num_joints, device=self.device)
        self._terminal = self.robot.find_joints([cfg.terminal_joint])[0]
        self._load()
        self.single_action_space = gymnasium.spaces.Box(-np.inf, np.inf, (self._width,), np.float32)
        self.action_space = gymnasium.vector.utils.batch_space(self.single_action_space, count)
        size = 3 * self.robot.num_joints
        box = gymnasium.spaces.Box(-np.inf, np.inf, (size,), np.float32)
        self.single_observation_space = gymnasium.spaces.Dict({"policy": box})
        self.observation_space = gymnasium.vector.utils.batch_space(self.single_observation_space, count)
        print("[INFO]: Completed setting up the environment...")

    num_envs = property(lambda self: self.cfg.scene.num_envs)
    device = property(lambda self: self.sim.device)
    physics_dt = property(lambda self: self.cfg.sim.dt)
    step_dt = property(lambda self: self.cfg.sim.dt * self.cfg.decimation)
    max_episode_length_s = property(lambda self: self.cfg.episode_length_s)
    max_episode_length = property(lambda self: math.ceil(self.cfg.episode_length_s / self.step_dt))
    robot = property(lambda self: self.scene.articulations["robot"])

    @staticmethod
    def seed(seed=-1):
        np.random.seed(seed)
        return seed

    def step(self, action):
        require_main_thread("env.step()")
        if not isinstance(action, torch.Tensor):
            raise AttributeError(f"'{type(action).__name__}' object has no attribute 'to'")
        if action.shape != (self.num_envs, self._width):
            raise RuntimeError(f"Invalid action shape, expected: {self._width}, received: {action.shape[-1]}.")
        self._process(action.to(self.device))
        for _ in range(self.cfg.decimation):
            self._apply()
            self.scene.write_data_to_sim()
            self.sim.step(render=False)
        # real ones do so after each physics step: only the last is seen from outside
        self.scene.update(dt=self.physics_dt)
        if self.sim.has_rtx_sensors():
            self.sim.render()
        self.episode_length_buf += 1
        position = self._joints("joint_pos")
        self.reset_terminated._array[:] = np.abs(position[:, self._terminal]).max(-1, initial=0) > 0.6
        self.reset_time_outs._array[:] = self.episode_length_buf._array >= self.max_episode_length
        self.reward_buf._array[:] = position.sum(-1)
        ended = np.flatnonzero(self.reset_terminated._array | self.reset_time_outs._array)
        if len(ended):
            if getattr(self.cfg, "compute_final_obs", False):
                # real ones keep it for later steps too, where it is stale
                self.extras["final_obs"] = self._observe()
            self._reset_idx(self._ids(ended))
            if option("stale_poses"):
                # versions before 2.3 do so
                self.sim.forward()
        self.obs_buf = self._observe()
        return self.obs_buf, self.reward_buf, self.reset_terminated, self.reset_time_outs, self.extras

    def close(self):
        require_main_thread("env.close()")
        if not self._is_closed:
            del self.scene
            self.sim.clear_instance()
            self._is_closed = True

    def _reset(self, seed, env_ids):
        require_main_thread("env.reset()")
        if seed is not None:
            self.seed(seed)
        self._reset_idx(env_ids)
        self.scene.write_data_to_sim()
        self.sim.forward()
        self.obs_buf = self._observe()
        return self.obs_buf, self.extras

    def _ids(self, rows):
        kind = torch.int64 if self.flavour.arrays == "torch" else torch.int32
        return torch.tensor(np.asarray(rows), dtype=kind, device=self.device)

    def _reset_idx(self, env_ids):
        rows = self.flavour.rows(env_ids, self.num_envs)
        worlds = self.scene._worlds
        if option("curriculum"):
            # as `mdp.terrain_levels_vel` moves envs to another terrain
            worlds.origins[rows] += [0, 10, 0.5]
            self.scene.env_origins._array[rows] = worlds.origins[rows]
        for name, robot in worlds.robots.items():
            count = len(rows)
            pose = np.tile([*worlds.model.body_pos[robot.root], *worlds.model.body_quat[robot.root]], (count, 1))
            pose[:, :2] += np.random.uniform(-0.05, 0.05, (count, 2)) * (not robot.fixed_base)
            pose[:, :3] += worlds.origins[rows]
            worlds.write_root_pose(name, pose, rows)
            worlds.write_root_com_velocity(name, np.random.uniform(-0.1, 0.1, (count, 6)), rows)
            low, high = np.clip(robot.limits, -0.1, 0.1).T
            worlds.write_joints(name, np.random.uniform(low, high, (count, len(low))), np.zeros((count, len(low))), rows)
        for asset in self.scene._assets:
            asset.data.mark_written()
            if hasattr(asset, "joint_names"):
                asset.data._buffers["joint_pos_target"][rows] = 0
        self._last_action._array[rows] = 0
        self.extras["log"] = {
            "Episode_Reward/upright": torch.tensor(float(self.episode_length_buf._array[rows].mean()), device=self.device),
            "Episode_Termination/time_out": int(self.reset_time_outs._array[rows].sum()),
        }
        self.episode_length_buf._array[rows] = 0

    def _joints(self, name):
        return self.robot.data._buffers[name]

    def _observe(self):
        parts = [self._joints("joint_pos"), self._joints("joint_vel"), self._last_action._array]
        return {"policy": torch.Tensor(np.concatenate(parts, -1).astype(np.float32), self.device)}
