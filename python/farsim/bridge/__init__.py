"""The far side: a supervisor that listens and guards, and the simulator process with its adapter. Standard
library only. For users: `serve`, which brings what it needs when it is first named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .serving import serve

__all__ = ["serve"]


def __getattr__(name: str) -> Any:
    if name == "serve":
        from .serving import serve

        return serve
    raise AttributeError(f"module 'farsim.bridge' has no attribute '{name}'")
