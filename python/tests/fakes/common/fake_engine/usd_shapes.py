"""The shapes and links of a scene as prims with places: what MuJoCo compiled, put as `pxr.UsdGeom` has it. Mirrors the row-vector matrices of `Gf.Matrix4d`, and
gprims whose lengths are attributes (radius, height) or a scale (a `Cube` of size 2).
"""

import mujoco
import numpy as np

from .usd_robot import rotate

_KINDS = {
    mujoco.mjtGeom.mjGEOM_BOX: "Cube",
    mujoco.mjtGeom.mjGEOM_SPHERE: "Sphere",
    mujoco.mjtGeom.mjGEOM_CAPSULE: "Capsule",
    mujoco.mjtGeom.mjGEOM_CYLINDER: "Cylinder",
    mujoco.mjtGeom.mjGEOM_PLANE: "Plane",
}


def put_shapes(stage, worlds, above):
    """Links get their places at the scene's opening, and each geom a prim `…/shape_<its number>` below its link."""
    model, data = worlds.model, worlds.datas[0]
    paths = {0: above}
    for name, robot in worlds.robots.items():
        root = f"{above}/{name[:1].upper()}{name[1:]}"
        for body, called, pose in zip(robot.bodies, robot.body_names, worlds.body_poses(name)[0], strict=True):
            paths[body] = root if len(robot.bodies) == 1 else f"{root}/{called}"
            stage.GetPrimAtPath(paths[body]).matrix = placed(pose)
    for geom in range(model.ngeom):
        kind, size = _KINDS[mujoco.mjtGeom(model.geom_type[geom])], model.geom_size[geom]
        path = f"{paths[model.geom_bodyid[geom]]}/shape_{geom}"
        stage.put(path, kind, _lengths(kind, size) | {"displayColor": [model.geom_rgba[geom, :3]]}, instanced=False)
        scale = np.diag([*(size if kind == "Cube" else np.ones(3)), 1.0])
        place = np.eye(4)
        place[:3, :3], place[3, :3] = data.geom_xmat[geom].reshape(3, 3).T, data.geom_xpos[geom]
        stage.GetPrimAtPath(path).matrix = scale @ place


def placed(pose):
    """The matrix of position and quaternion wxyz, `[7]`."""
    matrix = np.eye(4)
    matrix[:3, :3], matrix[3, :3] = rotate(np.tile(pose[3:], (3, 1)), np.eye(3)), pose[:3]
    return matrix


def _lengths(kind, size):
    if kind == "Cube":
        return {"size": 2.0}
    if kind == "Plane":
        return {"axis": "Z"}
    return {"radius": size[0]} | ({} if kind == "Sphere" else {"height": 2 * size[1], "axis": "Z"})
