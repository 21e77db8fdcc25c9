"""Control connections: who steps the simulator takes its lease here, asks, and leaves."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ..errors import FarsimError
from ..wire import limits
from ..wire.framing import decode_frame
from .admission import welcome
from .audience import Audience
from .control_requests import ControlRequests
from .peer import Peer
from .peer_loop import PeerLoop, say_goodbye
from .session_end import SessionEnd
from .session_report import pong
from .simulator_door import SimulatorDoor
from .supervised_session import SupervisedSession


class ControlPort:
    """At most one connection owns the simulator. `drop` is called for one whose place was taken."""

    def __init__(
        self,
        session: SupervisedSession,
        loop: PeerLoop,
        audience: Audience,
        door: SimulatorDoor,
        end: SessionEnd,
        drop: Callable[[Peer], None],
        remake: Callable[[dict[str, Any]], None],
    ) -> None:
        self._session = session
        self._loop = loop
        self._audience = audience
        self._door = door
        self._requests = ControlRequests(session, end, self._detach, remake)
        self._drop = drop
        self._owner: Peer | None = None

    def accept(self, peer: Peer, hello: dict[str, Any]) -> None:
        """Welcomes one that may control: who owned the simulator before is told and dropped."""
        session, old = self._session, self._owner
        if session.lease.take(hello, time.monotonic()):
            self._door.send({"drop": True})
        self._owner = peer
        if old is not None:
            notice = FarsimError("FENCED", f"{hello['user']} took this simulator over")
            if old.hello and old.hello["client"] != hello["client"]:
                say_goodbye(old, notice)
            self._drop(old)
        peer.hello = hello
        peer.limit = limits.HEADER_BYTES + 8
        peer.send("welcome", welcome(session, peer, hello))
        self._audience.add(peer)
        session.save()
        self._loop.watch(peer, self._on_control)

    def discard(self, peer: Peer) -> None:
        """Hears of every connection that is gone."""
        self._audience.discard(peer)
        if peer is self._owner:
            self._owner = None
            self._session.lease.leave(time.monotonic())

    def let_go(self, now: float) -> None:
        """Leaves a simulator whose owner was silent for too long to its next client."""
        if self._session.phase != "ready" or not self._session.lease.lapsed(now):
            return
        if self._owner is not None:
            self._drop(self._owner)
        self._detach(None)

    def _on_control(self, peer: Peer) -> None:
        while True:
            frame = peer.read_frame()
            if frame is None:
                return
            now = time.monotonic()
            peer.last_heard = now
            if peer is self._owner:
                self._session.lease.hear(now)
            kind, body, _ = decode_frame(peer.codec, frame)
            if kind == "ping":
                peer.send("pong", pong(self._session, body, now))
            elif kind == "request":
                self._requests.answer(peer, body)
            elif kind != "pong":
                raise FarsimError("DECODE_FAILED", f"{kind} does not belong on the control channel")

    def _detach(self, grace: float | None) -> dict[str, Any]:
        """Leaves the simulator for its next client, for `grace` seconds, or as long as it was kept before;
        one that drives a run of its own goes on with that.
        """
        session, now = self._session, time.monotonic()
        if session.has_run:
            session.lease.detach(now)
        else:
            session.lease.release(grace, now)
        self._owner = None
        self._door.send({"drop": True})
        session.save()
        return {"leaseLeft": round(session.lease.ends(now) - now, 3)}
