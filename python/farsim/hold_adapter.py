"""Holds an adapter to its contract: `python -m farsim.hold_adapter MODULE:CLASS CONFIG [STEPS]`.

Prints a line of JSON for each rule, `{"fact", "seconds", "broken", "offered"}`, where `broken` is null for
one that is kept; `{"missing"}` alone where a module is not there. The last line is `{"held"}`, how many rules
that were: an engine may end the process with status 0. What the adapter itself prints goes to standard error.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from typing import IO, Any


def main(entry: str, config: str, steps: str = "20") -> None:
    """Runs every check of the adapter's capabilities, each in a world of its own."""
    module, name = entry.split(":")
    told = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    try:
        from .testing import NOT_OFFERED, adapter_checks, opened

        make = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        _tell(told, {"missing": error.name})
        return
    checks = adapter_checks()
    for check in checks:
        began, broken, answer = time.monotonic(), None, None
        try:
            with opened(make, json.loads(config)) as world:
                answer = check(world, int(steps))
        except AssertionError as error:
            broken = str(error) or "an assertion without a message failed"
        except Exception as error:
            broken = f"{type(error).__name__}: {error}"
        line = {"fact": _fact(check.__doc__ or ""), "seconds": round(time.monotonic() - began, 6)}
        _tell(told, {**line, "broken": broken, "offered": answer != NOT_OFFERED})
    _tell(told, {"held": len(checks)})


def _fact(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def _tell(told: IO[str], line: dict[str, Any]) -> None:
    told.write(f"{json.dumps(line)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
