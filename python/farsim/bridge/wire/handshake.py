"""Both sides' proof of the session token (docs/protocol.md, "Life of a connection")."""

from __future__ import annotations

import hashlib
import hmac
import secrets

NONCE_BYTES = 32


def new_token() -> str:
    """32 random bytes as 64 hexadecimal digits."""
    return secrets.token_hex(32)


def new_nonce() -> bytes:
    return secrets.token_bytes(NONCE_BYTES)


def client_proof(token: str, challenge_nonce: bytes, client_nonce: bytes) -> bytes:
    """What HELLO must hold."""
    return _proof(token, b"farsim client", challenge_nonce, client_nonce)


def bridge_proof(token: str, client_nonce: bytes, challenge_nonce: bytes) -> bytes:
    """What WELCOME must hold."""
    return _proof(token, b"farsim bridge", client_nonce, challenge_nonce)


def proves(given: bytes, expected: bytes) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(given, expected)


def _proof(token: str, label: bytes, first: bytes, second: bytes) -> bytes:
    return hmac.new(bytes.fromhex(token), label + first + second, hashlib.sha256).digest()
