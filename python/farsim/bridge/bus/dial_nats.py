"""Connects and logs in to a NATS server; waits, within the time that the settings give."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any

from ..errors import FarsimError
from .nats_connection import NatsConnection
from .nats_errors import dial_error, no_tls, said_error
from .nats_parser import NatsParser
from .nats_settings import NatsSettings


def dial_nats(settings: NatsSettings, seconds: float) -> NatsConnection:
    """A connection to the first server that answers, logged in. Raises what the last one failed with:
    HOST_UNREACHABLE, LOGIN_REFUSED, UNSUPPORTED.
    """
    failure: FarsimError | None = None
    for host, port in settings.servers:
        server = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        try:
            return _dial(settings, host, port, server, time.monotonic() + seconds)
        except OSError as error:
            failure = dial_error(error, settings, server)
        except FarsimError as error:
            failure = error
    raise failure or FarsimError("CONFIG_INVALID", "nats.servers is empty")


def _dial(settings: NatsSettings, host: str, port: int, server: str, until: float) -> NatsConnection:
    connected = socket.create_connection((host, port), timeout=_left(until))
    try:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        parser = NatsParser()
        name, text = _next(connected, parser, until)
        if name != "INFO":
            raise FarsimError("HOST_UNREACHABLE", f"what answers on {server} is no NATS server")
        info = _info(text, server)
        if settings.tls is not None:
            if not (info.get("tls_required") or info.get("tls_available")):
                raise no_tls(server)
            connected = _with_tls(settings.tls, connected, host, until)
        elif info.get("tls_required"):
            raise FarsimError(
                "HOST_UNREACHABLE", f"the NATS server {server} asks for TLS", ("`tls: {}`, or `tls://`",)
            )
        options = {
            "verbose": False,
            "pedantic": False,
            "name": "farsim",
            "lang": "python",
            "version": "1",
            "protocol": 1,
            "headers": True,
            "no_responders": True,
            "tls_required": settings.tls is not None,
            **settings.login.options(info.get("nonce", "")),
        }
        connected.sendall(b"CONNECT " + json.dumps(options).encode() + b"\r\nPING\r\n")
        _await_pong(connected, parser, settings, until)
    except BaseException:
        connected.close()
        raise
    return NatsConnection(connected, parser, int(info.get("max_payload", 0)), settings.names)


def _with_tls(context: ssl.SSLContext, plain: socket.socket, host: str, until: float) -> socket.socket:
    plain.settimeout(_left(until))
    return context.wrap_socket(plain, server_hostname=host)


def _await_pong(connected: socket.socket, parser: NatsParser, settings: NatsSettings, until: float) -> None:
    while True:
        name, text = _next(connected, parser, until)
        if name == "PONG":
            return
        if name == "-ERR":
            raise said_error(text, settings.names)
        if name == "PING":
            connected.sendall(b"PONG\r\n")


def _next(connected: socket.socket, parser: NatsParser, until: float) -> tuple[str, str]:
    """The next operation that is no message; a byte at a time, so that none of what follows is taken."""
    while True:
        connected.settimeout(_left(until))
        data = connected.recv(1)
        if not data:
            raise ConnectionResetError("it closed the connection")
        said: Iterable[Any] = list(parser.feed(data))
        for operation in said:
            if len(operation) == 2:
                return operation


def _info(text: str, server: str) -> dict[str, Any]:
    try:
        info = json.loads(text)
    except ValueError:
        info = None
    if not isinstance(info, dict):
        raise FarsimError("HOST_UNREACHABLE", f"what answers on {server} is no NATS server")
    return info


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
