"""Holds the first frames against the spaces that describe() gave: what an adapter's author got wrong shows at
once, not in somebody's training.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from ..errors import FarsimError
from ..wire.dtypes import NAMES, all_finite, dtype_code
from ..wire.layouts import NamedArray


class ObservationCheck:
    """Looks at the first reset's frame and the first step's; later ones cost nothing."""

    def __init__(self, spaces: dict[str, dict[str, Any]]) -> None:
        self._spaces = {f"obs/{path}" if path else "obs": space for path, space in spaces.items()}
        self._unseen = {"reset", "step"}

    def see(self, after: str, arrays: Sequence[NamedArray]) -> None:
        """`after` is `reset` or `step`. Raises SIMULATOR_FAILED for other names or shapes than described;
        another dtype and numbers that are not finite are noted in the log, and go to the client as warnings.
        """
        if after not in self._unseen:
            return
        given = {array.name: array.array for array in arrays}
        if given.keys() != self._spaces.keys():
            _refuse(after, "observations", _list(given), _list(self._spaces))
        for name, space in self._spaces.items():
            shape = list(given[name].shape[1:])
            if shape != space["shape"]:
                _refuse(after, f"'{name}'", f"shape {shape} for each env", str(space["shape"]))
        self._unseen.discard(after)
        for name, space in self._spaces.items():
            code = dtype_code(given[name])
            if NAMES[code] != space["dtype"]:
                _note(f"'{name}' is {NAMES[code]} after {after}, and describe() says {space['dtype']}")
            if not all_finite(given[name], code):
                _note(f"'{name}' holds numbers that are not finite after {after}")


def _refuse(after: str, what: str, given: str, described: str) -> None:
    raise FarsimError(
        "SIMULATOR_FAILED",
        f"the adapter's {what} after {after}: {given}, where its describe() says {described}",
        ["make describe() and the outcomes of reset and step say the same"],
    )


def _list(names: Any) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names)) or "none"


def _note(text: str) -> None:
    print(f"farsim note: the adapter's {text}", file=sys.stderr, flush=True)
