"""Carries one bus connection's bytes to and from the supervisor's socket."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable

from ..errors import FarsimError
from ..wire.link import tune
from .stream import BusStream

_GOODBYE_SECONDS = 0.5


class BusConnection:
    """Reads from the socket only what may be sent on, and holds of the peer what its window allows. `leave`
    is called once, when nothing is carried any more.
    """

    def __init__(
        self,
        local: socket.socket,
        stream: BusStream,
        leave: Callable[[], None],
        hand_on: Callable[[socket.socket], Callable[[], None] | None],
    ) -> None:
        """`hand_on` gives the connection to who asked for it at the socket's other end, and returns what is
        then to be said each second; None when it stays here.
        """
        tune(local.fileno())
        self.local = local
        self._stream = stream
        self._leave = leave
        self._hand_on = hand_on
        self._say_held: Callable[[], None] | None = None
        self._closed_at: float | None = None
        self._deaf = False
        self.over = False

    @property
    def wants_read(self) -> bool:
        return not self.over and (self._say_held is not None or self._stream.room > 0)

    @property
    def wants_write(self) -> bool:
        return not self.over and self._stream.waiting

    @property
    def has_said_all(self) -> bool:
        """True when the supervisor has closed its end and all of it was sent."""
        return self.over or self._stream.ended or self._say_held is not None

    def hear(self, payload: bytes) -> None:
        """Takes the peer's message."""
        self._try(lambda: self._stream.hear(payload, time.monotonic()))
        self.write()

    def hear_nobody(self) -> None:
        self._try(self._stream.hear_nobody)

    def read(self) -> None:
        """Sends what the supervisor or the simulator has written, as far as the credit goes."""
        if not self.wants_read:
            return
        try:
            data, descriptors, _, _ = socket.recv_fds(self.local, self._stream.room or 1, 1)
        except BlockingIOError:
            return
        except OSError as error:
            self.give_up(f"the bridge's connection broke: {error.strerror}")
            return
        for descriptor in descriptors:
            os.close(descriptor)
        if self._say_held is not None:
            if not data:
                self._end()
            return
        if descriptors:
            self._say_held = self._hand_on(self.local)
            return
        if data:
            self._stream.send(data)
            return
        self._stream.end()
        self._deaf = True
        self._closed_at = time.monotonic()
        self._finish()

    def write(self) -> None:
        """Gives on what the peer has sent."""
        if self.over:
            return
        self._stream.take(self._write_some)
        if self._stream.peer_ended and not self._stream.waiting and not self._deaf:
            self._deaf = True
            with contextlib.suppress(OSError):
                self.local.shutdown(socket.SHUT_WR)
        self._finish()

    def tick(self, now: float) -> None:
        """To be called every second."""
        if self._say_held is not None:
            self._say_held()
            return
        if self._closed_at is not None and now - self._closed_at > _GOODBYE_SECONDS:
            self._end()
            return
        self._try(lambda: self._stream.tick(now))

    def give_up(self, reason: str) -> None:
        """Ends the connection with a failure that the peer is told."""
        if not self.over:
            self._stream.give_up(reason)
            self._end()

    def drop(self) -> None:
        """Ends the connection without a word: the bus is gone."""
        self._end()

    def _write_some(self, data: memoryview) -> int:
        try:
            return len(data) if self._deaf else self.local.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            # who has closed hears no more, and what it said before still goes out
            self._deaf = True
            return len(data)

    def _try(self, step: Callable[[], None]) -> None:
        if self.over:
            return
        try:
            step()
        except FarsimError as error:
            self.give_up(error.message)
            return
        self._finish()

    def _finish(self) -> None:
        done = self._stream.peer_ended and not self._stream.waiting
        if done and (self._stream.ended or self._stream.unheard):
            self._end()

    def _end(self) -> None:
        if not self.over:
            self.over = True
            self._leave()
            self.local.close()
