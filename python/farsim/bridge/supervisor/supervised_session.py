"""A session as its supervisor keeps it: what was ordered, where it stands, and what of it is on disk."""

from __future__ import annotations

import time
from typing import Any

from ..processes.session_files import SessionFiles
from ..processes.shared_page import SharedPage
from .audience import Tell
from .lease import Lease
from .watched_simulator import WatchedSimulator

_SAVE_AGAIN_SECONDS = 1.0


class SupervisedSession:
    """Read by all that the supervisor is made of. `simulator` is there once it was started."""

    simulator: WatchedSimulator

    def __init__(self, files: SessionFiles, order: dict[str, Any], token: str, tell: Tell) -> None:
        self.files = files
        self.order = order
        self.token = token
        self.epoch = 1
        self.began = time.monotonic()
        lease = order.get("lease") or {}
        self.lease = Lease(
            lease.get("grace", 0), lease.get("idle", 1800), lease.get("total", 86_400), self.began
        )
        if lease.get("wait"):
            self.lease.kept = float(lease["wait"])
        self.page = SharedPage(str(files.page), create=True)
        self.phase = ""
        self.task = ""
        self.has_run = "run" in order
        """The simulator process drives a run of its own."""
        self.done = ""
        """How that run ended."""
        self.crash: dict[str, Any] | None = None
        """What is told of a simulator that ended without being asked to."""
        self._tell = tell
        self._save_again: float | None = None

    def enter(self, phase: str) -> None:
        """Tells a new phase, puts it on the page and saves it."""
        if phase == self.phase:
            return
        self._put_phase(phase)
        self.save()

    def fail(self, crash: dict[str, Any]) -> None:
        """Enters phase `failed` and tells why."""
        self.crash = crash
        self._put_phase("failed")
        self._tell("crashed", crash["message"], crash)
        # a busy disk must not hold up who waits for a reply
        self.save()

    def save(self) -> None:
        """Writes the state file, so that others find the session. A disk that takes nothing is told once, and
        tried again: the session goes on without it.
        """
        try:
            self.files.write_state(self._state())
            self._save_again = None
        except OSError as error:
            if self._save_again is None:
                self._tell("warning", f"the session's state cannot be saved: {self.files.state}: {error}")
            self._save_again = time.monotonic() + _SAVE_AGAIN_SECONDS

    def save_again(self, now: float) -> None:
        """Saves what could not be saved, when it is time."""
        if self._save_again is not None and now >= self._save_again:
            self.save()

    def _put_phase(self, phase: str) -> None:
        self.phase = phase
        self.page.set_phase(phase, time.monotonic())
        self._tell("phase", phase)

    def _state(self) -> dict[str, Any]:
        return {
            **self.order["identity"],
            "token": self.token,
            "simulator": self.simulator.pid,
            "phase": self.phase,
            "owner": self.lease.user,
            "task": self.task,
            "warm": self.lease.warm,
            "kept": self.lease.kept,
            **({"detached": self.lease.detached} if self.has_run else {}),
        }
