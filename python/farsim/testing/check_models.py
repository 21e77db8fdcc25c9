"""Rules of models."""

from __future__ import annotations

from .opened_world import NOT_OFFERED, OpenedWorld


def check_model(world: OpenedWorld, steps: int) -> str | None:
    """A model is files under relative paths, one of them the entry."""
    if not world.can("model"):
        return NOT_OFFERED
    entry, files = world.adapter.model()
    assert entry in files, "the model's entry is one of its files"
    for path in files:
        parts = path.split("/")
        assert not path.startswith("/") and ".." not in parts and "" not in parts, (
            f"{path} is a plain relative path"
        )
