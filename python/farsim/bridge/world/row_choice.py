"""Which envs a request means, and their seeds."""

from __future__ import annotations

from ..errors import FarsimError
from ..wire.layouts import NamedArray


class RowChoice:
    """Checks the rows that a request names against the envs that there are."""

    def __init__(self, num_envs: int, per_env_seeds: bool) -> None:
        self._num_envs = num_envs
        self._per_env_seeds = per_env_seeds

    def read(self, arrays: list[NamedArray]) -> list[int] | None:
        """The rows in a request's `envs`; None, where there is none, is all. Raises BAD_ARGUMENT."""
        for name, array, _ in arrays:
            if name == "envs":
                return self.check([int(env) for env in array])
        return None

    def check(self, rows: list[int]) -> list[int]:
        """The rows, each an env and named once. Raises BAD_ARGUMENT."""
        if not rows or min(rows) < 0 or max(rows) >= self._num_envs or len(set(rows)) != len(rows):
            raise FarsimError(
                "BAD_ARGUMENT", f"envs {rows[:8]} must name some of 0 … {self._num_envs - 1}, each once"
            )
        return rows

    def seeds(self, arrays: list[NamedArray], rows: list[int] | None) -> list[int] | None:
        """One seed for each row: one that was given became seed + i for env i. Raises BAD_ARGUMENT or
        UNSUPPORTED.
        """
        given = next((array for name, array, _ in arrays if name == "seed"), None)
        if given is None:
            return None
        envs = range(self._num_envs) if rows is None else rows
        if len(given) == 1:
            return [(int(given[0]) + env) & 0xFFFFFFFF for env in envs]
        if len(given) != len(envs):
            raise FarsimError("BAD_ARGUMENT", f"{len(given)} seeds for {len(envs)} envs")
        if not self._per_env_seeds:
            raise FarsimError("UNSUPPORTED", "this simulator takes one seed for all its envs")
        return [int(seed) for seed in given]
