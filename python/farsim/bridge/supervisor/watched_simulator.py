"""The process that is the simulator, as its supervisor sees it: a child of its own, or the user's process."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import Any, Protocol

from ..processes.kill_ladder import KillLadder, leftovers
from ..processes.linux_process import is_alive
from ..processes.spawn_simulator import describe_end

_RETURN_SECONDS = 10.0


class Ending(Protocol):
    """How a session's processes come to their end."""

    def step(self, now: float, child_alive: bool) -> bool:
        """Does what is due; True when there is nothing more to wait for."""

    def hurry(self, now: float) -> None:
        """Leaves out what is left of patience."""


class WatchedSimulator(Protocol):
    """What the supervisor asks of either."""

    pid: int
    farewell: str
    """Why the simulator ended the session by itself; '' while it has not."""

    @property
    def alive(self) -> bool:
        """False once it can answer nothing any more."""

    def reaped(self, pid: int, status: int) -> None:
        """Hears of every child that was waited for."""

    def left(self, reason: str) -> None:
        """Hears that the process said farewell (with a reason) or that its door ended."""

    def end(self) -> dict[str, Any]:
        """What is known of its end: `exit` or `signal`, and a `message`."""

    def kill(self) -> None:
        """Ends it at once, where it is the supervisor's to end."""

    def ending(self, session: str, now: float, asked: bool) -> Ending:
        """Begins its end; `asked`: it was asked to close and may take its time."""


class OwnSimulator:
    """A child of the supervisor, ended by the kill ladder."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.farewell = ""
        self._status: int | None = None

    @property
    def alive(self) -> bool:
        return self._status is None

    def reaped(self, pid: int, status: int) -> None:
        if pid == self.pid:
            self._status = status

    def left(self, reason: str) -> None:
        """Its exit status says more."""

    def end(self) -> dict[str, Any]:
        return {} if self._status is None else describe_end(self._status)

    def kill(self) -> None:
        # once it was reaped, its number may be another group's
        if self.alive:
            with contextlib.suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)

    def ending(self, session: str, now: float, asked: bool) -> Ending:
        return KillLadder(session, self.pid, now, asked)


class UsersSimulator:
    """A process of the user's that called `serve`, named by pid and start time. Nothing here ends it."""

    def __init__(self, pid: int, started: int | None) -> None:
        self.pid = pid
        self.farewell = ""
        self._started = started
        self._left = False

    @property
    def alive(self) -> bool:
        return not self._left and is_alive(self.pid, self._started)

    def reaped(self, pid: int, status: int) -> None:
        """It is nobody's child here."""

    def left(self, reason: str) -> None:
        self._left = True
        self.farewell = self.farewell or reason

    def end(self) -> dict[str, Any]:
        if self.alive:
            return {}
        return {"message": f"the process that served it (pid {self.pid}) ended"}

    def kill(self) -> None:
        """Never."""

    def ending(self, session: str, now: float, asked: bool) -> Ending:
        return _WaitForReturn(session, now + _RETURN_SECONDS)


class _WaitForReturn:
    """Waits until `serve` has returned; a call that runs longer returns later, to a door that is closed."""

    def __init__(self, session: str, until: float) -> None:
        self._session = session
        self._until = until

    def hurry(self, now: float) -> None:
        self._until = min(self._until, now)

    def step(self, now: float, child_alive: bool) -> bool:
        return now >= self._until or not (child_alive or leftovers(self._session))
