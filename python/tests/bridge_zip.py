"""Packs the bridge and some adapters as the near side does: a stored zip with `__main__.py`, `farsim/…`,
`adapters/…`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

PYTHON = Path(__file__).resolve().parent.parent
PLUGINS = PYTHON.parent / "plugins"
SHIPPED = (
    PLUGINS / "sim-counter/adapters/counter_adapter.py",
    PLUGINS / "sim-mujoco/adapters/mujoco_native_adapter.py",
    PLUGINS / "sim-gymnasium/adapters/gymnasium_adapter.py",
)


def pack_bridge(target: Path, adapters: Iterable[Path] = SHIPPED) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("__main__.py", "from farsim.bridge.__main__ import main\n\nmain()\n")
        archive.write(PYTHON / "farsim/__init__.py", "farsim/__init__.py")
        for source in sorted((PYTHON / "farsim/bridge").rglob("*.py")):
            archive.write(source, source.relative_to(PYTHON))
        for adapter in adapters:
            if adapter.exists():
                archive.write(adapter, f"adapters/{adapter.name}")
    return target
