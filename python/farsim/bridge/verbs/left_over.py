"""`reap`: what is left over on this host: sessions whose supervisor is dead or whose lease is over, and
processes that carry the marker of a session that is no more.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..processes.linux_process import MARKER, boot_id, is_alive, marked_environments
from ..processes.session_files import cache_folder
from ..supervisor.sentinel import sweep
from .local_sessions import down, list_sessions

# a supervisor that runs ends its session at the lease's end; its whole ladder takes 20 s
_PATIENCE_SECONDS = 30.0
_START_SECONDS = 0.5


def list_left_over() -> list[dict[str, Any]]:
    """`{"session", "name", "adapter", "reason", "pids"}` of each."""
    found = []
    known = set()
    orphans = _orphans()
    if orphans:
        # a supervisor writes its session's state just after it has forked the simulator
        time.sleep(_START_SECONDS)
        still = _orphans()
        orphans = {
            session: kept
            for session, pids in orphans.items()
            if (kept := [pid for pid in pids if pid in still.get(session, ())])
        }
    for entry in list_sessions():
        known.add(entry["session"])
        reason = _fault(entry)
        if reason:
            pids = orphans.get(entry["session"]) or ([entry["pid"]] if entry["alive"] else [])
            found.append(_left(entry["session"], entry["name"], entry["adapter"], reason, pids))
    for session, pids in orphans.items():
        if session not in known:
            found.append(_left(session, "", "", "its session is over", pids))
    return found


def reap(sessions: Sequence[str]) -> list[dict[str, Any]]:
    """Ends those of the named sessions that are left over, all where none is named; gives what could not be
    ended.
    """
    ended = []
    for entry in list_left_over():
        session = entry["session"]
        if sessions and session not in sessions:
            continue
        if entry["adapter"]:
            ended.append(down(session))
        else:
            ended.append({"farsim": 1, "session": session, "left": sorted(sweep(session)), "reason": None})
    return ended


def _left(session: str, name: str, adapter: str, reason: str, pids: Sequence[int]) -> dict[str, Any]:
    return {"session": session, "name": name, "adapter": adapter, "reason": reason, "pids": sorted(pids)}


def _fault(entry: dict[str, Any]) -> str | None:
    if not entry["alive"]:
        return "its supervisor is dead"
    left = entry.get("leaseLeft")
    if left is not None and left < -_PATIENCE_SECONDS:
        return f"its lease was over {-left:.0f} s ago"
    return None


def _orphans() -> dict[str, list[int]]:
    """Pids of this user by the session that they carry the marker of, where that session has no living
    supervisor. The process itself says where its session's state lies; containers are left alone.
    """
    found: dict[str, list[int]] = {}
    for pid, environment in marked_environments():
        session = environment.get(MARKER)
        if session and _is_ours(pid) and not _has_supervisor(session, environment):
            found.setdefault(session, []).append(pid)
    return found


def _is_ours(pid: int) -> bool:
    try:
        here = os.readlink(f"/proc/{pid}/ns/mnt") == os.readlink("/proc/self/ns/mnt")
        return here and os.stat(f"/proc/{pid}").st_uid == os.getuid()
    except OSError:
        return False


def _has_supervisor(session: str, environment: dict[str, str]) -> bool:
    given = environment.get("FARSIM_CACHE")
    home = environment.get("HOME")
    caches = {cache_folder(), *([Path(given)] if given else [Path(home) / ".cache/farsim"] if home else [])}
    for cache in caches:
        for state_file in (cache / "hosts").glob(f"*-{boot_id()}/{session}/state.json"):
            with contextlib.suppress(OSError, ValueError, KeyError):
                state = json.loads(state_file.read_text())
                if is_alive(state["pid"], state["startTime"]):
                    return True
    return False
