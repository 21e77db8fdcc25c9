"""Mirrors `isaacsim.core.prims` (deprecated in 6.0, 045ca8b5): arrays of the world's backend, None before `initialize()`, quaternions wxyz, velocities `[N, 6]` of the centre of mass;
with `clone=False` the physics' own buffers; setting positions or velocities sets their targets too.
"""

import numpy as np
import torch
from fake_engine.kit_process import require_started
from fake_engine.open_scene import OpenScene
from fake_engine.physics_view import ArticulationView, BodyView
from isaacsim.core.api import World
from omni.physics.tensors import DofType

require_started("omni.physics")


def _out(array):
    numbers = np.asarray(array, np.float32)
    return torch.Tensor(numbers, OpenScene.device) if World._instance.backend == "torch" else numbers


def _in(value):
    wanted = torch.Tensor if World._instance.backend == "torch" else np.ndarray
    if not isinstance(value, wanted):
        raise TypeError(f"the {World._instance.backend} backend takes {wanted.__name__}, not {type(value).__name__}")
    return value._array if isinstance(value, torch.Tensor) else value


class _Actions:
    def __init__(self, positions, velocities):
        self.joint_positions, self.joint_velocities = positions, velocities


class Articulation:
    def __init__(self, prim_paths_expr, name="articulation_prim_view"):
        self._view = ArticulationView(prim_paths_expr)
        self._initialized = False

    def initialize(self, physics_sim_view=None):
        assert OpenScene.initialised, "the world was not reset"
        self._initialized, self._physics_view = True, self._view

    num_dof = property(lambda self: len(self._view.robot.joint_names) if self._initialized else None)
    dof_names = property(lambda self: list(self._view.robot.joint_names) if self._initialized else None)
    body_names = property(lambda self: list(self._view.robot.body_names) if self._initialized else None)

    def get_dof_types(self, dof_names=None):
        kinds = [DofType.Translation if slides else DofType.Rotation for slides in self._view.robot.slides]
        return kinds if self._initialized else None

    def get_dof_limits(self):
        return _out(self._view.robot.limits[None]) if self._initialized else None

    def get_world_poses(self, indices=None, clone=True, usd=True):
        pose = self._view.root_pose()
        return _out(pose[:, :3]), _out(pose[:, 3:])

    def get_velocities(self, indices=None, clone=True):
        return _out(self._view.root_velocities()) if self._initialized else None

    def get_joint_positions(self, indices=None, joint_indices=None, joint_names=None, clone=True):
        return _out(self._view.joints()) if self._initialized else None

    def get_joint_velocities(self, indices=None, joint_indices=None, joint_names=None, clone=True):
        return _out(self._view.joints(velocities=True)) if self._initialized else None

    def get_applied_actions(self, clone=True):
        told = _Actions(_out(self._view.targets), _out(self._view.velocity_targets))
        return told if self._initialized else None

    def get_body_coms(self, indices=None, body_indices=None, clone=True):
        offsets = self._view.robot.com_offsets[None]
        return _out(offsets), _out(np.tile([1, 0, 0, 0], (*offsets.shape[:2], 1)))

    def set_world_poses(self, positions=None, orientations=None, indices=None, usd=True):
        self._view.set_root_pose(_in(positions), _in(orientations))

    def set_velocities(self, velocities, indices=None):
        self._view.set_root_velocities(_in(velocities))

    def set_joint_positions(self, positions, indices=None, joint_indices=None, joint_names=None):
        self._view.set_joints(position=_in(positions))

    def set_joint_velocities(self, velocities, indices=None, joint_indices=None, joint_names=None):
        self._view.set_joints(velocity=_in(velocities))

    def set_joint_position_targets(self, positions, indices=None, joint_indices=None, joint_names=None):
        self._view.targets[:] = _in(positions)

    def set_joint_velocity_targets(self, velocities, indices=None, joint_indices=None, joint_names=None):
        self._view.velocity_targets[:] = _in(velocities)


class RigidPrim:
    def __init__(self, prim_paths_expr, name="rigid_prim_view", reset_xform_properties=True, prepare_contact_sensors=True):
        if (reset_xform_properties or prepare_contact_sensors) and not isinstance(prim_paths_expr, str) and len(prim_paths_expr) > 1:
            raise RuntimeError("fake: the prims of links would be rewritten")
        self._view = BodyView([prim_paths_expr] if isinstance(prim_paths_expr, str) else prim_paths_expr)
        self._initialized = False

    def initialize(self, physics_sim_view=None):
        assert OpenScene.initialised, "the world was not reset"
        self._initialized = True

    def get_world_poses(self, indices=None, clone=True, usd=True):
        poses = self._view.poses()
        return _out(poses[:, :3]), _out(poses[:, 3:])

    def get_velocities(self, indices=None, clone=True):
        return _out(self._view.velocities()) if self._initialized else None

    def get_coms(self, indices=None, clone=True):
        offsets = self._view.com_offsets()
        return _out(offsets), _out(np.tile([1, 0, 0, 0], (len(offsets), 1)))

    def set_world_poses(self, positions=None, orientations=None, indices=None, usd=True):
        self._view.set_pose(_in(positions), _in(orientations))

    def set_velocities(self, velocities, indices=None):
        self._view.set_velocities(_in(velocities))
