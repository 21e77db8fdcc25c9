"""One connection's descriptors, a socket or a pair of pipes: whole frames in, one write a frame out."""

from __future__ import annotations

import errno
import fcntl
import os
import select
import socket
import stat
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from . import limits
from .framing import check_length

_F_SETPIPE_SZ = 1031
_PIPE_BYTES = 1 << 20
_READ_BYTES = 64 << 10
_JOIN_BYTES = 32 << 10
_MOST_PARTS = 512
_GONE = frozenset({errno.EPIPE, errno.ECONNRESET, errno.EBADF, errno.ENOTCONN, errno.ESHUTDOWN, errno.EIO})


class Woken(Exception):
    """The wake descriptor became readable while a link was waited on."""


class Carrier(Protocol):
    """Carries a link's bytes where its descriptors carry something else, such as a bus's protocol around
    them. Nothing waits: BlockingIOError tells that a wait is due.
    """

    starved: bool
    """True when the last write wants something to be read first."""

    @property
    def waiting(self) -> bool:
        """True while bytes that a descriptor no longer shows can be read."""

    @property
    def unsent(self) -> bool:
        """True while bytes that were taken from a write wait for the descriptor."""

    def readable(self) -> bool:
        """True when bytes, or the end, can be read; from another thread than the reader's while that one does
        not read.
        """

    def pull(self) -> bool:
        """Takes what has come; True when there is something to be read."""

    def readv(self, buffers: Sequence[memoryview]) -> int: ...
    def writev(self, parts: Sequence[Any]) -> int: ...
    def flush(self) -> None: ...
    def close(self) -> None: ...


class Link:
    """Frames over non-blocking descriptors, or over what a `carrier` makes of them. `wake_fd`, when given,
    interrupts every wait between frames; a frame that has begun is finished first, unless the link is given
    up.

    One thread reads, and one at a time writes.
    """

    def __init__(
        self, read_fd: int, write_fd: int, wake_fd: int = -1, carrier: Carrier | None = None
    ) -> None:
        self.read_fd = read_fd
        self.write_fd = write_fd
        self._wake_fd = wake_fd
        self._carrier = carrier
        self._readv = partial(os.readv, read_fd) if carrier is None else carrier.readv
        self._writev = partial(os.writev, write_fd) if carrier is None else carrier.writev
        self._buffer = bytearray(_READ_BYTES)
        self._view = memoryview(self._buffer)
        self._begin = 0
        self._end = 0
        self.limit = limits.FRAME_BYTES
        self.read_at = 0.0
        """Monotonic seconds when the newest bytes were read."""
        self.given_up = False
        """Nothing more is wanted of this link: whoever sets it, in any thread, wakes it afterwards."""
        self._woken = False
        for descriptor in {read_fd, write_fd}:
            tune(descriptor)
        self._reading = select.poll()
        self._reading.register(read_fd, select.POLLIN)
        self._peeking = select.poll()
        self._peeking.register(read_fd, select.POLLIN)
        self._writing = select.poll()
        self._writing.register(write_fd, select.POLLOUT)
        self._writing_alone = select.poll()
        self._writing_alone.register(write_fd, select.POLLOUT)
        if wake_fd >= 0:
            self._reading.register(wake_fd, select.POLLIN)
            self._writing.register(wake_fd, select.POLLIN)

    @property
    def buffered(self) -> bool:
        """True when bytes that were read wait to be taken."""
        return self._end > self._begin or (self._carrier is not None and self._carrier.waiting)

    @property
    def readable(self) -> bool:
        """True when unread bytes, or the end, are at the descriptor; for one other thread than the reader,
        while that one does not read.
        """
        return bool(self._peeking.poll(0)) if self._carrier is None else self._carrier.readable()

    def wait(self, seconds: float | None) -> bool:
        """True when there is something to read within `seconds` (None: as long as it takes). Raises Woken."""
        self._heed_wake()
        if self.buffered:
            return True
        ready = self._reading.poll(None if seconds is None else seconds * 1000)
        for descriptor, _ in ready:
            if descriptor == self._wake_fd:
                raise Woken
        return bool(ready) if self._carrier is None else self._carrier.pull()

    def read_frame(self) -> bytes | bytearray | None:
        """The next whole frame, in memory of its own at an 8-aligned address; None at the stream's end.

        Raises DECODE_FAILED or LIMIT_EXCEEDED for a length that cannot be, Woken while waiting: what was read
        is there at the next call, unless the link is given up.
        """
        self._heed_wake()
        buffer = self._buffer
        while True:
            begin = self._begin
            have = self._end - begin
            if have >= 4:
                total = int.from_bytes(buffer[begin : begin + 4], "little")
                check_length(total, self.limit)
                size = total + 4
                if have >= size:
                    frame = bytes(self._view[begin : begin + size])
                    self._begin = begin + size
                    if self._begin == self._end:
                        self._begin = self._end = 0
                    return frame
                if size > _READ_BYTES - begin:
                    return self._read_large(size)
            elif begin > _READ_BYTES - 8:
                self._compact()
            count = self._read_some(self._view[self._end :], self.wait_readable)
            if count == 0:
                return None
            self._end += count

    def write(self, parts: Sequence[Any], heed_wake: bool = True) -> None:
        """Writes one frame with one write where the kernel takes it whole. Raises ConnectionError, and Woken
        when the link is given up meanwhile (unless told not to).
        """
        writing = self._writing if heed_wake else self._writing_alone
        size = 0
        for part in parts:
            size += len(part) if type(part) is bytes else part.nbytes
        if size <= _JOIN_BYTES or len(parts) > _MOST_PARTS:
            parts = (b"".join(parts),)
        written = self._write_some(parts, writing)
        if written < size:
            views = [memoryview(part).cast("B") for part in parts if memoryview(part).nbytes]
            self._write_rest(views, written, writing)
        if self._carrier is not None:
            self._flush(self._carrier, writing)

    def close(self) -> None:
        """Closes the descriptors, once."""
        if self._carrier is not None:
            self._carrier.close()
            return
        for descriptor in {self.read_fd, self.write_fd}:
            try:
                os.close(descriptor)
            except OSError:
                pass

    def _compact(self) -> None:
        rest = bytes(self._view[self._begin : self._end])
        self._view[: len(rest)] = rest
        self._begin, self._end = 0, len(rest)

    def _read_large(self, size: int) -> bytearray | None:
        frame = bytearray(size)
        into = memoryview(frame)
        have = self._end - self._begin
        into[:have] = self._view[self._begin : self._end]
        self._begin = self._end = 0
        while have < size:
            count = self._read_some(into[have:], self._wait_for_rest)
            if count == 0:
                return None
            have += count
        return frame

    def _read_some(self, into: memoryview, wait: Callable[[], None]) -> int:
        while True:
            try:
                count = self._readv((into,))
                self.read_at = time.monotonic()
                return count
            except BlockingIOError:
                wait()
            except OSError as error:
                if error.errno in _GONE:
                    return 0
                raise

    def wait_readable(self) -> None:
        """Waits for bytes. Raises Woken."""
        for descriptor, _ in self._reading.poll():
            if descriptor == self._wake_fd:
                raise Woken

    def _wait_for_rest(self) -> None:
        self._wait_in_frame(self._reading)

    def _write_some(self, parts: Sequence[Any], writing: Any) -> int:
        while True:
            try:
                return self._writev(parts)
            except BlockingIOError:
                self._wait_to_write(writing)
            except OSError as error:
                raise _gone(error) from error

    def _flush(self, carrier: Carrier, writing: Any) -> None:
        while carrier.unsent:
            self._wait_in_frame(writing)
            try:
                carrier.flush()
            except OSError as error:
                raise _gone(error) from error

    def _wait_to_write(self, writing: Any) -> None:
        starved = self._carrier is not None and self._carrier.starved
        self._wait_in_frame(self._reading if starved else writing)

    def _write_rest(self, parts: list[memoryview], written: int, writing: Any) -> None:
        while parts:
            while parts and written >= parts[0].nbytes:
                written -= parts.pop(0).nbytes
            if not parts:
                return
            if written:
                parts[0] = parts[0][written:]
            written = self._write_some(parts[:_MOST_PARTS], writing)

    def _wait_in_frame(self, ready: Any) -> None:
        for descriptor, _ in ready.poll():
            if descriptor == self._wake_fd:
                drain(descriptor)
                # only now: whoever gives the link up does so before the byte that was drained
                if self.given_up:
                    raise Woken
                self._woken = True

    def _heed_wake(self) -> None:
        if self._woken:
            self._woken = False
            raise Woken


def _gone(error: OSError) -> OSError:
    return ConnectionResetError(str(error)) if error.errno in _GONE else error


def drain(descriptor: int) -> None:
    """Reads what is there and forgets it."""
    try:
        while os.read(descriptor, 4096):
            pass
    except BlockingIOError:
        pass


def tune(descriptor: int) -> None:
    """Makes a descriptor non-blocking and quick: no Nagle on TCP, 1 MiB in a pipe where that is allowed."""
    os.set_blocking(descriptor, False)
    try:
        fcntl.fcntl(descriptor, _F_SETPIPE_SZ, _PIPE_BYTES)
    except OSError:
        pass
    if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
        return
    with socket.socket(fileno=os.dup(descriptor)) as duplicate:
        if duplicate.family in (socket.AF_INET, socket.AF_INET6):
            duplicate.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        elif duplicate.family == socket.AF_UNIX:
            duplicate.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _PIPE_BYTES)
