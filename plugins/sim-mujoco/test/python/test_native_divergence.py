"""What the far MuJoCo says when a model's numbers run away."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from farsim.bridge.adapter import AdapterError

ADAPTER = Path(__file__).parents[2] / "adapters/mujoco_native_adapter.py"
# far too strong a motor for its joint
MODEL = """<mujoco>
  <worldbody><body><joint name="hinge" axis="0 1 0"/><geom size="0.01" pos="0.1 0 0"/></body></worldbody>
  <actuator><motor joint="hinge" gear="1e12"/></actuator>
</mujoco>"""


@pytest.fixture
def adapter(tmp_path):
    spec = importlib.util.spec_from_file_location("mujoco_native_adapter", ADAPTER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "strong.xml").write_text(MODEL)
    adapter = module.MujocoNativeAdapter()
    adapter.launch({"model": str(tmp_path / "strong.xml"), "envs": 2}, print)
    adapter.create()
    adapter.reset()
    yield adapter
    adapter.close()


def step_until_it_fails(adapter):
    for _ in range(100):
        adapter.step(np.array([[1.0], [0.0]]), [0, 1])


def test_divergence_is_an_error_that_names_the_env(adapter):
    with pytest.raises(AdapterError, match="env 0 diverged at tick") as raised:
        step_until_it_fails(adapter)
    assert raised.value.code == "SIMULATOR_FAILED"


def test_an_env_that_diverged_steps_again_only_after_its_reset(adapter):
    with pytest.raises(AdapterError):
        step_until_it_fails(adapter)
    still = np.zeros((1, 1))
    with pytest.raises(AdapterError, match="diverged before"):
        adapter.step(still, [0])
    adapter.step(still, [1])
    adapter.reset(envs=[0])
    adapter.step(still, [0])
