"""Scripts and sessions of IsaacSimAdapter against the contract fakes of Isaac Sim 6 (experimental prims) and 5 (core prims)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from fake_isaac import FAKES, fake_env

HERE = Path(__file__).resolve().parent
ADAPTERS = HERE.parents[1] / "plugins/sim-isaac/adapters"
SCENE = FAKES / "robots/crab.usda"
PRIMS = {"robot": "/World/Robot", "crane": "/World/Crane", "object": "/World/Object"}
CAMERAS = {
    "eye": {"prim": "/World/Crane/boom/eye", "width": 32, "height": 24},
    "room": {"pos": [0.4, 3, 1], "lookAt": [0, 0.8, 0.1], "fovy": 40, "width": 48, "height": 48},
}
GENERATIONS = ("experimental", "core")
WHERE = [(generation, device) for generation in GENERATIONS for device in ("cpu", "cuda:0")]

TRUTH = f"""
import sys, numpy as np
from isaac_sim_adapter import IsaacSimAdapter
from farsim.testing import check_adapter, opened
from fake_engine.open_scene import OpenScene
CONFIG = {{"usd": {str(SCENE)!r}, "prims": {PRIMS!r}, "device": sys.argv[1], "decimation": 4, "physics_dt": 0.005}}
CAMERAS = {CAMERAS!r}
"""


def alone(generation: str, script: str, device: str = "cpu", **options) -> str:
    """What the script says, run with the adapter and the farsim package beside the fakes."""
    env = fake_env(generation, close="return", **options)
    env["PYTHONPATH"] = os.pathsep.join([env["PYTHONPATH"], str(ADAPTERS), str(HERE.parent)])
    finished = subprocess.run(
        [sys.executable, "-c", TRUTH + script, device],
        env={**os.environ, **env}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stdout[-2000:] + finished.stderr[-4000:]
    return finished.stdout


def begin_sim(start, generation: str, options=None, **config):
    """Starts a session in which that generation seems to be installed."""
    given = {
        "usd": str(SCENE), "prims": PRIMS, "device": "cuda:0", "accept_eula": True, "decimation": 4,
        "physics_dt": 0.005, **config,
    }  # fmt: skip
    env = fake_env(generation, accept=False, **(options or {}))
    return start("isaac_sim_adapter:IsaacSimAdapter", adapterPath=[str(ADAPTERS)], config=given, env=env)
