"""How a fake misbehaves, from the environment variable FAKE_ISAAC: JSON."""

import json
import os

_GIVEN = json.loads(os.environ.get("FAKE_ISAAC", "{}"))


def option(name, otherwise=None):
    return _GIVEN.get(name, otherwise)
