"""Counts each env's control steps and episodes from what the adapter says of ends, by the autoreset that it
declared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..errors import FarsimError
from ..wire.dtypes import numpy


class Ended(NamedTuple):
    """Rows of an outcome that a same-step autoreset ended: their places in it, and their last tick and
    episode.
    """

    places: list[int]
    ticks: list[int]
    episodes: list[int]


class EpisodeBook:
    """`tick` counts from an episode's beginning, `episode` from 0 in each env."""

    def __init__(self, num_envs: int, autoreset: str) -> None:
        self._autoreset = autoreset
        self._count = num_envs
        self._tick = _counters(num_envs, 0)
        self._episode = _counters(num_envs, -1)
        self._ended = [False] * num_envs
        self._begun = 0
        self._any_ended = False

    def begin(self, rows: Sequence[int] | None) -> None:
        """Notes a reset of the rows (None: all)."""
        for env in range(self._count) if rows is None else rows:
            if self._episode[env] < 0:
                self._begun += 1
            self._tick[env] = 0
            self._episode[env] += 1
            self._ended[env] = False
        self._any_ended = any(self._ended)

    def require_running(self, rows: Sequence[int] | None) -> None:
        """Raises BAD_ACTION when a row was never reset, or has ended and nothing resets it."""
        if self._begun == self._count and not (self._any_ended and self._autoreset == "disabled"):
            return
        for env in range(self._count) if rows is None else rows:
            if self._episode[env] < 0:
                raise FarsimError("BAD_ACTION", f"env {env} has no running episode: reset it first")
            if self._ended[env] and self._autoreset == "disabled":
                raise FarsimError(
                    "BAD_ACTION", f"env {env} ended at tick {self._tick[env]}: reset it before the next step"
                )

    def step(self, rows: Sequence[int] | None, terminated: Any, truncated: Any) -> Ended | None:
        """Notes one control step of the rows."""
        if rows is None and not self._any_ended:
            if numpy is not None:
                self._tick += 1
            else:
                for env in range(self._count):
                    self._tick[env] += 1
        else:
            for env in range(self._count) if rows is None else rows:
                if self._ended[env] and self._autoreset == "next_step":
                    self._tick[env] = 0
                    self._episode[env] += 1
                    self._ended[env] = False
                else:
                    self._tick[env] += 1
            self._any_ended = any(self._ended)
        if not ends_any(terminated, truncated):
            return None
        places = [place for place in range(len(terminated)) if terminated[place] or truncated[place]]
        envs = places if rows is None else [int(rows[place]) for place in places]
        if self._autoreset != "same_step":
            for env in envs:
                self._ended[env] = True
            self._any_ended = True
            return None
        ended = Ended(
            places, [int(self._tick[env]) for env in envs], [int(self._episode[env]) for env in envs]
        )
        for env in envs:
            self._tick[env] = 0
            self._episode[env] += 1
        return ended

    def ticks(self, rows: Sequence[int] | None) -> Any:
        """`[n]` u32, a copy."""
        return _copy(self._tick, rows)

    def episodes(self, rows: Sequence[int] | None) -> Any:
        """`[n]` u32, a copy; 0 for an env that was never reset."""
        if self._begun == self._count:
            return _copy(self._episode, rows)
        begun = _counters(self._count, 0)
        for env in range(self._count):
            begun[env] = max(0, self._episode[env])
        return _copy(begun, rows)

    def dump(self) -> bytes:
        """The counters as bytes, for snapshots."""
        return bytes(self._tick) + bytes(self._episode) + bytes(self._ended)

    def check(self, data: bytes) -> None:
        """Raises BAD_STATE for bytes that `dump` cannot have given."""
        if len(data) != 17 * self._count:
            raise FarsimError("BAD_STATE", "the snapshot is not one of this simulator")

    def load(self, data: bytes) -> None:
        """Goes back to what `dump` gave. Raises BAD_STATE for other bytes."""
        self.check(data)
        size = 8 * self._count
        for counters, offset in ((self._tick, 0), (self._episode, size)):
            for env, value in enumerate(memoryview(data[offset : offset + size]).cast("q")):
                counters[env] = value
        self._ended = [bool(flag) for flag in data[2 * size :]]
        self._any_ended = any(self._ended)
        self._begun = sum(1 for episode in self._episode if episode >= 0)


def ends_any(terminated: Any, truncated: Any) -> bool:
    """True when a row of the outcome ended."""
    # of a few bytes, a fifth of what numpy's `any` takes
    return bool((terminated.tobytes() + truncated.tobytes()).lstrip(b"\0"))


def _counters(count: int, value: int) -> Any:
    if numpy is not None:
        return numpy.full(count, value, numpy.int64)
    return memoryview(bytearray(8 * count)).cast("q") if value == 0 else _filled(count, value)


def _filled(count: int, value: int) -> Any:
    counters = memoryview(bytearray(8 * count)).cast("q")
    for index in range(count):
        counters[index] = value
    return counters


def _copy(counters: Any, rows: Sequence[int] | None) -> Any:
    if numpy is not None:
        return (counters if rows is None else counters[numpy.asarray(rows, numpy.int64)]).astype(numpy.uint32)
    from ..wire.number_rows import u32

    return u32(list(counters) if rows is None else [counters[env] for env in rows])
