"""The supervisor: the only listener; speaks control, hands data on, watches the simulator process and ends
it where that is its own.
"""

from __future__ import annotations

import os
import selectors
import socket
import time
from typing import Any

from ..errors import FarsimError
from ..processes.linux_process import become_subreaper
from ..processes.session_files import SessionFiles
from ..wire.message_fields import ENUMS
from .admission import data_terms, refusal
from .audience import Audience
from .control_port import ControlPort
from .newcomers import Newcomers
from .peer import Peer
from .peer_loop import PeerLoop
from .session_end import SessionEnd
from .simulator_door import SimulatorDoor
from .simulator_watch import SimulatorWatch
from .start_simulator import start_simulator
from .supervised_session import SupervisedSession
from .waking_signals import heed_signals

_TICK_SECONDS = 0.1
_REDIAL_SECONDS = 5.0
"""How long a supervisor without a simulator waits for a client that wants to know why."""


class Supervisor:
    """Single-threaded; never waits for anything but its selector."""

    def __init__(
        self, files: SessionFiles, order: dict[str, Any], token: str, listener: socket.socket
    ) -> None:
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._loop = PeerLoop(self._selector, self._drop)
        self._newcomers = Newcomers(self._loop, token, self._refusal, self._accept)
        self._audience = Audience(self._loop, self._drop)
        tell = self._audience.tell
        self._session = SupervisedSession(files, order, token, tell)
        self._door = SimulatorDoor(
            self._selector,
            lambda message: self._watch.hear(message),
            lambda: self._session.simulator.left(""),
        )
        self._end = SessionEnd(self._session, self._door, tell)
        self._watch = SimulatorWatch(self._session, self._door, self._end, tell)
        self._control = ControlPort(
            self._session, self._loop, self._audience, self._door, self._end, self._drop, self._watch.remake
        )

    def prepare(self) -> None:
        """Starts the simulator process, or takes the one that serves, and writes the session's state, so that
        others find it.
        """
        become_subreaper()
        heed_signals(self._selector, self._end.begin)
        self._selector.register(
            self._listener, selectors.EVENT_READ, lambda *_: self._newcomers.accept_from(self._listener)
        )
        start_simulator(self._session, self._door)

    def run(self) -> int:
        """Runs the session to its end; gives the bridge's exit status."""
        try:
            while not self._tick(time.monotonic()):
                for key, mask in self._selector.select(_TICK_SECONDS):
                    key.data(key.fd, mask)
        finally:
            self._listener.close()
            self._audience.dismiss(self._end.finish(), 1.0)
            self._newcomers.close()
            self._door.close_handed()
        return self._end.status

    def _tick(self, now: float) -> bool:
        """Looks after everything that time changes; True when the session is over."""
        self._reap()
        for peer in self._newcomers.late(now):
            self._drop(peer)
        self._session.save_again(now)
        self._watch.look(now)
        if self._end.begun:
            return self._end.step(now)
        self._heed_lease(now)
        return False

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._session.simulator.reaped(pid, status)

    def _heed_lease(self, now: float) -> None:
        session, lease = self._session, self._session.lease
        session.page.set_lease(lease.heard, lease.ends(now))
        self._control.let_go(now)
        crash = session.crash
        if lease.detached and (session.done or crash is not None):
            self._end.begin(session.done or (crash or {})["message"])
        if crash is not None and lease.alone(now) > _REDIAL_SECONDS:
            self._end.begin(crash["message"])
        expired = lease.expiry(now)
        if expired is not None:
            self._end.begin_for_lease(expired)

    def _refusal(self, hello: dict[str, Any]) -> FarsimError | None:
        crash = self._session.crash
        over = "the simulator is closing" if self._end.begun else None
        return refusal(self._session, hello, over if crash is None else crash["message"])

    def _accept(self, peer: Peer, hello: dict[str, Any]) -> None:
        if hello["role"] == ENUMS["Role"]["control"]:
            self._control.accept(peer, hello)
        else:
            self._loop.unwatch(peer)
            self._door.hand_over(peer, data_terms(self._session, peer, hello))

    def _drop(self, peer: Peer) -> None:
        self._loop.unwatch(peer)
        peer.close()
        self._newcomers.discard(peer)
        self._control.discard(peer)
        self._end.forget(peer)
