"""What must not end a supervisor, and the simulator with it."""

from __future__ import annotations

import json
import os
import selectors
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bridge_client import OP, wait_until
from session_words import close, ended, opened, vectors

from farsim.bridge.errors import FarsimError
from farsim.bridge.supervisor.peer import Peer
from farsim.bridge.supervisor.peer_loop import PeerLoop
from farsim.bridge.wire import protobuf_codec
from farsim.bridge.wire.framing import decode_frame


def folder_of(bridge):
    return next((Path(bridge.env["FARSIM_CACHE"]) / "hosts").glob(f"*/{bridge.session}"))


def warnings(control, seconds=0.5):
    found = []
    while control.link.wait(seconds):
        kind, body = control.receive()
        if kind == "event" and body["kind"] == "warning":
            found.append(body["text"])
    return found


def test_a_state_that_cannot_be_written_is_told_once_and_written_later(start):
    bridge = start()
    _, client = opened(bridge, client="one", user="ada@here")
    state = folder_of(bridge) / "state.json"
    in_its_way = folder_of(bridge) / "state.new"
    in_its_way.mkdir()
    bridge.control(client="two", user="bob@here", takeOver=True)
    control = bridge.control(client="three", user="eve@here", takeOver=True)
    told = [text for text in warnings(control) if "state" in text]
    assert len(told) == 1 and str(state) in told[0]
    client.data = bridge.data(fence=3)
    client.move_to(client.data)
    assert client.call("step", {"action": vectors([1.0])})["obs"].tolist() == [[1]]
    in_its_way.rmdir()
    assert wait_until(lambda: json.loads(state.read_text())["owner"] == "eve@here")


def test_a_report_of_the_end_that_cannot_be_written_leaves_nothing_behind(start):
    bridge = start()
    control, _ = opened(bridge)
    (folder_of(bridge) / "bridge-exit.new").mkdir()
    exit_file = folder_of(bridge) / "bridge-exit.json"
    exit_file.write_text("{}")
    seen = close(control)
    assert any(kind == "reply" and json.loads(body["value"]) == {"left": []} for kind, body in seen)
    assert ended(bridge) == {}


def answer(control, op, options, seq):
    control.send("request", {"seq": seq, "op": op, "options": options})
    while (received := control.receive())[0] != "reply":
        assert received[0] != "goodbye", received
    return received[1]


WRONG = [
    ("logs", '{"lines": "all"}'),
    ("logs", '{"lines": -1}'),
    ("logs", '{"lines": 1e999}'),
    ("logs", "[1]"),
    ("logs", "[" * 100_000),
    ("status", "7"),
    ("close", "[true]"),
    ("detach", '{"grace": "5m"}'),
    ("detach", '{"grace": NaN}'),
    ("detach", '{"grace": 1%s}' % ("0" * 400)),
]


def test_options_of_another_kind_are_refused_and_nothing_ends(start):
    bridge = start()
    control, client = opened(bridge)
    for seq, (op, options) in enumerate(WRONG, 1):
        reply = answer(control, OP[op], options, seq)
        assert reply["error"]["code"] == "BAD_ARGUMENT", (op, options, reply)
    assert answer(control, OP["logs"], '{"lines": 3}', 20)["error"] is None
    assert client.call("step", {"action": vectors([1.0])})["obs"].tolist() == [[1]]


def test_a_peer_whose_reading_breaks_is_dropped_and_told(capfd):
    here, there = socket.socketpair()
    dropped = []

    def read(peer):
        raise ZeroDivisionError("a fault of the bridge's own")

    with selectors.DefaultSelector() as selector, there:
        loop = PeerLoop(selector, dropped.append)
        peer = Peer(here.fileno(), here.fileno(), 0.0)
        peer.codec = protobuf_codec
        loop.watch(peer, read)
        there.send(b"anything")
        for key, mask in selector.select(1):
            key.data(key.fd, mask)
        kind, goodbye, _ = decode_frame(protobuf_codec, there.recv(4096))
    here.close()
    assert dropped == [peer] and (kind, goodbye["code"]) == ("goodbye", "INTERNAL")
    assert "ZeroDivisionError: a fault of the bridge's own" in capfd.readouterr().err


LADDER = """
import sys, time
from farsim.bridge.processes.kill_ladder import KillLadder
from farsim.bridge.supervisor.watched_simulator import OwnSimulator
number = int(sys.argv[1])
simulator = OwnSimulator(number)
simulator.reaped(number, 9)
simulator.kill()
ladder = KillLadder("0123456789ab", number, time.monotonic(), asked=True)
assert ladder.step(time.monotonic(), child_alive=False)
"""


def test_a_group_that_took_a_reaped_simulators_number_is_left_alone():
    with subprocess.Popen(["sleep", "30"], start_new_session=True) as strangers:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        subprocess.run([sys.executable, "-c", LADDER, str(strangers.pid)], env=environment, check=True)
        time.sleep(0.1)
        assert strangers.poll() is None
        strangers.kill()


def test_a_simulator_with_more_descriptors_than_select_takes_steps_and_closes(start, tmp_path):
    (tmp_path / "open_adapter.py").write_text(
        "import os\n"
        "from counter_adapter import CounterAdapter\n"
        "class OpenAdapter(CounterAdapter):\n"
        "    def create(self):\n"
        "        super().create()\n"
        "        self.held = [os.open('/dev/null', os.O_RDONLY) for _ in range(1100)]\n"
    )
    paths = [str(tmp_path)]
    bridge = start("open_adapter:OpenAdapter", adapterPath=paths, config={"step_time": 0.5})
    control, client = opened(bridge)
    assert client.call("step", {"action": vectors([1.0])})["obs"].tolist() == [[1]]
    began = time.monotonic()
    close(control)
    assert time.monotonic() - began < 4 and ended(bridge)["status"] == 0


def test_another_client_of_the_same_user_waits_until_the_owner_was_silent(start):
    bridge = start(lease={"grace": 30})
    control = bridge.control(client="one")
    control.close()
    with pytest.raises(FarsimError) as caught:
        bridge.control(client="two")
    assert caught.value.code == "BUSY"
    resume = {"session": bridge.session, "epoch": 1, "ack": 0}
    control = bridge.control(client="one", resume=resume)
    assert control.welcome["fence"] == 1
    control.close()
    time.sleep(3.2)
    assert bridge.control(client="two").welcome["fence"] == 2
