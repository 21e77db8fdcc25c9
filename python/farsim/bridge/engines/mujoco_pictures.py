"""Pictures of MuJoCo models by the engine's own renderer, where the machine can make a GL context. Needs
mujoco.
"""

from __future__ import annotations

import faulthandler
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import FarsimError

_SIZE = (640, 480)


def choose_gl() -> None:
    """Before mujoco is imported: EGL where there is no display and the user chose nothing."""
    if "MUJOCO_GL" not in os.environ and not os.environ.get("DISPLAY"):
        os.environ["MUJOCO_GL"] = "egl"


class MujocoPictures:
    """One renderer a size, made when first used."""

    _drawn_in_this_process = False

    def __init__(self, mujoco: Any, model: Any) -> None:
        self._mujoco = mujoco
        self._model = model
        self._renderers: dict[tuple[int, int], Any] = {}

    def works(self) -> bool:
        """True when a small picture can be drawn here. Tried in a forked process: without GL the engine
        aborts.
        """
        if MujocoPictures._drawn_in_this_process:
            # a fork of a process with a GL context hangs
            return True
        child = os.fork()
        if child == 0:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            status = 1
            try:
                faulthandler.disable()
                self._mujoco.Renderer(self._model, 16, 16).render()
                status = 0
            finally:
                os._exit(status)
        return os.waitpid(child, 0)[1] == 0

    def describe(self) -> dict[str, dict[str, Any]]:
        """The spec's `cameras`."""
        model = self._model
        cameras = {}
        for camera in range(model.ncam):
            width, height = (int(size) for size in model.cam_resolution[camera])
            if width * height <= 1:
                width, height = self._default_size()
            name = model.camera(camera).name or f"camera_{camera}"
            cameras[name] = {
                "width": width,
                "height": height,
                "fovy": float(np.deg2rad(model.cam_fovy[camera])),
            }
        return cameras

    def draw(
        self, cameras: Sequence[Any], datas: Sequence[Any], width: int | None, height: int | None
    ) -> dict[str, np.ndarray]:
        """`[n, height, width, 3]` u8 by camera. Raises UNSUPPORTED without GL, BAD_ARGUMENT for an unknown
        camera.
        """
        described = self.describe()
        pictures = {}
        for camera in cameras:
            if isinstance(camera, str) and camera not in described:
                raise FarsimError(
                    "BAD_ARGUMENT", f"'{camera}' is not a camera; there are {', '.join(described) or 'none'}"
                )
            size = described.get(camera, {}) if isinstance(camera, str) else {}
            shown_width = width or size.get("width") or self._default_size()[0]
            shown_height = height or size.get("height") or self._default_size()[1]
            renderer = self._renderer(shown_width, shown_height)
            view = camera if isinstance(camera, str) else self._free_camera(camera)
            drawn = []
            for data in datas:
                renderer.update_scene(data, camera=view)
                drawn.append(renderer.render().copy())
            pictures[camera if isinstance(camera, str) else "free"] = np.stack(drawn)
        return pictures

    def close(self) -> None:
        for renderer in self._renderers.values():
            renderer.close()
        self._renderers.clear()

    def _default_size(self) -> tuple[int, int]:
        shown = self._model.vis.global_
        return min(_SIZE[0], int(shown.offwidth)), min(_SIZE[1], int(shown.offheight))

    def _renderer(self, width: int, height: int) -> Any:
        known = self._renderers.get((width, height))
        if known is None:
            try:
                known = self._renderers[width, height] = self._mujoco.Renderer(self._model, height, width)
            except ValueError as error:
                raise FarsimError("BAD_ARGUMENT", f"a picture of {width} x {height}: {error}") from error
            except Exception as error:
                raise FarsimError(
                    "UNSUPPORTED",
                    f"this machine cannot draw: {type(error).__name__}: {error}",
                    ["install EGL or OSMesa there, set MUJOCO_GL, or draw on the near side"],
                ) from error
            MujocoPictures._drawn_in_this_process = True
        return known

    def _free_camera(self, view: dict[str, Any]) -> Any:
        camera = self._mujoco.MjvCamera()
        self._mujoco.mjv_defaultFreeCamera(self._model, camera)
        if "lookAt" in view:
            camera.lookat[:] = view["lookAt"]
        for key, turns in (("distance", 1.0), ("azimuth", 180 / np.pi), ("elevation", 180 / np.pi)):
            if key in view:
                setattr(camera, key, view[key] * turns)
        return camera
