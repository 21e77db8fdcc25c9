"""Draws models by MuJoCo's own renderer, for ../native-renderer.test.ts to compare with."""

import ctypes.util
import json
import os
import sys

os.environ.setdefault("MUJOCO_GL", "osmesa" if ctypes.util.find_library("OSMesa") else "egl")
no_renderer = 77

import numpy as np  # noqa: E402

try:
    import mujoco

    mujoco.GLContext(16, 16).free()
except Exception as error:  # each OpenGL platform has errors of its own
    print(f"no OpenGL without a display: {error}")
    sys.exit(no_renderer)


def draw(job: dict) -> None:
    """Draws `job["pictures"]`, each a camera and a file, of `job["model"]` at its first keyframe.

    A file holds metres of depth (f32, 0: nothing), geom numbers (i32, -1: nothing) and RGB bytes, each row by
    row from the top. What is seen through has no place in depth and numbers: everything is drawn opaque.
    """
    model = mujoco.MjModel.from_xml_path(job["model"])
    for colours in (model.geom_rgba, model.mat_rgba):
        colours[colours[:, 3] > 0, 3] = 1
    data = mujoco.MjData(model)
    if model.nkey:
        mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_forward(model, data)
    with mujoco.Renderer(model, job["height"], job["width"]) as renderer:
        for picture in job["pictures"]:
            renderer.update_scene(data, -1 if picture["camera"] == "free" else picture["camera"])
            colours = renderer.render()
            renderer.enable_depth_rendering()
            depth = renderer.render().astype(np.float32)
            renderer.disable_depth_rendering()
            renderer.enable_segmentation_rendering()
            ids, kinds = np.moveaxis(renderer.render(), -1, 0)
            renderer.disable_segmentation_rendering()
            geoms = np.where(kinds == mujoco.mjtObj.mjOBJ_GEOM, ids, -1).astype(np.int32)
            depth[geoms < 0] = 0
            with open(picture["file"], "wb") as file:
                for layer in (depth, geoms, colours):
                    file.write(np.ascontiguousarray(layer).tobytes())


for job in json.load(sys.stdin):
    draw(job)
