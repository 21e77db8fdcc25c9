"""The 256 bytes that the simulator process writes and the supervisor reads even when that process cannot
speak.
"""

from __future__ import annotations

import mmap
import os
import struct
from typing import NamedTuple

PAGE_BYTES = 256
_RUN_OFFSET = 64
_LEASE_OFFSET = 128
PHASES = ("queued", "boot", "launching", "creating", "probing", "ready", "closing", "failed")


class RunProgress(NamedTuple):
    """Of a run whose loop is in the simulator process; `rounds` is about how many there will be, `step`
    counts in the round.
    """

    round: int
    rounds: int
    episodes: int
    wanted: int
    step: int


class PageContent(NamedTuple):
    """`since`: monotonic seconds when the phase or the running request began; `started` is 0 when none
    runs. `heard`: when the client was last heard; `ends`: when the lease will be over as things stand; both
    monotonic, 0 where that is not known.
    """

    phase: str
    started: int
    applied: int
    since: float
    ledger_index: int
    ledger_head: bytes
    heard: float
    ends: float
    run: RunProgress


class SharedPage:
    """A file of 256 bytes, mapped by both processes. One writer of each part; readers may see a mix of two
    neighbouring writes.
    """

    def __init__(self, path: str, create: bool = False) -> None:
        flags = os.O_RDWR | (os.O_CREAT | os.O_EXCL if create else 0)
        descriptor = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            if create:
                os.ftruncate(descriptor, PAGE_BYTES)
            self._map = mmap.mmap(descriptor, PAGE_BYTES)
        finally:
            os.close(descriptor)

    def set_phase(self, phase: str, since: float) -> None:
        struct.pack_into("<I", self._map, 0, PHASES.index(phase))
        struct.pack_into("<d", self._map, 16, since)

    def set_running(self, started: int, applied: int, since: float) -> None:
        """Notes which request runs (0: none), the last applied one, and since when."""
        struct.pack_into("<IIxxxxd", self._map, 4, started, applied, since)

    def set_ledger(self, index: int, head: bytes) -> None:
        struct.pack_into("<I32s", self._map, 24, index & 0xFFFFFFFF, head)

    def set_run(self, progress: RunProgress) -> None:
        struct.pack_into("<5I", self._map, _RUN_OFFSET, *progress)

    def set_lease(self, heard: float, ends: float) -> None:
        """The supervisor's part."""
        struct.pack_into("<dd", self._map, _LEASE_OFFSET, heard, ends)

    def read(self) -> PageContent:
        phase, started, applied, since, index, head = struct.unpack_from("<IIIxxxxdI32s", self._map, 0)
        heard, ends = struct.unpack_from("<dd", self._map, _LEASE_OFFSET)
        name = PHASES[phase] if phase < len(PHASES) else "failed"
        run = RunProgress(*struct.unpack_from("<5I", self._map, _RUN_OFFSET))
        return PageContent(name, started, applied, since, index, head, heard, ends, run)

    def close(self) -> None:
        self._map.close()
