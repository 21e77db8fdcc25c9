"""Publishes a session's newest frames on a bus, for whoever may subscribe (docs/protocol.md, "Watching over a
bus").
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import Any

from ..errors import FarsimError
from ..wire import limits, protobuf_codec
from ..wire.framing import PREAMBLE_BYTES, check_length, decode_frame, encode_frame, preamble
from ..wire.handshake import client_proof, new_nonce
from ..wire.message_fields import ENUMS

_HEAD = struct.Struct("<BB2xIII")
_FORMAT = 1
_SPEC, _FRAME = 1, 2
_READ_BYTES = 1 << 20
_FRAME_SECONDS = 0.04
_SPEC_SECONDS = 1.0
_DIAL_SECONDS = 1.0


class BusBroadcast:
    """An observer of the session that never makes it wait: it reads now and then, publishes the newest frame
    of what has come, and drops the rest. `open_local` may raise OSError; `publish` takes a message's bytes.
    """

    def __init__(
        self,
        token: str,
        open_local: Callable[[], socket.socket],
        publish: Callable[[bytes], None],
        largest: int,
    ) -> None:
        self._token = token
        self._open_local = open_local
        self._publish = publish
        self._body_bytes = largest - _HEAD.size
        self._local: socket.socket | None = None
        self._due = 0.0
        self._spec_due = 0.0
        self._number = 0
        self._begin()

    def tick(self, now: float, may_publish: bool) -> None:
        """To be called often; does what is due."""
        if now < self._due or not may_publish:
            return
        self._due = now + _FRAME_SECONDS
        try:
            if self._local is None:
                self._due = now + _DIAL_SECONDS
                self._begin()
                self._local = self._open_local()
                self._local.send(preamble(protobuf_codec.ID))
            self._read()
        except (OSError, FarsimError):
            self.close()
            self._due = now + _DIAL_SECONDS
            return
        if self._spec and now >= self._spec_due:
            self._spec_due = now + _SPEC_SECONDS
            self._tell(_SPEC, self._spec)
        if self._newest:
            self._tell(_FRAME, self._newest)
            self._newest = b""

    def close(self) -> None:
        if self._local is not None:
            self._local.close()
            self._local = None

    def _begin(self) -> None:
        self._buffer = bytearray()
        self._greeted = False
        self._layouts: dict[int, bytes] = {}
        self._spec = b""
        self._newest = b""

    def _read(self) -> None:
        """Takes all that has come. Raises OSError at the end."""
        while self._local is not None:
            try:
                data = self._local.recv(_READ_BYTES)
            except BlockingIOError:
                return
            if not data:
                raise ConnectionResetError
            self._buffer += data
            self._take_frames()

    def _take_frames(self) -> None:
        if not self._greeted:
            if len(self._buffer) < PREAMBLE_BYTES:
                return
            del self._buffer[:PREAMBLE_BYTES]
            self._greeted = True
        newest: tuple[dict[str, Any], bytes] | None = None
        while len(self._buffer) >= 4:
            total = int.from_bytes(self._buffer[:4], "little")
            check_length(total, limits.FRAME_BYTES)
            if len(self._buffer) < total + 4:
                break
            frame = bytes(memoryview(self._buffer)[: total + 4])
            del self._buffer[: total + 4]
            kind, body, _ = decode_frame(protobuf_codec, frame)
            if kind == "challenge":
                self._prove(body["nonce"])
            elif kind == "spec":
                self._spec, self._spec_due = frame, 0.0
            elif kind == "layout":
                self._layouts[body["id"]] = frame
            elif kind == "reply":
                newest = body, frame
        if newest is not None:
            body, frame = newest
            used = dict.fromkeys(block["layout"] for block in body["blocks"] if block["layout"])
            self._newest = b"".join(self._layouts[layout] for layout in used) + frame

    def _prove(self, challenge: bytes) -> None:
        nonce = new_nonce()
        hello = {
            "version": limits.NEWEST_PROTOCOL,
            "client": "bus-broadcast",
            "user": "bus-broadcast",
            "nonce": nonce,
            "proof": client_proof(self._token, challenge, nonce),
            "role": ENUMS["Role"]["observer"],
        }
        if self._local is not None:
            self._local.send(encode_frame(protobuf_codec, "hello", hello))

    def _tell(self, kind: int, content: bytes) -> None:
        self._number += 1
        for at in range(0, len(content), self._body_bytes):
            head = _HEAD.pack(kind, _FORMAT, self._number, at, len(content))
            self._publish(head + content[at : at + self._body_bytes])
