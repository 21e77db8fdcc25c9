"""Looks after a start: shows the log's newest line now and then, warns, and says when it has stalled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..processes.linux_process import cpu_seconds, descendants
from .log_follower import LogFollower
from .start_clock import StartClock

_LINE_SECONDS = 2.0
_LOOK_SECONDS = 0.5


class StartWatch:
    """`start` is the order's section: `limit` and `stall`, seconds."""

    def __init__(
        self,
        log: LogFollower,
        start: dict[str, Any],
        tell: Callable[[str, str], None],
        now: float,
    ) -> None:
        self._log = log
        self._tell = tell
        self._clock = StartClock(start.get("limit", 1800), start.get("stall", 300), now)
        self._shown = ""
        self._shown_at = now
        self._looked_at = 0.0

    def look(self, simulator: int, messages: int, now: float) -> str | None:
        """A sentence when the start must be ended. `messages`: how many the simulator process has sent."""
        if self._log.last_line != self._shown and now - self._shown_at > _LINE_SECONDS:
            self._shown, self._shown_at = self._log.last_line, now
            self._tell("log", self._shown)
        if now - self._looked_at < _LOOK_SECONDS:
            return None
        self._looked_at = now
        cpu = cpu_seconds({simulator, *descendants(simulator)})
        self._clock.note(self._log.bytes_seen + messages, cpu, now)
        warning = self._clock.warning(now)
        if warning:
            self._tell("warning", warning)
        return self._clock.fault(now)
