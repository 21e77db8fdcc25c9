"""Mirrors `omni.replicator.core.annotators`."""

import numpy as np
from fake_engine.main_thread import require_main_thread

from .create import RenderProduct


class Annotator:
    def __init__(self):
        self._product = None

    def attach(self, render_products):
        """One or a list, each a product or its path."""
        one = render_products[0] if isinstance(render_products, list) else render_products
        self._product = RenderProduct.by_path[getattr(one, "path", one)]

    def get_data(self, device=None):
        require_main_thread("annotator.get_data()")
        frame = self._product and self._product.frame
        return np.empty(0, np.uint8) if frame is None else frame


class AnnotatorRegistry:
    @classmethod
    def get_annotator(cls, name, init_params=None, device=None, do_array_copy=True):
        if name != "rgb":
            raise ValueError(f"Annotator {name} not found (fake: only rgb)")
        return Annotator()
