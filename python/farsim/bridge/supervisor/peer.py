"""One connection as the supervisor sees it: never blocks, reads no byte too many, writes when it can."""

from __future__ import annotations

import errno
import os
import socket
from typing import Any

from ..errors import FarsimError
from ..wire.codecs import Codec
from ..wire.framing import PREAMBLE_BYTES, check_length, encode_frame
from ..wire.link import tune

_MOST_UNSENT = 8 << 20


class PeerGone(Exception):
    """The other side ended the connection or reads nothing."""


class Peer:
    """A socket, or a pair of pipes that `attach` handed over (its own socket is then the `holder`)."""

    def __init__(self, read_fd: int, write_fd: int, now: float, holder: socket.socket | None = None) -> None:
        self.read_fd = read_fd
        self.write_fd = write_fd
        self.holder = holder
        self.opened = now
        self.last_heard = now
        self.codec: Codec | None = None
        self.nonce = b""
        self.hello: dict[str, Any] | None = None
        self.limit = 0
        self.reader: Any = None
        self._have = bytearray()
        self._need = PREAMBLE_BYTES
        self._in_frame = False
        self._unsent = bytearray()
        for descriptor in {read_fd, write_fd}:
            tune(descriptor)

    @property
    def unsent(self) -> bool:
        return bool(self._unsent)

    def read_first(self) -> bytes | None:
        """The preamble, once it is there. Raises PeerGone."""
        return self._read_needed()

    def read_frame(self) -> bytes | None:
        """The next frame, once it is there. Raises PeerGone, DECODE_FAILED or LIMIT_EXCEEDED."""
        while True:
            if self._need == PREAMBLE_BYTES and not self._in_frame:
                self._need = 4
            data = self._read_needed()
            if data is None:
                return None
            if not self._in_frame:
                total = int.from_bytes(data, "little")
                check_length(total, self.limit)
                self._in_frame = True
                self._have = bytearray(data)
                self._need = total + 4
                continue
            self._in_frame = False
            self._need = 4
            return data

    def expect_frames(self) -> None:
        """From now on frames come."""
        self._need = 4

    def _read_needed(self) -> bytes | None:
        while len(self._have) < self._need:
            try:
                chunk = os.read(self.read_fd, min(self._need - len(self._have), 1 << 16))
            except BlockingIOError:
                return None
            except OSError as error:
                raise PeerGone from error
            if not chunk:
                raise PeerGone
            self._have += chunk
        data = bytes(self._have)
        self._have = bytearray()
        return data

    def send(self, kind: str, body: dict[str, Any]) -> None:
        """Sends a header frame now or when the other side reads again. Raises PeerGone when it has not for 8
        MiB.
        """
        if self.codec is None:
            raise FarsimError("INTERNAL", "a frame before the preamble")
        self.send_bytes(encode_frame(self.codec, kind, body))

    def send_bytes(self, data: bytes) -> None:
        self._unsent += data
        self.flush()
        if len(self._unsent) > _MOST_UNSENT:
            raise PeerGone

    def flush(self) -> None:
        """Writes what waits, as far as that goes. Raises PeerGone."""
        while self._unsent:
            try:
                count = os.write(self.write_fd, bytes(self._unsent[: 1 << 18]))
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno == errno.EINTR:
                    continue
                raise PeerGone from error
            del self._unsent[:count]

    def close(self) -> None:
        """Closes this process's descriptors, and `attach`'s socket with them."""
        self.close_descriptors()
        if self.holder is not None:
            self.holder.close()
            self.holder = None

    def close_descriptors(self) -> None:
        """Closes the connection's descriptors here; whoever they were handed to keeps its own."""
        for descriptor in {self.read_fd, self.write_fd}:
            if descriptor >= 0:
                try:
                    os.close(descriptor)
                except OSError:
                    pass
        self.read_fd = self.write_fd = -1
