"""Keeps the ledger off the step's path: small entries at once after their reply, large ones in a thread
(SHA-256 of 1 MiB
takes 600 µs and lets other threads run)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

from .ledger import Ledger

LARGE_BYTES = 256 << 10
_MOST_WAITING = 8

Digest = Callable[[], bytes]


class LedgerKeeper:
    """Entries are added by the main thread, in order, and finished in that order."""

    def __init__(self, spec_hash: bytes, on_finished: Callable[[int, bytes], None]) -> None:
        self._ledger = Ledger(spec_hash)
        self._on_finished = on_finished
        self._waiting = 0
        self._queue: SimpleQueue[tuple[int, Digest, Digest] | None] = SimpleQueue()
        self._room = threading.Condition()
        self._thread: threading.Thread | None = None
        self.newest: tuple[int, bytes] = (0, b"")
        """Index and head of the newest finished entry."""

    def add(self, op: int, request: Digest, reply: Digest, size: int) -> None:
        """Adds an entry over `size` bytes; what the digests read must not change any more. Waits while eight
        are unfinished.
        """
        if self._waiting == 0 and size < LARGE_BYTES:
            self._finish(op, request, reply)
            return
        with self._room:
            self._room.wait_for(lambda: self._waiting < _MOST_WAITING)
            self._waiting += 1
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="farsim-ledger", daemon=True)
            self._thread.start()
        self._queue.put((op, request, reply))

    def drain(self, seconds: float) -> None:
        """Waits until every entry is finished, at most so long."""
        with self._room:
            self._room.wait_for(lambda: self._waiting == 0, seconds)

    def close(self, seconds: float) -> None:
        """Drains and ends the thread."""
        self.drain(seconds)
        if self._thread is not None:
            self._queue.put(None)

    def _run(self) -> None:
        while (entry := self._queue.get()) is not None:
            self._finish(*entry)
            with self._room:
                self._waiting -= 1
                self._room.notify()

    def _finish(self, op: int, request: Digest, reply: Digest) -> None:
        ledger = self._ledger
        ledger.append(op, request(), reply())
        self.newest = (ledger.index, ledger.head)
        self._on_finished(ledger.index, ledger.head)
