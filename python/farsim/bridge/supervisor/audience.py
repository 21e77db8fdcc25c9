"""Who is on control, and what they hear: every event once, those that came before them included."""

from __future__ import annotations

import contextlib
import json
import select
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from ..errors import FarsimError
from .peer import Peer, PeerGone
from .peer_loop import PeerLoop, say_goodbye

_KEPT_EVENTS = 1000


class Tell(Protocol):
    """Tells an event to all on control (`Audience.tell`)."""

    def __call__(self, kind: str, text: str, data: dict[str, Any] | None = None) -> None: ...


class Audience:
    """`drop` is called for a peer that is gone."""

    def __init__(self, loop: PeerLoop, drop: Callable[[Peer], None]) -> None:
        self._loop = loop
        self._drop = drop
        self._peers: set[Peer] = set()
        self._events: deque[dict[str, Any]] = deque(maxlen=_KEPT_EVENTS)
        self._told = 0

    def __iter__(self) -> Iterator[Peer]:
        return iter(list(self._peers))

    def add(self, peer: Peer) -> None:
        """Takes a peer that was welcomed."""
        self._peers.add(peer)
        for event in self._events:
            peer.send("event", event)

    def discard(self, peer: Peer) -> None:
        self._peers.discard(peer)

    def tell(self, kind: str, text: str, data: dict[str, Any] | None = None) -> None:
        """Sends an event to all, and keeps it for those who come later."""
        self._told += 1
        event = {
            "counter": self._told,
            "kind": kind,
            "time": time.time(),
            "text": text,
            "data": json.dumps(data, default=str) if data is not None else "",
        }
        self._events.append(event)
        for peer in self:
            try:
                peer.send("event", event)
                if peer.unsent:
                    self._loop.refresh(peer)
            except PeerGone:
                self._drop(peer)

    def dismiss(self, error: FarsimError, seconds: float) -> None:
        """Says goodbye to all, waits at most so long until it is sent, and closes them."""
        for peer in self:
            say_goodbye(peer, error)
        until = time.monotonic() + seconds
        unsent = {peer for peer in self._peers if peer.unsent}
        while unsent and time.monotonic() < until:
            writing = select.poll()
            for peer in unsent:
                writing.register(peer.write_fd, select.POLLOUT)
            writing.poll(50)
            for peer in list(unsent):
                with contextlib.suppress(PeerGone):
                    peer.flush()
                    if peer.unsent:
                        continue
                unsent.discard(peer)
        for peer in self._peers:
            peer.close()
