"""One robot as PhysX finds it in a USD that was made of a URDF. Mirrors isaac.md sections 1.6 and 3: joints and bodies breadth first
(ANYmal-C: LF_HAA, LH_HAA, RF_HAA, …; depth first on Newton), names as in the USD, frames of some links turned and shifted against the MJCF's.
"""

import mujoco
import numpy as np

_TURNS = ((0.5, 0.5, 0.5, 0.5), (0.8, 0.0, -0.6, 0.0), (0.0, 0.0, 0.0, 1.0))
_SHIFTS = ((0.02, -0.01, 0.03), (0.0, 0.015, -0.02), (-0.01, 0.0, 0.01))


class UsdRobot:
    """Where its bodies and joints are in the compiled model, in the order in which PhysX has them."""

    def __init__(self, model, prefix, rename, depth_first):
        self.root = next(
            body for body in range(1, model.nbody) if model.body_parentid[body] == 0 and model.body(body).name.startswith(prefix)
        )
        self.bodies = _walk(model, self.root, depth_first)
        joints = [
            joint
            for body in self.bodies
            for joint in range(model.body_jntadr[body], model.body_jntadr[body] + model.body_jntnum[body])
        ]
        free = [joint for joint in joints if model.jnt_type[joint] == mujoco.mjtJoint.mjJNT_FREE]
        self.joints = [joint for joint in joints if joint not in free]
        self.fixed_base = not free
        self.free_qpos = model.jnt_qposadr[free[0]] if free else None
        self.free_qvel = model.jnt_dofadr[free[0]] if free else None
        self.qpos = model.jnt_qposadr[self.joints].astype(int)
        self.qvel = model.jnt_dofadr[self.joints].astype(int)
        self.body_names = [rename(model.body(body).name.removeprefix(prefix)) for body in self.bodies]
        self.joint_names = [rename(model.joint(joint).name.removeprefix(prefix)) for joint in self.joints]
        self.slides = [bool(model.jnt_type[joint] == mujoco.mjtJoint.mjJNT_SLIDE) for joint in self.joints]
        self.limits = np.array(
            [model.jnt_range[j] if model.jnt_limited[j] else (-3.4028235e38, 3.4028235e38) for j in self.joints], np.float32
        ).reshape(-1, 2)
        self.turns = np.tile([1.0, 0.0, 0.0, 0.0], (len(self.bodies), 1))
        self.shifts = np.zeros((len(self.bodies), 3))
        # never the root's: its pose is the state
        others = [1, len(self.bodies) // 2, len(self.bodies) - 1] if len(self.bodies) > 3 else []
        for place, turn, shift in zip(others, _TURNS, _SHIFTS, strict=False):
            self.turns[place], self.shifts[place] = turn, shift
        self.com_offsets = np.array(
            [
                rotate(conjugate(self.turns[place]), model.body_ipos[body] - self.shifts[place])
                for place, body in enumerate(self.bodies)
            ]
        )


def panda_name(name):
    """NVIDIA's USD of the Franka against Menagerie's MJCF."""
    return {"left_finger": "panda_leftfinger", "right_finger": "panda_rightfinger"}.get(name, f"panda_{name}")


def _walk(model, root, depth_first):
    found, waiting = [], [root]
    while waiting:
        body = waiting.pop(0)
        found.append(body)
        children = [child for child in range(1, model.nbody) if model.body_parentid[child] == body]
        waiting = [*children, *waiting] if depth_first else [*waiting, *children]
    return found


def rotate(quat, vector):
    """Quaternions wxyz, any leading dimensions."""
    w, u = quat[..., :1], quat[..., 1:]
    twice = 2 * np.cross(u, vector)
    return vector + w * twice + np.cross(u, twice)


def conjugate(quat):
    return quat * np.array([1.0, -1.0, -1.0, -1.0])


def product(left, right):
    w = left[..., :1] * right[..., :1] - np.sum(left[..., 1:] * right[..., 1:], -1, keepdims=True)
    return np.concatenate(
        [w, left[..., :1] * right[..., 1:] + right[..., :1] * left[..., 1:] + np.cross(left[..., 1:], right[..., 1:])], -1
    )
