"""The start of the simulator process, and what it is told."""

from __future__ import annotations

import os
import socket
from typing import Any

from ..processes.bridge_command import adapter_folder
from ..processes.door import Door
from ..processes.spawn_simulator import spawn_simulator
from .simulator_door import SimulatorDoor
from .supervised_session import SupervisedSession
from .watched_simulator import OwnSimulator, UsersSimulator


def start_simulator(session: SupervisedSession, door: SimulatorDoor) -> None:
    """Starts the simulator process, or takes the user's that serves, and opens the door to it."""
    order = session.order
    if "serving" in order:
        serving = order["serving"]
        session.simulator = UsersSimulator(serving["pid"], serving["startTime"])
        door.open(socket.socket(fileno=serving["door"]))
        session.enter("probing")
        return
    ours, theirs = Door.pair()
    script = order.get("script")
    cwd = order.get("cwd") or (os.path.expanduser("~") if script else None)
    child = spawn_simulator(_simulator_order(session), theirs.fileno(), cwd, order.get("env") or {})
    session.simulator = OwnSimulator(child)
    theirs.close()
    door.open(ours)
    session.enter("launching" if script else "boot")


def _simulator_order(session: SupervisedSession) -> dict[str, Any]:
    """Out of the order of `up`: its adapter and config, and where the session's files are."""
    order, files = session.order, session.files
    told = {
        "session": files.session,
        "epoch": session.epoch,
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
