"""Judges a start: too long in all, or too long with neither a line nor CPU time."""

from __future__ import annotations

_WARN_SECONDS = 60.0
_CPU_STEP = 0.02


class StartClock:
    """`limit` and `stall` in seconds; 0 is never."""

    def __init__(self, limit: float, stall: float, now: float) -> None:
        self._limit = limit
        self._stall = stall
        self._began = now
        self._moved = now
        self._seen = -1
        self._cpu = 0.0
        self._warned = False

    def note(self, lines_seen: int, cpu: float, now: float) -> None:
        """Takes what has moved so far: a count that grows with each line, and CPU seconds."""
        if lines_seen != self._seen or abs(cpu - self._cpu) > _CPU_STEP:
            self._seen, self._cpu, self._moved, self._warned = lines_seen, cpu, now, False

    def warning(self, now: float) -> str | None:
        """A sentence, once, when nothing has moved for a minute."""
        still = now - self._moved
        if self._warned or still < _WARN_SECONDS:
            return None
        self._warned = True
        return f"no line and no CPU time for {still:.0f} s"

    def fault(self, now: float) -> str | None:
        """A sentence when the start must be ended."""
        if self._limit and now - self._began > self._limit:
            return f"not ready {now - self._began:.1f} s after its start; start.limit is {self._limit:g} s"
        if self._stall and now - self._moved > self._stall:
            return f"no line and no CPU time for {now - self._moved:.1f} s; start.stall is {self._stall:g} s"
        return None
