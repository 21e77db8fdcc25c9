"""The contract's rules of pictures and shapes find what breaks them."""

from __future__ import annotations

import numpy as np
import pytest

from farsim.testing import NOT_OFFERED, opened
from farsim.testing.check_pictures import check_pictures, check_shapes

BALL = {"body": "ball/ball", "type": "sphere", "size": [0.1], "pos": [0, 0, 0], "quat": [1, 0, 0, 0], "rgba": [1] * 4}
ROOT = {"root_pos": 3, "root_quat": 4, "root_lin_vel": 3, "root_ang_vel": 3}


class Ball:
    """One ball that a camera sees; it draws and has the shapes that it is told."""

    picture = np.zeros((1, 6, 8, 3), np.uint8)
    shapes = (BALL,)
    pushes = 0.0

    def launch(self, config, progress):
        for key, value in config.items():
            setattr(self, key, value)

    def create(self):
        self.height = 1.0

    def describe(self):
        space = {"dtype": "f32", "shape": [1]}
        ball = {
            "kind": "rigid_object", "fixed_base": False, "root_body": "ball", "joint_names": [],
            "joint_types": [], "joint_limits": [], "body_names": ["ball"], "root_com_offset": [0, 0, 0],
        }  # fmt: skip
        return {
            "sim": "ball", "task": "ball", "num_envs": 1, "step_dt": 0.1, "autoreset": "disabled",
            "actions": {"": space}, "observations": {"": space}, "entities": {"ball": ball},
            "cameras": {"eye": {"width": 8, "height": 6}},
        }  # fmt: skip

    def reset(self, seed=None, envs=None, state=None, options=None):
        return {"observations": np.zeros((1, 1), np.float32)}

    def step(self, action, envs=None):
        still = np.zeros(1, bool)
        return {"observations": action, "reward": np.zeros(1), "terminated": still, "truncated": still}

    def get_state(self, envs=None, bodies=True):
        held = {key: np.zeros((1, width), np.float32) for key, width in ROOT.items()}
        held["root_pos"][0, 2], held["root_quat"][0, 0] = self.height, 1
        return {"entities": {"ball": held}}

    def images(self, cameras, envs=None, width=None, height=None):
        self.height += self.pushes
        return {camera: self.picture for camera in cameras}

    def visuals(self):
        return {"shapes": list(self.shapes)}

    def close(self):
        pass


def held_to(check, **config):
    with opened(Ball, config) as world:
        return check(world, 3)


def test_a_simulator_that_keeps_the_rules_is_let_through():
    assert held_to(check_pictures) is None
    mesh = BALL | {"type": "mesh", "size": [], "vertices": np.eye(3), "indices": np.array([[0, 1, 2]])}
    assert held_to(check_shapes, shapes=(BALL, mesh, BALL | {"body": "world"})) is None


def test_rules_of_what_is_not_offered_are_left_out():
    class Blind(Ball):
        def describe(self):
            return super().describe() | {"without": ["render", "visuals"], "cameras": {}}

    with opened(Blind, {}) as world:
        assert [check_pictures(world, 3), check_shapes(world, 3)] == [NOT_OFFERED, NOT_OFFERED]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"picture": np.zeros((1, 8, 6, 3), np.uint8)}, r"eye is \(1, 8, 6, 3\) instead of \(1, 6, 8, 3\)"),
        ({"picture": np.zeros((1, 6, 8, 3), np.float32)}, "eye is float32 instead of uint8"),
        ({"pushes": 1e-3}, "root_pos was changed by drawing"),
    ],
)
def test_a_picture_of_another_size_or_that_moves_something_is_found(config, words):
    with pytest.raises(AssertionError, match=words):
        held_to(check_pictures, **config)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ({"body": "ball/bell"}, "no entity has that body"),
        ({"size": [0.1, 0.2]}, "2 sizes instead of 1"),
        ({"quat": [1, 1, 0, 0]}, "no norm of 1"),
        ({"pos": [0, np.nan, 0]}, "not finite"),
        ({"type": "mesh", "size": []}, "a mesh, and only that"),
        (
            {"type": "mesh", "size": [], "vertices": np.eye(3), "indices": np.array([[0, 1, 3]])},
            "index 3 of 3 vertices",
        ),
    ],
)
def test_a_shape_that_cannot_be_placed_is_found(shape, words):
    with pytest.raises(AssertionError, match=words):
        held_to(check_shapes, shapes=(BALL | shape,))
