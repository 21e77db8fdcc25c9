"""The shipped adapters keep the contract."""

from __future__ import annotations

import pytest
from counter_adapter import CounterAdapter

from farsim.testing import check_adapter


@pytest.mark.parametrize("autoreset", ["disabled", "next_step", "same_step"])
@pytest.mark.parametrize("envs", [1, 3])
def test_counter(envs, autoreset):
    check_adapter(CounterAdapter, {"envs": envs, "size": 2, "episode_steps": 7, "autoreset": autoreset})


@pytest.mark.parametrize("envs", [1, 3])
def test_mujoco_native(envs, ant_model):
    from mujoco_native_adapter import MujocoNativeAdapter

    check_adapter(
        MujocoNativeAdapter, {"envs": envs, "model": ant_model, "episodeSteps": 50, "noise": {"torso": [0.1]}}
    )


@pytest.mark.parametrize("autoreset", ["disabled", "next_step", "same_step"])
@pytest.mark.parametrize(
    ("task", "envs"), [("Ant-v5", 1), ("Ant-v5", 3), ("CartPole-v1", 1), ("CartPole-v1", 3)]
)
def test_gymnasium(task, envs, autoreset):
    pytest.importorskip("gymnasium")
    from gymnasium_adapter import GymnasiumAdapter

    check_adapter(GymnasiumAdapter, {"task": task, "envs": envs, "autoreset": autoreset}, steps=60)


def test_gymnasium_in_processes():
    pytest.importorskip("gymnasium")
    from gymnasium_adapter import GymnasiumAdapter

    check_adapter(GymnasiumAdapter, {"task": "Hopper-v5", "envs": 3, "workers": 2}, steps=60)
