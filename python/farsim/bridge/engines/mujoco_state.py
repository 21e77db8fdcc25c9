"""State `simstate/1` of MuJoCo models: entities, and the conversion of qpos and qvel in both directions.
Needs numpy and mujoco.

A free joint's qvel holds the linear velocity of the body's frame in world axes and the angular velocity in
body axes
(MuJoCo documentation, "Computation", floating objects). Bodies without a free joint are read with
`mj_objectVelocity` of
the body's frame (mjOBJ_XBODY, world axes). All is computed in a scratch MjData: the simulation's own derived
quantities
stay as its last step left them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import FarsimError
from .mujoco_mimics import describe_mimics
from .rotations import rotate, rotate_back

_FIXED_TOLERANCE = 1e-4  # metres, or in a quaternion's components


class Entity(NamedTuple):
    """One tree of bodies below the world. `free`: addresses in qpos and qvel of its free joint; `mocap`: its
    mocap row.
    """

    name: str
    root: int
    bodies: np.ndarray
    joints: list[int]
    qpos: np.ndarray
    qvel: np.ndarray
    free: tuple[int, int] | None
    mocap: int | None


class MujocoState:
    """Reads and writes the states of MjData of one MjModel. Raises UNSUPPORTED for ball joints and inner free
    joints.
    """

    def __init__(self, mujoco: Any, model: Any) -> None:
        self._mujoco = mujoco
        self.model = model
        self._scratch = mujoco.MjData(model)
        self.entities = _find_entities(mujoco, model)

    def describe(self) -> dict[str, dict[str, Any]]:
        """The spec's `entities`."""
        return {entity.name: self._describe(entity) for entity in self.entities}

    def read(self, datas: Sequence[Any], bodies: bool = True) -> dict[str, Any]:
        """The state of one MjData a row, f64."""
        count = len(datas)
        rows: dict[str, dict[str, np.ndarray]] = {
            entity.name: {
                "root_pos": np.empty((count, 3)),
                "root_quat": np.empty((count, 4)),
                "root_lin_vel": np.empty((count, 3)),
                "root_ang_vel": np.empty((count, 3)),
                **({"joint_pos": np.empty((count, len(entity.joints)))} if entity.joints else {}),
                **({"joint_vel": np.empty((count, len(entity.joints)))} if entity.joints else {}),
                **({"body_pos": np.empty((count, len(entity.bodies), 3))} if bodies else {}),
                **({"body_quat": np.empty((count, len(entity.bodies), 4))} if bodies else {}),
            }
            for entity in self.entities
        }
        scratch = self._scratch
        needs_poses = bodies or any(entity.free is None for entity in self.entities)
        for row, data in enumerate(datas):
            if needs_poses:
                self._take_poses(data)
            for entity in self.entities:
                arrays = rows[entity.name]
                if bodies:
                    arrays["body_pos"][row] = scratch.xpos[entity.bodies]
                    arrays["body_quat"][row] = scratch.xquat[entity.bodies]
                if entity.joints:
                    arrays["joint_pos"][row] = data.qpos[entity.qpos]
                    arrays["joint_vel"][row] = data.qvel[entity.qvel]
                self._read_root(entity, data, arrays, row)
        return {"entities": rows}

    def write(
        self, state: dict[str, Any], row: int, qpos: np.ndarray, qvel: np.ndarray, mocap: tuple | None
    ) -> None:
        """Puts one row into qpos, qvel and, where given, (mocap_pos, mocap_quat); what the state lacks stays.

        Raises BAD_STATE when a fixed base would have to move.
        """
        for entity in self.entities:
            arrays = state["entities"].get(entity.name)
            if arrays is None:
                continue
            if "joint_pos" in arrays:
                qpos[entity.qpos] = arrays["joint_pos"][row]
            if "joint_vel" in arrays:
                qvel[entity.qvel] = arrays["joint_vel"][row]
            if entity.free is not None:
                _write_free(entity.free, arrays, row, qpos, qvel)
            elif entity.mocap is not None and mocap is not None:
                for key, target in (("root_pos", mocap[0]), ("root_quat", mocap[1])):
                    if key in arrays:
                        target[entity.mocap] = arrays[key][row]
        self._require_fixed_bases(state, row, qpos)

    def _describe(self, entity: Entity) -> dict[str, Any]:
        model, mujoco = self.model, self._mujoco
        types = {int(mujoco.mjtJoint.mjJNT_HINGE): "hinge", int(mujoco.mjtJoint.mjJNT_SLIDE): "slide"}
        mimics = describe_mimics(mujoco, model, entity.joints)
        return {
            "kind": "articulation" if entity.joints else "rigid_object",
            "fixed_base": entity.free is None,
            "root_body": body_name(model, entity.root),
            "joint_names": [joint_name(model, joint) for joint in entity.joints],
            "joint_types": [types[int(model.jnt_type[joint])] for joint in entity.joints],
            "joint_limits": [
                model.jnt_range[joint].tolist() if model.jnt_limited[joint] else None
                for joint in entity.joints
            ],
            **({"joint_rest": model.qpos0[entity.qpos].tolist()} if entity.joints else {}),
            **({"joint_mimics": mimics} if mimics else {}),
            "body_names": [body_name(model, body) for body in entity.bodies],
            "root_com_offset": model.body_ipos[entity.root].tolist(),
        }

    def _take_poses(self, data: Any) -> None:
        mujoco, model, scratch = self._mujoco, self.model, self._scratch
        scratch.qpos[:] = data.qpos
        scratch.qvel[:] = data.qvel
        if model.nmocap:
            scratch.mocap_pos[:] = data.mocap_pos
            scratch.mocap_quat[:] = data.mocap_quat
        mujoco.mj_kinematics(model, scratch)
        mujoco.mj_comPos(model, scratch)
        mujoco.mj_comVel(model, scratch)

    def _read_root(self, entity: Entity, data: Any, arrays: dict[str, np.ndarray], row: int) -> None:
        if entity.free is not None:
            q, v = entity.free
            quat = data.qpos[q + 3 : q + 7]
            quat = quat / np.linalg.norm(quat)
            arrays["root_pos"][row] = data.qpos[q : q + 3]
            arrays["root_quat"][row] = quat
            arrays["root_lin_vel"][row] = data.qvel[v : v + 3]
            arrays["root_ang_vel"][row] = rotate(quat, data.qvel[v + 3 : v + 6])
            return
        scratch = self._scratch
        velocity = np.empty(6)
        kind = self._mujoco.mjtObj.mjOBJ_XBODY
        self._mujoco.mj_objectVelocity(self.model, scratch, kind, entity.root, velocity, 0)
        arrays["root_pos"][row] = scratch.xpos[entity.root]
        arrays["root_quat"][row] = scratch.xquat[entity.root]
        arrays["root_ang_vel"][row] = velocity[:3]
        arrays["root_lin_vel"][row] = velocity[3:]

    def _require_fixed_bases(self, state: dict[str, Any], row: int, qpos: np.ndarray) -> None:
        fixed = [
            entity
            for entity in self.entities
            if entity.free is None and entity.mocap is None and state["entities"].get(entity.name)
        ]
        if not fixed:
            return
        scratch = self._scratch
        scratch.qpos[:] = qpos
        self._mujoco.mj_kinematics(self.model, scratch)
        for entity in fixed:
            arrays = state["entities"][entity.name]
            for key, pose in (
                ("root_pos", scratch.xpos[entity.root]),
                ("root_quat", scratch.xquat[entity.root]),
            ):
                if key not in arrays:
                    continue
                wanted = np.asarray(arrays[key][row])
                off = np.abs(wanted - pose).max()
                if key == "root_quat":
                    off = min(off, np.abs(wanted + pose).max())
                if off > _FIXED_TOLERANCE:
                    raise FarsimError(
                        "BAD_STATE",
                        f"{entity.name}.{key} differs by {off:.3g} from where its joints put it: "
                        "its base is fixed in the model and cannot be set",
                        ["leave root_pos and root_quat out, or change the model"],
                    )


def _write_free(
    free: tuple[int, int], arrays: dict[str, Any], row: int, qpos: np.ndarray, qvel: np.ndarray
) -> None:
    q, v = free
    turned = rotate(qpos[q + 3 : q + 7], qvel[v + 3 : v + 6])
    if "root_pos" in arrays:
        qpos[q : q + 3] = arrays["root_pos"][row]
    if "root_quat" in arrays:
        qpos[q + 3 : q + 7] = arrays["root_quat"][row]
    if "root_lin_vel" in arrays:
        qvel[v : v + 3] = arrays["root_lin_vel"][row]
    # without a new angular velocity, the old one stays what it is in world axes
    angular = np.asarray(arrays["root_ang_vel"][row], float) if "root_ang_vel" in arrays else turned
    qvel[v + 3 : v + 6] = rotate_back(qpos[q + 3 : q + 7], angular)


def body_name(model: Any, body: int) -> str:
    return model.body(int(body)).name or f"body_{int(body)}"


def joint_name(model: Any, joint: int) -> str:
    return model.joint(int(joint)).name or f"joint_{int(joint)}"


def _find_entities(mujoco: Any, model: Any) -> list[Entity]:
    free_type, ball_type = int(mujoco.mjtJoint.mjJNT_FREE), int(mujoco.mjtJoint.mjJNT_BALL)
    found = []
    for root in range(1, model.nbody):
        if model.body_parentid[root] != 0:
            continue
        bodies = np.flatnonzero(model.body_rootid == root)
        joints = [joint for joint in range(model.njnt) if model.body_rootid[model.jnt_bodyid[joint]] == root]
        free = None
        plain = []
        for joint in joints:
            kind = int(model.jnt_type[joint])
            if kind == free_type:
                free = (int(model.jnt_qposadr[joint]), int(model.jnt_dofadr[joint]))
            elif kind == ball_type:
                raise FarsimError(
                    "UNSUPPORTED",
                    f"joint '{joint_name(model, joint)}' is a ball joint, which states cannot hold yet",
                )
            else:
                plain.append(joint)
        mocap = int(model.body_mocapid[root])
        if not joints and mocap < 0:
            continue
        found.append(
            Entity(
                body_name(model, root),
                root,
                bodies,
                plain,
                model.jnt_qposadr[plain].astype(int) if plain else np.empty(0, int),
                model.jnt_dofadr[plain].astype(int) if plain else np.empty(0, int),
                free,
                mocap if mocap >= 0 else None,
            )
        )
    return found
