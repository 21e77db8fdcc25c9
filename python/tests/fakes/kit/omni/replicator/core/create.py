"""Mirrors `omni.replicator.core.create`."""

from typing import ClassVar

from fake_engine.main_thread import require_main_thread
from fake_engine.open_scene import OpenScene


class RenderProduct:
    by_path: ClassVar = {}

    def __init__(self, camera, width, height):
        self.path = f"/Render/OmniverseKit/HydraTextures/Replicator_{len(self.by_path)}"
        self.camera, self.width, self.height = camera, width, height
        self.frame, self.frames = None, 0
        self.by_path[self.path] = self


def render_product(camera, resolution, name=None):
    """`resolution`: width, height."""
    require_main_thread("render_product()")
    if not OpenScene.stage.GetPrimAtPath(camera):
        raise ValueError(f"fake: no camera at {camera}")
    return RenderProduct(camera, *resolution)
