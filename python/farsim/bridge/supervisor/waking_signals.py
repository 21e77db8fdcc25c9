"""The signals that wake the supervisor's loop, and those that it leaves unheard."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
from collections.abc import Callable

from .sentinel import SENTINEL_GONE

_SENTINEL_WAS_KILLED = 70


def heed_signals(selector: selectors.BaseSelector, end: Callable[[str, int], None]) -> None:
    """Makes signals readable on the selector; `end` is called with a reason and an exit status."""

    def on_signal(descriptor: int, mask: int) -> None:
        with contextlib.suppress(BlockingIOError):
            numbers = os.read(descriptor, 4096)
            if signal.SIGTERM in numbers:
                end("asked to end by a signal", 0)
            elif SENTINEL_GONE in numbers:
                end("its sentinel was killed", _SENTINEL_WAS_KILLED)

    wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM, SENTINEL_GONE):
        signal.signal(number, lambda number, frame: None)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    selector.register(wake_read, selectors.EVENT_READ, on_signal)
