"""Isaac as it is shipped, which says of every step how long the engine's own part took."""

import time

import numpy as np
from isaac_adapter import IsaacAdapter


class TimedIsaac(IsaacAdapter):
    """`info.engine`: `[N]` seconds within Isaac Lab's own step."""

    def create(self):
        super().create()
        step = self.base.step

        def timed(action):
            began = time.perf_counter()
            given = step(action)
            self.engine = time.perf_counter() - began
            return given

        self.base.step = timed

    def step(self, action, envs=None):
        outcome = super().step(action, envs)
        engine = np.full(self.envs, self.engine)
        return {**outcome, "info": {**outcome.get("info", {}), "engine": engine}}
