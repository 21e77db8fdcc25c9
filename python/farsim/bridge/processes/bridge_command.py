"""How this bridge is started again: from its archive, or from the folder that the package lies in."""

from __future__ import annotations

import os
import sys

ROOT = os.path.abspath(__file__).rsplit(f"{os.sep}farsim{os.sep}bridge{os.sep}", 1)[0]
"""The archive or folder that `farsim` is imported from."""
_FROM_FOLDER = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from farsim.bridge.__main__ import main; main()"
)


def bridge_command() -> list[str]:
    """Words that run the bridge's verbs with this interpreter."""
    if os.path.isfile(ROOT):
        return [sys.executable, ROOT]
    return [sys.executable, "-c", _FROM_FOLDER, ROOT]


def adapter_folder() -> str:
    """Where the bundled adapters are imported from."""
    return os.path.join(ROOT, "adapters")
