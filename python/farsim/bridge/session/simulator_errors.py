"""Turns what an adapter raised into an error with a code, once."""

from __future__ import annotations

import re
import sys
import traceback

from ..errors import FarsimError
from ..processes.log_patterns import meaning
from ..processes.log_tail import log_tail

_CODE = re.compile(r"[A-Z][A-Z_]+\Z")


def call_error(error: BaseException, log_path: str) -> FarsimError:
    """The error of a call to a running simulator: its own code, or SIMULATOR_FAILED with type, traceback and
    log.
    """
    code = getattr(error, "code", None)
    if isinstance(code, str) and _CODE.match(code):
        if isinstance(error, FarsimError):
            return error
        return FarsimError(code, str(error), getattr(error, "suggestions", ()))
    sys.stdout.flush()
    sys.stderr.flush()
    return FarsimError("SIMULATOR_FAILED", f"{type(error).__name__}: {error}", (), _details(error, log_path))


def start_error(error: BaseException, log_path: str, adapter: str, phase: str) -> FarsimError:
    """The error of a start: EULA_REQUIRED where the log asks for a licence, PACKAGE_MISSING with the way out,
    the error's own code, or START_FAILED with the adapter's name and the phase.
    """
    if isinstance(error, EOFError):
        # a question that nobody can answer here
        for line in log_tail(log_path):
            code, sentence = meaning(line) or ("", "")
            if code == "EULA_REQUIRED":
                return FarsimError(code, sentence, (), _details(error, log_path))
    if isinstance(error, ModuleNotFoundError) and error.name:
        package = error.name.partition(".")[0]
        return FarsimError(
            "PACKAGE_MISSING",
            f"{sys.executable} has no module '{error.name}'",
            [
                f"run `{sys.executable} -m pip install {package}`, name another interpreter with `python:`, "
                "or let farsim make one with `python: managed`, for an adapter of your own with "
                f"`requirements: [{package}]`"
            ],
            _details(error, log_path),
        )
    known = call_error(error, log_path)
    if known.code != "SIMULATOR_FAILED":
        return known
    return FarsimError(
        "START_FAILED",
        f"the adapter {adapter} failed while {phase}: {known.message}",
        ["the traceback says where; `farsim run … --json` has it too, with the last lines of the log"],
        known.details,
    )


def _details(error: BaseException, log_path: str) -> dict:
    return {
        "type": type(error).__name__,
        "traceback": "".join(traceback.format_exception(type(error), error, error.__traceback__))[-20_000:],
        "log": log_tail(log_path),
    }
