"""Where the fakes of Isaac lie, and scripts run against them in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

FAKES = Path(__file__).resolve().parent / "fakes"
MODELS = Path(__file__).resolve().parents[2].parent / "shared/models"
LAB_FLAVOURS = ("two", "beta", "three")

START = {
    "two": """
import sys
from isaaclab.app import AppLauncher
def start(name, envs=3, device="cpu", cameras=False):
    global close
    app = AppLauncher({"headless": True, "enable_cameras": cameras, "device": device}).app
    close = app.close
    import isaaclab_tasks
    from isaaclab_tasks.utils import parse_env_cfg
    return name + "-v0", parse_env_cfg(name + "-v0", device=device, num_envs=envs)
""",
    "beta": """
import sys
def start(name, envs=3, device="cpu", cameras=False):
    global close
    import isaaclab_tasks
    from isaaclab_tasks.utils import launch_simulation, resolve_task_config
    cfg, _ = resolve_task_config(name + "-v0", "")
    cfg.scene.num_envs, cfg.sim.device = envs, device
    context = launch_simulation(cfg, {"device": device, "visualizer": ["none"]})
    context.__enter__()
    close = lambda: context.__exit__(None, None, None)
    return name + "-v0", cfg
""",
    "three": """
import sys
def start(name, envs=3, device="cpu", cameras=False):
    global close
    import isaaclab_tasks
    from isaaclab.app import launch_simulation
    from isaaclab_tasks.utils import resolve_task_config
    cfg, _ = resolve_task_config(name, "", overrides=[])
    cfg.scene.num_envs, cfg.sim.device = envs, device
    context = launch_simulation(cfg, {"device": device, "visualizer": ["none"]})
    context.__enter__()
    close = lambda: context.__exit__(None, None, None)
    return name, cfg
""",
}
"""`start(task)` as each generation's own scripts do it; then `close()`."""


def fake_env(flavour: str, accept: bool = True, **options) -> dict[str, str]:
    """Variables of a process in which Isaac seems to be installed."""
    folders = [str(FAKES / part) for part in ("common", "kit", flavour)]
    env = {"PYTHONPATH": os.pathsep.join(folders), "FAKE_ISAAC": json.dumps(options)}
    return {**env, "OMNI_KIT_ACCEPT_EULA": "YES"} if accept else env


def play(flavour: str, script: str, seconds: float = 30, **options) -> subprocess.CompletedProcess[str]:
    """Runs the script with that generation's `start`; its last words are in `stdout`."""
    text = START.get(flavour, "") + script
    env = {**os.environ, "PYTHONUNBUFFERED": "1", **fake_env(flavour, **options)}
    return subprocess.run(
        [sys.executable, "-c", text],
        env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds,
    )  # fmt: skip
