"""Mirrors `isaacsim.core.experimental.utils.stage` (045ca8b5): `open_stage` tells whether it opened, and the stage."""

from fake_engine.kit_process import require_started
from fake_engine.open_scene import OpenScene, open_file

require_started("omni.usd")


def open_stage(usd_path):
    opened = open_file(usd_path)
    return opened, OpenScene.stage if opened else None


def get_current_stage(*, backend=None):
    return OpenScene.stage


def is_stage_loading():
    return OpenScene.updates_to_load > 0


def get_stage_units():
    """Metres and kilogrammes a unit."""
    return OpenScene.stage.meters_per_unit, 1.0


def get_stage_up_axis():
    return OpenScene.stage.up_axis
