"""The far side: a supervisor that listens and guards, and the simulator process with its adapter. Standard
library only. For users: `serve` and `record`, which bring what they need when they are first named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .recording.record import record
    from .simulator.serving import serve

__all__ = ["record", "serve"]


def __getattr__(name: str) -> Any:
    if name == "serve":
        from .simulator.serving import serve

        return serve
    if name == "record":
        from .recording.record import record

        return record
    raise AttributeError(f"module 'farsim.bridge' has no attribute '{name}'")
