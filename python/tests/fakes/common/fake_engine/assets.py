"""Articulations, rigid objects and collections. Mirrors `isaaclab/assets` of 2.3.2.post1, and of 3.0.0 for the `…_index` writers: writers take the rows of
`env_ids`; setting joint positions does not set their targets.
"""

import warnings

import numpy as np

from .live_data import LiveData
from .main_thread import require_main_thread
from .options import option


class Asset:
    """`writers`: `plain` (2.x and betas) or `index` (3.0)."""

    def __init__(self, worlds, name, flavour, device):
        self._worlds, self._name, self._flavour = worlds, name, flavour
        self._robot = worlds.robots[name]
        self.data = LiveData(worlds, [name], flavour, device)
        self.num_instances = worlds.count
        self.body_names = list(self._robot.body_names)
        self.num_bodies = len(self.body_names)

    def _write_root_pose(self, pose, env_ids):
        require_main_thread("write_root_pose_to_sim()")
        rows = self._flavour.rows(env_ids, self._worlds.count)
        self._worlds.write_root_pose(self._name, self._flavour.wxyz(self._flavour.given(pose, rows, "root_pose")), rows)
        self.data.mark_written()

    def _write_root_velocity(self, velocity, env_ids):
        rows = self._flavour.rows(env_ids, self._worlds.count)
        self._worlds.write_root_com_velocity(self._name, self._flavour.given(velocity, rows, "root_velocity"), rows)
        self.data.mark_written()


class Joints(Asset):
    def __init__(self, worlds, name, flavour, device):
        super().__init__(worlds, name, flavour, device)
        self.joint_names = [*self._robot.joint_names]
        if option("unknown_joint"):
            self.joint_names[1] = option("unknown_joint")
        if option("swapped_joints"):
            self.joint_names[:2] = self.joint_names[1::-1]
        self.num_joints = len(self.joint_names)
        self.is_fixed_base = self._robot.fixed_base

    def find_joints(self, names):
        found = [i for i, joint in enumerate(self.joint_names) if joint in names]
        return found, [self.joint_names[i] for i in found]

    def write_data_to_sim(self):
        self._worlds.targets[self._name][:] = self.data._buffers["joint_pos_target"]
        self._worlds.velocity_targets[self._name][:] = self.data._buffers["joint_vel_target"]

    def _write_joints(self, position, velocity, env_ids):
        rows = self._flavour.rows(env_ids, self._worlds.count)
        given = [None if one is None else self._flavour.given(one, rows, "joints") for one in (position, velocity)]
        self._worlds.write_joints(self._name, *given, rows)
        self.data.mark_written()

    def _set_target(self, key, target, joint_ids, env_ids):
        rows = self._flavour.rows(env_ids, self._worlds.count)
        columns = slice(None) if joint_ids is None else joint_ids
        self.data._buffers[key][rows[:, None], self._columns(columns)] = self._flavour.given(target, rows, key)

    def _columns(self, columns):
        return list(range(self.num_joints))[columns] if isinstance(columns, slice) else list(columns)


class PlainWriters:
    """2.x and the betas."""

    def write_root_pose_to_sim(self, root_pose, env_ids=None):
        self._write_root_pose(root_pose, env_ids)

    def write_root_velocity_to_sim(self, root_velocity, env_ids=None):
        self._write_root_velocity(root_velocity, env_ids)

    def write_joint_state_to_sim(self, position, velocity, joint_ids=None, env_ids=None):
        self._write_joints(position, velocity, env_ids)

    def set_joint_position_target(self, target, joint_ids=None, env_ids=None):
        self._set_target("joint_pos_target", target, joint_ids, env_ids)

    def set_joint_velocity_target(self, target, joint_ids=None, env_ids=None):
        self._set_target("joint_vel_target", target, joint_ids, env_ids)


class IndexWriters:
    """3.0."""

    def write_root_pose_to_sim_index(self, *, root_pose, env_ids=None):
        self._write_root_pose(root_pose, env_ids)

    def write_root_velocity_to_sim_index(self, *, root_velocity, env_ids=None):
        self._write_root_velocity(root_velocity, env_ids)

    def write_joint_position_to_sim_index(self, *, position, joint_ids=None, env_ids=None):
        self._write_joints(position, None, env_ids)

    def write_joint_velocity_to_sim_index(self, *, velocity, joint_ids=None, env_ids=None):
        self._write_joints(None, velocity, env_ids)

    def set_joint_position_target_index(self, *, target, joint_ids=None, env_ids=None):
        warnings.warn("Articulation.set_joint_position_target_index is deprecated.", DeprecationWarning, stacklevel=2)
        self._set_target("joint_pos_target", target, joint_ids, env_ids)

    def set_joint_velocity_target_index(self, *, target, joint_ids=None, env_ids=None):
        warnings.warn("Articulation.set_joint_velocity_target_index is deprecated.", DeprecationWarning, stacklevel=2)
        self._set_target("joint_vel_target", target, joint_ids, env_ids)

    @property
    def actuators(self):
        return ActuatorCollection(self)


class ActuatorCollection:
    """Mirrors `isaaclab/actuators/actuator_collection.py` of 3.0.0: `target_command` is where joint targets are read and set."""

    def __init__(self, art):
        self.target_command = TargetCommand(art)


class TargetCommand:
    def __init__(self, art):
        self._art = art

    @property
    def position(self):
        return self._art.data.buffer("joint_pos_target")

    @property
    def velocity(self):
        return self._art.data.buffer("joint_vel_target")

    def set_position_index(self, *, value, joint_ids=None, env_ids=None, full_data=False):
        self._art._set_target("joint_pos_target", value, joint_ids, env_ids)

    def set_velocity_index(self, *, value, joint_ids=None, env_ids=None, full_data=False):
        self._art._set_target("joint_vel_target", value, joint_ids, env_ids)


class Collection:
    """2.x has the words `object…`; 3.x `body…`, with writers named `…_index` in 3.0. Writers take all members, or those of the ids."""

    def __init__(self, worlds, members, flavour, device):
        self._worlds, self._flavour, self._entities = worlds, flavour, list(members.values())
        names = list(members)
        self.data = CollectionData(worlds, self._entities, flavour, device)
        if flavour.arrays == "torch":
            self.object_names = names
            self.write_object_link_pose_to_sim = lambda object_pose, env_ids=None, object_ids=None: self._pose(
                object_pose, env_ids
            )
            self.write_object_com_velocity_to_sim = (
                lambda object_velocity, env_ids=None, object_ids=None: self._velocity(object_velocity, env_ids)
            )
            return
        self.body_names = names
        ending = "_index" if flavour.arrays == "proxy" else ""
        pose = lambda body_poses, env_ids=None, body_ids=None: self._pose(body_poses, env_ids)  # noqa: E731
        velocity = lambda body_velocities, env_ids=None, body_ids=None: self._velocity(  # noqa: E731
            body_velocities, env_ids
        )
        setattr(self, f"write_body_link_pose_to_sim{ending}", pose)
        setattr(self, f"write_body_com_velocity_to_sim{ending}", velocity)

    def _pose(self, poses, env_ids):
        require_main_thread("write_…_link_pose_to_sim()")
        rows = self._flavour.rows(env_ids, self._worlds.count)
        given = self._flavour.wxyz(self._flavour.given(poses, rows, "poses"))
        for place, name in enumerate(self._entities):
            self._worlds.write_root_pose(name, given[:, place], rows)
        self.data.refresh()

    def _velocity(self, velocities, env_ids):
        rows = self._flavour.rows(env_ids, self._worlds.count)
        given = self._flavour.given(velocities, rows, "velocities")
        for place, name in enumerate(self._entities):
            self._worlds.write_root_com_velocity(name, given[:, place], rows)
        self.data.refresh()


class CollectionData:
    def __init__(self, worlds, entities, flavour, device):
        self._members = [LiveData(worlds, [name], flavour, device) for name in entities]
        self._flavour, self._device = flavour, device
        self._word = "object" if flavour.arrays == "torch" else "body"

    def __getattr__(self, name):
        require_main_thread(f"data.{name}")
        if name == f"{self._word}_com_pos_b":
            offsets = np.concatenate([one._buffers["body_com_pos_b"] for one in self._members], 1)
            return self._flavour.wrap(offsets, self._device)
        buffers = {"link_pose_w": "root_link_pose_w", "link_vel_w": "root_link_vel_w", "com_vel_w": "root_com_vel_w"}
        word, _, rest = name.partition("_")
        if word != self._word or rest not in buffers:
            raise AttributeError(f"'RigidObjectCollectionData' object has no attribute '{name}'")
        return self._flavour.wrap(np.stack([one._buffers[buffers[rest]] for one in self._members], 1), self._device)

    def refresh(self):
        for member in self._members:
            member.refresh()
