"""What can go wrong with a NATS server, in farsim's words."""

from __future__ import annotations

import re
import socket
import ssl

from ..errors import FarsimError
from .nats_settings import NatsSettings

_PERMISSION = re.compile(r'permissions violation for (publish|subscription) to "([^"]+)"', re.IGNORECASE)
_LOGIN = re.compile(r"authorization|authentication", re.IGNORECASE)
_OWN_CERTIFICATE = "`tls: { cert: FILE, key: FILE }` where the server asks for a certificate of yours"


def said_error(text: str, server: str) -> FarsimError:
    """What the server's `-ERR` means."""
    said = text.strip("' ")
    permission = _PERMISSION.search(said)
    if permission:
        verb = "publish to" if permission[1].lower() == "publish" else "subscribe to"
        return FarsimError(
            "LOGIN_REFUSED",
            f"the NATS server {server} does not let this login {verb} {permission[2]}",
            ("allow it in the permissions of the user; docs/protocol.md lists all subjects",),
            {"subject": permission[2]},
        )
    if _LOGIN.search(said):
        return FarsimError(
            "LOGIN_REFUSED",
            f"the NATS server {server} refused the login: {said}",
            ("`user` with `passwordFile`, `tokenFile`, or the file that `creds` names",),
        )
    return FarsimError("HOST_UNREACHABLE", f"the NATS server {server} ended the connection: {said}")


def dial_error(error: OSError, settings: NatsSettings, server: str) -> FarsimError:
    """What connecting failed with."""
    if isinstance(error, ssl.SSLError):
        why = getattr(error, "verify_message", "") or error.reason or str(error)
        return FarsimError(
            "HOST_UNREACHABLE",
            f"TLS with the NATS server {server} failed: {why}",
            ("`tls: { ca: FILE }` with the authority that signed its certificate", _OWN_CERTIFICATE),
        )
    if isinstance(error, socket.gaierror):
        why = "no such host name is known"
    elif isinstance(error, ConnectionRefusedError):
        why = "nothing listens there"
    elif isinstance(error, TimeoutError):
        why = f"no answer came within {settings.connect_seconds:g} s"
    else:
        why = error.strerror or str(error)
    hints = ["is the server running, and `servers` right?"]
    if settings.tls is not None:
        hints.append(_OWN_CERTIFICATE)
    return FarsimError("HOST_UNREACHABLE", f"the NATS server {server}: {why}", hints)


def lost_server(server: str, why: str) -> FarsimError:
    return FarsimError("LINK_LOST", f"the NATS server {server} is gone: {why}")


def no_tls(server: str) -> FarsimError:
    return FarsimError("UNSUPPORTED", f"the NATS server {server} offers no TLS, and `tls` asks for it")
