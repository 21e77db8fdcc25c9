"""The relay's process, a child of the sentinel beside the supervisor, whose last word it still carries."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..processes.linux_process import die_with_parent

if TYPE_CHECKING:
    from .relay import BusRelay

_LAST_WORDS_SECONDS = 1.2
_RESTART_SECONDS = 1.0


class RelayProcess:
    """Started again by its parent whenever it ends before its time. `pid` is 0 until the first start."""

    def __init__(self, relay: BusRelay) -> None:
        self._relay = relay
        self.pid = 0

    @property
    def descriptors(self) -> set[int]:
        """The relay's own, until it is started."""
        return self._relay.descriptors

    def start(self, foreign: Iterable[int] = ()) -> None:
        """Forks. The relay closes the descriptors of others; this process lets go of the relay's."""
        parent = os.getpid()
        again = self.pid != 0
        self.pid = os.fork()
        if self.pid:
            self._relay.forget()
            return
        try:
            die_with_parent()
            if os.getppid() != parent:
                os._exit(1)
            for descriptor in foreign:
                os.close(descriptor)
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGPIPE):
                signal.signal(number, signal.SIG_IGN)
            if again:
                time.sleep(_RESTART_SECONDS)
            self._relay.run()
            status = 0
        except BaseException:
            traceback.print_exc()
            status = 70
        sys.stderr.flush()
        os._exit(status)

    def finish(self) -> None:
        """Lets it say what is still to be said, and ends it."""
        _signal(self.pid, signal.SIGTERM)
        until = time.monotonic() + _LAST_WORDS_SECONDS
        while not _is_reaped(self.pid):
            if time.monotonic() > until:
                _signal(self.pid, signal.SIGKILL)
            time.sleep(0.01)


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except OSError:
        pass


def _is_reaped(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True
