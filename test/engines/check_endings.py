"""Poses in the state that an episode ends with, where each env's bodies have places of their own:
`python check_endings.py REPOSITORY`.
"""

import os
import sys
from pathlib import Path

import numpy as np

root = Path(sys.argv[1])
sys.argv = sys.argv[:1]
sys.path[:0] = [str(root / "python"), str(root / "plugins/sim-mjlab/adapters")]

from mjl_adapter import MjlAdapter  # noqa: E402


def bodies_of(state):
    return {name: arrays["body_pos"] for name, arrays in state["entities"].items()}


adapter = MjlAdapter()
config = {"task": "Mjlab-Cartpole-Balance", "envs": 2, "device": "cpu"}
adapter.launch(config, print)
adapter.create()
sim, rows = adapter.env.sim, np.arange(2)
sim.expand_model_fields(("body_pos",))
adapter.step(np.ones((2, 1), np.float32))
sim.model.body_pos[1, -1, 2] += 0.25
stale = bodies_of(adapter.scene.read_stale(rows))
sim.forward()
for name, true in bodies_of(adapter.scene.read(rows, True)).items():
    assert np.abs(true[1] - true[0]).max() > 0.2, true
    assert np.allclose(stale[name], true, atol=1e-5), (stale[name], true)
print("bodies are where they are", flush=True)
os._exit(0)
