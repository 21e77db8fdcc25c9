"""Arrays of engines on the host: numpy, torch tensors, Warp arrays, and proxies of both. Needs numpy."""

from __future__ import annotations

from typing import Any

import numpy as np


def to_numpy(value: Any) -> np.ndarray:
    """The value as numpy, in its own dtype. It may share memory with the engine: copy what is kept."""
    # first: a proxy passes on with a warning what it has not itself
    tensor = getattr(value, "torch", value)
    if hasattr(tensor, "detach"):
        return tensor.numpy(force=True)
    return value.numpy() if hasattr(value, "numpy") else np.asarray(value)
