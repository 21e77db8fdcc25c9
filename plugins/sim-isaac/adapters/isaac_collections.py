"""Members of rigid object collections, which `scene.get_state` and `reset_to` leave out."""

from isaac_tensors import first_of, to_numpy

_WRITERS = (
    ("write_body_{}_to_sim_index", {"link_pose": "body_poses", "com_velocity": "body_velocities"}),
    ("write_body_{}_to_sim", {"link_pose": "body_poses", "com_velocity": "body_velocities"}),
    ("write_object_{}_to_sim", {"link_pose": "object_pose", "com_velocity": "object_velocity"}),
)
"""3.0, its betas, 2.x."""


class IsaacCollections:
    """Each member is an entity `collection.member`."""

    def __init__(self, scene):
        self._collections = getattr(scene, "rigid_object_collections", None) or {}
        self.members = {
            f"{name}.{member}": (name, i)
            for name, collection in self._collections.items()
            for i, member in enumerate(_names(collection))
        }

    def body_name(self, entity):
        name, i = self.members[entity]
        return _names(self._collections[name])[i]

    def com_offset(self, entity, rows):
        """`[n, 3]`, in the member's frame."""
        name, i = self.members[entity]
        return to_numpy(first_of(self._collections[name].data, "object_com_pos_b", "body_com_pos_b"))[rows, i]

    def read(self, entity, rows):
        """Pose `[n, 7]`, its quaternion as the engine orders it, and link velocity `[n, 6]`; they may share
        memory with the engine.
        """
        name, i = self.members[entity]
        data = self._collections[name].data
        pose = to_numpy(first_of(data, "object_link_pose_w", "body_link_pose_w"))[rows][:, i]
        return pose, to_numpy(first_of(data, "object_link_vel_w", "body_link_vel_w"))[rows][:, i]

    def write(self, given, rows, ids, tensor, edit):
        """Writes the members of `given` (arrays by entity). `edit(held, arrays, com)` puts them into one's
        native `root_pose` and `root_velocity`.
        """
        for name in dict.fromkeys(self.members[entity][0] for entity in given):
            collection = self._collections[name]
            pose = to_numpy(first_of(collection.data, "object_link_pose_w", "body_link_pose_w"))[rows]
            velocity = to_numpy(first_of(collection.data, "object_com_vel_w", "body_com_vel_w"))[rows]
            for entity, arrays in given.items():
                owner, i = self.members[entity]
                if owner == name:
                    held = {"root_pose": pose[:, i], "root_velocity": velocity[:, i]}
                    edit(held, arrays, self.com_offset(entity, rows))
            _write(collection, "link_pose", tensor(pose), ids)
            _write(collection, "com_velocity", tensor(velocity), ids)


def _write(collection, what, value, ids):
    for pattern, words in _WRITERS:
        method = getattr(collection, pattern.format(what), None)
        if method is not None:
            method(**{words[what]: value}, env_ids=ids)
            return
    raise AttributeError(f"{type(collection).__name__} has no writer of its {what}")


def _names(collection):
    return list(collection.object_names if hasattr(collection, "object_names") else collection.body_names)
