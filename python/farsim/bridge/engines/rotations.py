"""Unit quaternions, wxyz, with any leading dimensions. Needs numpy.

Formulas: J. Diebel, "Representing Attitude" (2006), sections 5.4 (product), 5.7 (rotation of a vector) and
6.6 (matrix);
K. Shoemake, "Animating Rotation with Quaternion Curves" (1985), for slerp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any
_LAST_FIRST, _FIRST_LAST = np.array([3, 0, 1, 2]), np.array([1, 2, 3, 0])


def wxyz_from_xyzw(quat: Array) -> Array:
    return np.take(quat, _LAST_FIRST, axis=-1)


def xyzw_from_wxyz(quat: Array) -> Array:
    return np.take(quat, _FIRST_LAST, axis=-1)


def normalized(quat: Array) -> Array:
    """Raises ValueError when a norm is outside [0.9, 1.1]."""
    norms = np.linalg.norm(quat, axis=-1, keepdims=True)
    if not ((norms >= 0.9) & (norms <= 1.1)).all():
        raise ValueError(f"a quaternion has norm {norms.reshape(-1)[np.abs(norms - 1).argmax()]:.3g}")
    return quat / norms


def conjugate(quat: Array) -> Array:
    """The inverse rotation of a unit quaternion."""
    return quat * np.array([1, -1, -1, -1], quat.dtype)


def product(left: Array, right: Array) -> Array:
    """The rotation `right` followed by `left`."""
    lw, lv = left[..., :1], left[..., 1:]
    rw, rv = right[..., :1], right[..., 1:]
    w = lw * rw - np.sum(lv * rv, axis=-1, keepdims=True)
    return np.concatenate([w, lw * rv + rw * lv + np.cross(lv, rv)], axis=-1)


def rotate(quat: Array, vector: Array) -> Array:
    """Turns body axes' components into world axes': v + 2 w (u × v) + 2 u × (u × v)."""
    w, u = quat[..., :1], quat[..., 1:]
    twice = 2 * np.cross(u, vector)
    return vector + w * twice + np.cross(u, twice)


def rotate_back(quat: Array, vector: Array) -> Array:
    """Turns world axes' components into body axes'."""
    return rotate(conjugate(quat), vector)


def matrix(quat: Array) -> Array:
    """`[…, 3, 3]`; its columns are the body's axes in the world."""
    basis = np.eye(3, dtype=quat.dtype)
    return np.stack([rotate(quat, np.broadcast_to(axis, (*quat.shape[:-1], 3))) for axis in basis], axis=-1)


def angle_between(left: Array, right: Array) -> Array:
    """Radians, the same for q and −q."""
    difference = product(conjugate(left), right)
    return 2 * np.arctan2(np.linalg.norm(difference[..., 1:], axis=-1), np.abs(difference[..., 0]))


def slerp(left: Array, right: Array, share: Array) -> Array:
    """The shorter way from `left` (0) to `right` (1)."""
    dot = np.sum(left * right, axis=-1, keepdims=True)
    right = np.where(dot < 0, -right, right)
    angle = np.arccos(np.clip(np.abs(dot), 0, 1))
    share = np.asarray(share)[..., None]
    small = angle < 1e-6
    sine = np.where(small, 1, np.sin(angle))
    mixed = np.where(
        small,
        (1 - share) * left + share * right,
        (np.sin((1 - share) * angle) * left + np.sin(share * angle) * right) / sine,
    )
    return mixed / np.linalg.norm(mixed, axis=-1, keepdims=True)


def com_velocity(link_velocity: Array, angular: Array, quat: Array, com_offset: Array) -> Array:
    """World velocity of the centre of mass from that of the link's origin: v + ω × R·r."""
    return link_velocity + np.cross(angular, rotate(quat, np.broadcast_to(com_offset, angular.shape)))


def link_velocity(com: Array, angular: Array, quat: Array, com_offset: Array) -> Array:
    """World velocity of the link's origin from that of the centre of mass: v − ω × R·r."""
    return com - np.cross(angular, rotate(quat, np.broadcast_to(com_offset, angular.shape)))
