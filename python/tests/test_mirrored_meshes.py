"""Meshes that a scene mirrors, as left legs are of right ones, still face outwards."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
sys.path[:0] = [str(PLUGINS / f"sim-{engine}/adapters") for engine in ("isaac", "newton")]

import isaac_visuals  # noqa: E402
import newton_visuals  # noqa: E402

CORNERS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], float)
FACES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])


def volume(corners, faces) -> float:
    """Positive where the faces are counter-clockwise from outside."""
    a, b, c = (np.asarray(corners, float)[np.asarray(faces)[:, i]] for i in range(3))
    return float(np.sum(a * np.cross(b, c)) / 6)


@pytest.mark.parametrize("scale", [(1, 1, 1), (2, -1, 1), (-1, -1, -1), (-1, -1, 2)])
def test_faces_are_counter_clockwise_from_outside(scale):
    size = abs(np.prod(scale)) / 6
    source = SimpleNamespace(vertices=CORNERS, indices=FACES.reshape(-1))
    assert np.isclose(volume(*newton_visuals._mesh(source, np.array(scale, float), {})), size)
    for left_handed in (False, True):
        authored = FACES[:, ::-1] if left_handed else FACES
        faces = isaac_visuals.facing_out(authored, left_handed, np.diag(scale).astype(float))
        assert np.isclose(volume(CORNERS * scale, faces), size)
