"""What the prims of both generations of Isaac Sim stand on: PhysX tensor views, whose quaternions are xyzw and whose root velocities are of the centre of mass."""

import numpy as np

from .main_thread import require_main_thread
from .open_scene import OpenScene, entity_at, require_initialised, update_articulations_kinematic


class SharedMetatype:
    def __init__(self, robot):
        self.fixed_base, self.link_names, self.dof_names = robot.fixed_base, robot.body_names, robot.joint_names


class ArticulationView:
    """One articulation of the open scene. The root's pose is the root link's."""

    def __init__(self, path):
        self.name = entity_at(path)[0]
        self.robot = OpenScene.worlds.robots[self.name]
        if not self.robot.joints:
            raise Exception(f"Can't find articulations matching {path}")
        self.shared_metatype = SharedMetatype(self.robot)
        self.targets = OpenScene.worlds.targets[self.name]
        self.velocity_targets = OpenScene.worlds.velocity_targets[self.name]

    def root_pose(self):
        """`[1, 7]`, wxyz: the prims above give that."""
        require_main_thread("a physics view")
        require_initialised("root pose")
        return OpenScene.worlds.root_pose(self.name).astype(np.float32)

    def root_velocities(self):
        require_initialised("velocities")
        return OpenScene.worlds.root_com_velocity(self.name).astype(np.float32)

    def joints(self, velocities=False):
        require_main_thread("a physics view")
        require_initialised("joints")
        return OpenScene.worlds.joints(self.name, velocities).astype(np.float32)

    def set_root_pose(self, position, orientation):
        require_initialised("set_world_poses")
        OpenScene.worlds.write_root_pose(self.name, np.concatenate([position, orientation], -1).astype(float), [0])

    def set_root_velocities(self, velocity):
        require_initialised("set_velocities")
        OpenScene.worlds.write_root_com_velocity(self.name, np.asarray(velocity, float), [0])

    def set_joints(self, position=None, velocity=None):
        require_initialised("set_dof_positions")
        OpenScene.worlds.write_joints(self.name, position, velocity, [0])
        # a teleport sets the targets too
        if position is not None:
            self.targets[:] = position
        if velocity is not None:
            self.velocity_targets[:] = velocity


class BodyView:
    """Rigid bodies by path, links of articulations among them; those can only be read."""

    def __init__(self, paths):
        self.places = [entity_at(path) for path in paths]

    def poses(self):
        require_main_thread("a physics view")
        require_initialised("poses")
        if not hasattr(OpenScene, "body_poses"):
            update_articulations_kinematic()
        found = []
        for name, body in self.places:
            own = not OpenScene.worlds.robots[name].joints
            pose = OpenScene.worlds.root_pose(name) if own else OpenScene.body_poses[name][:, body]
            found.append(pose[0])
        return np.stack(found).astype(np.float32)

    def velocities(self):
        return np.concatenate([OpenScene.worlds.root_com_velocity(self._free(name)) for name, _ in self.places]).astype(
            np.float32
        )

    def set_pose(self, position, orientation):
        for row, (name, _) in enumerate(self.places):
            pose = np.concatenate([position[row], orientation[row]]).astype(float)
            OpenScene.worlds.write_root_pose(self._free(name), pose[None], [0])

    def set_velocities(self, velocities):
        for row, (name, _) in enumerate(self.places):
            OpenScene.worlds.write_root_com_velocity(self._free(name), np.asarray(velocities[row : row + 1], float), [0])

    def com_offsets(self):
        return np.stack([OpenScene.worlds.robots[name].com_offsets[body] for name, body in self.places]).astype(np.float32)

    def _free(self, name):
        require_initialised("a rigid body")
        if OpenScene.worlds.robots[name].joints:
            raise RuntimeError(f"fake: a link of {name} is used as a free body")
        return name
