"""A scene of more meshes than one layout has tensors."""

from __future__ import annotations

import pytest

from farsim.bridge.wire.limits import TENSORS_PER_LAYOUT
from farsim.bridge.world.world import World
from farsim.bridge.world.world_spec import complete_spec

np = pytest.importorskip("numpy")


class Scene:
    """Holds 700 meshes, and nothing that moves."""

    def describe(self):
        action = {"dtype": "f64", "shape": [1]}
        return {
            "sim": "scene",
            "task": "",
            "num_envs": 1,
            "step_dt": 0.1,
            "actions": {"": action},
            "observations": {},
        }

    def reset(self, **_):
        return {"observations": {}}

    def step(self, action, envs=None):
        raise NotImplementedError

    def visuals(self):
        return {"shapes": [{"vertices": np.zeros((3, 3)), "indices": np.zeros((1, 3))} for _ in range(700)]}


def test_meshes_go_in_as_many_blocks_as_they_need():
    adapter = Scene()
    applied = World(adapter, complete_spec(adapter.describe(), adapter))._visuals({}, [])
    names = [array.name for block in applied.blocks for array in block.arrays]
    assert names == [f"array/{i}" for i in range(1400)]
    assert max(len(block.arrays) for block in applied.blocks) <= TENSORS_PER_LAYOUT
