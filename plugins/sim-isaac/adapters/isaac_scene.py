"""An Isaac Lab scene as entities of `simstate/1`: names, poses and velocities, read and written."""

import numpy as np
from isaac_collections import IsaacCollections
from isaac_joint_types import first_env
from isaac_targets import KINDS, read_target, write_target
from isaac_tensors import first_of, to_numpy

from farsim.bridge.engines.rotations import com_velocity, link_velocity, wxyz_from_xyzw, xyzw_from_wxyz

_UNLIMITED = 1e9


class IsaacScene:
    """Articulations, rigid objects and the members of collections of an `InteractiveScene`.

    Poses there are in the world, here env-local: origins are taken away in f64. The engine's root velocity is
    that of the centre of mass; the link's is read where the data has it, and computed where it has not.
    """

    def __init__(self, scene, quaternions):
        self._scene = scene
        self._xyzw = quaternions == "xyzw"
        self._collections = IsaacCollections(scene)
        self._seen_origins = b""
        self.first_origins = self.origins

    @property
    def origins(self):
        """`[N, 3]` f64, now: terrain curricula move them."""
        given = to_numpy(self._scene.env_origins)
        seen = given.tobytes()
        if seen != self._seen_origins:
            self._seen_origins, self._origins = seen, given.astype(np.float64)
        return self._origins

    @property
    def left_out(self):
        """What the scene has and a state does not hold."""
        kinds = ("deformable_objects", "cable_objects", "surface_grippers")
        return [name for kind in kinds for name in getattr(self._scene, kind, None) or {}]

    def describe(self, joint_types):
        """`joint_types`: those that are known, by entity and joint; the others are called hinges."""
        entities = {
            name: _articulation(art, joint_types[name]) for name, art in self._scene.articulations.items()
        }
        for name, thing in self._scene.rigid_objects.items():
            entities[name] = _rigid(list(thing.body_names), _com_offset(thing.data, 0))
        for name in self._collections.members:
            offset = self._collections.com_offset(name, [0])[0].astype(float).tolist()
            entities[name] = _rigid([self._collections.body_name(name)], offset)
        return entities

    def owner(self, path):
        """`entity/body` of a rigid body's prim in the first env; None when no entity has it."""
        body = path.rpartition("/")[2]
        things = {**self._scene.articulations, **self._scene.rigid_objects}
        for name, thing in things.items():
            place = first_env(thing.cfg.prim_path)
            if path == place or path.startswith(f"{place}/"):
                known = list(thing.body_names)
                # one body alone may be called otherwise by the engine
                return (
                    f"{name}/{body if body in known else known[0]}"
                    if body in known or len(known) == 1
                    else None
                )
        return None

    def read(self, rows, bodies):
        """A state of copies, with `env_origin` once that is another than at first. `rows`: an array of them,
        or `slice(None)` for all.
        """
        every = self.origins
        origins = every[rows]
        entities = {
            name: {
                **self._read_one(art.data, rows, origins, bodies),
                "joint_pos": to_numpy(art.data.joint_pos)[rows].copy(),
                "joint_vel": to_numpy(art.data.joint_vel)[rows].copy(),
                "joint_pos_target": read_target(art, "position")[rows].copy(),
            }
            for name, art in self._scene.articulations.items()
        }
        for name, thing in self._scene.rigid_objects.items():
            entities[name] = self._read_one(thing.data, rows, origins, bodies)
        for name in self._collections.members:
            entities[name] = self._read_member(name, rows, origins)
        moved = every is not self.first_origins and not np.array_equal(origins, self.first_origins[rows])
        return {"entities": entities, **({"env_origin": origins} if moved else {})}

    def write(self, state, rows, torch):
        """Writes the rows of what the state holds; the rest stays, joint targets too."""
        scene = self._scene
        whole = scene.get_state(is_relative=False)
        native = _rows_of(whole, rows)
        if "gripper" in whole:
            # of all envs, whatever the ids: `reset_to` does not give those to surface grippers
            native["gripper"] = _rows_of(whole["gripper"], slice(None))
        targets = {
            name: {kind: read_target(art, kind)[rows] for kind in KINDS}
            for name, art in scene.articulations.items()
        }
        origins = self.origins[rows]
        members = {}
        for name, arrays in state["entities"].items():
            if name in self._collections.members:
                members[name] = arrays
                continue
            jointed = name in scene.articulations
            thing = (scene.articulations if jointed else scene.rigid_objects)[name]
            held = native["articulation" if jointed else "rigid_object"][name]
            self._write_root(held, arrays, to_numpy(thing.data.body_com_pos_b)[rows, 0], origins)
            for key, theirs in (("joint_pos", "joint_position"), ("joint_vel", "joint_velocity")):
                if key in arrays:
                    held[theirs][...] = arrays[key]
            if "joint_pos_target" in arrays:
                targets[name]["position"][...] = arrays["joint_pos_target"]
        ids = torch.as_tensor(rows, dtype=torch.int32, device=scene.device)
        scene.reset_to(_to_torch(native, torch, scene.device), ids, is_relative=False)
        # `reset_to` made the positions and velocities targets, too
        for name, held in targets.items():
            for kind, target in held.items():
                target = torch.as_tensor(target, device=scene.device)
                write_target(scene.articulations[name], kind, target, ids)
        self._collections.write(
            members,
            rows,
            ids,
            lambda array: torch.as_tensor(array, device=scene.device),
            lambda held, arrays, com: self._write_root(held, arrays, com, origins),
        )
        scene.write_data_to_sim()

    def _read_one(self, data, rows, origins, bodies):
        pose = to_numpy(first_of(data, "root_link_pose_w", "root_pose_w", "root_state_w"))[rows][:, :7]
        quat = self._wxyz(pose[:, 3:])
        read = {
            "root_pos": _local(pose[:, :3], origins),
            "root_quat": quat,
            **self._velocity(data, rows, quat),
        }
        if bodies:
            poses = to_numpy(first_of(data, "body_link_pose_w", "body_pose_w", "body_state_w"))[rows][..., :7]
            read["body_pos"] = _local(poses[..., :3], origins[:, None])
            read["body_quat"] = self._wxyz(poses[..., 3:])
        return read

    def _velocity(self, data, rows, quat):
        velocity = to_numpy(first_of(data, "root_com_vel_w", "root_vel_w"))[rows]
        linear, angular = velocity[:, :3].copy(), velocity[:, 3:].copy()
        # what does not turn has one velocity, and the engine computes the link's when it is asked
        if not angular.any():
            return {"root_lin_vel": linear, "root_ang_vel": angular}
        of_link = getattr(data, "root_link_vel_w", None)
        if of_link is not None:
            velocity = to_numpy(of_link)[rows]
            return {"root_lin_vel": velocity[:, :3].copy(), "root_ang_vel": velocity[:, 3:].copy()}
        offset = to_numpy(data.body_com_pos_b)[rows, 0]
        return {"root_lin_vel": link_velocity(linear, angular, quat, offset), "root_ang_vel": angular}

    def _read_member(self, name, rows, origins):
        pose, velocity = self._collections.read(name, rows)
        pos, quat = _local(pose[:, :3], origins), self._wxyz(pose[:, 3:])
        return {
            "root_pos": pos, "root_quat": quat,
            "root_lin_vel": velocity[:, :3].copy(), "root_ang_vel": velocity[:, 3:].copy(),
            "body_pos": pos[:, None], "body_quat": quat[:, None],
        }  # fmt: skip

    def _write_root(self, held, arrays, com, origins):
        pose, velocity = held["root_pose"], held["root_velocity"]
        before = self._wxyz(pose[:, 3:])
        link = link_velocity(velocity[:, :3], velocity[:, 3:], before, com)
        if "root_pos" in arrays:
            pose[:, :3] = arrays["root_pos"] + origins
        quat = arrays.get("root_quat", before)
        pose[:, 3:] = xyzw_from_wxyz(quat) if self._xyzw else quat
        linear = arrays.get("root_lin_vel", link)
        angular = arrays.get("root_ang_vel", velocity[:, 3:])
        if {"root_quat", "root_lin_vel", "root_ang_vel"} & arrays.keys():
            velocity[:, :3] = com_velocity(linear, angular, quat, com)
            velocity[:, 3:] = angular

    def _wxyz(self, quat):
        return wxyz_from_xyzw(quat) if self._xyzw else quat.copy()


def _articulation(art, joint_types):
    names = list(art.joint_names)
    data = art.data
    limits = to_numpy(data.joint_pos_limits if hasattr(data, "joint_pos_limits") else data.joint_limits)[0]
    return {
        "kind": "articulation",
        "fixed_base": bool(art.is_fixed_base),
        "root_body": next(iter(art.body_names)),
        "joint_names": names,
        "joint_types": [joint_types.get(name, "hinge") for name in names],
        "joint_limits": [
            None if not np.all(np.abs(pair) < _UNLIMITED) else [float(pair[0]), float(pair[1])]
            for pair in limits
        ],
        "body_names": list(art.body_names),
        "root_com_offset": _com_offset(data, 0),
    }


def _rigid(body_names, com_offset):
    return {
        "kind": "rigid_object",
        "fixed_base": False,
        "root_body": body_names[0],
        "joint_names": [],
        "joint_types": [],
        "joint_limits": [],
        "body_names": body_names,
        "root_com_offset": com_offset,
    }


def _com_offset(data, body):
    return to_numpy(data.body_com_pos_b)[0, body].astype(float).tolist()


def _local(positions, origins):
    return (positions - origins).astype(positions.dtype)


def _rows_of(tree, rows):
    if isinstance(tree, dict):
        return {name: _rows_of(leaf, rows) for name, leaf in tree.items()}
    return to_numpy(tree)[rows]


def _to_torch(tree, torch, device):
    if isinstance(tree, dict):
        return {name: _to_torch(leaf, torch, device) for name, leaf in tree.items()}
    return torch.as_tensor(tree, device=device)
