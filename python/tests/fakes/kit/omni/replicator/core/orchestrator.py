"""Mirrors `omni.replicator.core.orchestrator`: `step` draws one frame of every render product, and by default lets the timeline go on by a frame, and pauses it."""

import numpy as np
import omni.timeline
from fake_engine import open_scene
from fake_engine.main_thread import require_main_thread
from fake_engine.options import option
from fake_engine.rendered_pictures import draw

from .create import RenderProduct

_EMPTY, _BLACK = 1, 3
"""Frames at first: of nothing, and of black."""


def set_capture_on_play(value):
    require_main_thread("orchestrator.set_capture_on_play()")


def step(rt_subframes=-1, pause_timeline=True, delta_time=None):
    require_main_thread("orchestrator.step()")
    timeline = omni.timeline.get_timeline_interface()
    if timeline.is_playing() and (delta_time != 0.0 or option("drawing_moves")):
        open_scene.step(by_app=True)
    for product in RenderProduct.by_path.values():
        _draw(product, sharp=rt_subframes > 1)
    if pause_timeline:
        timeline.pause()


def _draw(product, sharp):
    product.frames += 1
    if product.frames <= _EMPTY:
        return
    if product.frames <= _BLACK or option("dark"):
        product.frame = np.zeros((product.height, product.width, 4), np.uint8)
        return
    seen = draw(product.camera, product.width, product.height)
    # what was moved leaves a ghost behind
    product.frame = seen if sharp else (product.frame // 2 + seen // 2)
