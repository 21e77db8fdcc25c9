"""What the simulator process is told when it is started."""

from __future__ import annotations

from typing import Any

from ..processes.bridge_command import adapter_folder
from ..processes.session_files import SessionFiles


def simulator_order(order: dict[str, Any], files: SessionFiles, epoch: int) -> dict[str, Any]:
    """Out of the order of `up`: its adapter and config, and where the session's files are."""
    told = {
        "session": files.session,
        "epoch": epoch,
        "adapter": order["adapter"],
        "adapterPath": [adapter_folder(), *order.get("adapterPath", [])],
        "config": {**(order.get("config") or {}), **(order.get("files") or {})},
        "log": str(files.log),
        "page": str(files.page),
    }
    if order.get("script"):
        told["script"] = order["script"]
    if "run" in order:
        told |= {"run": order["run"], "runFolder": str(files.run)}
    return told
