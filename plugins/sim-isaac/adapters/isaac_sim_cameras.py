"""The config's cameras as prims of the stage: those that are in it, and those that are made in it."""

import difflib
import math
from typing import NamedTuple

import numpy as np

from farsim.bridge.adapter import AdapterError
from farsim.bridge.engines.rotations import matrix, normalized

_PLACE = "/FarsimCameras"
_FOVY = 45.0
_FOCAL_LENGTH = 24.0
_CLIPPING = (0.01, 1000.0)
"""Metres. A prim's own near plane is at one metre."""


class SceneCamera(NamedTuple):
    """A camera prim and the size of its pictures, pixels; `fovy` in radians, None of an orthographic one."""

    path: str
    width: int
    height: int
    fovy: float | None


def place_cameras(stage, cameras):
    """`{name: SceneCamera}` of the config's `cameras`, each with `width`, `height` and either `prim`, a path,
    or `pos` (metres) with `lookAt` or `quat` (wxyz; it looks along its −Z, +Y is up); `fovy` in degrees.

    Raises CONFIG_INVALID for a path at which the stage has no camera. To be called before physics begins.
    """
    return {
        name: _found(stage, name, camera) if camera.get("prim") else _made(stage, number, camera)
        for number, (name, camera) in enumerate(cameras.items())
    }


def _found(stage, name, camera):
    path, width, height = camera["prim"], camera["width"], camera["height"]
    prim = stage.GetPrimAtPath(path)
    if not prim.IsValid() or str(prim.GetTypeName()) != "Camera":
        there = f"is a {prim.GetTypeName() or 'prim'}" if prim.IsValid() else "is not in the stage"
        raise AdapterError(
            "CONFIG_INVALID",
            f"cameras.{name}: {path} {there}, and has to be a camera",
            _suggestions(stage, path),
        )
    if str(prim.GetAttribute("projection").Get()) == "orthographic":
        return SceneCamera(path, width, height, None)
    # square pixels: the renderer goes by the horizontal aperture
    aperture = float(prim.GetAttribute("horizontalAperture").Get()) * height / width
    fovy = 2 * math.atan(aperture / 2 / float(prim.GetAttribute("focalLength").Get()))
    return SceneCamera(path, width, height, fovy)


def _made(stage, number, camera):
    from pxr import Gf, UsdGeom

    path, width, height = f"{_PLACE}/camera_{number}", camera["width"], camera["height"]
    fovy = math.radians(camera.get("fovy", _FOVY))
    aperture = 2 * _FOCAL_LENGTH * math.tan(fovy / 2)
    made = UsdGeom.Camera.Define(stage, path)
    made.CreateFocalLengthAttr(_FOCAL_LENGTH)
    made.CreateVerticalApertureAttr(aperture)
    made.CreateHorizontalApertureAttr(aperture * width / height)
    made.CreateClippingRangeAttr(Gf.Vec2f(*_CLIPPING))
    pose = np.eye(4)
    # USD's vectors are rows
    pose[:3, :3], pose[3, :3] = camera_axes(camera).T, camera["pos"]
    UsdGeom.Xformable(made).AddTransformOp().Set(Gf.Matrix4d(pose.tolist()))
    return SceneCamera(path, width, height, fovy)


def camera_axes(camera):
    """`[3, 3]`: its columns are the camera's axes in the world, by `quat`, or by `lookAt` with Z up."""
    if camera.get("quat") is not None:
        return matrix(normalized(np.array(camera["quat"], float)))
    back = np.array(camera["pos"], float) - camera["lookAt"]
    back /= np.linalg.norm(back)
    # straight down or up: the picture's top is towards +Y
    up = (0.0, 1.0, 0.0) if abs(back[2]) > 1 - 1e-9 else (0.0, 0.0, 1.0)
    right = np.cross(up, back)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(back, right), back], axis=1)


def _suggestions(stage, path):
    cameras = [str(prim.GetPath()) for prim in stage.Traverse() if str(prim.GetTypeName()) == "Camera"]
    own = [camera for camera in cameras if not camera.startswith(f"{_PLACE}/")]
    near = difflib.get_close_matches(path, own, 3, 0.0)
    if near:
        return [f"the stage's cameras: {', '.join(near)}"]
    return ["it has no cameras: give `pos` and `lookAt` instead of `prim`, and one is made"]
