"""`doctor.json`, as `farsim doctor CONFIG` writes it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from ..errors import FarsimError
from .known_probes import KnownProbes, ProbedSimulator, find_probes, read_probed

_REPORT = ("at", "specHash", "seconds", "results")


def probes_of_doctor_file(path: str | os.PathLike[str], spec: Mapping[str, Any]) -> KnownProbes:
    """What `farsim doctor` wrote there of a simulator with this complete spec, or a remark that it fits none.
    Raises FILE_NOT_FOUND, BAD_ARGUMENT for another file.
    """
    probed = _read_doctor_file(path)
    found = find_probes(spec, probed)
    if found.report or found.remarks:
        return found
    others = ", ".join(f"{one.sim} '{one.task}'" for one in probed) or "nothing"
    return KnownProbes(
        None, (f"{os.fspath(path)} is of {others}, and not of this {spec['sim']} '{spec['task']}'",)
    )


def _read_doctor_file(path: str | os.PathLike[str]) -> list[ProbedSimulator]:
    try:
        with open(path, encoding="utf-8") as file:
            sections = json.load(file)["simulators"].values()
        return read_probed(
            [{**section, "report": {key: section[key] for key in _REPORT}} for section in sections]
        )
    except OSError as error:
        raise FarsimError("FILE_NOT_FOUND", f"doctor: {error}") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise FarsimError(
            "BAD_ARGUMENT",
            f"doctor: {os.fspath(path)} is no report of `farsim doctor CONFIG` that this farsim reads",
            ["run `farsim doctor CONFIG` again"],
        ) from error
