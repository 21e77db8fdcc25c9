"""A terrain curriculum moves the origin of an env when its episode ends."""

from __future__ import annotations

import pytest
from test_isaac_adapter import alone


@pytest.mark.parametrize("flavour", ["two", "three"])
def test_a_state_says_where_its_env_lies_once_it_has_moved(flavour):
    script = """
with opened(IsaacAdapter, CONFIG) as world:
    physics = world.adapter.base.scene._worlds
    assert np.allclose(world.spec["env_origins"], physics.origins) and "env_origin" not in world.call("getState")
    world.reset(seed=3)
    told = world.call("getState", {"envs": np.array([2, 0], np.int32)})
    assert np.allclose(told["env_origin"], physics.origins[[2, 0]])
    assert np.abs(told["state/object/root_pos"] + told["env_origin"] - physics.root_pose("object")[[2, 0], :3]).max() < 1e-5
    random = np.random.default_rng(1)
    for _ in range(30):
        before = physics.origins.copy()
        told = world.call("step", world.action(3, random), want=wanted(state=True))
        if "final/envs" in told: break
    ended = told["final/envs"]
    assert np.allclose(told["final/env_origin"], before[ended])
    assert np.allclose(told["env_origin"], physics.origins) and np.abs(physics.origins - before)[ended].max() == 10
print("told")
"""
    assert "told" in alone(flavour, "Isaac-Crab", script, curriculum=True)
