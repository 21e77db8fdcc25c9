"""The end of a session: its reason, the way down, and what is told and written of it."""

from __future__ import annotations

import contextlib
import json
import shutil
import time

from ..errors import FarsimError
from ..processes.kill_ladder import leftovers
from .audience import Tell
from .peer import Peer, PeerGone
from .session_report import exit_report
from .simulator_door import SimulatorDoor
from .supervised_session import SupervisedSession
from .watched_simulator import Ending

_LEASE_OVER = 7


class SessionEnd:
    """Begun once, for the first reason that is given; the supervisor then takes steps until it is there."""

    def __init__(self, session: SupervisedSession, door: SimulatorDoor, tell: Tell) -> None:
        self.status = 0
        """The bridge's exit status; that of a crash stays."""
        self._session = session
        self._door = door
        self._tell = tell
        self._reason = ""
        self._way: Ending | None = None
        self._askers: list[tuple[Peer, int]] = []

    @property
    def begun(self) -> bool:
        return self._way is not None

    def begin(self, reason: str, status: int = 0) -> None:
        """Begins the end, unless it has begun."""
        if self.begun:
            return
        session = self._session
        # before `ready` the main thread is in the engine's start and takes no request
        can_ask = session.phase == "ready"
        self._reason = reason
        if session.crash is None:
            self.status = status
            session.enter("closing")
            self._door.send({"close": True, "reason": reason})
        self._tell("closing", reason)
        self._way = session.simulator.ending(session.files.session, time.monotonic(), asked=can_ask)

    def begin_for_lease(self, reason: str) -> None:
        self.begin(f"lease over: {reason}", _LEASE_OVER)

    def begin_when_asked(self, peer: Peer, seq: int, now: bool) -> None:
        """Begins it, `now` by force; the request is answered when nothing of the session is left."""
        self._askers.append((peer, seq))
        self.begin("asked to close")
        if now and self._way is not None:
            self._way.hurry(time.monotonic())

    def forget(self, peer: Peer) -> None:
        """Leaves one that is gone without an answer."""
        self._askers = [(asker, seq) for asker, seq in self._askers if asker is not peer]

    def step(self, now: float) -> bool:
        """Does what is due of an end that has begun; True when the session is over."""
        return self._way is not None and self._way.step(now, self._session.simulator.alive)

    def finish(self) -> FarsimError:
        """Writes the report, removes what only a living session has, answers who asked; gives what is said
        to all who still listen.
        """
        session, files = self._session, self._session.files
        left = sorted(leftovers(files.session))
        try:
            files.write_exit(exit_report(session, self._reason, self.status, left))
        except OSError as error:
            self._tell("warning", f"the report of the end cannot be saved: {files.exit}: {error}")
        files.remove_live_files()
        if session.has_run and not session.lease.detached:
            # its client never left it to its run: nobody would come for this
            shutil.rmtree(files.run, ignore_errors=True)
        if left:
            self._tell("warning", f"processes {left} could not be ended")
        for peer, seq in self._askers:
            with contextlib.suppress(PeerGone):
                peer.send("reply", {"seq": seq, "value": json.dumps({"left": left})})
        return FarsimError("SESSION_EXPIRED" if self.status == _LEASE_OVER else "CLOSED", self._reason)
