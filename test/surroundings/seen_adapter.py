"""A counter that tells in its spec what surroundings it was started in."""

import json
import os

from counter_adapter import CounterAdapter


class SeenAdapter(CounterAdapter):
    def describe(self):
        seen = {"variables": dict(os.environ), "config": self.config}
        return {**super().describe(), "task": json.dumps(seen, default=str)}
