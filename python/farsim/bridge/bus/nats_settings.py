"""How the bridge comes to a NATS server, as the key `nats` of its order says."""

from __future__ import annotations

import os
import re
import ssl
from dataclasses import dataclass, field
from typing import Any

from ..errors import FarsimError
from .nats_login import NatsLogin, read_login
from .subjects import BusSubjects

_KEYS = frozenset(
    {"servers", "name", "prefix", "tls", "connectTimeout", "publish"}
    | {"user", "password", "passwordFile", "token", "tokenFile", "creds", "nkey"}
)
_TLS_KEYS = frozenset({"ca", "cert", "key"})
_SERVER = re.compile(r"(?:(nats|tls)://)?(\[[0-9A-Fa-f:.]+\]|[^/\s:@\[\]]+)(?::(\d{1,5}))?\Z")
_DEFAULT_PORT = 4222


@dataclass(frozen=True)
class NatsSettings:
    """`servers` are host and port; any that answers is used."""

    servers: tuple[tuple[str, int], ...]
    names: str
    subjects: BusSubjects
    login: NatsLogin = field(repr=False)
    tls: ssl.SSLContext | None
    connect_seconds: float
    publish: bool


def read_nats_settings(given: Any) -> NatsSettings:
    """Checks the order's `nats` and reads the files that it names. Raises CONFIG_INVALID, UNKNOWN_KEY,
    FILE_NOT_FOUND or UNSUPPORTED.
    """
    if not isinstance(given, dict):
        raise _invalid("nats must be an object with `servers` and `name`")
    unknown = sorted(given.keys() - _KEYS)
    if unknown:
        raise FarsimError("UNKNOWN_KEY", f"nats holds the unknown key '{unknown[0]}'")
    servers = given.get("servers", "nats://127.0.0.1:4222")
    servers = [servers] if isinstance(servers, str) else servers
    if not isinstance(servers, list) or not servers:
        raise _invalid("nats.servers must be an address or a list of them")
    places = [_place(server) for server in servers]
    seconds = given.get("connectTimeout", 15)
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds > 0:
        raise _invalid("nats.connectTimeout must be a positive number of seconds")
    wants_tls = "tls" in given or any(secure for secure, _, _ in places)
    return NatsSettings(
        tuple((host, port) for _, host, port in places),
        ", ".join(servers),
        BusSubjects(given.get("name"), given.get("prefix", "farsim")),
        read_login(given),
        _tls_context(given.get("tls", {})) if wants_tls else None,
        float(seconds),
        bool(given.get("publish", False)),
    )


def _place(server: Any) -> tuple[bool, str, int]:
    if isinstance(server, str) and "@" in server:
        raise _invalid(
            "a login does not belong into the address of a server, which is shown in messages",
            "`user` and `passwordFile`",
        )
    found = _SERVER.match(server) if isinstance(server, str) else None
    if not found or int(found[3] or 1) > 65_535:
        raise _invalid(f"nats.servers: {server!r} is no NATS server", "nats://host:4222")
    return found[1] == "tls", found[2].strip("[]"), int(found[3] or _DEFAULT_PORT)


def _tls_context(files: Any) -> ssl.SSLContext:
    if not isinstance(files, dict) or files.keys() - _TLS_KEYS:
        raise _invalid("nats.tls must be an object of the files `ca`, `cert` and `key`")
    for key, path in files.items():
        if not isinstance(path, str) or not os.path.isfile(path):
            raise FarsimError("FILE_NOT_FOUND", f"nats.tls.{key}: {path} cannot be read")
    if ("cert" in files) != ("key" in files):
        raise _invalid("nats.tls: `cert` and `key` go together")
    try:
        context = ssl.create_default_context(cafile=files.get("ca"))
        if "cert" in files:
            context.load_cert_chain(files["cert"], files["key"])
    except (ssl.SSLError, OSError) as error:
        raise _invalid(f"nats.tls: {error}") from error
    return context


def _invalid(sentence: str, *suggestions: str) -> FarsimError:
    return FarsimError("CONFIG_INVALID", sentence, suggestions)
