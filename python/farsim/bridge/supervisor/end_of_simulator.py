"""What is told of a simulator process that ended without being asked to."""

from __future__ import annotations

from typing import Any

_EXIT_OF_PHASE = {"queued": 4, "boot": 4, "launching": 4, "creating": 5, "probing": 5}
_EXIT_OF_CRASH = 6
_EXIT_OF_CONFIG = 3


def is_starting(phase: str) -> bool:
    return phase in _EXIT_OF_PHASE


def report_end(
    end: dict[str, Any], failed: dict[str, Any] | None, phase: str, scripted: bool, session: str
) -> tuple[int, dict[str, Any]]:
    """The bridge's exit status and the crash report: what the process or its log said (`failed`, with the
    phase in which it was said), else how it ended. `scripted`: a user's program was to call `serve`.
    """
    if failed is not None:
        report = {key: value for key, value in failed.items() if key not in ("phase", "details")}
        status = _EXIT_OF_PHASE.get(failed["phase"], _EXIT_OF_CRASH)
        wrong_config = report["code"] == "CONFIG_INVALID"
        return _EXIT_OF_CONFIG if wrong_config else status, {**report, **failed.get("details", {})}
    end = {**end, "suggestions": _ways_out(end, session)}
    if not is_starting(phase):
        return _EXIT_OF_CRASH, {"code": "SIMULATOR_CRASHED", **end}
    message = f"{end['message']} in phase {phase}"
    if scripted:
        message += ", before it called farsim.bridge.serve(env)"
    return _EXIT_OF_PHASE[phase], {"code": "START_FAILED", **end, "message": message}


def _ways_out(end: dict[str, Any], session: str) -> list[str]:
    """Where to look for why a process ended that said nothing itself."""
    killed = ["was memory short? `dmesg` on its machine tells what the kernel ended"]
    logs = f"`farsim host logs HOST {session}` shows all that it wrote"
    return [*(killed if end.get("signal") == "SIGKILL" else []), logs]
