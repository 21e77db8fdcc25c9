"""Where `serve` stands: in a session that farsim started for this script, or in one started beside it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..errors import FarsimError
from ..processes.bridge_command import bridge_command
from ..processes.door import Door
from ..processes.linux_process import start_time
from ..processes.session_files import SessionFiles
from ..processes.spawn_simulator import PLACE

_START_SECONDS = 60.0


class ServingPlace(NamedTuple):
    """The door to the supervisor, and the session's things; `page` and `log` are paths."""

    session: str
    epoch: int
    door: Door
    page: str
    log: str


def given_place() -> ServingPlace | None:
    """The session for which farsim started this script, or None. Raises CLOSED the second time."""
    given = os.environ.get(PLACE)
    if given is None:
        return None
    if not given:
        raise FarsimError("CLOSED", "farsim started this script for one session, and that one is over")
    door_fd, order_fd = (int(word) for word in given.split())
    os.environ[PLACE] = ""
    os.set_inheritable(door_fd, False)
    with os.fdopen(order_fd) as file:
        file.seek(0)
        order = json.load(file)
    door = Door(socket.socket(fileno=door_fd))
    return ServingPlace(order["session"], order["epoch"], door, order["page"], order["log"])


def place_beside(
    name: str, spec: Mapping[str, Any], lease: Mapping[str, float], reached: Mapping[str, Any]
) -> ServingPlace:
    """Starts a supervisor whose simulator is this process, and prints how the session is joined. `reached`
    are keys of its order: `nats`, `tokenFile`. Raises START_FAILED, and what joining a bus fails with.
    """
    ours, theirs = Door.pair()
    order = {
        "name": name,
        "adapter": f"{spec['sim']}:{spec['task']}",
        "lease": dict(lease),
        "serving": {
            "door": theirs.fileno(),
            "pid": os.getpid(),
            "startTime": start_time(os.getpid()),
        },
        **reached,
    }
    with theirs:
        line = _up(order, theirs.fileno())
    if "error" in line:
        ours.close()
        failure = line["error"]
        raise FarsimError(failure["code"], failure["message"], failure["suggestions"], failure["details"])
    files = SessionFiles(line["session"])
    envs = "1 env" if spec["num_envs"] == 1 else f"{spec['num_envs']} envs"
    how = f"`use: python, join: {name}` (from elsewhere `on:` this machine)"
    if "nats" in reached:
        how = f"`use: python, join: {reached['nats']['name']}` and its token, `on:` a host with this bus"
    print(
        f"farsim: serving {spec['task']} ({envs}) as '{name}', session {line['session']} on {line['host']}\n"
        f"farsim: join it with {how}; "
        f"it ends after {lease['wait']:g} s without a client",
        flush=True,
    )
    return ServingPlace(line["session"], 1, Door(ours), str(files.page), str(files.log))


def _up(order: dict[str, Any], door_fd: int) -> dict[str, Any]:
    try:
        finished = subprocess.run(
            [*bridge_command(), "up"],
            input=json.dumps(order).encode(),
            capture_output=True,
            pass_fds=[door_fd],
            timeout=_START_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        message = f"{sys.executable} could not start the supervisor: {error}"
        raise FarsimError("START_FAILED", message) from error
    lines = finished.stdout.decode(errors="replace").splitlines()
    line = next((line for line in lines if line.startswith('{"farsim"')), None)
    if line is None:
        said = finished.stderr.decode(errors="replace")[-2000:].strip()
        raise FarsimError("START_FAILED", f"the supervisor ended with {finished.returncode}: {said}")
    return json.loads(line)
