"""Which USD file a config means, and what its stage must be."""

import os

from farsim.bridge.adapter import AdapterError


def usd_path(config):
    """`usd` as that machine finds it: a URL, a path there, or one in the uploaded `assets`."""
    usd = str(config["usd"])
    if config.get("assets") and not os.path.isabs(usd) and "://" not in usd:
        return os.path.join(os.path.dirname(config["assets"]), usd)
    return os.path.expanduser(usd) if "://" not in usd else usd


def require_units(stage, usd):
    """Raises UNSUPPORTED for a stage that is not in metres with Z up: nothing is turned or scaled unseen."""
    from pxr import UsdGeom

    metres, up = float(UsdGeom.GetStageMetersPerUnit(stage)), str(UsdGeom.GetStageUpAxis(stage))
    if abs(metres - 1) > 1e-6:
        words = {0.01: "centimetres", 0.001: "millimetres"}.get(round(metres, 6), f"units of {metres:g} m")
        raise AdapterError(
            "UNSUPPORTED",
            f"usd: {usd} is in {words} (metersPerUnit = {metres:g}); states are in metres",
            ["save it in metres (metersPerUnit = 1, its prims scaled), or reference it from such a stage"],
        )
    if up != "Z":
        raise AdapterError(
            "UNSUPPORTED",
            f"usd: {usd} has {up} up (upAxis); states have Z up",
            ['save it with upAxis = "Z", or reference it, turned, from a stage that has Z up'],
        )
