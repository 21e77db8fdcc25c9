"""`up`: starts a supervisor beside this process, prints where it listens, and returns."""

from __future__ import annotations

import json
import os
import platform
import secrets
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from .errors import FarsimError
from .handshake import new_token
from .join import join_warm
from .join_bus import join_bus
from .linux_process import boot_id, start_time
from .relay_process import RelayProcess
from .sentinel import guard
from .session_files import SessionFiles, forget_old_sessions
from .session_token import given_token
from .supervisor import Supervisor

_BACKLOG = 1024
_KEYS = frozenset(
    {"adapter", "script", "serving", "config", "lease", "start", "cwd", "env", "files", "name", "adapterPath"}
    | {"orderHash", "join", "nats", "token", "tokenFile"}
)


def up(text: str) -> int:
    """Reads the order, prints one JSON line, gives the exit status (docs/protocol.md, "The bridge's first
    line").
    """
    try:
        order = _read_order(text)
        forget_old_sessions()
        line = _join(order) or _start(order)
    except FarsimError as error:
        line = {"farsim": 1, "error": error.report()}
    except OSError as error:
        line = {
            "farsim": 1,
            "error": FarsimError("START_FAILED", f"the bridge could not start: {error}").report(),
        }
    print(json.dumps(line), flush=True)
    return 3 if "error" in line else 0


def _read_order(text: str) -> dict[str, Any]:
    try:
        order = json.loads(text)
    except ValueError as error:
        raise FarsimError("CONFIG_INVALID", f"standard input is no JSON: {error}") from error
    if not isinstance(order, dict) or not isinstance(order.get("adapter"), str):
        raise FarsimError("CONFIG_INVALID", "the order must be an object with `adapter`: `module:Class`")
    if "script" in order:
        _check_script(order["script"])
    unknown = sorted(order.keys() - _KEYS)
    if unknown:
        raise FarsimError("UNKNOWN_KEY", f"the order holds the unknown key '{unknown[0]}'")
    cwd = order.get("cwd")
    if cwd and not os.path.isdir(cwd):
        raise FarsimError("FILE_NOT_FOUND", f"cwd: {cwd} is no folder on {socket.gethostname()}")
    for key, path in (order.get("files") or {}).items():
        if not os.path.exists(path):
            raise FarsimError("FILE_NOT_FOUND", f"files.{key}: {path} is not there on {socket.gethostname()}")
    return order


def _check_script(script: dict[str, Any]) -> None:
    script["path"] = os.path.expanduser(script["path"])
    if not os.path.isfile(script["path"]):
        raise FarsimError(
            "FILE_NOT_FOUND", f"script: {script['path']} is not there on {socket.gethostname()}"
        )


def _join(order: dict[str, Any]) -> dict[str, Any] | None:
    """The line of a session that an equal order made and that waits for its next client, where the order
    allows that.
    """
    if not order.get("join") or not order.get("orderHash"):
        return None
    line = join_warm(order["orderHash"])
    return line if "session" in line else None


def _start(order: dict[str, Any]) -> dict[str, Any]:
    session = secrets.token_hex(6)
    files = SessionFiles(session)
    token = given_token(order) or new_token()
    relay = join_bus(order.pop("nats", None), str(files.socket))
    files.create()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(files.socket))
    os.chmod(files.socket, 0o600)
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    read_end, write_end = os.pipe()
    keep = {listener.fileno(), write_end}
    if "serving" in order:
        keep.add(order["serving"]["door"])
    if os.fork() == 0:
        _become_sentinel(files, lambda: _supervise(files, order, token, listener, write_end), keep, relay)
    os.close(write_end)
    with os.fdopen(read_end) as ready:
        said = ready.read()
    if not said:
        raise FarsimError("START_FAILED", f"the supervisor ended at once; see {files.supervisor_log}")
    pid = int(said)
    return {
        "farsim": 1,
        "session": session,
        "address": f"unix:{files.socket}",
        "token": token,
        "pid": pid,
        "host": socket.gethostname(),
        "python": platform.python_version(),
    }


def _become_sentinel(
    files: SessionFiles, supervise: Callable[[], NoReturn], keep: set[int], relay: RelayProcess | None
) -> NoReturn:
    """Runs in the forked process, in a session of its own."""
    try:
        os.setsid()
        _leave_terminal(str(files.supervisor_log), keep | (relay.descriptors if relay else set()))
        guard(files, supervise, keep, relay)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(70)


def _supervise(
    files: SessionFiles, order: dict[str, Any], token: str, listener: socket.socket, ready: int
) -> NoReturn:
    status = 70
    try:
        order["identity"] = {
            "session": files.session,
            "pid": os.getpid(),
            "sentinel": os.getppid(),
            "startTime": start_time(os.getpid()),
            "host": socket.gethostname(),
            "boot": boot_id(),
            "uid": os.getuid(),
            "name": order.get("name", ""),
            "adapter": order["adapter"],
            "address": f"unix:{files.socket}",
            "log": str(files.log),
            "page": str(files.page),
            "lease": order.get("lease") or {},
            "orderHash": order.get("orderHash", ""),
        }
        supervisor = Supervisor(files, order, token, listener)
        supervisor.prepare()
        os.write(ready, str(os.getpid()).encode())
        os.close(ready)
        status = supervisor.run()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _leave_terminal(log: str, keep: set[int]) -> None:
    """Lets go of the descriptors that `up` was started with."""
    log_fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null_fd = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null_fd, 0)
    os.dup2(log_fd, 1)
    os.dup2(log_fd, 2)
    for name in os.listdir("/proc/self/fd"):
        descriptor = int(name)
        if descriptor > 2 and descriptor not in keep:
            try:
                os.close(descriptor)
            except OSError:
                pass
    os.chdir("/")
