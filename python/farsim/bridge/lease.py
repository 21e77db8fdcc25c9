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
        self._idle = idle
        self._total = total
        self._began = now
        self._moved = now
        self._gone: float | None = now
        self._last_heard = now
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

    def refusal(self, hello: dict[str, Any], connected: bool, now: float) -> dict[str, Any] | None:
        """Why this HELLO may not control, as details of BUSY; None when it may."""
        if not self.client or hello["client"] == self.client or hello["takeOver"]:
            return None
        silent = now - self._last_heard > _SILENCE_SECONDS
        if hello["user"] == self.user and (silent or not connected):
            return None
        return {"owner": self.user, "since": _iso(self.since), "heard": round(now - self._last_heard, 1)}

    def take(self, hello: dict[str, Any], now: float) -> bool:
        """Makes the client the controller; True when that replaced another one."""
        replaced = bool(self.client) and hello["client"] != self.client
        if replaced:
            self.fence += 1
        if hello["client"] != self.client:
            self.client, self.user, self.since = hello["client"], hello["user"], time.time()
        self._gone = None
        self.hear(now)
        return replaced

    def leave(self, now: float) -> None:
        """Notes that the controller's connection ended."""
        self._gone = now

    def release(self, grace: float | None, now: float) -> None:
        """The controller went on purpose and leaves the simulator for another; `grace` replaces the
        lease's.
        """
        if grace is not None:
            self.grace = grace
        self.client = self.user = ""
        self._gone = now

    def left(self, now: float) -> float | None:
        """Seconds until the grace time is over; None while a controller is there."""
        if self._gone is None:
            return None
        return self._gone + self._allowance() - now

    def expiry(self, now: float) -> str | None:
        """A sentence when the lease is over."""
        if self._gone is not None and now - self._gone >= self._allowance():
            return f"its client has been gone for {now - self._gone:.1f} s (lease.grace is {self.grace:g} s)"
        silence = now - self._last_heard
        if self._gone is None and silence > _SILENCE_SECONDS + max(self.grace, _LEAST_SILENCE_GRACE):
            return f"nothing heard from its client for {silence:.1f} s (lease.grace is {self.grace:g} s)"
        if self._idle and now - self._moved > self._idle:
            return f"no request for {now - self._moved:.0f} s (lease.idle is {self._idle:g} s)"
        if self._total and now - self._began > self._total:
            return f"it has run for {now - self._began:.0f} s (lease.total is {self._total:g} s)"
        return None

    def _allowance(self) -> float:
        return self.grace if self.client else max(self.grace, _FIRST_DIAL_SECONDS)


def _iso(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
