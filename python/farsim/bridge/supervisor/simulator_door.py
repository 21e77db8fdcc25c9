"""The supervisor's end of the door to the simulator process."""

from __future__ import annotations

import os
import selectors
import socket
from collections.abc import Callable
from typing import Any

from ..processes.door import Door
from .peer import Peer


class SimulatorDoor:
    """Hands connections on to the simulator process and hears what it says; both ends of a connection stay
    open here until the process says that it is done with it.
    """

    def __init__(
        self,
        selector: selectors.BaseSelector,
        heard: Callable[[dict[str, Any]], None],
        closed: Callable[[], None],
    ) -> None:
        self._selector = selector
        self._heard = heard
        self._closed = closed
        self._door: Door | None = None
        self._handed: dict[int, Peer] = {}
        self._numbers = 0
        self.messages = 0
        """How many came: signs of life."""

    def open(self, channel: socket.socket) -> None:
        channel.setblocking(False)
        self._door = Door(channel)
        self._selector.register(self._door.fileno(), selectors.EVENT_READ, self._on_readable)

    def send(self, message: dict[str, Any], descriptors: tuple[int, ...] = ()) -> bool:
        """False when nothing happened, as the process has left."""
        return self._door is not None and self._door.send(message, descriptors)

    def hand_over(self, peer: Peer, terms: dict[str, Any]) -> None:
        """Gives the peer's descriptors away, on these terms."""
        self._numbers += 1
        self.send({"accept": {"number": self._numbers, **terms}}, (peer.read_fd, peer.write_fd))
        peer.close_descriptors()
        self._handed[self._numbers] = peer

    def close_handed(self) -> None:
        """Ends the connections that were handed on."""
        for peer in self._handed.values():
            peer.close()
        self._handed.clear()

    def receive(self) -> None:
        """Takes all that is there."""
        while self._door is not None:
            try:
                received = self._door.receive()
            except BlockingIOError:
                return
            if received is None:
                self._selector.unregister(self._door.fileno())
                self._door.close()
                self._door = None
                self._closed()
                return
            message, descriptors = received
            for extra in descriptors:
                os.close(extra)
            self.messages += 1
            if "ended" in message:
                ended = self._handed.pop(message["ended"], None)
                if ended is not None:
                    ended.close()
            else:
                self._heard(message)

    def _on_readable(self, descriptor: int, mask: int) -> None:
        self.receive()
