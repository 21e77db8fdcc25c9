"""The data of an asset: float32 buffers that live on and change with each step. Mirrors `articulation_data.py`, `rigid_object_data.py` and
`rigid_object_collection_data.py` of 2.3.2.post1 and isaac.md 1.6: `root_vel_w` is of the centre of mass, `root_link_vel_w` of the link's origin. A write makes link poses
invalid, and reading them computes them anew; where FAKE_ISAAC says `stale_poses` they are old until `sim.forward()`, as isaac.md 1.5 says of earlier versions.
"""

import warnings

import numpy as np

from .main_thread import require_main_thread
from .options import option
from .usd_robot import rotate

_SAME = {
    "root_pose_w": "root_link_pose_w",
    "root_vel_w": "root_com_vel_w",
    "body_pose_w": "body_link_pose_w",
    "joint_limits": "joint_pos_limits",
}


class LiveData:
    """Attributes are looked up by their real names; one that this generation lacks is an AttributeError."""

    def __init__(self, worlds, names, flavour, device):
        self._worlds, self._names, self._flavour, self._device = worlds, names, flavour, device
        robots = [worlds.robots[name] for name in names]
        count, bodies, joints = worlds.count, sum(len(r.bodies) for r in robots), sum(len(r.joints) for r in robots)
        self._buffers = {
            "root_link_pose_w": np.zeros((count, 7), np.float32),
            "root_com_vel_w": np.zeros((count, 6), np.float32),
            "root_link_vel_w": np.zeros((count, 6), np.float32),
            "root_state_w": np.zeros((count, 13), np.float32),
            "body_link_pose_w": np.zeros((count, bodies, 7), np.float32),
            "joint_pos": np.zeros((count, joints), np.float32),
            "joint_vel": np.zeros((count, joints), np.float32),
            "joint_pos_target": np.zeros((count, joints), np.float32),
            "joint_vel_target": np.zeros((count, joints), np.float32),
            "default_joint_pos": np.zeros((count, joints), np.float32),
            "body_com_pos_b": np.tile(np.concatenate([r.com_offsets for r in robots]), (count, 1, 1)).astype(np.float32),
            "joint_pos_limits": np.tile(robots[0].limits, (count, 1, 1)),
        }
        self._stale = False
        self.refresh()

    def __getattr__(self, name):
        require_main_thread(f"data.{name}")
        known = _SAME.get(name, name)
        if name.startswith("_") or known not in self._buffers or name in option("without", ()):
            raise AttributeError(f"'ArticulationData' object has no attribute '{name}'")
        if known == "body_link_pose_w" and self._stale and not option("stale_poses"):
            self.refresh()
        if known in ("joint_pos_target", "joint_vel_target") and self._flavour.arrays == "proxy":
            warnings.warn(f"ArticulationData.{known} is deprecated.", DeprecationWarning, stacklevel=2)
        return self.buffer(known)

    def buffer(self, known):
        """As this generation gives it, whatever its name."""
        vectors = known not in ("joint_pos", "joint_vel", "joint_pos_target", "joint_vel_target", "default_joint_pos")
        return self._flavour.wrap(self._buffers[known], self._device, vectors)

    def refresh(self):
        """All buffers from the physics, in place."""
        self._worlds.forward()
        poses = np.concatenate([self._worlds.body_poses(name) for name in self._names], 1)
        self._buffers["body_link_pose_w"][:] = self._turned(self._flavour.native(poses))
        self._stale = False
        self.refresh_root_and_joints()

    def refresh_root_and_joints(self):
        """What a writer brings up to date at once; bodies are stale after it."""
        name, buffers = self._names[0], self._buffers
        if len(self._names) > 1:
            return
        pose, velocity = self._worlds.root_pose(name), self._worlds.root_com_velocity(name)
        buffers["root_link_pose_w"][:] = self._turned(self._flavour.native(pose))
        buffers["root_com_vel_w"][:] = velocity
        offset = rotate(pose[:, 3:], np.broadcast_to(self._worlds.robots[name].com_offsets[0], (len(pose), 3)))
        buffers["root_link_vel_w"][:] = np.concatenate(
            [velocity[:, :3] - np.cross(velocity[:, 3:], offset), velocity[:, 3:]], -1
        )
        if option("com_for_link"):
            buffers["root_link_vel_w"][:] = velocity
        buffers["root_state_w"][:] = np.concatenate([buffers["root_link_pose_w"], buffers["root_com_vel_w"]], -1)
        buffers["joint_pos"][:] = self._worlds.joints(name)
        buffers["joint_vel"][:] = self._worlds.joints(name, velocities=True)

    def mark_written(self):
        self.refresh_root_and_joints()
        self._stale = True

    def _turned(self, poses):
        """A deliberate fault: the quaternions of another generation."""
        if not option("turned_quaternions"):
            return poses
        return np.concatenate([poses[..., :3], np.roll(poses[..., 3:], 1, -1)], -1)
