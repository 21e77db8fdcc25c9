"""How envs ended, where their engine resets them within the step that ends them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .host_arrays import to_numpy


class EndingStates:
    """Keeps the states that an autoreset is about to throw away, by standing in front of the env's own
    `_reset_idx`, which envs in the manner of Isaac Lab have. `read` gives the state of some rows. Resets that
    were asked for pass unseen; the trajectory stays what it was to the bit.
    """

    def __init__(self, env: Any, count: int, read: Callable[[np.ndarray], dict[str, Any]]) -> None:
        self._count = count
        self._read = read
        self._reset = env._reset_idx
        self._kept: dict[int, tuple[dict[str, Any], int]] | None = None
        env._reset_idx = self._keep

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """One step: what ends inside it is kept until its end."""
        self._kept = {}
        try:
            yield
        finally:
            self._kept = None

    def of(self, rows: Sequence[int]) -> dict[str, Any] | None:
        """The state of the rows, `[m, …]`; None when one of them was not seen to be reset."""
        kept = self._kept or {}
        if any(int(row) not in kept for row in rows):
            return None
        places = [kept[int(row)] for row in rows]
        entities = {
            name: {
                key: np.stack([state["entities"][name][key][place] for state, place in places])
                for key in arrays
            }
            for name, arrays in places[0][0]["entities"].items()
        }
        origins = [state["env_origin"][place] for state, place in places if "env_origin" in state]
        return {"entities": entities, **({"env_origin": np.stack(origins)} if origins else {})}

    def _keep(self, ids: Any = None, *rest: Any, **named: Any) -> Any:
        if self._kept is not None:
            rows = self._rows(ids)
            state = self._read(rows)
            for place, row in enumerate(rows):
                self._kept.setdefault(int(row), (state, place))
        return self._reset(ids, *rest, **named)

    def _rows(self, ids: Any) -> np.ndarray:
        every = np.arange(self._count)
        if ids is None or isinstance(ids, slice):
            return every if ids is None else every[ids]
        return to_numpy(ids).astype(int).reshape(-1)
