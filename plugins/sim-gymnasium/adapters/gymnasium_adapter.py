"""Any Gymnasium environment by its id; MuJoCo ones give their whole state and their model."""

import importlib

from farsim.bridge.adapter import AdapterError
from farsim.bridge.engines.mujoco_pictures import choose_gl
from farsim.bridge.engines.row_workers import RowWorkers
from farsim.bridge.gymnasium_envs.envs import GymnasiumEnvs
from farsim.bridge.gymnasium_envs.rows import EnvRows


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
        count, workers = self.config.get("envs", 1), self.config.get("workers") or 0
        # one env is here in any case: it describes the rest
        here = self.make_rows([0] if workers else range(count))
        self.made = GymnasiumEnvs(here, count, workers and RowWorkers(self.make_rows, count, workers))

    def make_rows(self, numbers):
        envs = {number: self.make_env() for number in numbers}
        return EnvRows(envs, self.config.get("autoreset", "same_step"))

    def make_env(self):
        """Raises CONFIG_INVALID for an unknown id, PACKAGE_MISSING for what the env needs."""
        task, error = self.config["task"], self.gymnasium.error
        try:
            return self.gymnasium.make(task, **(self.config.get("kwargs") or {}))
        except error.DependencyNotInstalled as missing:
            raise AdapterError(
                "PACKAGE_MISSING",
                f"{task}: {missing}",
                ["run `pip install 'gymnasium[mujoco]'` there, or use `python: managed`"],
            ) from missing
        except error.UnregisteredEnv as unknown:
            raise AdapterError(
                "CONFIG_INVALID",
                f"{task}: {unknown}",
                ["name the module that registers it in `imports`"],
            ) from unknown

    def __getattr__(self, name):
        """All that comes after create() is the made envs'."""
        if name == "made":
            raise AttributeError(name)
        return getattr(self.made, name)
