"""The USD files that a task's cfg names: are they to be had?"""

import os
import urllib.error
import urllib.parse
import urllib.request

from farsim.bridge.adapter import AdapterError

_MOST_DEEP = 12
_SERVER_SECONDS = 10


def require_assets(cfg):
    """Raises FILE_NOT_FOUND for USD files that the cfg names and that cannot be had: not on this machine, or
    on a server that does not answer or has no such file. Isaac Lab finds out after a minute of retries.
    """
    paths = sorted(set(_usd_paths(cfg)))
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


def _usd_paths(node, depth=0, seen=None):
    """Every `usd_path` of a cfg tree; marks that are only drawn are left out, kit-less never opens them."""
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
            yield child
        elif not isinstance(child, (str, int, float, bool, type(None))) and not callable(child):
            yield from _usd_paths(child, depth + 1, seen)
