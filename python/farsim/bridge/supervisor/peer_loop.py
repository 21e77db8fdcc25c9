"""The supervisor's connections on its selector: reads what they send, writes what waits for them."""

from __future__ import annotations

import contextlib
import selectors
import traceback
from collections.abc import Callable

from ..errors import FarsimError
from .peer import Peer, PeerGone

Reader = Callable[[Peer], None]
"""Reads what a peer has sent. Raises PeerGone, or an error that the peer is told before it is dropped."""


class PeerLoop:
    """`drop` is called for a peer that is gone or broke the protocol, or whose reader failed: nothing that a
    peer sends ends the loop.
    """

    def __init__(self, selector: selectors.BaseSelector, drop: Callable[[Peer], None]) -> None:
        self._selector = selector
        self._drop = drop

    def watch(self, peer: Peer, reader: Reader) -> None:
        """Calls `reader` whenever the peer has sent something, and sends what waits for it."""
        peer.reader = reader
        self.refresh(peer)

    def refresh(self, peer: Peer) -> None:
        """Takes note of what the peer has unsent."""

        def on_ready(descriptor: int, mask: int) -> None:
            try:
                if mask & selectors.EVENT_WRITE:
                    peer.flush()
                if mask & selectors.EVENT_READ:
                    peer.reader(peer)
            except PeerGone:
                self._drop(peer)
            except FarsimError as error:
                say_goodbye(peer, error)
                self._drop(peer)
            except Exception as error:
                with contextlib.suppress(OSError):
                    traceback.print_exc()
                say_goodbye(peer, FarsimError("INTERNAL", f"{type(error).__name__}: {error}"))
                self._drop(peer)
            else:
                if peer.read_fd >= 0:
                    self.refresh(peer)

        wanted = {peer.read_fd: selectors.EVENT_READ}
        wanted[peer.write_fd] = wanted.get(peer.write_fd, 0) | (selectors.EVENT_WRITE if peer.unsent else 0)
        for descriptor, mask in wanted.items():
            known = self._selector.get_map().get(descriptor)
            if mask == 0:
                if known:
                    self._selector.unregister(descriptor)
            elif known:
                self._selector.modify(descriptor, mask, on_ready)
            else:
                self._selector.register(descriptor, mask, on_ready)

    def unwatch(self, peer: Peer) -> None:
        for descriptor in {peer.read_fd, peer.write_fd}:
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(descriptor)


def say_goodbye(peer: Peer, error: FarsimError) -> None:
    """Tells why the connection ends, if it still can be told."""
    with contextlib.suppress(PeerGone, FarsimError):
        peer.send("goodbye", {"code": error.code, "reason": error.message})
