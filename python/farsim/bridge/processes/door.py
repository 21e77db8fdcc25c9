"""The socket pair between supervisor and simulator process: one JSON message a packet, descriptors with
it.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from typing import Any

MESSAGE_BYTES = 128 << 10
"""A longer message is shortened."""
_TRACEBACK_CHARACTERS = 16_000


class Door:
    """Packets keep their bounds (SOCK_SEQPACKET), so a message and its descriptors stay together."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel

    @staticmethod
    def pair() -> tuple[socket.socket, socket.socket]:
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def fileno(self) -> int:
        return self._channel.fileno()

    def send(self, message: dict[str, Any], descriptors: tuple[int, ...] = ()) -> bool:
        """False when the other side is gone or does not listen."""
        data = json.dumps(message, default=str).encode()
        if len(data) > MESSAGE_BYTES:
            data = json.dumps(_shortened(message), default=str).encode()[:MESSAGE_BYTES]
        try:
            socket.send_fds(self._channel, [data], list(descriptors))
        except OSError:
            return False
        return True

    def receive(self) -> tuple[dict[str, Any], list[int]] | None:
        """The next message and its descriptors; None when the other side is gone. Raises BlockingIOError when
        none is there.
        """
        try:
            data, descriptors, _, _ = socket.recv_fds(self._channel, MESSAGE_BYTES, 4)
        except BlockingIOError:
            raise
        except OSError:
            return None
        if not data:
            return None
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)
        try:
            return json.loads(data), descriptors
        except ValueError:
            return {}, descriptors

    def close(self) -> None:
        self.end()
        self._channel.close()

    def end(self) -> None:
        """Ends the door for every process that holds a copy of it, and wakes whoever receives here."""
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shortened(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shortened(inner) for inner in value[-50:]]
    return value[-_TRACEBACK_CHARACTERS // 16 :] if isinstance(value, str) and len(value) > 1000 else value
