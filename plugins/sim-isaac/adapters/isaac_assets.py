"""The USD files that a task's cfg names: are they to be had, and are they in metres with Z up?"""

import os
import urllib.error
import urllib.parse
import urllib.request

from isaac_units import require_metres, require_z_up

from farsim.bridge.adapter import AdapterError

_MOST_DEEP = 12
_SERVER_SECONDS = 10
_USD = (".usd", ".usda", ".usdc")


def require_assets(cfg):
    """Raises FILE_NOT_FOUND for USD files that the cfg names and that cannot be had: not on this machine, or
    on a server that does not answer or has no such file. Isaac Lab finds out after a minute of retries.
    """
    paths = sorted({path for path, _ in _usd_files(cfg)})
    missing = [path for path in paths if os.path.isabs(path) and not os.path.exists(path)]
    servers = {}
    for path in paths:
        if path.startswith(("http://", "https://")):
            servers.setdefault(urllib.parse.urlsplit(path).netloc, path)
    missing += [f"{path} ({said})" for path in servers.values() if (said := _refusal(path))]
    if missing:
        root = os.environ.get("ISAACSIM_ASSET_ROOT") or "not set"
        raise AdapterError(
            "FILE_NOT_FOUND",
            f"the task's assets cannot be had: {', '.join(missing)}",
            [
                "give a folder with `assets: ./folder`: it is uploaded and becomes ISAACSIM_ASSET_ROOT",
                f"or put them under ISAACSIM_ASSET_ROOT there ({root})",
            ],
        )


def require_units(cfg):
    """Raises UNSUPPORTED for USD files of this machine that say that they are in other units than metres and
    that the cfg gives no scale, or that another axis is up: USD neither scales nor turns what a stage refers
    to. Where Kit runs, its own assembler of metrics may, so it is for starts without.
    """
    for path, unscaled in sorted({(path, scale is None) for path, scale in _usd_files(cfg)}):
        if path.endswith(_USD) and os.path.isfile(path):
            _require_units(path, unscaled)


def _require_units(path, unscaled):
    from pxr import Sdf

    layer = Sdf.Layer.FindOrOpen(path)
    told = layer.pseudoRoot if layer else None
    if told and unscaled and told.HasInfo("metersPerUnit"):
        require_metres(float(told.GetInfo("metersPerUnit")), f"the task's {path}")
    if told and told.HasInfo("upAxis"):
        require_z_up(str(told.GetInfo("upAxis")), f"the task's {path}")


def _refusal(url):
    """What the server says against it; None when it has the file, or will not tell."""
    request = urllib.request.Request(url, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=_SERVER_SECONDS):
            return None
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.reason}" if error.code in (404, 410) else None
    except OSError as error:
        return str(getattr(error, "reason", error))


def _usd_files(node, depth=0, seen=None):
    """Every `usd_path` of a cfg tree with the `scale` beside it; marks that are only drawn are left out,
    kit-less never opens them.
    """
    seen = set() if seen is None else seen
    if depth > _MOST_DEEP or id(node) in seen or "Marker" in type(node).__name__:
        return
    seen.add(id(node))
    if isinstance(node, dict):
        children = node
    elif isinstance(node, (list, tuple)):
        children = dict(enumerate(node))
    else:
        children = vars(node) if hasattr(node, "__dict__") and not isinstance(node, type) else {}
    for name, child in children.items():
        if name == "usd_path" and isinstance(child, str):
            yield child, children.get("scale")
        elif not isinstance(child, (str, int, float, bool, type(None))) and not callable(child):
            yield from _usd_files(child, depth + 1, seen)
