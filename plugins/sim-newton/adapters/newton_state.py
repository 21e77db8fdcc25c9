"""`simstate/1` of a Newton model's worlds, read and written.

Newton's quaternions are xyzw; `body_qd` holds the velocity of the centre of mass and the angular one, both in
world axes; a free joint's coordinates are those of its own frame. All worlds lie at the same place.
"""

import numpy as np

from farsim.bridge.adapter import AdapterError
from farsim.bridge.engines.rotations import (
    com_velocity,
    conjugate,
    link_velocity,
    product,
    rotate,
    rotate_back,
    wxyz_from_xyzw,
    xyzw_from_wxyz,
)

_FIXED_TOLERANCE = 1e-4  # metres, or in a quaternion's components


class NewtonState:
    """Entities of every world of a model."""

    def __init__(self, newton, wp, model, builder, entities):
        self._newton = newton
        self._wp = wp
        self._model = model
        self._envs = model.world_count
        self._entities = entities
        self._articulations = len(builder.articulation_start)
        self._anchors = {
            entity.name: (
                transform(builder.joint_X_p[entity.free]),
                transform(builder.joint_X_c[entity.free]),
            )
            for entity in entities
            if entity.free is not None
        }
        self._starts = {
            entity.name: (builder.joint_q_start[entity.free], builder.joint_qd_start[entity.free])
            for entity in entities
            if entity.free is not None
        }

    def read(self, state, rows, bodies):
        """A state of copies, f32."""
        poses, velocities = self.rows(state.body_q, rows), self.rows(state.body_qd, rows)
        joint_q, joint_qd = self.rows(state.joint_q, rows), self.rows(state.joint_qd, rows)
        entities = {}
        for entity in self._entities:
            pose, velocity = poses[:, entity.root], velocities[:, entity.root]
            quat = unit(wxyz_from_xyzw(pose[:, 3:]))
            angular = velocity[:, 3:]
            linear = link_velocity(velocity[:, :3], angular, quat, entity.com.astype(np.float32))
            read = {
                "root_pos": pose[:, :3],
                "root_quat": quat,
                "root_lin_vel": linear,
                "root_ang_vel": angular,
            }
            if entity.joint_names:
                read["joint_pos"], read["joint_vel"] = joint_q[:, entity.q], joint_qd[:, entity.qd]
            if bodies:
                read["body_pos"] = poses[:, entity.bodies, :3]
                read["body_quat"] = unit(wxyz_from_xyzw(poses[:, entity.bodies, 3:]))
            entities[entity.name] = read
        return {"entities": entities}

    def write(self, state, given, rows):
        """Writes the rows of what is given; the rest stays. Raises BAD_STATE when a fixed base would move."""
        joint_q, joint_qd = self.all(state.joint_q), self.all(state.joint_qd)
        now = self.read(state, rows, bodies=False)["entities"]
        for entity in self._entities:
            arrays = given["entities"].get(entity.name)
            if arrays is None:
                continue
            if entity.welded:
                require_fixed(entity, arrays, now[entity.name])
            elif entity.free is not None:
                self._write_free(entity, {**now[entity.name], **arrays}, rows, joint_q, joint_qd)
            for key, target, places in (
                ("joint_pos", joint_q, entity.q),
                ("joint_vel", joint_qd, entity.qd),
            ):
                if key in arrays:
                    target[np.ix_(rows, places)] = arrays[key]
        self.put(state, joint_q, joint_qd, rows)

    def put(self, state, joint_q, joint_qd, rows):
        """All worlds' joint coordinates `[N, …]` into the state, and the bodies of the rows where these put
        them.
        """
        state.joint_q.assign(joint_q.reshape(-1))
        state.joint_qd.assign(joint_qd.reshape(-1))
        per_world = np.arange(self._articulations)
        indices = (np.asarray(rows)[:, None] * self._articulations + per_world).reshape(-1)
        indices = self._wp.array(indices, dtype=int, device=self._model.device)
        self._newton.eval_fk(self._model, state.joint_q, state.joint_qd, state, indices=indices)

    def all(self, array):
        """`[N, …]` on the host, a copy."""
        host = array.numpy()
        return host.reshape(self._envs, -1, *host.shape[1:]).copy()

    def rows(self, array, rows):
        host = array.numpy()
        return host.reshape(self._envs, -1, *host.shape[1:])[rows]

    def owners(self):
        """`entity/body` by body of the first world."""
        return {
            body: f"{entity.name}/{name}"
            for entity in self._entities
            for body, name in zip(entity.bodies, entity.body_names, strict=True)
        }

    def _write_free(self, entity, arrays, rows, joint_q, joint_qd):
        (parent_pos, parent_quat), (child_pos, child_quat) = self._anchors[entity.name]
        quat = unit(np.asarray(arrays["root_quat"], float))
        # the child's anchor in the world, then in the parent's axes
        place = np.asarray(arrays["root_pos"], float) + rotate(
            quat, np.broadcast_to(child_pos, (len(rows), 3))
        )
        turn = product(quat, np.broadcast_to(child_quat, quat.shape))
        back = np.broadcast_to(parent_quat, quat.shape)
        first_q, first_qd = self._starts[entity.name]
        joint_q[rows, first_q : first_q + 3] = rotate_back(back, place - parent_pos)
        joint_q[rows, first_q + 3 : first_q + 7] = xyzw_from_wxyz(product(conjugate(back), turn))
        angular = np.asarray(arrays["root_ang_vel"], float)
        linear = com_velocity(np.asarray(arrays["root_lin_vel"], float), angular, quat, entity.com)
        joint_qd[rows, first_qd : first_qd + 3] = rotate_back(back, linear)
        joint_qd[rows, first_qd + 3 : first_qd + 6] = rotate_back(back, angular)


def require_fixed(entity, arrays, now):
    for key in ("root_pos", "root_quat"):
        if key not in arrays:
            continue
        off = np.abs(arrays[key] - now[key])
        if key == "root_quat":
            off = np.minimum(off.max(-1), np.abs(arrays[key] + now[key]).max(-1))
        if off.max() > _FIXED_TOLERANCE:
            raise AdapterError(
                "BAD_STATE",
                f"{entity.name}.{key} differs by {off.max():.3g}: its base is fixed in the model",
                ["leave root_pos and root_quat out, or move it with `at`"],
            )


def transform(numbers):
    """Position and quaternion wxyz of Newton's seven numbers."""
    numbers = np.array(numbers, float)
    return numbers[:3], wxyz_from_xyzw(numbers[3:])


def unit(quat):
    return quat / np.linalg.norm(quat, axis=-1, keepdims=True)
