"""What tests of sessions say often: open, step, close, and how a session ended."""

from __future__ import annotations

import json
import time
from array import array
from pathlib import Path

from bridge_client import (
    OP,
    Client,
    events_until,
    wait_until,
)

from farsim.bridge.processes.linux_process import marked

WANT_STATE = {"state": True, "bodies": 0, "cameras": [], "every": 0, "encoding": 0, "envs": []}


def vectors(*rows):
    flat = array("d", [number for row in rows for number in row])
    return memoryview(flat).cast("B").cast("d", shape=(len(rows), len(rows[0])))


def ready(bridge, **hello):
    control = bridge.control(**hello)
    events_until(control, "phase", "ready")
    return control


def opened(bridge, **hello):
    control = ready(bridge, **hello)
    client = Client(bridge.data(**hello))
    client.call("reset")
    return control, client


def crash_of(control, seconds=10.0):
    until = time.monotonic() + seconds
    while True:
        kind, body = control.receive(until - time.monotonic())
        if kind == "event" and body["kind"] == "crashed":
            return json.loads(body["data"])


def ended(bridge, seconds=20.0):
    socket_path = Path(bridge.line["address"].removeprefix("unix:"))
    assert wait_until(lambda: not bridge.supervisor_lives() and not socket_path.exists(), seconds), (
        "the supervisor or its socket is still there"
    )
    assert not marked(bridge.session), "processes of the session are left"
    folder = next((Path(bridge.env["FARSIM_CACHE"]) / "hosts").glob(f"*/{bridge.session}"))
    assert not (folder / "state.json").exists()
    return json.loads((folder / "bridge-exit.json").read_text())


def close(control):
    control.send("request", {"seq": 1, "op": OP["close"]})
    seen = []
    while (received := control.receive(25)) is not None:
        seen.append(received)
    return seen
