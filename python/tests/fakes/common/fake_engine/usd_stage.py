"""As much of a USD stage as farsim reads: prims by path with their type names, units and the up axis. Mirrors `pxr.Usd.Stage` (`Traverse`,
`GetPrimAtPath`), `Usd.Prim` and `UsdGeom.GetStageMetersPerUnit`, `GetStageUpAxis`. Paths as URDF→USD lays them out: links and joints flat below the robot.
"""

import numpy as np


class Attribute:
    def __init__(self, value):
        self._value = value

    def Get(self):
        return self._value

    def __bool__(self):
        return self._value is not None


class Prim:
    """One within an instance (`instanced`) is found below a prim by ranges that ask for instance proxies, not by `Traverse`."""

    def __init__(self, path, kind, stage=None, api="", attributes=None, instanced=False):
        self._path, self._kind, self._stage, self._api = path, kind, stage, api
        self._attributes, self.instanced = attributes or {}, instanced
        self.matrix = np.eye(4)
        """Local to world, rows as `Gf.Matrix4d` has them, when the stage was opened."""

    def set(self, name, value):
        self._attributes[name] = value

    def GetParent(self):
        return self._stage.GetPrimAtPath(self._path.rpartition("/")[0])

    def GetAttribute(self, name):
        return Attribute(self._attributes.get(name))

    def HasAPI(self, schema):
        return schema == self._api

    def below(self, proxies):
        return [
            prim
            for prim in self._stage.every()
            if f"{prim.GetPath()}/".startswith(f"{self._path}/") and (proxies or not prim.instanced)
        ]

    def GetName(self):
        return self._path.rpartition("/")[2]

    def GetPath(self):
        return self._path

    def GetTypeName(self):
        if not self._kind:
            raise RuntimeError("Accessed invalid null prim")
        return self._kind

    def IsValid(self):
        return bool(self._kind)

    __bool__ = IsValid


class UsdStage:
    def __init__(self, prims, apis, meters_per_unit=1.0, up_axis="Z"):
        self._prims = {path: Prim(path, kind, self, apis.get(path, "")) for path, kind in prims.items()}
        self.meters_per_unit, self.up_axis = meters_per_unit, up_axis

    @classmethod
    def of_scene(cls, worlds, above, **units):
        prims, apis = {"/World": "Xform"}, {}
        for name, robot in worlds.robots.items():
            root = f"{above}/{name[:1].upper()}{name[1:]}"
            prims[root] = "Xform"
            if len(robot.body_names) > 1:
                links = [f"{root}/{body}" for body in robot.body_names]
                # what is drawn of a link may have the link's name
                prims |= dict.fromkeys([links[0], f"{links[0]}/visuals/{robot.body_names[-1]}", *links], "Xform")
                apis |= dict.fromkeys(links, "RigidBodyAPI")
                # as URDF→USD does for a fixed base: the root is a joint below the robot
                prims[f"{root}/root_joint"] = "PhysicsFixedJoint" if robot.fixed_base else "Xform"
                apis[f"{root}/root_joint" if robot.fixed_base else root] = "ArticulationRootAPI"
            else:
                apis[root] = "RigidBodyAPI"
            for joint, slides in zip(robot.joint_names, robot.slides, strict=True):
                prims[f"{root}/joints/{joint}"] = "PhysicsPrismaticJoint" if slides else "PhysicsRevoluteJoint"
        return cls(prims, apis, **units)

    def every(self):
        return self._prims.values()

    def Traverse(self):
        return (prim for prim in self.every() if not prim.instanced)

    def put(self, path, kind, attributes=None, instanced=True):
        self._prims[path] = Prim(path, kind, self, "", attributes, instanced)

    def GetPseudoRoot(self):
        return Prim("", "", self)

    def GetPrimAtPath(self, path):
        return self._prims.get(str(path), Prim(str(path), "", self))
