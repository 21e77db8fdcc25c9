"""Times of one kind of call (as core/src/rollout/call-times.ts)."""

from __future__ import annotations

import math
from typing import Any

_SHORTEST = 1e-7
_RATIO = 1.02
# up to about 3 hours
_BUCKETS = 1280


class CallTimes:
    """A histogram of fixed size; percentiles are right to 1 %, the rest exact. Seconds."""

    def __init__(self) -> None:
        self._counts = [0] * _BUCKETS
        self.count = 0
        self._sum = 0.0
        self._max = 0.0

    def add(self, seconds: float) -> None:
        longer = seconds > _SHORTEST
        place = math.ceil(math.log(seconds / _SHORTEST) / math.log(_RATIO)) if longer else 0
        self._counts[min(_BUCKETS - 1, place)] += 1
        self.count += 1
        self._sum += seconds
        self._max = max(self._max, seconds)

    def summary(self) -> dict[str, Any]:
        """Of at least one call."""
        mean = self._sum / self.count
        return {
            "count": self.count,
            "mean": mean,
            "p50": self._at(0.5),
            "p99": self._at(0.99),
            "max": self._max,
        }

    def _at(self, share: float) -> float:
        seen = 0
        for place, count in enumerate(self._counts):
            seen += count
            if seen >= share * self.count:
                return min(self._max, _SHORTEST * _RATIO ** (place - 0.5))
        return self._max
