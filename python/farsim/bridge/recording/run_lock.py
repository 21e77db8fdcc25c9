"""The lock in a run's folder: nobody recovers what is still written (docs/recording.md)."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from pathlib import Path

from ..processes.linux_process import boot_id, start_time

LOCK_NAME = "recorder.lock"


class RunLock:
    """Says that this process writes to `folder`, where nobody else does, until `release`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_NAME
        holder = {
            "pid": os.getpid(),
            "began": str(start_time(os.getpid()) or ""),
            "host": socket.gethostname(),
            "machine": _machine_id(),
            "boot": boot_id() if sys.platform == "linux" else socket.gethostname(),
            "pids": _pid_space(),
            "since": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        self._text = json.dumps(holder) + "\n"
        self._path.write_text(self._text)

    def release(self) -> None:
        """Removes the lock, where it is still this one."""
        try:
            if self._path.read_text() == self._text:
                self._path.unlink()
        except OSError:
            pass


def _machine_id() -> str:
    try:
        return Path("/etc/machine-id").read_text().strip()
    except OSError:
        return ""


def _pid_space() -> str:
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""
