"""Forks the simulator process from the supervisor's main thread."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

from .bridge_command import ROOT, bridge_command
from .linux_process import MARKER, die_with_parent

PLACE = "FARSIM_SIMULATOR"
"""Variable that names a script's door and order: two descriptors."""


def spawn_simulator(order: dict[str, Any], door_fd: int, cwd: str | None, env: dict[str, str]) -> int:
    """The pid of a process in its own group that reads its order, writes to its log, and dies with this
    one: the bridge's own with the order's adapter, or the user's script, which finds its place in `PLACE`.
    """
    order_fd = os.memfd_create("farsim-order")
    os.write(order_fd, json.dumps(order).encode())
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", **env, MARKER: order["session"]}
    if "script" in order:
        command = [sys.executable, order["script"]["path"], *order["script"]["args"]]
        environment[PLACE] = f"{door_fd} {order_fd}"
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (ROOT, environment.get("PYTHONPATH"))))
    else:
        command = [*bridge_command(), "simulate", str(door_fd), str(order_fd)]
    log_fd = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    null_fd = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    supervisor = os.getpid()
    pid = os.fork()
    if pid:
        for descriptor in (order_fd, log_fd, null_fd):
            os.close(descriptor)
        return pid
    try:
        os.dup2(null_fd, 0)
        os.dup2(log_fd, 1)
        os.dup2(log_fd, 2)
        die_with_parent()
        if os.getppid() != supervisor:
            os._exit(1)
        os.setpgid(0, 0)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        if cwd:
            os.chdir(cwd)
        os.set_inheritable(door_fd, True)
        os.set_inheritable(order_fd, True)
        os.execve(command[0], command, environment)
    except BaseException as error:
        os.write(2, f"the simulator process could not be started: {error}\n".encode())
    os._exit(127)


def describe_end(status: int) -> dict[str, Any]:
    """A wait status as `exit` or `signal`, and a sentence."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = f"signal {number}"
        return {"signal": name, "message": f"the simulator process was ended by {name}"}
    code = os.waitstatus_to_exitcode(status)
    return {"exit": code, "message": f"the simulator process ended with exit status {code}"}
