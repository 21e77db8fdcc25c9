"""Mirrors `omni.usd`: the stage that Kit has open, which an env leaves its prims in."""

from fake_engine.kit_process import KitProcess, require_started
from fake_engine.main_thread import require_main_thread

require_started("omni.usd")


class UsdContext:
    def new_stage(self):
        require_main_thread("new_stage()")
        KitProcess.stage_is_used = False
        return True


_context = UsdContext()


def get_context():
    return _context
