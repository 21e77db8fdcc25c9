"""Finds out mjlab's conventions by moving what can move. Leaves another state behind: a reset comes next."""

import numpy as np

from farsim.bridge.engines.rotations import com_velocity, rotate

_TURN = (0.5, -0.1, 0.7, 0.5)
_TOLERANCE = 1e-4


def probe_conventions(env, torch):
    """What turning a vector and throwing a floating base show; what cannot be shown is left out."""
    found = {"quat": {"value": quaternion_order(torch), "known": "probed"}}
    floating = next((entity for entity in env.scene.entities.values() if not entity.is_fixed_base), None)
    if floating is not None:
        found["velocity"] = {"value": velocity_point(env, floating, torch), "known": "probed"}
    return found


def quaternion_order(torch):
    from mjlab.utils.lab_api.math import quat_apply

    vector = torch.tensor([[1.0, 0.0, 0.0]])
    turned = quat_apply(torch.tensor([[0.0, 0.0, 0.0, 1.0]]), vector)
    return "xyzw" if abs(float(turned[0][0]) - 1) < 1e-6 else "wxyz"


def velocity_point(env, entity, torch):
    """Which point of a thrown, turned base has the linear velocity that was written into its free joint, and
    whose axes the angular one is in.
    """
    index = entity.data.indexing
    quat = np.array(_TURN) / np.linalg.norm(_TURN)
    linear, angular = np.array([0.3, -0.2, 0.5]), np.array([1.0, 2.0, -1.5])
    data = env.sim.data
    data.qpos[:, index.free_joint_q_adr[3:]] = torch.as_tensor(quat, dtype=torch.float32, device=env.device)
    written = np.concatenate([linear, angular])
    data.qvel[:, index.free_joint_v_adr] = torch.as_tensor(written, dtype=torch.float32, device=env.device)
    env.sim.forward()
    link = entity.data.root_link_vel_w[0].cpu().numpy()
    com = entity.data.root_com_vel_w[0].cpu().numpy()
    in_body = np.abs(link[3:] - rotate(quat, angular)).max() < _TOLERANCE
    offset = env.sim.model.body_ipos[0, index.root_body_id].cpu().numpy()
    shifted = com_velocity(link[:3], link[3:], quat, offset)
    point = "link origin" if np.abs(link[:3] - linear).max() < _TOLERANCE else "unknown point"
    if np.abs(com[:3] - shifted).max() > _TOLERANCE:
        point += ", centre of mass not where the model has it"
    return f"{point}, angular in {'body' if in_body else 'world'} axes"
