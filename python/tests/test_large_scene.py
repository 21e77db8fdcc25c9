"""A scene and a model of more parts than one layout or header holds."""

from __future__ import annotations

import json

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

    def model(self):
        return "0.xml", {f"{i}.xml": b"<mujoco/>" for i in range(1500)}


class Warehouse(Scene):
    """Holds 5000 boxes."""

    def visuals(self):
        box = {"body": "world", "type": "box", "size": [1, 1, 1], "pos": [0, 0, 0], "quat": [1, 0, 0, 0]}
        return {"shapes": [{**box, "name": f"stack/box {i}"} for i in range(5000)]}


def world_of(adapter):
    return World(adapter, complete_spec(adapter.describe(), adapter))


def test_files_go_in_as_many_blocks_as_they_need():
    blocks = world_of(Scene())._model({}, []).blocks
    assert [len(block.arrays) for block in blocks] == [TENSORS_PER_LAYOUT, 1500 - TENSORS_PER_LAYOUT]


def test_the_text_of_a_large_scene_is_an_array():
    applied = world_of(Warehouse())._visuals({}, [])
    (array,) = applied.blocks[0].arrays
    assert (applied.value, array.name, array.open) == ("", "scene", True)
    assert json.loads(array.array.tobytes()) == Warehouse().visuals()


def test_meshes_go_in_as_many_blocks_as_they_need():
    applied = world_of(Scene())._visuals({}, [])
    names = [array.name for block in applied.blocks for array in block.arrays]
    assert names == [f"array/{i}" for i in range(1400)]
    assert max(len(block.arrays) for block in applied.blocks) <= TENSORS_PER_LAYOUT
