"""`up`: starts a supervisor beside this process, prints where it listens, and returns; or, in the foreground,
stays as its sentinel.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import secrets
import socket
import sys
import traceback
from collections.abc import Callable, Collection
from typing import Any, NoReturn

from ..bus.join_bus import join_bus
from ..bus.relay_process import RelayProcess
from ..errors import FarsimError
from ..processes.linux_process import boot_id, start_time
from ..processes.session_files import SessionFiles, forget_old_sessions
from ..supervisor.sentinel import Watch, guard
from ..supervisor.supervisor import Supervisor
from ..wire.handshake import new_token
from .far_recording import require_recording
from .join import join_equal
from .queue_job import queue_job
from .session_token import given_token

_BACKLOG = 1024
_KEYS = frozenset(
    {"adapter", "script", "serving", "config", "lease", "start", "cwd", "env", "files", "name", "adapterPath"}
    | {"orderHash", "engineHash", "join", "nats", "token", "tokenFile", "run", "takeOver"}
)


def up(text: str, foreground: bool = False) -> int:
    """Reads the order, prints one JSON line, gives the exit status (docs/protocol.md, "The bridge's first
    line"). In the foreground it returns only from a failed start: nothing leaves its process group but the
    simulator, and it ends with the session, telling why in a second line.
    """
    line = _line_of(lambda: _join_or_start(_read_order(text), foreground))
    print(json.dumps(line), flush=True)
    return 3 if "error" in line else 0


def _line_of(make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return make()
    except FarsimError as error:
        return {"farsim": 1, "error": error.report()}
    except OSError as error:
        failure = FarsimError("START_FAILED", f"the bridge could not start: {error}")
        return {"farsim": 1, "error": failure.report()}


def _read_order(text: str) -> dict[str, Any]:
    try:
        order = json.loads(text)
    except ValueError as error:
        raise FarsimError("CONFIG_INVALID", f"standard input is no JSON: {error}") from error
    if not isinstance(order, dict) or not isinstance(order.get("adapter"), str):
        raise FarsimError("CONFIG_INVALID", "the order must be an object with `adapter`: `module:Class`")
    if "script" in order:
        _check_script(order["script"])
    if "run" in order:
        require_recording()
    unknown = sorted(order.keys() - _KEYS)
    if unknown:
        raise FarsimError("UNKNOWN_KEY", f"the order holds the unknown key '{unknown[0]}'")
    cwd = order.get("cwd")
    if cwd and not os.path.isdir(cwd):
        raise FarsimError("FILE_NOT_FOUND", f"cwd: {cwd} is no folder on {socket.gethostname()}")
    for key, path in (order.get("files") or {}).items():
        # a function of a file is named behind it
        if not os.path.exists(re.sub(r"\.py:\w+$", ".py", path)):
            raise FarsimError("FILE_NOT_FOUND", f"files.{key}: {path} is not there on {socket.gethostname()}")
    return order


def _check_script(script: dict[str, Any]) -> None:
    script["path"] = os.path.expanduser(script["path"])
    if not os.path.isfile(script["path"]):
        raise FarsimError(
            "FILE_NOT_FOUND", f"script: {script['path']} is not there on {socket.gethostname()}"
        )


def _join_or_start(order: dict[str, Any], foreground: bool) -> dict[str, Any]:
    """Takes a session that an equal order made and that waits for its next client, or that another one
    controls, where the order allows that, or one that waits and differs in no more than its env.
    """
    forget_old_sessions()
    if order.get("join") and order.get("orderHash"):
        line = join_equal(order["orderHash"], order.pop("takeOver", False), order.get("engineHash", ""))
        if "session" in line:
            return line
    return _start(order, foreground)


def _start(order: dict[str, Any], foreground: bool) -> dict[str, Any]:
    session = secrets.token_hex(6)
    files = SessionFiles(session)
    token = given_token(order) or new_token()
    relay = join_bus(order.pop("nats", None), str(files.socket), token)
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

    def supervise() -> NoReturn:
        _supervise(files, order, token, listener, write_end)

    def first_line() -> dict[str, Any]:
        return _first_line(files, token, read_end, "run" in order)

    if foreground:
        _stay(files, supervise, keep, relay, first_line, read_end)
    if os.fork() == 0:
        os.setsid()
        _become_sentinel(files, supervise, keep, relay)
    os.close(write_end)
    return first_line()


def _first_line(files: SessionFiles, token: str, ready: int, has_run: bool) -> dict[str, Any]:
    """Waits until the supervisor has prepared everything."""
    with os.fdopen(ready) as pipe:
        said = pipe.read()
    if not said:
        raise FarsimError("START_FAILED", f"the supervisor ended at once; see {files.supervisor_log}")
    job = queue_job()
    return {
        "farsim": 1,
        "session": files.session,
        "address": f"unix:{files.socket}",
        "token": token,
        "pid": int(said),
        "host": socket.gethostname(),
        "python": platform.python_version(),
        **({"job": job} if job else {}),
        **({"recording": str(files.run)} if has_run else {}),
    }


def _stay(
    files: SessionFiles,
    supervise: Callable[[], NoReturn],
    keep: set[int],
    relay: RelayProcess | None,
    first_line: Callable[[], dict[str, Any]],
    ready: int,
) -> NoReturn:
    """Makes this process the sentinel."""
    told = os.dup(1)

    def tell(line: dict[str, Any]) -> None:
        # who reads may be gone
        with contextlib.suppress(OSError):
            os.write(told, f"{json.dumps(line)}\n".encode())

    def supervise_alone() -> NoReturn:
        os.close(told)
        os.close(ready)
        supervise()

    def tell_end() -> None:
        ended = files.read_exit() or {}
        tell({"farsim": 1, "session": files.session, "reason": ended.get("reason")})

    started = Watch(lambda: tell(_line_of(first_line)), tell_end)
    _become_sentinel(files, supervise_alone, keep, relay, {told, ready}, started)


def _become_sentinel(
    files: SessionFiles,
    supervise: Callable[[], NoReturn],
    keep: set[int],
    relay: RelayProcess | None,
    own: Collection[int] = (),
    watch: Watch | None = None,
) -> NoReturn:
    """Turns this process, which is of the bridge's making or in the foreground; `own` are descriptors that it
    keeps for itself.
    """
    try:
        _leave_terminal(str(files.supervisor_log), {*keep, *own, *(relay.descriptors if relay else ())})
        guard(files, supervise, keep, relay, watch)
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
            "engineHash": order.get("engineHash", ""),
            "job": queue_job(),
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
