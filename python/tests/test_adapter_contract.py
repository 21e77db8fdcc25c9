"""The shipped adapters keep the contract."""

from __future__ import annotations

import numpy as np
import pytest
from counter_adapter import CounterAdapter

from farsim.bridge.gymnasium_envs.env_adapter import adapter_of
from farsim.testing import check_adapter, opened


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


class Served:
    """What `serve` makes of an environment, with a launch() of the contract's."""

    def launch(self, config, progress):
        self.made = adapter_of(config["make"]())

    def create(self):
        pass

    def __getattr__(self, name):
        if name == "made":
            raise AttributeError(name)
        return getattr(self.made, name)


@pytest.mark.parametrize("task", ["Ant-v5", "CartPole-v1"])
def test_a_served_env(task):
    gymnasium = pytest.importorskip("gymnasium")
    check_adapter(Served, {"make": lambda: gymnasium.make(task)}, steps=60)


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
@pytest.mark.parametrize(("task", "vectorization"), [("Hopper-v5", "sync"), ("CartPole-v1", "async")])
def test_a_served_vector_env(task, vectorization, mode):
    gymnasium = pytest.importorskip("gymnasium")

    def make():
        options = {"autoreset_mode": gymnasium.vector.AutoresetMode(mode)}
        return gymnasium.make_vec(task, num_envs=3, vectorization_mode=vectorization, vector_kwargs=options)

    check_adapter(Served, {"make": make}, steps=60)


class ReusedArrays:
    """Counts in arrays that it uses again and again, as engines on a GPU do."""

    def launch(self, config, progress):
        self.sums = np.zeros((2, 1))
        self.rewards = np.zeros(2)

    def create(self):
        pass

    def describe(self):
        space = {"dtype": "f64", "shape": [1]}
        return {
            "sim": "sums", "task": "sums", "num_envs": 2, "step_dt": 0.1, "autoreset": "disabled",
            "actions": {"": space}, "observations": {"": space}, "capabilities": ["deterministic"],
        }  # fmt: skip

    def reset(self, seed=None, envs=None, state=None, options=None):
        self.sums[:] = 0
        return {"observations": self.sums}

    def step(self, action, envs=None):
        self.sums += action
        self.rewards[:] = self.sums[:, 0]
        ended = np.zeros(2, bool)
        return {
            "observations": self.sums, "reward": self.rewards, "terminated": ended, "truncated": ended,
        }  # fmt: skip

    def close(self):
        pass


def test_an_adapter_may_use_its_arrays_again():
    check_adapter(ReusedArrays, {})


def test_rewards_of_repeated_steps_are_summed_from_reused_arrays():
    with opened(ReusedArrays, {}) as world:
        world.reset()
        reply = world.call("step", {"action": np.ones((2, 1))}, repeat=3)
        assert reply["reward"].tolist() == [6.0, 6.0]
