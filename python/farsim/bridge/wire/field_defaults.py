"""The defaults of message fields, the same in every codec."""

from __future__ import annotations

from typing import Any

from .message_fields import FIELDS


def default_of(kind: str, rule: str) -> Any:
    """What a field reads as when it is absent."""
    if rule == "repeated":
        return ()
    if rule == "optional" or kind in FIELDS:
        return None
    if kind == "double":
        return 0.0
    return {"string": "", "bytes": b"", "bool": False}.get(kind, 0)
