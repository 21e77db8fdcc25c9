"""A session's token that its user chose, where `up`'s line cannot be carried to the near side."""

from __future__ import annotations

import re
from typing import Any

from ..errors import FarsimError

_TOKEN = re.compile(r"[0-9a-f]{64}\Z")


def given_token(order: dict[str, Any]) -> str | None:
    """The order's `token`, or what its `tokenFile` holds; taken out of the order. None where it has neither.
    Raises CONFIG_INVALID or FILE_NOT_FOUND.
    """
    token, path = order.pop("token", None), order.pop("tokenFile", None)
    if path is not None:
        if token is not None:
            raise FarsimError("CONFIG_INVALID", "give `token` or `tokenFile`, not both")
        try:
            with open(path, encoding="ascii") as file:
                token = file.read().strip()
        except (OSError, TypeError, UnicodeDecodeError) as error:
            raise FarsimError("FILE_NOT_FOUND", f"tokenFile: {path} cannot be read") from error
    if token is not None and not (isinstance(token, str) and _TOKEN.match(token)):
        raise FarsimError(
            "CONFIG_INVALID",
            "the session's token must be 64 hexadecimal digits, in lower case",
            ("openssl rand -hex 32 > plant.token",),
        )
    return token
