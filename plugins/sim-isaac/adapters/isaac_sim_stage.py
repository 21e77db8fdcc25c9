"""Which USD file a config means, and what its stage must be."""

import os

from isaac_units import require_metres, require_z_up


def usd_path(config):
    """`usd` as that machine finds it: a URL, a path there, or one in the uploaded `assets`."""
    usd = str(config["usd"])
    if config.get("assets") and not os.path.isabs(usd) and "://" not in usd:
        return os.path.join(os.path.dirname(config["assets"]), usd)
    return os.path.expanduser(usd) if "://" not in usd else usd


def require_units(stage, usd):
    """Raises UNSUPPORTED for a stage that is not in metres with Z up: nothing is turned or scaled unseen."""
    from pxr import UsdGeom

    require_metres(float(UsdGeom.GetStageMetersPerUnit(stage)), f"usd: {usd}")
    require_z_up(str(UsdGeom.GetStageUpAxis(stage)), f"usd: {usd}")
