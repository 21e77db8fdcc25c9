"""Mirrors `omni.replicator.core` as `simulation_get_data.py` of Isaac Sim 5.0, 5.1 and 6.0.1 uses it, and the page on its scripts in the documentation of 4.5.0 and 6.0.1
for `orchestrator.step`: an annotator's data are empty before the first frame, black until the renderer is warm, then `[height, width, 4]` u8.
"""

from fake_engine.kit_process import require_started

from . import annotators, create, orchestrator
from .annotators import AnnotatorRegistry

require_started("omni.usd")

__all__ = ["AnnotatorRegistry", "annotators", "create", "orchestrator"]
