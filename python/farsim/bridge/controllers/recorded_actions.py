"""A recording's actions again, as its round's file on this machine has them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FarsimError
from ..wire.dtypes import CODES, numpy_dtype
from ..wire.layouts import NamedArray


class RecordedActions:
    """`folder` holds `000000.actions` and so on: a line of JSON, `{"envs", "rows": [[{name, dtype, shape}]]}`
    and the bytes of each row's arrays, one after another. A round ends with the recorded one.
    """

    def __init__(self, folder: str, num_envs: int) -> None:
        self._folder = Path(folder)
        self._num_envs = num_envs
        self._rows: list[list[NamedArray]] = []
        self._next = 0
        self._read(0)

    def begin(self, number: int) -> None:
        """Before the first action of each round, counted from 0."""
        self._rows, self._next = self._read(number), 0

    def act(self, times: Sequence[float]) -> list[NamedArray] | None:
        """The next row's arrays, whatever the times; None where the recorded round has no more."""
        if self._next >= len(self._rows):
            return None
        self._next += 1
        return list(self._rows[self._next - 1])

    def _read(self, number: int) -> list[list[NamedArray]]:
        """Nothing where the recording has no such round. Raises BAD_ARGUMENT for another number of envs."""
        path = self._folder / f"{number:06d}.actions"
        if not path.exists():
            return []
        head, _, data = path.read_bytes().partition(b"\n")
        about = json.loads(head)
        if about["envs"] != self._num_envs:
            raise FarsimError(
                "BAD_ARGUMENT",
                f"the recording has {about['envs']} envs and the simulator {self._num_envs}",
            )
        rows, at = [], 0
        for row in about["rows"]:
            arrays = []
            for described in row:
                array = _view(data, at, described)
                at += array.nbytes
                arrays.append(NamedArray(described["name"], array))
            rows.append(arrays)
        return rows


def _view(data: bytes, at: int, described: dict[str, Any]) -> Any:
    dtype = numpy_dtype(CODES[described["dtype"]])
    count = int(np.prod(described["shape"], dtype=np.int64))
    # aligned memory of its own
    return np.frombuffer(data, dtype, count, at).copy().reshape(described["shape"])
