"""N worlds of real MuJoCo, read as PhysX reports: poses in the world (env origin added), velocities of centres of mass in world axes.
Quaternions here are wxyz, numbers float64; what the flavours make of them is theirs. Positions of one env do not depend on another's.
"""

import mujoco
import numpy as np

from .usd_robot import UsdRobot, conjugate, product, rotate

_STIFFNESS, _DAMPING, _ARMATURE = 40.0, 2.0, 0.05


class PhysicsWorlds:
    """`entities`: {name: (MJCF path, position, rename)}; the floor is at 0."""

    def __init__(self, entities, count, dt, spacing, depth_first=False):
        spec = mujoco.MjSpec()
        spec.option.timestep = dt
        spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
        spec.worldbody.add_geom(type=mujoco.mjtGeom.mjGEOM_PLANE, size=[5, 5, 0.1])
        for name, (path, position, _) in entities.items():
            _attach(spec, path, position, f"{name}/")
        self.model = model = spec.compile()
        self.robots = {
            name: UsdRobot(model, f"{name}/", rename, depth_first) for name, (_, _, rename) in entities.items()
        }
        for robot in self.robots.values():
            model.dof_armature[robot.qvel] = np.maximum(model.dof_armature[robot.qvel], _ARMATURE)
            model.dof_damping[robot.qvel] += _DAMPING
        self.datas = [mujoco.MjData(model) for _ in range(count)]
        self.count = count
        side = int(np.ceil(np.sqrt(count)))
        # as Isaac's cloner: a grid around the world's origin
        places = np.array([(row, column, 0.0) for row in range(side) for column in range(side)][:count], float)
        self.origins = (places - [(side - 1) / 2, (side - 1) / 2, 0]) * [-spacing, spacing, 0]
        self.targets, self.velocity_targets = (
            {name: np.zeros((count, len(robot.joints))) for name, robot in self.robots.items()} for _ in range(2)
        )
        self.forward()

    def step(self):
        for row, data in enumerate(self.datas):
            data.qfrc_applied[:] = 0
            for name, robot in self.robots.items():
                pull = _STIFFNESS * (self.targets[name][row] - data.qpos[robot.qpos])
                # the joints' own damping is the rest of the drive's
                pull += _DAMPING * self.velocity_targets[name][row]
                data.qfrc_applied[robot.qvel] = np.clip(pull, -80, 80)
            mujoco.mj_step(self.model, data)
        self.forward()

    def forward(self):
        """Bodies where the joints put them."""
        for data in self.datas:
            mujoco.mj_kinematics(self.model, data)
            mujoco.mj_comPos(self.model, data)
            mujoco.mj_comVel(self.model, data)

    def root_pose(self, name):
        """`[N, 7]`: link frame, world."""
        robot = self.robots[name]
        return np.stack(
            [
                np.concatenate([*self._root(robot, data)]) + np.r_[origin, np.zeros(4)]
                for data, origin in zip(self.datas, self.origins, strict=True)
            ]
        )

    def root_com_velocity(self, name):
        """`[N, 6]`: linear of the centre of mass, angular; world axes."""
        robot = self.robots[name]
        velocities = np.zeros((self.count, 6))
        if robot.fixed_base:
            return velocities
        for row, data in enumerate(self.datas):
            quat = self._root(robot, data)[1]
            angular = rotate(quat, data.qvel[robot.free_qvel + 3 : robot.free_qvel + 6])
            linear = data.qvel[robot.free_qvel : robot.free_qvel + 3]
            velocities[row] = np.r_[linear + np.cross(angular, rotate(quat, robot.com_offsets[0])), angular]
        return velocities

    def body_poses(self, name):
        """`[N, B, 7]`: link frames of the USD, world."""
        robot = self.robots[name]
        pos = np.stack([data.xpos[robot.bodies] for data in self.datas])
        quat = np.stack([data.xquat[robot.bodies] for data in self.datas])
        shifted = pos + rotate(quat, np.broadcast_to(robot.shifts, pos.shape)) + self.origins[:, None]
        return np.concatenate([shifted, product(quat, np.broadcast_to(robot.turns, quat.shape))], -1)

    def joints(self, name, velocities=False):
        robot = self.robots[name]
        if velocities:
            return np.stack([data.qvel[robot.qvel] for data in self.datas])
        return np.stack([data.qpos[robot.qpos] for data in self.datas])

    def write_root_pose(self, name, pose, rows):
        """Bodies follow at the next `forward`. MuJoCo's fixed bases cannot be moved, PhysX's can: that is refused."""
        robot = self.robots[name]
        if robot.fixed_base:
            if np.abs(pose - self.root_pose(name)[rows]).max() > 1e-5:
                raise NotImplementedError(f"fake: the fixed base of {name} was moved")
            return
        for given, row in zip(pose, rows, strict=True):
            data = self.datas[row]
            v = robot.free_qvel
            angular = rotate(self._root(robot, data)[1], data.qvel[v + 3 : v + 6])
            com = data.qvel[v : v + 3] + np.cross(angular, rotate(self._root(robot, data)[1], robot.com_offsets[0]))
            data.qpos[robot.free_qpos : robot.free_qpos + 7] = np.r_[
                given[:3] - self.origins[row], given[3:] / np.linalg.norm(given[3:])
            ]
            self._set_velocity(robot, data, com, angular)

    def write_root_com_velocity(self, name, velocity, rows):
        robot = self.robots[name]
        if robot.fixed_base:
            return
        for given, row in zip(velocity, rows, strict=True):
            self._set_velocity(robot, self.datas[row], given[:3], given[3:])

    def write_joints(self, name, position, velocity, rows):
        robot = self.robots[name]
        for place, row in enumerate(rows):
            if position is not None:
                self.datas[row].qpos[robot.qpos] = position[place]
            if velocity is not None:
                self.datas[row].qvel[robot.qvel] = velocity[place]

    def _set_velocity(self, robot, data, com, angular):
        quat = self._root(robot, data)[1]
        data.qvel[robot.free_qvel : robot.free_qvel + 3] = com - np.cross(angular, rotate(quat, robot.com_offsets[0]))
        data.qvel[robot.free_qvel + 3 : robot.free_qvel + 6] = rotate(conjugate(quat), angular)

    def _root(self, robot, data):
        if robot.fixed_base:
            return data.xpos[robot.root].copy(), data.xquat[robot.root].copy()
        pose = data.qpos[robot.free_qpos : robot.free_qpos + 7]
        return pose[:3].copy(), pose[3:] / np.linalg.norm(pose[3:])


def _attach(spec, path, position, prefix):
    child = mujoco.MjSpec.from_file(str(path))
    for kind in (child.keys, child.sensors, child.actuators, child.lights, child.cameras):
        for element in list(kind):
            child.delete(element)
    root = child.worldbody.first_body()
    root.pos = np.asarray(root.pos) + position
    spec.worldbody.add_frame().attach_body(root, prefix, "")
