"""What Linux can say about and do to processes: death signals, subreaping, start times, markers."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Iterator

MARKER = "FARSIM_SESSION"
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def _prctl(option: int, argument: int) -> bool:
    try:
        return ctypes.CDLL(None, use_errno=True).prctl(option, argument, 0, 0, 0) == 0
    except (OSError, AttributeError):
        return False


def die_with_parent(number: int = signal.SIGKILL) -> bool:
    """Asks for a signal when the thread that forked this process ends; False where the kernel cannot."""
    return _prctl(_PR_SET_PDEATHSIG, number)


def become_subreaper() -> bool:
    """Makes orphans among this process's descendants its children; False where the kernel cannot."""
    return _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def boot_id() -> str:
    """Changes with each boot of the machine."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return "unknown"


def _stat(pid: int) -> list[str] | None:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return None


def start_time(pid: int) -> int | None:
    """Clock ticks since boot at which the process began: with the pid it names one process for good."""
    fields = _stat(pid)
    return int(fields[19]) if fields else None


def is_alive(pid: int, started: int | None) -> bool:
    """True while exactly that process runs (a zombie does not)."""
    fields = _stat(pid)
    return fields is not None and fields[0] != "Z" and (started is None or int(fields[19]) == started)


def parents() -> dict[int, int]:
    """Every process's parent."""
    found = {}
    for pid in _pids():
        fields = _stat(pid)
        if fields and fields[0] != "Z":
            found[pid] = int(fields[1])
    return found


def descendants(root: int) -> set[int]:
    """Living processes below `root`."""
    tree = parents()
    found: set[int] = set()
    grew = True
    while grew:
        fresh = {
            pid for pid, parent in tree.items() if (parent == root or parent in found) and pid not in found
        }
        grew = bool(fresh)
        found |= fresh
    return found


def marked(session: str) -> set[int]:
    """Living processes of this user whose environment names the session."""
    return {pid for pid, environment in marked_environments() if environment.get(MARKER) == session}


def marked_environments() -> Iterator[tuple[int, dict[str, str]]]:
    """Living processes that carry a session's marker, and the environment that they were started with."""
    for pid in _pids():
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                content = file.read()
        except OSError:
            continue
        fields = _stat(pid)
        if MARKER.encode() in content and fields and fields[0] != "Z":
            pairs = (entry.partition("=") for entry in os.fsdecode(content).split("\0"))
            yield pid, {key: value for key, _, value in pairs}


def cpu_seconds(pids: set[int]) -> float:
    """CPU time that the processes have used, user and system."""
    ticks = 0
    for pid in pids:
        fields = _stat(pid)
        if fields:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _pids() -> Iterator[int]:
    for name in os.listdir("/proc"):
        if name.isdigit():
            yield int(name)
