"""The subjects of one listener on a bus (docs/protocol.md, "Over a bus")."""

from __future__ import annotations

import re
import secrets

from ..errors import FarsimError

_DOTTED = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\Z")
_ID = re.compile(r"[0-9a-f]{32}\Z")
_LONGEST = 128


class BusSubjects:
    """Raises CONFIG_INVALID for a name or prefix that is no part of a subject."""

    def __init__(self, name: str, prefix: str) -> None:
        for key, given in (("name", name), ("prefix", prefix)):
            if not isinstance(given, str) or len(given) > _LONGEST or not _DOTTED.match(given):
                raise FarsimError(
                    "CONFIG_INVALID",
                    f"nats.{key}: {given!r} is no part of a subject",
                    (f"at most {_LONGEST} letters, digits, '-', '_' and '.'",),
                )
        self.address = f"subject:{name}"
        self._root = f"{prefix}.{name}"
        self.open = f"{self._root}.open"
        self.frames = f"{self._root}.frames"

    def up(self, connection: str) -> str:
        """Where the listener hears a connection."""
        return f"{self._root}.{connection}.up"

    def down(self, connection: str) -> str:
        """Where the dialler hears it."""
        return f"{self._root}.{connection}.down"

    def connection_of(self, reply: str) -> str | None:
        """The connection that a `down` subject of this listener names; None for any other subject."""
        parts = reply.split(".")
        found = parts[-2] if len(parts) > 1 else ""
        return found if _ID.match(found) and self.down(found) == reply else None


def new_connection_id() -> str:
    return secrets.token_hex(16)
