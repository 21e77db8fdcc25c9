"""Camera prims of a stage. Mirrors `UsdGeom.Camera` with the fallback values of its schema, read in usd-core 25."""

import re

from .usd_shapes import placed

_CAMERA = re.compile(r"(\S+?)@(\S+)")


def define_camera(stage, path):
    fallbacks = {
        "focalLength": 50.0,
        "horizontalAperture": 20.955,
        "verticalAperture": 15.2908,
        "clippingRange": (1.0, 1e6),
        "projection": "perspective",
    }
    stage.put(path, "Camera", fallbacks, instanced=False)
    return stage.GetPrimAtPath(path)


def put_cameras(stage, listed):
    """`listed`: `path@x,y,z`, in the axes of the link or world above; they look along its −Z."""
    for path, place in _CAMERA.findall(listed):
        prim = define_camera(stage, path)
        prim.set("clippingRange", (0.01, 100.0))
        prim.matrix = placed([*(float(number) for number in place.split(",")), 1, 0, 0, 0]) @ prim.GetParent().matrix
