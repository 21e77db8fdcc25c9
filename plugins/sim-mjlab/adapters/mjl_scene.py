"""An mjlab scene as entities of `simstate/1`: names, poses and velocities, read and written in batches."""

import copy

import numpy as np

from farsim.bridge.adapter import AdapterError
from farsim.bridge.engines.rotations import rotate, rotate_back

_FRAMES = {"body_pos", "body_quat", "jnt_pos", "jnt_axis", "qpos0"}


class MjlScene:
    """Entities that can move. Free joints hold the link origin's velocity in world axes and the angular one
    in body axes; fixed bases are mocap bodies, one place an env.
    """

    def __init__(self, mujoco, torch, env):
        self._mujoco = mujoco
        self._torch = torch
        self._env = env
        self._data = env.sim.data
        self._model = env.sim.mj_model
        self._moving = {name: entity for name, entity in env.scene.entities.items() if can_move(entity)}
        self.first_origins = self.origins

    @property
    def origins(self):
        """`[N, 3]` f64, now: terrain curricula move them."""
        return self._env.scene.env_origins.detach().cpu().numpy().astype(np.float64)

    def describe(self):
        return {name: self._describe(name, entity) for name, entity in self._moving.items()}

    def owners(self):
        """`entity/body` by body of the model."""
        return {
            int(number): f"{name}/{body}"
            for name, entity in self._moving.items()
            for number, body in zip(numbers(entity.data.indexing.body_ids), entity.body_names, strict=True)
        }

    def read(self, rows, bodies):
        """A state of copies."""
        poses = (self._host("xpos", rows), self._host("xquat", rows)) if bodies else None
        return self._read(rows, poses)

    def read_stale(self, rows):
        """The same within a step, where derived poses are one physics step behind: those are computed here
        from the joints, f64, so that nothing in the simulator changes.
        """
        model = copy.copy(self._model)
        data, frames = self._mujoco.MjData(model), self._own_frames(rows)
        positions, rotations = np.empty((len(rows), model.nbody, 3)), np.empty((len(rows), model.nbody, 4))
        qpos = self._host("qpos", rows)
        mocap = [self._host(name, rows) for name in ("mocap_pos", "mocap_quat")] if model.nmocap else None
        for row in range(len(rows)):
            for name, values in frames.items():
                getattr(model, name)[:] = values[row]
            data.qpos[:] = qpos[row]
            if mocap:
                data.mocap_pos[:], data.mocap_quat[:] = mocap[0][row], mocap[1][row]
            self._mujoco.mj_kinematics(model, data)
            positions[row], rotations[row] = data.xpos, data.xquat
        return self._read(rows, (positions.astype(np.float32), rotations.astype(np.float32)))

    def _own_frames(self, rows):
        """What randomisation gave each env of its own, of what joints place bodies by."""
        own = _FRAMES & set(getattr(self._env.sim, "expanded_fields", ()))
        return {name: host(getattr(self._env.sim.model, name))[rows] for name in own}

    def write(self, state, rows):
        """Writes the rows of what the state holds; the rest stays. Raises BAD_STATE for a base that is fixed
        for good.
        """
        origins = self.origins[rows]
        ids = self._torch.as_tensor(rows, device=self._env.device)
        for name, arrays in state["entities"].items():
            entity = self._moving[name]
            if entity.is_mocap:
                self._write_mocap(entity, arrays, rows, ids, origins)
            elif not entity.is_fixed_base:
                self._write_free(entity, arrays, rows, ids, origins)
            elif {"root_pos", "root_quat"} & arrays.keys():
                raise AdapterError("BAD_STATE", f"the base of '{name}' is fixed in the model")
            if "joint_pos" in arrays:
                entity.write_joint_position_to_sim(self._tensor(arrays["joint_pos"]), env_ids=ids)
            if "joint_vel" in arrays:
                entity.write_joint_velocity_to_sim(self._tensor(arrays["joint_vel"]), env_ids=ids)
            if "joint_pos_target" in arrays:
                entity.data.joint_pos_target[ids] = self._tensor(arrays["joint_pos_target"])

    def _read(self, rows, poses):
        origins = self.origins[rows]
        qpos, qvel = self._host("qpos", rows), self._host("qvel", rows)
        entities = {}
        for name, entity in self._moving.items():
            index = entity.data.indexing
            read = self._read_root(entity, qpos, qvel, rows, origins)
            if entity.is_articulated:
                read["joint_pos"] = qpos[:, numbers(index.joint_q_adr)]
                read["joint_vel"] = qvel[:, numbers(index.joint_v_adr)]
                if entity.is_actuated:
                    read["joint_pos_target"] = host(entity.data.joint_pos_target)[rows]
            if poses:
                bodies = numbers(index.body_ids)
                read["body_pos"] = local(poses[0][:, bodies], origins[:, None])
                read["body_quat"] = poses[1][:, bodies]
            entities[name] = read
        moved = not np.array_equal(origins, self.first_origins[rows])
        return {"entities": entities, **({"env_origin": origins} if moved else {})}

    def _read_root(self, entity, qpos, qvel, rows, origins):
        index = entity.data.indexing
        if not entity.is_fixed_base:
            pose = qpos[:, numbers(index.free_joint_q_adr)]
            velocity = qvel[:, numbers(index.free_joint_v_adr)]
            quat = unit(pose[:, 3:])
            return {
                "root_pos": local(pose[:, :3], origins),
                "root_quat": quat,
                "root_lin_vel": velocity[:, :3],
                "root_ang_vel": rotate(quat, velocity[:, 3:]),
            }
        if entity.is_mocap:
            place = index.mocap_id
            positions, rotations = self._host("mocap_pos", rows), self._host("mocap_quat", rows)
        else:
            place = index.root_body_id
            positions, rotations = self._host("xpos", rows), self._host("xquat", rows)
        return {"root_pos": local(positions[:, place], origins), "root_quat": unit(rotations[:, place])}

    def _write_free(self, entity, arrays, rows, ids, origins):
        index = entity.data.indexing
        pose = self._host("qpos", rows)[:, numbers(index.free_joint_q_adr)]
        velocity = self._host("qvel", rows)[:, numbers(index.free_joint_v_adr)]
        # without a new angular velocity, the old one stays what it is in world axes
        angular = np.asarray(arrays.get("root_ang_vel", rotate(unit(pose[:, 3:]), velocity[:, 3:])))
        if "root_pos" in arrays:
            pose[:, :3] = arrays["root_pos"] + origins
        if "root_quat" in arrays:
            pose[:, 3:] = arrays["root_quat"]
        if "root_lin_vel" in arrays:
            velocity[:, :3] = arrays["root_lin_vel"]
        velocity[:, 3:] = rotate_back(unit(pose[:, 3:]), angular)
        self._data.qpos[ids[:, None], index.free_joint_q_adr] = self._tensor(pose)
        self._data.qvel[ids[:, None], index.free_joint_v_adr] = self._tensor(velocity)

    def _write_mocap(self, entity, arrays, rows, ids, origins):
        place = entity.data.indexing.mocap_id
        for key, name, moved in (("root_pos", "mocap_pos", origins), ("root_quat", "mocap_quat", 0)):
            if key in arrays:
                getattr(self._data, name)[ids, place] = self._tensor(arrays[key] + moved)

    def _describe(self, name, entity):
        model, types = self._model, self._mujoco.mjtJoint
        joints = [model.joint(int(joint)) for joint in numbers(entity.data.indexing.joint_ids)]
        kinds = {int(types.mjJNT_HINGE): "hinge", int(types.mjJNT_SLIDE): "slide"}
        other = [joint.name for joint in joints if int(joint.type[0]) not in kinds]
        if other:
            raise AdapterError(
                "UNSUPPORTED",
                f"'{name}' has ball joints ({', '.join(other)}); farsim's states have hinges and slides",
                ["write them as three hinges each"],
            )
        return {
            "kind": "articulation" if joints else "rigid_object",
            "fixed_base": entity.is_fixed_base,
            "root_body": entity.body_names[0],
            "joint_names": list(entity.joint_names),
            "joint_types": [kinds[int(joint.type[0])] for joint in joints],
            "joint_limits": [
                joint.range.tolist() if model.jnt_limited[joint.id] else None for joint in joints
            ],
            "body_names": list(entity.body_names),
            "root_com_offset": model.body_ipos[entity.data.indexing.root_body_id].tolist(),
        }

    def _host(self, name, rows):
        return host(getattr(self._data, name))[rows]

    def _tensor(self, array):
        return self._torch.as_tensor(np.asarray(array), dtype=self._torch.float32, device=self._env.device)


def can_move(entity):
    return not entity.is_fixed_base or entity.is_articulated or entity.is_mocap


def host(tensor):
    """On the host; it may share memory with the simulator, and indexing it by rows copies."""
    return tensor[:].detach().cpu().numpy()


def numbers(tensor):
    return tensor.cpu().numpy()


def local(positions, origins):
    return (positions - origins).astype(positions.dtype)


def unit(quat):
    return quat / np.linalg.norm(quat, axis=-1, keepdims=True)
