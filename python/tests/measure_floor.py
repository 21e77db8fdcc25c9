"""Measures a no-op counter step through the bridge against a raw ping-pong of the same sizes over the same
kind of socket.

Run by hand: `python measure_floor.py [rounds]`. Interleaved windows; p50 and p99 in microseconds.
"""

from __future__ import annotations

import os
import socket
import statistics
import sys
import tempfile
import time
from array import array
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bridge_client import Bridge, Client, events_until
from bridge_zip import pack_bridge

SIZES = {"480 B": 480, "64 KiB": 64 << 10, "1 MiB": 1 << 20}
_REQUEST_BYTES = 80


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    with tempfile.TemporaryDirectory() as folder:
        archive = pack_bridge(Path(folder) / "bridge.pyz")
        for name, size in SIZES.items():
            _measure(archive, name, size, max(200, rounds // (1 + size // 65536)))


def _measure(archive: Path, name: str, size: int, rounds: int) -> None:
    config = {"payload_bytes": max(1, size - 8)}
    bridge = Bridge(archive, {"adapter": "counter_adapter:CounterAdapter", "config": config}, sys.executable)
    control = bridge.control()
    events_until(control, "phase", "ready")
    client = Client(bridge.data())
    client.call("reset")
    action = memoryview(array("d", [1.0])).cast("B").cast("d", shape=(1, 1))
    raw: list[float] = []
    through: list[float] = []
    inside: list[float] = []
    with _Echo(size) as echo:
        for _ in range(5):
            for _ in range(rounds // 5):
                raw.append(echo.once())
            for _ in range(rounds // 5):
                begun = time.perf_counter()
                sent = client.send("step", [{"action": action}])
                reply = client.receive(sent, enter=False).reply
                through.append(time.perf_counter() - begun)
                inside.append(reply["encoded"] - reply["received"])
    control.close()
    client.data.close()
    print(
        f"{name}: raw {_figures(raw)}, bridge {_figures(through)}, of it received to encoded {_figures(inside)} µs"
    )


def _figures(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    return f"{statistics.median(ordered) * 1e6:.0f} (p99 {ordered[len(ordered) * 99 // 100] * 1e6:.0f})"


class _Echo:
    """A forked process that answers each request with `size` bytes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._ours, theirs = socket.socketpair()
        self._child = os.fork()
        if self._child == 0:
            self._ours.close()
            answer = bytes(size)
            while _receive(theirs, _REQUEST_BYTES):
                theirs.sendall(answer)
            os._exit(0)
        theirs.close()

    def once(self) -> float:
        begun = time.perf_counter()
        self._ours.sendall(bytes(_REQUEST_BYTES))
        _receive(self._ours, self._size)
        return time.perf_counter() - begun

    def __enter__(self) -> _Echo:
        return self

    def __exit__(self, *_: object) -> None:
        self._ours.close()
        os.waitpid(self._child, 0)


def _receive(connection: socket.socket, size: int) -> bool:
    buffer = bytearray(size)
    view = memoryview(buffer)
    have = 0
    while have < size:
        count = connection.recv_into(view[have:])
        if count == 0:
            return False
        have += count
    return True


if __name__ == "__main__":
    main()
