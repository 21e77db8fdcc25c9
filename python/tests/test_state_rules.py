"""The contract's rules of states find what breaks them."""

from __future__ import annotations

import numpy as np
import pytest

from farsim.testing import opened
from farsim.testing.check_states import check_state_round_trip

ENVS = 3
WIDTHS = {"root_pos": 3, "root_quat": 4, "root_lin_vel": 3, "root_ang_vel": 3}


class Balls:
    """A ball in each env, pushed by its action, which `put` makes of a state what the test is about."""

    def launch(self, config, progress):
        self.put = config["put"]

    def create(self):
        self.reset()

    def describe(self):
        ball = {
            "kind": "rigid_object", "fixed_base": False, "root_body": "ball", "joint_names": [],
            "joint_types": [], "joint_limits": [], "body_names": ["ball"], "root_com_offset": [0, 0, 0],
        }  # fmt: skip
        return {
            "sim": "balls", "task": "balls", "num_envs": ENVS, "step_dt": 0.1, "autoreset": "disabled",
            "actions": {"": {"dtype": "f32", "shape": [1]}}, "observations": {"": {"dtype": "f32", "shape": [1]}},
            "entities": {"ball": ball},
        }  # fmt: skip

    def reset(self, seed=None, envs=None, state=None, options=None):
        self.held = {key: np.zeros((ENVS, width), np.float32) for key, width in WIDTHS.items()}
        self.held["root_quat"][:, 0] = 1
        return {"observations": np.zeros((ENVS, 1), np.float32)}

    def step(self, action, envs=None):
        self.held["root_pos"][:, :1] += action
        turned = self.held["root_quat"] + np.float32(0.1) * action
        self.held["root_quat"] = turned / np.linalg.norm(turned, axis=-1, keepdims=True)
        still = np.zeros(ENVS, bool)
        return {"observations": action, "reward": np.zeros(ENVS), "terminated": still, "truncated": still}

    def get_state(self, envs=None, bodies=True):
        rows = slice(None) if envs is None else list(envs)
        return {"entities": {"ball": {key: value[rows].copy() for key, value in self.held.items()}}}

    def set_state(self, state, envs=None):
        rows = range(ENVS) if envs is None else list(envs)
        for key, value in state["entities"]["ball"].items():
            self.put(self.held[key], rows, value)
        return {"observations": np.zeros((len(rows), 1), np.float32)}

    def close(self):
        pass


def whole(held, rows, value):
    held[list(rows)] = value


def in_order(held, rows, value):
    held[sorted(rows)] = value


def of_every_env(held, rows, value):
    held[:] = value[:1] if len(value) < ENVS else value


def only_positive(held, rows, value):
    held[list(rows)] = np.abs(value) if value.shape[1] == 4 else value


def held_to(put):
    with opened(Balls, {"put": put}) as world:
        return check_state_round_trip(world, 3)


def test_a_simulator_that_keeps_the_rules_is_let_through():
    assert held_to(whole) is None


@pytest.mark.parametrize(
    ("put", "words"),
    [
        (lambda held, rows, value: None, "came back"),
        (in_order, "of chosen envs came back"),
        (of_every_env, "of chosen envs came back"),
        (only_positive, "root_quat came back"),
    ],
)
def test_a_state_that_goes_nowhere_or_elsewhere_is_found(put, words):
    with pytest.raises(AssertionError, match=words):
        held_to(put)
