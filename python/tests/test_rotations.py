"""The rotation formulas agree with MuJoCo's and with each other."""

from __future__ import annotations

import numpy as np
import pytest

from farsim.bridge.engines import rotations

mujoco = pytest.importorskip("mujoco")


def random_quats(count):
    quats = np.random.default_rng(1).normal(size=(count, 4))
    return quats / np.linalg.norm(quats, axis=1, keepdims=True)


def test_vectors_turn_as_in_mujoco():
    vectors = np.random.default_rng(2).normal(size=(500, 3))
    quats = random_quats(500)
    turned = rotations.rotate(quats, vectors)
    expected = np.empty(3)
    for quat, vector, result in zip(quats, vectors, turned, strict=True):
        mujoco.mju_rotVecQuat(expected, vector, quat)
        assert np.allclose(result, expected)
    assert np.allclose(rotations.rotate_back(quats, turned), vectors)
    assert np.allclose(np.einsum("nij,nj->ni", rotations.matrix(quats), vectors), turned)


def test_products_compose_as_in_mujoco():
    left, right = random_quats(200), random_quats(400)[200:]
    expected = np.empty(4)
    for a, b, result in zip(left, right, rotations.product(left, right), strict=True):
        mujoco.mju_mulQuat(expected, a, b)
        assert np.allclose(result, expected)


def test_orders_of_components_are_inverse():
    quats = random_quats(10)
    assert np.array_equal(rotations.wxyz_from_xyzw(rotations.xyzw_from_wxyz(quats)), quats)
    assert rotations.wxyz_from_xyzw(np.array([1, 2, 3, 0])).tolist() == [0, 1, 2, 3]


def test_slerp_takes_the_shorter_way_at_a_constant_rate():
    left, right = random_quats(50), random_quats(100)[50:]
    whole = rotations.angle_between(left, right)
    for share in (0.0, 0.25, 1.0):
        middle = rotations.slerp(left, -right, np.full(50, share))
        assert np.allclose(rotations.angle_between(left, middle), share * whole, atol=1e-6)


def test_shifts_between_link_and_centre_of_mass_are_inverse():
    random = np.random.default_rng(3)
    quats, velocity, angular = random_quats(50), random.normal(size=(50, 3)), random.normal(size=(50, 3))
    offset = np.array([0.1, -0.2, 0.3])
    com = rotations.com_velocity(velocity, angular, quats, offset)
    assert not np.allclose(com, velocity)
    assert np.allclose(rotations.link_velocity(com, angular, quats, offset), velocity)


def test_norms_far_from_one_are_refused():
    assert np.allclose(rotations.normalized(np.array([1.05, 0, 0, 0])), [1, 0, 0, 0])
    with pytest.raises(ValueError, match="norm"):
        rotations.normalized(np.array([1.2, 0, 0, 0]))
