"""Follows the simulator's log: the newest lines as events while it starts, fatal ones always; keeps the file
from filling the disk.
"""

from __future__ import annotations

import os
import re
import shutil

_MOST_BYTES = 64 << 20
_READ_BYTES = 256 << 10
_FATAL = re.compile(
    r"Fatal Python error|CUDA error|CUDA out of memory|PhysX error|Segmentation fault|Illegal instruction",
    re.IGNORECASE,
)


class LogFollower:
    """Polled by the supervisor. `bytes_seen` grows with the log."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._offset = 0
        self._rest = b""
        self.bytes_seen = 0
        self.last_line = ""

    def poll(self) -> list[str]:
        """Reads what is new; gives the fatal lines among it."""
        fatal: list[str] = []
        try:
            with open(self._path, "rb") as file:
                size = file.seek(0, os.SEEK_END)
                if size < self._offset:
                    self._offset = 0
                if size - self._offset > _READ_BYTES:
                    self._offset, self._rest = size - _READ_BYTES, b""
                file.seek(self._offset)
                fresh = file.read(_READ_BYTES)
        except OSError:
            return fatal
        if fresh:
            self._offset += len(fresh)
            self.bytes_seen += len(fresh)
            *lines, self._rest = (self._rest + fresh).split(b"\n")
            self._rest = self._rest[-_READ_BYTES:]
            for line in lines:
                text = line.decode("utf-8", "replace").rstrip()
                if text:
                    self.last_line = text[:2000]
                if _FATAL.search(text):
                    fatal.append(text[:2000])
        if self._offset > _MOST_BYTES:
            self._rotate()
        return fatal

    def _rotate(self) -> None:
        """Copies the log aside and empties it; its writers append, so they go on at the beginning."""
        try:
            shutil.copyfile(self._path, f"{self._path}.1")
            os.truncate(self._path, 0)
            self._offset = 0
        except OSError:
            pass
