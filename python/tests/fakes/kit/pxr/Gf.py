"""Mirrors `pxr.Gf`: as much as places a camera."""

import numpy as np


def Vec2f(x, y):
    return (float(x), float(y))


def Matrix4d(rows):
    """Of four lists of four numbers, as the real one takes them; not of an array."""
    if isinstance(rows, np.ndarray):
        raise TypeError("Matrix4d() takes no such argument")
    return np.array(rows, float).reshape(4, 4)
