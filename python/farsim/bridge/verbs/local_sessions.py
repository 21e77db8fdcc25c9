"""`ps`, `down` and `logs`: this host's sessions, from their files."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
import time
from typing import Any

from ..errors import FarsimError
from ..processes.linux_process import boot_id, descendants, is_alive, start_time
from ..processes.log_tail import log_tail
from ..processes.session_files import SessionFiles, known_sessions
from ..processes.shared_page import SharedPage
from ..supervisor.sentinel import sweep
from .gpus import held_memory

_LADDER_SECONDS = 25.0
_FOLLOW_MS = 200


def list_sessions() -> list[dict[str, Any]]:
    """Living sessions of this host and boot, oldest first."""
    found = []
    for session in known_sessions():
        files = SessionFiles(session)
        try:
            state = files.read_state()
        except (FarsimError, ValueError):
            continue
        found.append(_describe(files, state))
    return found


def list_over() -> list[dict[str, Any]]:
    """Sessions of this host and boot that are over and have a log, newest first: `{session, name, reason,
    ended}`, `ended` in seconds since 1970.
    """
    over = []
    for files in map(SessionFiles, known_sessions()):
        report = None if files.state.exists() else files.read_exit()
        if report is not None and files.log.exists():
            about = {"session": files.session, "name": report.get("name", "")}
            over.append({**about, "reason": report["reason"], "ended": report["time"]})
    return sorted(over, key=lambda one: -one["ended"])


def _describe(files: SessionFiles, state: dict[str, Any]) -> dict[str, Any]:
    alive = is_alive(state["pid"], state["startTime"])
    shown = {key: value for key, value in state.items() if key not in ("token", "boot", "page", "startTime")}
    shown["alive"] = alive
    shown["age"] = _age(state["pid"]) if alive else None
    try:
        page = SharedPage(str(files.page))
    except OSError:
        return shown
    content = page.read()
    page.close()
    now = time.monotonic()
    return {
        **shown,
        **({"run": content.run._asdict()} if "detached" in shown else {}),
        "heard": round(now - content.heard, 1) if content.heard else None,
        "leaseLeft": round(content.ends - now, 1) if content.ends else None,
        "phase": content.phase,
        "started": content.started,
        "applied": content.applied,
        "since": round(now - content.since, 3),
        "ledger": {"index": content.ledger_index, "head": content.ledger_head.hex()},
    }


def show_sessions() -> list[dict[str, Any]]:
    """The same with the MiB of GPU memory that each holds, where nvidia-smi tells."""
    sessions = list_sessions()
    held = held_memory() if sessions else {}
    for entry in sessions:
        if held and entry["alive"]:
            entry["gpuMemory"] = sum(held.get(pid, 0) for pid in descendants(entry["pid"]))
    return sessions


def _age(pid: int) -> float | None:
    began = start_time(pid)
    return (
        None
        if began is None
        else round(time.clock_gettime(time.CLOCK_BOOTTIME) - began / os.sysconf("SC_CLK_TCK"), 1)
    )


def down(session: str) -> dict[str, Any]:
    """Ends a session by its supervisor, or without one when that is dead; gives what was left and why it
    ended. Raises SESSION_EXPIRED when nothing is known of it.
    """
    files = SessionFiles(session)
    ended = files.read_exit()
    if ended is not None and not files.state.exists():
        return {"farsim": 1, "session": session, "left": ended["left"], "reason": ended["reason"]}
    state = files.read_state()
    if state["host"] != socket.gethostname() or state["boot"] != boot_id() or state["uid"] != os.getuid():
        raise FarsimError(
            "BAD_ARGUMENT", f"session {session} belongs to {state['host']}, not to this host and boot"
        )
    pid, began = state["pid"], state["startTime"]
    until = time.monotonic() + _LADDER_SECONDS
    if is_alive(pid, began):
        os.kill(pid, signal.SIGTERM)
        while is_alive(pid, began) and time.monotonic() < until:
            time.sleep(0.02)
        if is_alive(pid, began):
            os.kill(pid, signal.SIGKILL)
        # its sentinel ends the rest and says why
        while files.state.exists() and is_alive(state["sentinel"], None) and time.monotonic() < until + 5:
            time.sleep(0.02)
    left = sweep(session)
    files.remove_live_files()
    ended = files.read_exit() or {}
    return {"farsim": 1, "session": session, "left": sorted(left), "reason": ended.get("reason")}


def print_logs(session: str, lines: int, follow: bool) -> None:
    """Prints the end of the simulator's log, and with `follow` what comes, until the session is over. Raises
    SESSION_EXPIRED when nothing is known of it.
    """
    files = SessionFiles(session)
    if not files.folder.exists():
        raise FarsimError("SESSION_EXPIRED", f"{socket.gethostname()} has no log of session {session}")
    path = str(files.log)
    for line in log_tail(path, lines):
        print(line)
    sys.stdout.flush()
    if not follow:
        return
    offset = os.path.getsize(path) if os.path.exists(path) else 0
    reader = select.poll()
    reader.register(sys.stdout.fileno(), 0)
    while True:
        running = files.state.exists()
        if os.path.exists(path):
            with open(path, "rb") as file:
                size = file.seek(0, os.SEEK_END)
                offset = 0 if size < offset else offset
                file.seek(offset)
                chunk = file.read()
            offset += len(chunk)
            sys.stdout.buffer.write(chunk)
            sys.stdout.flush()
        # whoever read this may be gone: nothing is written that would tell
        if not running or reader.poll(_FOLLOW_MS):
            return


def print_json(value: Any) -> None:
    print(json.dumps(value), flush=True)
