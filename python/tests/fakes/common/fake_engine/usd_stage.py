"""As much of a USD stage as farsim reads: prims by path with their type names, units and the up axis. Mirrors `pxr.Usd.Stage` (`Traverse`,
`GetPrimAtPath`), `Usd.Prim` and `UsdGeom.GetStageMetersPerUnit`, `GetStageUpAxis`. Paths as URDF→USD lays them out: links and joints flat below the robot.
"""


class Prim:
    def __init__(self, path, kind):
        self._path, self._kind = path, kind

    def GetName(self):
        return self._path.rpartition("/")[2]

    def GetPath(self):
        return self._path

    def GetTypeName(self):
        return self._kind

    def IsValid(self):
        return bool(self._kind)

    __bool__ = IsValid


class UsdStage:
    def __init__(self, prims, meters_per_unit=1.0, up_axis="Z"):
        self._prims = {path: Prim(path, kind) for path, kind in prims.items()}
        self.meters_per_unit, self.up_axis = meters_per_unit, up_axis

    @classmethod
    def of_scene(cls, worlds, above, **units):
        prims = {"/World": "Xform"}
        for name, robot in worlds.robots.items():
            root = f"{above}/{name[:1].upper()}{name[1:]}"
            prims[root] = "Xform"
            prims |= {f"{root}/{body}": "Xform" for body in robot.body_names}
            for joint, slides in zip(robot.joint_names, robot.slides, strict=True):
                prims[f"{root}/joints/{joint}"] = "PhysicsPrismaticJoint" if slides else "PhysicsRevoluteJoint"
        return cls(prims, **units)

    def Traverse(self):
        return iter(self._prims.values())

    def GetPrimAtPath(self, path):
        return self._prims.get(str(path), Prim(str(path), ""))
