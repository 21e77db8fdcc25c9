"""What a run's folder says of the run: `run.json`, and the model beside it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from .known_probes import KnownProbes

_FACTS = ("sim", "task", "versions", "num_envs", "step_dt", "physics_dt", "autoreset")


def write_description(
    folder: Path,
    spec: dict[str, Any],
    spec_hash: str,
    probes: KnownProbes,
    model: tuple[str, dict[str, bytes]] | None,
) -> None:
    """With the model, its entry and files, `farsim replay` shows the run."""
    known = {"probes": probes.report} if probes.report else {}
    description: dict[str, Any] = {
        "began": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "simulator": spec["task"],
        "recorders": [{"name": "record", "plugin": "mcap"}],
        "spec": {**{key: spec[key] for key in _FACTS}, "specHash": spec_hash, **known},
    }
    if probes.remarks:
        description["remarks"] = probes.remarks
    if model is not None:
        entry, files = model
        for name, content in files.items():
            path = folder / "model" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        description["model"] = f"model/{entry}"
    (folder / "run.json").write_text(json.dumps(description, indent=2) + "\n")
