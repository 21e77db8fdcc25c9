"""Who may step the simulator, and how long it outlives them."""

from __future__ import annotations

import time
from typing import Any

_SILENCE_SECONDS = 3.0
_LEAST_SILENCE_GRACE = 7.0
_FIRST_DIAL_SECONDS = 30.0


class Lease:
    """One controller at a time; the fence counts its changes. Times are monotonic seconds."""

    def __init__(self, grace: float, idle: float, total: float, now: float) -> None:
        self.grace = grace
        self.kept: float | None = None
        """Seconds that the simulator waits for its next client after one that left it for others."""
        self.detached = False
        """The simulator drives itself: only the total counts."""
        self._idle = idle
        self._total = total
        self._began = now
        self._moved = now
        self._gone: float | None = now
        self._last_heard = now
        self._known = False
        self.fence = 1
        self.client = ""
        self.user = ""
        self.since = 0.0

    def hear(self, now: float) -> None:
        """Notes a sign of life of the controller."""
        self._last_heard = now

    def move(self, now: float) -> None:
        """Notes that a request runs or was applied."""
        self._moved = now

    def refusal(self, hello: dict[str, Any], now: float) -> dict[str, Any] | None:
        """Why this HELLO may not control, as details of BUSY; None when it may."""
        if not self.client or hello["client"] == self.client:
            return None
        # one that names a fence takes over from that owner alone
        if hello["takeOver"] and hello["fence"] in (0, self.fence):
            return None
        silent = now - self._last_heard > _SILENCE_SECONDS
        # its connection may be gone and come back: only silence tells that it will not
        if hello["user"] == self.user and silent:
            return None
        heard = round(now - self._last_heard, 1)
        return {
            "owner": self.user,
            "since": _iso(self.since),
            "heard": heard,
            "client": self.client,
            "fence": self.fence,
        }

    def take(self, hello: dict[str, Any], now: float) -> bool:
        """Makes the client the controller; True when that replaced another one."""
        replaced = bool(self.client) and hello["client"] != self.client
        if replaced:
            self.fence += 1
        if hello["client"] != self.client:
            self.client, self.user, self.since = hello["client"], hello["user"], time.time()
        self._gone = None
        self._known = True
        self._moved = now
        self.hear(now)
        return replaced

    def leave(self, now: float) -> None:
        """Notes that the controller's connection ended."""
        self._gone = now

    def alone(self, now: float) -> float:
        """Seconds since the controller's connection ended; 0 while one is there, or before the first."""
        return now - self._gone if self._known and self._gone is not None else 0.0

    @property
    def warm(self) -> bool:
        """True while the simulator waits for whoever comes next."""
        return not self.client and self.kept is not None and not self.detached

    @property
    def heard(self) -> float:
        """When the controller was last heard, 0 where none ever was."""
        return self._last_heard if self._known else 0.0

    def release(self, kept: float | None, now: float) -> None:
        """The controller went on purpose and leaves the simulator for another, for `kept` seconds; None: as
        long as it was kept before.
        """
        if kept is not None or self.kept is None:
            self.kept = max(self.grace, _FIRST_DIAL_SECONDS) if kept is None else kept
        self.fence += 1
        self.client = self.user = ""
        self._gone = now

    def detach(self, now: float) -> None:
        """The controller went on purpose; what it began goes on by itself."""
        self.detached = True
        self.fence += 1
        self.client = ""
        self._gone = now

    def lapsed(self, now: float) -> bool:
        """True when the controller of a kept simulator is gone for good: the next may come."""
        return bool(self.client) and self.kept is not None and self._lost(now) is not None

    def ends(self, now: float) -> float:
        """When the session will end if nobody does anything any more; 0 is never."""
        moments = []
        if self._gone is not None and not self.detached:
            moments.append(self._gone + self._allowance() + ((self.kept or 0.0) if self.client else 0.0))
        if self._idle and self.client:
            moments.append(self._moved + self._idle)
        if self._total:
            moments.append(self._began + self._total)
        return min(moments, default=0.0)

    def left(self, now: float) -> float | None:
        """Seconds until the grace time, or the time that it is kept, is over; None while a controller is
        there.
        """
        if self.detached:
            return self._began + self._total - now if self._total else None
        if self._gone is None:
            return None
        return self._gone + self._allowance() - now

    def expiry(self, now: float) -> str | None:
        """A sentence when the lease is over."""
        lost = None if self.detached else self._lost(now)
        if lost is not None:
            return lost
        if self._idle and self.client and now - self._moved > self._idle:
            return f"no request for {now - self._moved:.0f} s (lease.idle is {self._idle:g} s)"
        if self._total and now - self._began > self._total:
            return f"it has run for {now - self._began:.0f} s (lease.total is {self._total:g} s)"
        return None

    def _lost(self, now: float) -> str | None:
        silence = now - self._last_heard
        if self._gone is None:
            if silence <= _SILENCE_SECONDS + max(self.grace, _LEAST_SILENCE_GRACE):
                return None
            return f"nothing heard from its client for {silence:.1f} s (lease.grace is {self.grace:g} s)"
        gone = now - self._gone
        if gone < self._allowance():
            return None
        if self.warm:
            return f"nobody came for the {gone:.0f} s that it was kept"
        return f"its client has been gone for {gone:.1f} s (lease.grace is {self.grace:g} s)"

    def _allowance(self) -> float:
        if self.client:
            return self.grace
        return max(self.grace, _FIRST_DIAL_SECONDS) if self.kept is None else self.kept


def _iso(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
