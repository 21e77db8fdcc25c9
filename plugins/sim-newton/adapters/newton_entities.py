"""What moves in one Newton world: trees of bodies by name, and where their numbers lie in its arrays."""

import numpy as np

from farsim.bridge.adapter import AdapterError

_UNLIMITED = 1e9


class Entity:
    """One tree of bodies that hangs on the world. `bodies`, `q` and `qd` count within one world; `free` is
    the number of the joint that lets its root fly, `welded` says that the root cannot move at all. `axes`
    names the axes of joints that have several, by what Newton's MJCF calls them.
    """

    def __init__(self, name, bodies, body_names, com):
        self.name = name
        self.bodies = bodies
        self.body_names = body_names
        self.com = com
        self.free = None
        self.welded = False
        self.joint_names, self.joint_types, self.joint_limits = [], [], []
        self.q, self.qd = [], []
        self.axes = {}

    @property
    def root(self):
        return self.bodies[0]

    def describe(self):
        return {
            "kind": "articulation" if self.joint_names else "rigid_object",
            "fixed_base": self.free is None,
            "root_body": self.body_names[0],
            "joint_names": self.joint_names,
            "joint_types": self.joint_types,
            "joint_limits": self.joint_limits,
            "body_names": self.body_names,
            "root_com_offset": self.com.tolist(),
        }


def find_entities(newton, builder, known_names):
    """The entities of a builder that holds one world; what is fixed for good is none. `known_names` are joint
    names of the scene's file. Raises UNSUPPORTED for joints that are neither hinges nor slides.
    """
    tree = {}
    parents, children = list(builder.joint_parent), list(builder.joint_child)
    # a joint that closes a loop belongs to no articulation
    treeless = [joint for joint, owner in enumerate(builder.joint_articulation) if owner < 0]
    order = depth_first(parents, children, treeless)
    names = short_names(builder.body_label)
    for joint in order:
        child = children[joint]
        if parents[joint] < 0:
            com = np.array(builder.body_com[child], float)
            tree[child] = Entity(names[child], [child], [names[child]], com)
        else:
            entity = tree[child] = tree[parents[joint]]
            entity.bodies.append(child)
            entity.body_names.append(names[child])
        take_joint(newton, builder, joint, tree[child], known_names)
    entities = list(dict.fromkeys(tree.values()))
    loose = set(range(len(names))) - tree.keys()
    if loose:
        raise AdapterError(
            "UNSUPPORTED", f"'{names[min(loose)]}' has no joint to anything; give it a free one"
        )
    return [entity for entity in entities if entity.free is not None or entity.joint_names]


def depth_first(parents, children, left_out=()):
    """Numbers of the joints of the trees, a parent's before its children's, each body once."""
    below = {}
    for joint, parent in enumerate(parents):
        if joint not in left_out:
            below.setdefault(parent, []).append(joint)
    order, seen, waiting = [], set(), below.get(-1, [])[::-1]
    while waiting:
        joint = waiting.pop()
        if children[joint] in seen:
            continue
        seen.add(children[joint])
        order.append(joint)
        waiting += below.get(children[joint], [])[::-1]
    return order


def take_joint(newton, builder, joint, entity, known_names):
    kinds = newton.JointType
    kind = kinds(builder.joint_type[joint])
    if kind == kinds.FIXED:
        entity.welded |= builder.joint_parent[joint] < 0
        return
    if kind == kinds.FREE and builder.joint_parent[joint] < 0:
        entity.free = joint
        return
    if kind not in (kinds.REVOLUTE, kinds.PRISMATIC, kinds.D6):
        raise AdapterError(
            "UNSUPPORTED",
            f"'{builder.joint_label[joint]}' is a {kind.name.lower()} joint; farsim's states have hinges and "
            "slides",
            ["write a ball joint as three hinges"],
        )
    slides, hinges = builder.joint_dof_dim[joint]
    first_q, first_qd = builder.joint_q_start[joint], builder.joint_qd_start[joint]
    count = slides + hinges
    for axis, name in enumerate(axis_names(builder.joint_label[joint], count, known_names)):
        low, high = (
            float(limits[first_qd + axis])
            for limits in (builder.joint_limit_lower, builder.joint_limit_upper)
        )
        entity.joint_names.append(name)
        entity.joint_types.append("slide" if axis < slides else "hinge")
        entity.joint_limits.append([low, high] if max(abs(low), abs(high)) < _UNLIMITED else None)
        if count > 1:
            mangled = builder.joint_label[joint].replace("/", "_")
            entity.axes[f"{mangled}_{axis_suffix(axis, slides, hinges)}"] = name
        entity.q.append(first_q + axis)
        entity.qd.append(first_qd + axis)


def axis_names(label, count, known_names):
    """MJCF's joints of one body are axes of one joint here, whose name is theirs, joined."""
    name = leaf(label)
    if count == 1:
        return [name]
    return split_name(name, count, known_names) or [f"{name}_{axis}" for axis in range(count)]


def split_name(name, count, known_names):
    """The one way to write the name as so many known ones with `_` between them; None for none or several."""
    if count == 1:
        return [name] if name in known_names else None
    ways = [
        [first, *rest]
        for first in known_names
        if name.startswith(f"{first}_")
        and (rest := split_name(name[len(first) + 1 :], count - 1, known_names))
    ]
    return ways[0] if len(ways) == 1 else None


def axis_suffix(axis, slides, hinges):
    """As Newton's MJCF export ends the name of an axis."""
    kind, count, number = ("lin", slides, axis) if axis < slides else ("ang", hinges, axis - slides)
    return f"{kind}{number}" if count > 1 else kind


def short_names(labels):
    """The last part of each path, or the whole where that is not unique."""
    short = [leaf(label) for label in labels]
    return [name if short.count(name) == 1 else label for name, label in zip(short, labels, strict=True)]


def leaf(label):
    return label.rpartition("/")[2]
