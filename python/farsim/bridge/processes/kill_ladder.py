"""From the polite request to SIGKILL and the proof that nothing is left."""

from __future__ import annotations

import os
import signal

from .linux_process import descendants, marked

_ASK_SECONDS = 10.0
_TERM_SECONDS = 5.0
_PROOF_SECONDS = 5.0


class KillLadder:
    """Stepped by the supervisor; never waits. `group` is the simulator's pid and process group: both may be
    somebody else's once it was reaped.
    """

    def __init__(self, session: str, group: int, now: float, asked: bool) -> None:
        self._session = session
        self._group = group
        self._began = now
        self._term_at = now + (_ASK_SECONDS if asked else 0.0)
        self._kill_at = self._term_at + _TERM_SECONDS
        self._termed = False
        self._sweep_since: float | None = None

    def hurry(self, now: float) -> None:
        """Leaves out what is left of the polite request."""
        self._term_at = min(self._term_at, now)
        self._kill_at = min(self._kill_at, now + _TERM_SECONDS)

    def step(self, now: float, child_alive: bool) -> bool:
        """Does what is due; True when no process of the session is left, or none can be ended. `child_alive`:
        the simulator was not reaped.
        """
        if child_alive:
            if now >= self._kill_at:
                _signal_group(self._group, signal.SIGKILL)
            elif now >= self._term_at and not self._termed:
                self._termed = True
                _signal_group(self._group, signal.SIGTERM)
            return False
        if self._sweep_since is None:
            self._sweep_since = now
        left = leftovers(self._session)
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        return not left or now - self._sweep_since > _PROOF_SECONDS


def leftovers(session: str) -> set[int]:
    """Living processes of the session other than this one: its descendants, and whoever carries its
    marker.
    """
    own = os.getpid()
    return (descendants(own) | marked(session)) - {own}


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except OSError:
        pass
