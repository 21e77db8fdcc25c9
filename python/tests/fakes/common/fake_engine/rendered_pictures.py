"""What a camera prim sees of the open scene, one ray of MuJoCo's a pixel: red is the number of the geom + 1, green its nearness, 250 in blue the sky. The scene is
where Fabric has it; a camera below a link moves with it. Nothing is seen nearer than the prim's near plane or farther than its far one.
"""

import mujoco
import numpy as np

from .fabric import Fabric
from .open_scene import OpenScene
from .usd_shapes import placed

_SKY = (0, 0, 250)


def draw(path, width, height):
    """`[height, width, 4]` u8."""
    worlds = OpenScene.worlds
    data = mujoco.MjData(worlds.model)
    data.qpos[:] = Fabric.qpos
    mujoco.mj_kinematics(worlds.model, data)
    prim = OpenScene.stage.GetPrimAtPath(path)
    place = _place(prim, data)
    near, far = prim.GetAttribute("clippingRange").Get()
    half = prim.GetAttribute("horizontalAperture").Get() / 2 / prim.GetAttribute("focalLength").Get()
    picture = np.zeros((height, width, 4), np.uint8)
    picture[...] = [*_SKY, 255]
    geom = np.array([-1], np.int32)
    for row in range(height):
        for column in range(width):
            across = (2 * (column + 0.5) / width - 1) * half
            down = (2 * (row + 0.5) / height - 1) * half * height / width
            ray = np.array([across, -down, -1.0]) @ place[:3, :3]
            start = place[3, :3] + near * ray
            depth = mujoco.mj_ray(worlds.model, data, start, ray, None, 1, -1, geom)
            if 0 <= depth <= far - near:
                picture[row, column, :3] = [geom[0] + 1, int(200 / (1 + depth)) + 1, 0]
    return picture


def _place(prim, data):
    """Of the camera in the world: as it lies in the nearest link above it, where that is now."""
    link = prim.GetParent()
    while link and not link.HasAPI("RigidBodyAPI"):
        link = link.GetParent()
    if not link:
        return prim.matrix
    for robot, body, now in _links(data):
        if link.GetPath() in (robot, f"{robot}/{body}"):
            return prim.matrix @ np.linalg.inv(link.matrix) @ now
    raise LookupError(f"fake: {link.GetPath()} is no link")


def _links(data):
    worlds = OpenScene.worlds
    kept, worlds.datas = worlds.datas, [data]
    try:
        for name, robot in worlds.robots.items():
            for body, pose in zip(robot.body_names, worlds.body_poses(name)[0], strict=True):
                yield f"/World/{name[:1].upper()}{name[1:]}", body, placed(pose)
    finally:
        worlds.datas = kept
