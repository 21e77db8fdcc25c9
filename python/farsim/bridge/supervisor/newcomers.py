"""Connections that have not said who they are: preambles, `attach`, CHALLENGE and HELLO."""

from __future__ import annotations

import json
import os
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

from ..errors import FarsimError
from ..wire import limits
from ..wire.codecs import CODECS
from ..wire.framing import codec_id_of, decode_frame, preamble
from ..wire.handshake import client_proof, new_nonce, proves
from .peer import Peer, PeerGone
from .peer_loop import PeerLoop

ATTACH = b"FSAT\1\0\0\0"
"""What `attach` says instead of a preamble; its descriptors ride on these bytes."""


class Newcomers:
    """Proves each newcomer and gives it to `accept`, unless `refusal` has a reason against its HELLO."""

    def __init__(
        self,
        loop: PeerLoop,
        token: str,
        refusal: Callable[[dict[str, Any]], FarsimError | None],
        accept: Callable[[Peer, dict[str, Any]], None],
    ) -> None:
        self._loop = loop
        self._token = token
        self._session_refusal = refusal
        self._accept = accept
        self._peers: set[Peer] = set()

    def accept_from(self, listener: socket.socket) -> None:
        """Takes the connections that wait; closes those beyond what may not have said who they are."""
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            if len(self._peers) >= limits.UNACCEPTED_CONNECTIONS:
                connection.close()
                continue
            read_fd = connection.detach()
            self._add(Peer(read_fd, read_fd, time.monotonic()))

    def discard(self, peer: Peer) -> None:
        """Forgets one that is gone."""
        self._peers.discard(peer)

    def late(self, now: float) -> list[Peer]:
        """Those that have had their time."""
        return [peer for peer in self._peers if now - peer.opened > limits.HELLO_SECONDS]

    def close(self) -> None:
        """Closes all of them."""
        for peer in self._peers:
            peer.close()

    def _add(self, peer: Peer) -> None:
        self._peers.add(peer)
        self._loop.watch(peer, self._on_peer)

    def _on_peer(self, peer: Peer) -> None:
        if peer.codec is None:
            self._read_preamble(peer)
            return
        frame = peer.read_frame()
        if frame is None:
            return
        kind, hello, _ = decode_frame(peer.codec, frame)
        if kind != "hello":
            raise FarsimError("DECODE_FAILED", f"{kind} came where hello was due")
        self._peers.discard(peer)
        refusal = self._refusal(peer, hello)
        if refusal is not None:
            refuse(peer, refusal)
        self._accept(peer, hello)

    def _read_preamble(self, peer: Peer) -> None:
        if peer.holder is None and self._take_attached(peer):
            return
        first = peer.read_first()
        if first is None:
            return
        codec_id = codec_id_of(first)
        codec = CODECS.get(codec_id) if codec_id is not None else None
        peer.codec = codec or CODECS[1]
        if first[:4] != b"FSIM":
            raise PeerGone
        peer.send_bytes(preamble(peer.codec.ID))
        if codec is None:
            raise PeerGone
        peer.nonce = new_nonce()
        peer.limit = limits.UNACCEPTED_FRAME_BYTES
        peer.expect_frames()
        peer.send(
            "challenge",
            {"nonce": peer.nonce, "oldest": limits.OLDEST_PROTOCOL, "newest": limits.NEWEST_PROTOCOL},
        )

    def _take_attached(self, peer: Peer) -> bool:
        """Makes a newcomer of the descriptors that `attach` sent; False when these are not its bytes."""
        connection = socket.socket(fileno=os.dup(peer.read_fd))
        try:
            if connection.recv(len(ATTACH), socket.MSG_PEEK) != ATTACH:
                connection.close()
                return False
            _, descriptors, _, _ = socket.recv_fds(connection, len(ATTACH), 2)
            uid = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1]
        except BlockingIOError:
            connection.close()
            return True
        except OSError:
            connection.close()
            raise PeerGone from None
        self._loop.unwatch(peer)
        self._peers.discard(peer)
        peer.close()
        if len(descriptors) != 2 or uid not in (0, os.getuid()):
            for descriptor in descriptors:
                os.close(descriptor)
            connection.close()
            return True
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)
        self._add(Peer(descriptors[0], descriptors[1], time.monotonic(), connection))
        return True

    def _refusal(self, peer: Peer, hello: dict[str, Any]) -> FarsimError | None:
        if not limits.OLDEST_PROTOCOL <= hello["version"] <= limits.NEWEST_PROTOCOL:
            return FarsimError(
                "VERSION",
                f"the client chose protocol {hello['version']}, this bridge speaks "
                f"{limits.OLDEST_PROTOCOL} to {limits.NEWEST_PROTOCOL}",
            )
        if not proves(hello["proof"], client_proof(self._token, peer.nonce, hello["nonce"])):
            return FarsimError("TOKEN_REFUSED", "the proof of the session token is wrong")
        return self._session_refusal(hello)


def refuse(peer: Peer, error: FarsimError) -> None:
    """Says no and ends the connection. Always raises PeerGone."""
    peer.send(
        "refused",
        {
            "code": error.code,
            "message": error.message,
            "oldest": limits.OLDEST_PROTOCOL,
            "newest": limits.NEWEST_PROTOCOL,
            "details": json.dumps(error.details) if error.details else "",
        },
    )
    raise PeerGone
