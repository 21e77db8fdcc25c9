"""Shows the newest frame to observers, where that takes nothing from the one who steps."""

from __future__ import annotations

import os

from ..wire.framing import encode_frame, frame_parts
from ..wire.layouts import LayoutWriter
from .data_port import DataConnection, DataPort
from .served_session import Reply


class ObserverFeed:
    """Never waits: an observer that has not read the last frame misses this one, and the misses are
    counted.
    """

    def __init__(self, port: DataPort, writer: LayoutWriter) -> None:
        self._port = port
        self._writer = writer

    def greet(self) -> None:
        """Sends WELCOME and SPEC to those who are new."""
        for observer in list(self._port.observers):
            if not observer.greeted:
                observer.greeted = True
                observer.unsent = self._port.greeting(observer, {})
            self._flush(observer)

    def show(self, reply: Reply) -> None:
        """Sends a reply's frame to each observer that can take it."""
        if not reply.body["blocks"]:
            return
        for observer in list(self._port.observers):
            if not observer.greeted or not self._flush(observer):
                observer.dropped += 1
                continue
            data = b""
            for layout in reply.layouts:
                if layout and layout not in observer.announced:
                    observer.announced.add(layout)
                    data += encode_frame(observer.codec, "layout", self._writer.message(layout))
            parts = frame_parts(observer.codec.encode("reply", reply.body), reply.arrays)
            observer.unsent = data + b"".join(parts)
            self._flush(observer)

    def _flush(self, observer: DataConnection) -> bool:
        """True when nothing waits for this observer."""
        try:
            while observer.unsent:
                observer.unsent = observer.unsent[os.write(observer.link.write_fd, observer.unsent) :]
        except BlockingIOError:
            return False
        except OSError:
            self._port.end(observer)
            return False
        return True
