"""The adapter's contract in a real engine: `python check_adapter.py REPOSITORY ENGINE ENTRY CONFIG`."""

import importlib
import json
import os
import sys
from pathlib import Path

root, engine, entry, config = Path(sys.argv[1]), *sys.argv[2:5]
sys.argv = sys.argv[:1]
sys.path[:0] = [str(root / "python"), str(root / f"plugins/sim-{engine}/adapters")]

from farsim.testing import check_adapter  # noqa: E402

module, name = entry.split(":")
check_adapter(getattr(importlib.import_module(module), name), json.loads(config), steps=60)
print("the contract holds", flush=True)
# the engine's threads would keep an ordinary exit waiting
os._exit(0)
