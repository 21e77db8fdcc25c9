"""Mirrors `isaacsim.core.experimental.prims` of 6.0 (045ca8b5): Warp arrays of float32 without vector types, quaternions wxyz, indices by keyword; setting positions or velocities
sets their targets too; velocities are two arrays, the linear one of the centre of mass.
"""

import numpy as np
import warp
from fake_engine.kit_process import require_started
from fake_engine.open_scene import OpenScene
from fake_engine.physics_view import ArticulationView, BodyView
from omni.physics.tensors import DofType

require_started("omni.physics")


def _out(array):
    return warp.array(np.asarray(array, np.float32), warp.float32, OpenScene.device)


def _in(value, shape):
    if hasattr(value, "detach"):
        raise TypeError("experimental prims take lists, NumPy and Warp arrays, not tensors")
    array = value.numpy() if isinstance(value, warp.array) else np.asarray(value)
    return np.broadcast_to(array.astype(np.float32), shape)


class Articulation:
    def __init__(self, paths, *, resolve_paths=True):
        self.paths = [paths] if isinstance(paths, str) else list(paths)
        self._physics_articulation_view = self._view = ArticulationView(self.paths[0])
        robot = self._view.robot
        self.dof_names, self.num_dofs = list(robot.joint_names), len(robot.joint_names)
        self.link_names, self.num_links = list(robot.body_names), len(robot.body_names)
        self.link_paths = [[f"{self.paths[0]}/{name}" for name in robot.body_names]]
        self.dof_types = [DofType.Translation if slides else DofType.Rotation for slides in robot.slides]

    def __len__(self):
        return 1

    def get_world_poses(self, *, indices=None):
        pose = self._view.root_pose()
        return _out(pose[:, :3]), _out(pose[:, 3:])

    def get_velocities(self, *, indices=None):
        velocity = self._view.root_velocities()
        return _out(velocity[:, :3]), _out(velocity[:, 3:])

    def get_dof_positions(self, *, indices=None, dof_indices=None):
        return _out(self._view.joints())

    def get_dof_velocities(self, *, indices=None, dof_indices=None):
        return _out(self._view.joints(velocities=True))

    def get_dof_position_targets(self, *, indices=None, dof_indices=None):
        return _out(self._view.targets)

    def get_dof_velocity_targets(self, *, indices=None, dof_indices=None):
        return _out(self._view.velocity_targets)

    def get_dof_limits(self, *, indices=None, dof_indices=None):
        limits = self._view.robot.limits[None]
        return _out(limits[..., 0]), _out(limits[..., 1])

    def get_link_coms(self, *, indices=None, link_indices=None):
        return _out(self._view.robot.com_offsets[None]), _out(np.tile([1, 0, 0, 0], (1, self.num_links, 1)))

    def set_world_poses(self, positions=None, orientations=None, *, indices=None):
        pose = self._view.root_pose()
        self._view.set_root_pose(
            pose[:, :3] if positions is None else _in(positions, (1, 3)),
            pose[:, 3:] if orientations is None else _in(orientations, (1, 4)),
        )

    def set_velocities(self, linear_velocities=None, angular_velocities=None, *, indices=None):
        velocity = self._view.root_velocities()
        linear = velocity[:, :3] if linear_velocities is None else _in(linear_velocities, (1, 3))
        angular = velocity[:, 3:] if angular_velocities is None else _in(angular_velocities, (1, 3))
        self._view.set_root_velocities(np.concatenate([linear, angular], -1))

    def set_dof_positions(self, positions, *, indices=None, dof_indices=None):
        self._view.set_joints(position=_in(positions, (1, self.num_dofs)))

    def set_dof_velocities(self, velocities, *, indices=None, dof_indices=None):
        self._view.set_joints(velocity=_in(velocities, (1, self.num_dofs)))

    def set_dof_position_targets(self, positions, *, indices=None, dof_indices=None):
        self._view.targets[:] = _in(positions, (1, self.num_dofs))

    def set_dof_velocity_targets(self, velocities, *, indices=None, dof_indices=None):
        self._view.velocity_targets[:] = _in(velocities, (1, self.num_dofs))


class RigidPrim:
    def __init__(self, paths, *, resolve_paths=True):
        self.paths = [paths] if isinstance(paths, str) else list(paths)
        self._view = BodyView(self.paths)

    def __len__(self):
        return len(self.paths)

    def get_world_poses(self, *, indices=None):
        poses = self._view.poses()
        return _out(poses[:, :3]), _out(poses[:, 3:])

    def get_velocities(self, *, indices=None):
        velocities = self._view.velocities()
        return _out(velocities[:, :3]), _out(velocities[:, 3:])

    def get_coms(self, *, indices=None):
        return _out(self._view.com_offsets()), _out(np.tile([1, 0, 0, 0], (len(self), 1)))

    def set_world_poses(self, positions=None, orientations=None, *, indices=None):
        poses = self._view.poses()
        self._view.set_pose(
            poses[:, :3] if positions is None else _in(positions, (len(self), 3)),
            poses[:, 3:] if orientations is None else _in(orientations, (len(self), 4)),
        )

    def set_velocities(self, linear_velocities=None, angular_velocities=None, *, indices=None):
        now = self._view.velocities()
        linear = now[:, :3] if linear_velocities is None else _in(linear_velocities, (len(self), 3))
        angular = now[:, 3:] if angular_velocities is None else _in(angular_velocities, (len(self), 3))
        self._view.set_velocities(np.concatenate([linear, angular], -1))
