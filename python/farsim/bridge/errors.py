"""The one error class of the far side; its codes are those of `core/src/model/error-codes.ts`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .json_value import json_value


class FarsimError(Exception):
    """Carries a code, a sentence, ways out, and JSON details to the near side."""

    def __init__(
        self,
        code: str,
        message: str,
        suggestions: Sequence[str] = (),
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.suggestions = tuple(suggestions)
        self.details = dict(details or {})

    def report(self) -> dict[str, Any]:
        """The error as the first line of `up` and a `crashed` event hold it."""
        return {
            "code": self.code,
            "message": _text(self.message),
            "suggestions": [_text(way) for way in self.suggestions],
            "details": json_value(self.details),
        }

    def failure(self, applied: bool = False) -> dict[str, Any]:
        """The error as a reply's `Failure`; `applied` says that the simulator was reached."""
        return {
            "code": self.code,
            "message": _text(self.message),
            "suggestions": [_text(way) for way in self.suggestions],
            "details": json.dumps(json_value(self.details)) if self.details else "",
            "applied": applied,
        }


def _text(said: Any) -> str:
    """What UTF-8 can carry of it: names of files may hold more."""
    return str(said).encode("utf-8", "replace").decode()


def refused_before_simulator(code: str) -> bool:
    """True for an error that was raised before the simulator was touched: it makes no ledger entry."""
    return code in _REFUSED_BEFORE


_REFUSED_BEFORE = frozenset({"BAD_ACTION", "BAD_STATE", "BAD_ARGUMENT", "UNSUPPORTED", "CLOSED"})
