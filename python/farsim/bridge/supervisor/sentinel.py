"""The supervisor's parent: ends what outlives the supervisor, and says so."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple, NoReturn

from ..bus.relay_process import RelayProcess
from ..errors import FarsimError
from ..processes.kill_ladder import leftovers
from ..processes.linux_process import become_subreaper, die_with_parent
from ..processes.session_files import SessionFiles
from ..processes.spawn_simulator import describe_end

SENTINEL_GONE = signal.SIGUSR2
"""What the supervisor gets when its sentinel has died."""

_SWEEP_SECONDS = 5.0
_INTERNAL = 70


class Watch(NamedTuple):
    """Called in the sentinel: when the supervisor was started, and when all of the session is over."""

    started: Callable[[], None]
    ended: Callable[[], None]


def guard(
    files: SessionFiles,
    supervise: Callable[[], NoReturn],
    descriptors: Iterable[int],
    relay: RelayProcess | None = None,
    watch: Watch | None = None,
) -> NoReturn:
    """Forks the supervisor, leaves the descriptors to it, and waits for its end. An orphan of the session
    becomes a child of this process where the kernel has subreapers, so that a double-forked one with an
    emptied environment is found too. The relay, where there is one, ends last.
    """
    become_subreaper()
    sentinel = os.getpid()
    if relay is not None:
        relay.start(descriptors)
    supervisor = os.fork()
    if supervisor == 0:
        die_with_parent(SENTINEL_GONE)
        if os.getppid() != sentinel:
            os._exit(_INTERNAL)
        supervise()
    for descriptor in descriptors:
        os.close(descriptor)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if watch is not None:
        watch.started()
    status = _wait_for(supervisor, relay)
    left = sweep(files.session, set() if relay is None else {relay.pid})
    if files.state.exists():
        # a disk that takes no report must not keep what follows from being done
        with contextlib.suppress(OSError, FarsimError, ValueError):
            files.write_exit(_report(files, status, left))
    files.remove_live_files()
    if relay is not None:
        relay.finish()
    if watch is not None:
        watch.ended()
    os._exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else _INTERNAL)


def sweep(session: str, spared: Collection[int] = ()) -> set[int]:
    """Ends every process of the session below or beside this one by SIGKILL, but those that are spared; gives
    those that live on.
    """
    until = time.monotonic() + _SWEEP_SECONDS
    while True:
        left = leftovers(session).difference(spared)
        if not left or time.monotonic() > until:
            return left
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        _reap()
        time.sleep(0.02)


def _wait_for(supervisor: int, relay: RelayProcess | None) -> int:
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == supervisor:
            return status
        if relay is not None and pid == relay.pid:
            relay.start()


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _report(files: SessionFiles, status: int, left: set[int]) -> dict[str, Any]:
    end = describe_end(status)
    reason = end["message"].replace("the simulator process", "the supervisor")
    return {
        "session": files.session,
        "name": files.read_state().get("name", ""),
        "reason": reason,
        "status": _INTERNAL,
        "left": sorted(left),
        "time": time.time(),
    }
