"""Connections of sessions: one controller, cuts, take-overs, observers."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time

import pytest
from bridge_client import (
    OP,
    Client,
    dial,
    events_until,
    socket_link,
    wait_until,
)
from session_words import close, ended, opened, ready, vectors

from farsim.bridge.errors import FarsimError
from farsim.bridge.wire.link import Link
from farsim.bridge.wire.message_fields import ENUMS


def test_after_a_cut_a_step_is_applied_once_and_its_reply_kept(start):
    bridge = start(lease={"grace": 60})
    control, client = opened(bridge)
    client.call("step", {"action": vectors([1.0])})
    lost = client.send("step", [{"action": vectors([10.0])}])
    assert wait_until(lambda: client.data.link.wait(0))
    client.data.close()
    resume = {"session": bridge.session, "epoch": 1, "ack": client.received}
    data = bridge.data(resume=resume)
    assert (data.welcome["applied"], data.welcome["kept"]) == (3, 3)
    client.move_to(data)
    client.transmit(*lost)
    outcome = client.receive(lost)
    assert outcome.reply["replayed"] and outcome["obs"].tolist() == [[11]]
    assert client.call("step", {"action": vectors([1.0])})["obs"].tolist() == [[12]]
    with pytest.raises(FarsimError) as caught:
        client.transmit(*lost)
        client.receive(lost)
    assert caught.value.code == "REPLY_GONE"
    control.close()


def test_a_new_data_connection_is_greeted_while_a_step_runs(start):
    bridge = start(config={"hang_at": 1, "hang_time": 1.5})
    _, client = opened(bridge)
    lost = client.send("step", [{"action": vectors([1.0])}])
    time.sleep(0.2)
    began = time.monotonic()
    data = bridge.data(resume={"session": bridge.session, "epoch": 1, "ack": client.received})
    assert time.monotonic() - began < 0.8
    assert data.welcome["applied"] == 1
    client.move_to(data)
    client.transmit(*lost)
    outcome = client.receive(lost)
    assert outcome["obs"].tolist() == [[1]] and outcome.reply["replayed"]


def test_control_answers_while_the_simulator_hangs(start):
    bridge = start(config={"hang_at": 1, "hang_time": 2})
    control, client = opened(bridge)
    client.send("step", [{"action": vectors([1.0])}])
    time.sleep(0.3)
    control.send("ping", {"id": 5, "sent": 1.0})
    kind, pong = control.receive(1)
    assert (kind, pong["id"], pong["started"], pong["applied"]) == ("pong", 5, 2, 1)
    assert 0.1 < pong["since"] < 1.5


def test_control_answers_while_a_native_call_holds_the_interpreter(start):
    bridge = start(config={"hold_at": 1, "hold_time": 4})
    control, client = opened(bridge)
    sent = client.send("step", [{"action": vectors([1.0])}])
    time.sleep(0.3)
    waits = []
    for ping in range(20):
        began = time.monotonic()
        control.send("ping", {"id": ping, "sent": 1.0})
        kind, pong = control.receive(2)
        waits.append(time.monotonic() - began)
        assert (kind, pong["id"], pong["started"], pong["applied"]) == ("pong", ping, 2, 1)
        time.sleep(0.1)
    assert sorted(waits)[10] < 0.1
    assert client.receive(sent)["obs"].tolist() == [[1]]
    control.close()


def test_a_simulator_that_holds_the_interpreter_is_ended_all_the_same(start):
    bridge = start(config={"hold_at": 1, "hold_time": 60})
    control, client = opened(bridge)
    client.send("step", [{"action": vectors([1.0])}])
    time.sleep(0.3)
    began = time.monotonic()
    replies = [body for kind, body in close(control) if kind == "reply"]
    assert [json.loads(reply["value"]) for reply in replies] == [{"left": []}]
    assert time.monotonic() - began < 17
    ended(bridge)


def test_a_second_client_is_told_who_controls(start):
    bridge = start()
    ready(bridge, client="one", user="ada@here")
    with pytest.raises(FarsimError, match="ada@here controls") as caught:
        bridge.control(client="two", user="bob@there")
    assert caught.value.code == "BUSY" and caught.value.details["owner"] == "ada@here"


def test_a_take_over_fences_the_old_owner(start):
    bridge = start()
    old_control, old = opened(bridge, client="one", user="ada@here")
    control = bridge.control(client="two", user="bob@there", takeOver=True)
    assert control.welcome["fence"] == 2
    goodbye = [
        body
        for kind, body in iter(lambda: old_control.receive() or ("end", {}), ("end", {}))
        if kind == "goodbye"
    ]
    assert goodbye[0]["code"] == "FENCED"
    assert wait_until(lambda: old.data.link.wait(0)) and old.data.receive() is None
    with pytest.raises(FarsimError) as caught:
        bridge.data(fence=1)
    assert caught.value.code == "FENCED"
    client = Client(bridge.data(fence=2))
    assert (client.data.welcome["fence"], client.data.welcome["applied"]) == (2, 1)
    client.seq = client.received = 1
    assert client.call("getState")["state/counter/joint_pos"].tolist() == [[0]]


def test_a_take_over_that_names_a_fence_is_of_that_owner_alone(start):
    bridge = start()
    ready(bridge, client="one", user="ada@here")
    with pytest.raises(FarsimError) as caught:
        bridge.control(client="two", user="ada@here")
    assert caught.value.details["client"] == "one" and caught.value.details["fence"] == 1
    with pytest.raises(FarsimError) as caught:
        bridge.control(client="two", user="ada@here", takeOver=True, fence=7)
    assert caught.value.code == "BUSY"
    assert bridge.control(client="two", user="ada@here", takeOver=True, fence=1).welcome["fence"] == 2


def test_a_wrong_token_and_a_silent_caller_get_nothing(start):
    bridge = start()
    with pytest.raises(FarsimError) as caught:
        dial(socket_link(bridge.line["address"]), "00" * 32, "control")
    assert caught.value.code == "TOKEN_REFUSED"
    path = bridge.line["address"].removeprefix("unix:")
    quiet = [socket.socket(socket.AF_UNIX) for _ in range(12)]
    for connection in quiet:
        connection.connect(path)
        connection.settimeout(7)
    began = time.monotonic()
    assert all(connection.recv(100) == b"" for connection in quiet)
    assert time.monotonic() - began < 6
    garbage = socket.socket(socket.AF_UNIX)
    garbage.connect(path)
    garbage.sendall(b"GET / HTTP/1.1\r\n\r\n")
    garbage.settimeout(2)
    try:
        assert garbage.recv(100) == b""
    except ConnectionResetError:
        pass


def test_attach_joins_its_standard_streams_to_the_session(start):
    bridge = start(config={"payload_bytes": 2 << 20})
    processes = []

    def attach():
        command = [bridge.python, str(bridge.archive), "attach", bridge.session]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=bridge.env)
        processes.append(process)
        return Link(os.dup(process.stdout.fileno()), os.dup(process.stdin.fileno()))

    control = dial(attach(), bridge.token, "control")
    events_until(control, "phase", "ready")
    client = Client(dial(attach(), bridge.token, "data", fence=control.welcome["fence"]))
    for process in processes:
        process.stdin.close()
        process.stdout.close()
    client.call("reset")
    assert client.call("step", {"action": vectors([3.0])})["obs/sum"].tolist() == [[3]]
    assert [process.poll() for process in processes] == [None, None]
    client.data.close()
    assert processes[1].wait(5) == 0
    close(control)
    assert processes[0].wait(5) == 0
    ended(bridge)


def test_status_says_what_the_simulator_does(start):
    bridge = start(name="plant")
    control, _ = opened(bridge)
    control.send("request", {"seq": 1, "op": OP["status"]})
    while (received := control.receive())[0] != "reply":
        pass
    status = json.loads(received[1]["value"])
    assert (status["name"], status["phase"], status["applied"], status["owner"]) == (
        "plant",
        "ready",
        1,
        "tester@here",
    )


def test_frames_of_nonsense_close_a_data_connection_and_leave_the_session(start):
    bridge = start(lease={"grace": 60})
    control, client = opened(bridge)
    os.write(client.data.link.write_fd, b"\x08\0\0\0\x04\0\0\0abcd")
    assert client.data.receive()[0] == "goodbye"
    assert client.data.receive() is None
    again = bridge.data(resume={"session": bridge.session, "epoch": 1, "ack": client.received})
    client.move_to(again)
    assert client.call("step", {"action": vectors([1.0])})["obs"].tolist() == [[1]]
    control.close()


def test_an_empty_array_too_large_to_view_closes_a_data_connection_and_leaves_the_session(start):
    bridge = start(lease={"grace": 60})
    control, client = opened(bridge)
    huge = {"name": "action", "dtype": ENUMS["Dtype"]["f64"], "shape": [0, *[0xFFFFFFFE] * 3]}
    client.data.send("layout", {"id": 200, "tensors": [huge]})
    assert client.data.receive()[:1] == ("goodbye",)
    assert client.data.receive() is None
    client.move_to(bridge.data(resume={"session": bridge.session, "epoch": 1, "ack": client.received}))
    assert client.call("step", {"action": vectors([1.0])})["obs"].tolist() == [[1]]
    control.close()


def test_an_observer_sees_frames_and_a_slow_one_never_stops_a_step(start):
    bridge = start(config={"payload_bytes": 1 << 20})
    _, client = opened(bridge)
    watcher = dial(socket_link(bridge.line["address"]), bridge.token, "observer", client="viewer")
    assert watcher.receive()[0] == "spec"
    for _ in range(20):
        client.call("step", {"action": vectors([1.0])})
    assert [watcher.receive()[0], watcher.receive()[0]] == ["layout", "reply"]
    watcher.close()
    assert client.call("step", {"action": vectors([1.0])})["obs/sum"].tolist() == [[21]]
