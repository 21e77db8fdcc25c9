"""What the bridge proves to a NATS server."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Any

from ..errors import FarsimError

_LOGINS = ("user", "token", "tokenFile", "creds", "nkey")
_SECTION = re.compile(r"-+BEGIN ([A-Z ]+)-+\s+(\S+)\s+-+END")


@dataclass(frozen=True)
class NatsLogin:
    """One of: a name with a password, a token, a key (`seed`) with or without the JWT that it belongs to."""

    user: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    jwt: str | None = field(default=None, repr=False)
    seed: str | None = field(default=None, repr=False)

    def options(self, nonce: str) -> dict[str, str]:
        """What CONNECT says of it. `nonce` is the server's."""
        options = {"user": self.user, "pass": self.password, "auth_token": self.token, "jwt": self.jwt}
        if self.seed is not None:
            pair = _key_pair(self.seed)
            signature = base64.urlsafe_b64encode(pair.sign(nonce.encode())).rstrip(b"=").decode()
            options["sig"] = signature
            if self.jwt is None:
                options["nkey"] = pair.public_key.decode()
        return {key: value for key, value in options.items() if value is not None}


def read_login(given: dict[str, Any]) -> NatsLogin:
    """Reads a login and the files that it names. Raises CONFIG_INVALID, FILE_NOT_FOUND; UNSUPPORTED where a
    key must sign and this Python has no `nkeys`.
    """
    for key in (*_LOGINS, "password", "passwordFile"):
        if key in given and not isinstance(given[key], str):
            raise _invalid(f"nats.{key} must be a text")
    chosen = [key for key in _LOGINS if key in given]
    if len(chosen) > 1:
        raise _invalid(f"give one login, not `{'` and `'.join(chosen)}`")
    passwords = [key for key in ("password", "passwordFile") if key in given]
    if len(passwords) > 1 or (passwords and "user" not in given):
        raise _invalid(f"`{passwords[0]}` needs a `user` and stands alone")
    if "creds" in given:
        sections = dict(_SECTION.findall(_read_file(given, "creds")))
        if sections.keys() < {"NATS USER JWT", "USER NKEY SEED"}:
            raise _invalid(f"nats.creds: {given['creds']} holds no NATS credentials")
        login = NatsLogin(jwt=sections["NATS USER JWT"], seed=sections["USER NKEY SEED"])
    elif "nkey" in given:
        login = NatsLogin(seed=_read_file(given, "nkey"))
    else:
        return NatsLogin(
            user=given.get("user"),
            password=_text(given, "password"),
            token=_text(given, "token"),
        )
    try:
        _key_pair(login.seed or "")
    except ValueError as error:
        raise _invalid(f"nats.{chosen[0]}: {given[chosen[0]]} holds no NATS key") from error
    return login


def _text(given: dict[str, Any], key: str) -> str | None:
    return _read_file(given, f"{key}File") if f"{key}File" in given else given.get(key)


def _read_file(given: dict[str, Any], key: str) -> str:
    try:
        with open(given[key], encoding="utf-8") as file:
            return file.read().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise FarsimError("FILE_NOT_FOUND", f"nats.{key}: {given[key]} cannot be read") from error


def _key_pair(seed: str) -> Any:
    """Raises ValueError for what is no seed."""
    try:
        import nkeys
    except ImportError:
        raise FarsimError(
            "UNSUPPORTED",
            "a login by `creds` or `nkey` signs, and this Python cannot: it has no package `nkeys`",
            ("pip install nkeys", "or log in by `user` and `passwordFile`, or by `tokenFile`"),
        ) from None
    try:
        return nkeys.from_seed(bytearray(seed.encode()))
    except Exception as error:
        raise ValueError(str(error)) from error


def _invalid(sentence: str) -> FarsimError:
    return FarsimError("CONFIG_INVALID", sentence)
