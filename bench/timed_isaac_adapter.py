"""Isaac as it is shipped, which says of every step how long the engine's own part took."""

import json
import os
import subprocess
import sys
import time

import numpy as np
from isaac_adapter import IsaacAdapter


class TimedIsaac(IsaacAdapter):
    """`info.engine`: `[N]` seconds within Isaac Lab's own step. Starts the same engine without farsim, which
    dials `bare.socket` and replies with `bare.reply` bytes.
    """

    def launch(self, config, progress):
        bare = config.pop("bare")
        # in a folder or in an archive, as the adapters here
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        words = ["-m", "bare_isaac", bare["socket"], json.dumps(config), str(bare["reply"])]
        subprocess.Popen([sys.executable, *words], env=environment)
        return super().launch(config, progress)

    def create(self):
        super().create()
        self.engine = np.zeros(self.envs)
        step = self.base.step

        def timed(action):
            began = time.perf_counter()
            given = step(action)
            self.engine[:] = time.perf_counter() - began
            return given

        self.base.step = timed

    def step(self, action, envs=None):
        outcome = super().step(action, envs)
        return {**outcome, "info": {**outcome.get("info", {}), "engine": self.engine}}
