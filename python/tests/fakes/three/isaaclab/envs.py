"""Mirrors the signatures of `envs/manager_based_env.py` and `envs/direct_rl_env.py` of 3.0.0; PhysX tasks need Kit to run."""

from fake_engine.env_kinds import Direct, ManagerBased
from fake_engine.kit_process import require_started
from fake_flavour import FLAVOUR


class ManagerBasedRLEnv(ManagerBased):
    flavour = FLAVOUR

    def __init__(self, cfg, render_mode=None, **kwargs):
        require_engine(cfg)
        super().__init__(cfg, render_mode, **kwargs)

    def reset(self, env_ids=slice(None), *, seed=None, options=None):
        return self._reset(seed, self._ids(self.flavour.rows(env_ids, self.num_envs)))


class DirectRLEnv(Direct):
    flavour = FLAVOUR

    def __init__(self, cfg, render_mode=None, **kwargs):
        require_engine(cfg)
        super().__init__(cfg, render_mode, **kwargs)


def require_engine(cfg):
    if not cfg.sim.newton:
        require_started("omni.physics")
