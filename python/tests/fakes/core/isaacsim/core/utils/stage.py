"""Mirrors `isaacsim.core.utils.stage` (deprecated in 6.0, 045ca8b5): `open_stage` tells only whether it opened."""

from fake_engine.kit_process import require_started
from fake_engine.open_scene import OpenScene, open_file

require_started("omni.usd")


def open_stage(usd_path):
    return open_file(usd_path)


def get_current_stage(fabric=False):
    return OpenScene.stage


def is_stage_loading():
    return OpenScene.updates_to_load > 0
