"""The adapter's contract on real Isaac Lab: `python check_contract.py REPOSITORY CONFIG`."""

import json
import os
import sys
from pathlib import Path

root, config = Path(sys.argv[1]), json.loads(sys.argv[2])
sys.argv = sys.argv[:1]
sys.path[:0] = [str(root / "python"), str(root / "plugins/sim-isaac/adapters")]

from isaac_adapter import IsaacAdapter  # noqa: E402

from farsim.testing import check_adapter  # noqa: E402

check_adapter(IsaacAdapter, config)
print("the contract holds", flush=True)
# the engine's threads would keep an ordinary exit waiting
os._exit(0)
