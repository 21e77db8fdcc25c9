"""The prims of an open stage as entities of `simstate/1`: one env, at the world's origin."""

import difflib

import numpy as np

from farsim.bridge.adapter import AdapterError
from farsim.bridge.engines.rotations import com_velocity, link_velocity

_UNLIMITED = 1e9


class IsaacSimScene:
    """`prims`: paths by entity name. Raises CONFIG_INVALID for a path that is not there, or is neither an
    articulation nor a rigid body.
    """

    def __init__(self, sim, stage, prims):
        self._sim = sim
        self.articulations, self._links, self._bodies = {}, {}, {}
        self._owners = {}
        for name, path in prims.items():
            prim = stage.GetPrimAtPath(path)
            if not prim.IsValid():
                raise AdapterError(
                    "CONFIG_INVALID", f"prims.{name}: the stage has no prim {path}", _nearest(stage, path)
                )
            kind = _kind(prim)
            if kind is None:
                raise AdapterError(
                    "CONFIG_INVALID", f"prims.{name}: {path} is neither an articulation nor a rigid body"
                )
            if kind == "rigid body":
                self._bodies[name] = sim.bodies([path])
                self._owners[path] = f"{name}/{name}"
                continue
            self.articulations[name] = art = sim.articulation(path)
            links = art.link_paths or _link_paths(stage, path, art.body_names)
            self._links[name] = sim.bodies(links)
            bodies = zip(links, art.body_names, strict=True)
            self._owners |= {link: f"{name}/{body}" for link, body in bodies}

    def owner(self, path):
        """`entity/body` of a rigid body's prim; None when no entity has it."""
        return self._owners.get(path)

    def describe(self):
        entities = {}
        for name, art in self.articulations.items():
            entities[name] = {
                "kind": "articulation",
                "fixed_base": art.fixed_base,
                "root_body": art.body_names[0],
                "joint_names": art.joint_names,
                "joint_types": ["slide" if slides else "hinge" for slides in art.slides],
                "joint_limits": [_limit(pair) for pair in art.limits],
                "body_names": art.body_names,
                "root_com_offset": art.com_offsets()[0].astype(float).tolist(),
            }
        for name, body in self._bodies.items():
            entities[name] = {
                "kind": "rigid_object",
                "fixed_base": False,
                "root_body": name,
                "joint_names": [],
                "joint_types": [],
                "joint_limits": [],
                "body_names": [name],
                "root_com_offset": body.com_offsets()[0].astype(float).tolist(),
            }
        return entities

    def read(self, bodies):
        """A state of copies."""
        entities = {}
        for name, thing in (*self.articulations.items(), *self._bodies.items()):
            pos, quat = thing.poses()
            com, angular = thing.velocities()
            offset = thing.com_offsets()[:1]
            entities[name] = {
                "root_pos": pos,
                "root_quat": quat,
                "root_lin_vel": link_velocity(com, angular, quat, offset).astype(com.dtype),
                "root_ang_vel": angular,
            }
        for name, art in self.articulations.items():
            held = entities[name]
            held["joint_pos"], held["joint_vel"] = art.joints()
            held["joint_pos_target"] = art.targets()
        if bodies:
            for name in self._bodies:
                held = entities[name]
                held |= {"body_pos": held["root_pos"][None], "body_quat": held["root_quat"][None]}
            for name, links in self._links.items():
                pos, quat = links.poses()
                entities[name] |= {"body_pos": pos[None], "body_quat": quat[None]}
        return {"entities": entities}

    def write(self, state):
        """Puts what the state holds; the rest stays, joint targets too."""
        before = self.read(False)["entities"]
        for name, arrays in state["entities"].items():
            held = before[name] | {key: np.asarray(value, np.float32) for key, value in arrays.items()}
            art = self.articulations.get(name)
            thing = art or self._bodies[name]
            if art is None or not art.fixed_base or {"root_pos", "root_quat"} & arrays.keys():
                offset = thing.com_offsets()[:1]
                pos, quat, angular = held["root_pos"], held["root_quat"], held["root_ang_vel"]
                com = com_velocity(held["root_lin_vel"], angular, quat, offset).astype(np.float32)
                thing.write(pos, quat, com, angular)
            if art is not None:
                art.write_joints(held["joint_pos"], held["joint_vel"])
                art.set_targets(held["joint_pos_target"])
        self._sim.refresh()


def _kind(prim):
    """The root of an articulation may lie below the prim that is called so."""
    from pxr import Usd, UsdPhysics

    if any(below.HasAPI(UsdPhysics.ArticulationRootAPI) for below in Usd.PrimRange(prim)):
        return "articulation"
    return "rigid body" if prim.HasAPI(UsdPhysics.RigidBodyAPI) else None


def _limit(pair):
    return [float(pair[0]), float(pair[1])] if np.all(np.abs(pair) < _UNLIMITED) else None


def _link_paths(stage, root, names):
    """Where the links lie below the articulation's prim, by name, which what is drawn may have, too."""
    from pxr import UsdPhysics

    found = {}
    for prim in stage.Traverse():
        path = str(prim.GetPath())
        if path.startswith(f"{root}/") and prim.HasAPI(UsdPhysics.RigidBodyAPI):
            found.setdefault(prim.GetName(), path)
    missing = [name for name in names if name not in found]
    if missing:
        raise AdapterError("CONFIG_INVALID", f"{root}: the stage has no prims of {', '.join(missing)}")
    return [found[name] for name in names]


def _nearest(stage, path):
    paths = [str(prim.GetPath()) for prim in stage.Traverse()]
    near = difflib.get_close_matches(path, paths, 3, 0.5)
    return [f"did you mean {', '.join(near)}?"] if near else []
