"""Mirrors the signatures of `envs/manager_based_env.py` and `envs/direct_rl_env.py` of 2.3.2.post1."""

import numpy as np
from fake_engine.env_kinds import Direct, ManagerBased
from fake_engine.kit_process import require_started
from fake_flavour import FLAVOUR

require_started("pxr")


class ManagerBasedRLEnv(ManagerBased):
    flavour = FLAVOUR

    def reset(self, seed=None, env_ids=None, options=None):
        return self._reset(seed, self._ids(np.arange(self.num_envs)) if env_ids is None else env_ids)


class DirectRLEnv(Direct):
    flavour = FLAVOUR
