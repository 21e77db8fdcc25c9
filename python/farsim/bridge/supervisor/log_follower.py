"""Follows the simulator's log: the newest line, and those that mean something; keeps the file from
filling the disk.
"""

from __future__ import annotations

import os
import shutil
from typing import BinaryIO

from ..processes.log_patterns import find_fatal, meaning

_MOST_BYTES = 64 << 20
_READ_BYTES = 256 << 10
_SKIM_BYTES = 2 << 20


class LogFollower:
    """Polled by the supervisor. `bytes_seen` grows with the log."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._offset = 0
        self._rest = b""
        self.bytes_seen = 0
        self.last_line = ""

    def poll(self, licence_accepted: bool = False) -> list[tuple[str, str]]:
        """Reads what is new; gives the meanings of lines that have one. Of more than 256 KiB at once only
        fatal lines are looked for, in 2 MiB a poll.
        """
        found: list[tuple[str, str]] = []
        try:
            with open(self._path, "rb") as file:
                size = file.seek(0, os.SEEK_END)
                if size < self._offset:
                    self._offset = 0
                if size - self._offset > _READ_BYTES:
                    found += self._skim(file, size - _READ_BYTES, licence_accepted)
                file.seek(self._offset)
                fresh = file.read(_READ_BYTES)
        except OSError:
            return found
        if fresh:
            self._offset += len(fresh)
            self.bytes_seen += len(fresh)
            *lines, self._rest = (self._rest + fresh).split(b"\n")
            self._rest = self._rest[-_READ_BYTES:]
            for line in lines:
                text = line.decode("utf-8", "replace").rstrip()
                if text:
                    self.last_line = text[:2000]
                means = meaning(text[:2000], licence_accepted)
                if means is not None:
                    found.append(means)
        if self._offset > _MOST_BYTES:
            self._rotate()
        return found

    def _skim(self, file: BinaryIO, until: int, licence_accepted: bool) -> list[tuple[str, str]]:
        if until - self._offset > _SKIM_BYTES:
            self._offset, self._rest = until - _SKIM_BYTES, b""
        file.seek(self._offset)
        data = self._rest + file.read(until - self._offset)
        self.bytes_seen += until - self._offset
        self._offset = until
        whole = data.rfind(b"\n") + 1
        data, self._rest = data[:whole], data[whole:][-_READ_BYTES:]
        at = find_fatal(data)
        if at < 0:
            return []
        line = data[max(data.rfind(b"\n", 0, at) + 1, at - 1000) :].partition(b"\n")[0]
        means = meaning(line.decode("utf-8", "replace").rstrip()[:2000], licence_accepted)
        return [means] if means else []

    def _rotate(self) -> None:
        """Copies the log aside and empties it; its writers append, so they go on at the beginning."""
        try:
            shutil.copyfile(self._path, f"{self._path}.1")
            os.truncate(self._path, 0)
            self._offset = 0
        except OSError:
            pass
