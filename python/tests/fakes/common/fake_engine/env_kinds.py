"""The two kinds of env. Mirrors isaac.md 1.5: the manager-based one has managers, `reset_to` and resets by `env_ids`; a direct one computes its observations in
`_get_observations` and resets all envs only, and has no `reset_to`.
"""

import numpy as np
import torch

from .action_terms import ActionManager, BinaryJointPositionAction, JointPositionAction, write_targets
from .rl_env import RlEnv


class ManagerBased(RlEnv):
    def _load(self):
        articulations = self.scene.articulations
        joints = list(self.robot.joint_names)
        terms = {"legs": JointPositionAction("robot", self.robot, joints, self.cfg.action_scale, self.device)}
        if "crane" in articulations:
            claws = ["left_claw_joint", "right_claw_joint"]
            terms["claws"] = BinaryJointPositionAction("crane", articulations["crane"], claws, 0.04, 0.0, self.device)
        self.action_manager = ActionManager(terms)
        self.observation_manager = ObservationManager(self)
        self._width = sum(self.action_manager.action_term_dim)

    def _process(self, action):
        self.action_manager.process_action(action)
        self._last_action[:] = action[:, : self.robot.num_joints]

    def _apply(self):
        self.action_manager.apply_action()

    def reset_to(self, state, env_ids=None, seed=None, is_relative=False):
        self._reset_idx(self._ids(self.flavour.rows(env_ids, self.num_envs)))
        self.scene.reset_to(state, env_ids, is_relative=is_relative)
        self.sim.forward()
        self.obs_buf = self.observation_manager.compute()
        return self.obs_buf, self.extras


class ObservationManager:
    def __init__(self, env):
        self._env = env

    def compute(self, update_history=False):
        return self._env._observe()


class Direct(RlEnv):
    def _load(self):
        self._width = self.robot.num_joints
        self._target = torch.zeros(self.num_envs, self._width, device=self.device)

    def _process(self, action):
        self._target[:] = action * self.cfg.action_scale
        self._last_action[:] = action

    def _apply(self):
        write_targets(self.robot, self._target, slice(None))

    def reset(self, seed=None, options=None):
        return self._reset(seed, self._ids(np.arange(self.num_envs)))

    def _get_observations(self):
        return self._observe()
