"""Finds out Newton's conventions by turning a vector and throwing a body. Leaves another state behind: a
reset comes next.
"""

import numpy as np

from farsim.bridge.engines.rotations import com_velocity, rotate

_QUAT = np.array([0.5, -0.1, 0.7, 0.5])
_LINEAR, _ANGULAR = np.array([0.3, -0.2, 0.5]), np.array([1.0, 2.0, -1.5])
_SECONDS = 1e-3
_OFFSET = 1e-3  # metres between origin and centre of mass that tell the two apart


def probe_conventions(adapter):
    found = {"quat": {"value": quaternion_order(adapter.wp), "known": "probed"}}
    thrown = next((entity for entity in adapter.entities if entity.free is not None), None)
    if thrown is not None and np.linalg.norm(thrown.com) > _OFFSET:
        found["velocity"] = {"value": velocity_point(adapter, thrown), "known": "probed"}
    return found


def quaternion_order(wp):
    turned = wp.quat_rotate(wp.quat(0.0, 0.0, 0.0, 1.0), wp.vec3(1.0, 0.0, 0.0))
    return "xyzw" if abs(float(turned[0]) - 1) < 1e-6 else "wxyz"


def velocity_point(adapter, entity):
    """How the link's origin moves in one short step, against what is said of the centre of mass."""
    quat = _QUAT / np.linalg.norm(_QUAT)
    row = np.array([0])
    up = {"root_pos": np.array([[0.0, 0.0, 10.0]]), "root_quat": quat[None]}
    thrown = {"root_lin_vel": _LINEAR[None], "root_ang_vel": _ANGULAR[None]}
    adapter.states.write(adapter.now, {"entities": {entity.name: {**up, **thrown}}}, row)
    said = adapter.states.rows(adapter.now.body_qd, row)[0, entity.root]
    before = adapter.states.read(adapter.now, row, False)["entities"][entity.name]["root_pos"][0]
    adapter.advance(_SECONDS)
    after = adapter.states.read(adapter.now, row, False)["entities"][entity.name]["root_pos"][0]
    moved = (after - before) / _SECONDS
    shift = np.linalg.norm(np.cross(_ANGULAR, rotate(quat, entity.com)))
    axes = "world" if np.abs(said[3:] - _ANGULAR).max() < 1e-3 else "body"
    of_com = np.linalg.norm(said[:3] - com_velocity(_LINEAR, _ANGULAR, quat, entity.com)) < shift / 4
    moves = np.linalg.norm(moved - _LINEAR) < max(shift / 4, 0.03)
    if of_com and moves:
        return f"centre of mass, {axes} axes"
    return f"unknown point: thrown with {_LINEAR.tolist()}, the link moves with {moved.round(3).tolist()}"
