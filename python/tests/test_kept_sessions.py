"""Simulators that outlive their client: kept for the next one, found again, and ended when they are left
over.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

from bridge_client import OP, Client, dial, events_until, is_running, socket_link, wait_until
from session_words import close, ended, opened, ready, vectors

from farsim.bridge.processes.linux_process import MARKER, marked


def detach(control, **options):
    """Lets go of the simulator; gives what the supervisor answered."""
    control.send("request", {"seq": 1, "op": OP["detach"], "options": json.dumps(options)})
    while (received := control.receive())[0] != "reply":
        pass
    control.close()
    return json.loads(received[1]["value"])


def shown(bridge):
    return next(
        entry
        for entry in json.loads(bridge.verb("ps").stdout)["sessions"]
        if entry["session"] == bridge.session
    )


def joined(bridge, order="same"):
    return json.loads(bridge.verb("join", "--order", order).stdout)


def test_a_kept_simulator_is_joined_by_its_order_and_goes_on_where_it_was(start):
    bridge = start(name="plant", orderHash="same", lease={"grace": 0})
    control, client = opened(bridge)
    assert client.call("step", {"action": vectors([3.0])})["obs"].tolist() == [[3]]
    assert "session" not in joined(bridge), "one with a client is not to be joined"
    assert 19 < detach(control, grace=20)["leaseLeft"] <= 20
    assert (shown(bridge)["warm"], shown(bridge)["owner"]) == (True, "")
    assert "session" not in joined(bridge, "another")
    line = joined(bridge)
    assert (line["session"], line["token"], line["address"]) == (
        bridge.session,
        bridge.token,
        bridge.line["address"],
    )
    second = bridge.control(client="second")
    assert second.welcome["fence"] == 2
    data = Client(bridge.data(client="second", fence=2))
    assert (data.data.welcome["ledgerIndex"], data.ledger.head) == (2, client.ledger.head)
    assert data.call("step", {"action": vectors([4.0])})["obs"].tolist() == [[7]]
    close(second)
    assert ended(bridge)["ledger"] == {"index": 3, "head": data.ledger.head.hex()}


def test_a_kept_simulator_ends_when_nobody_comes(start):
    bridge = start(lease={"grace": 0, "idle": 3})
    detach(ready(bridge), grace=4)
    reason = ended(bridge)["reason"]
    assert "nobody came for the 4 s that it was kept" in reason, "the idle limit holds for clients alone"


def test_a_kept_simulator_waits_again_when_its_next_client_is_killed(start):
    bridge = start(orderHash="same", lease={"grace": 0.5})
    detach(ready(bridge), grace=20)
    bridge.control(client="second").close()
    assert wait_until(lambda: joined(bridge).get("session") == bridge.session, 5)
    assert json.loads(bridge.verb("down", bridge.session).stdout)["left"] == []


def test_the_old_client_of_a_kept_simulator_cannot_step_it(start):
    bridge = start(lease={"grace": 0})
    control, client = opened(bridge)
    detach(control, grace=20)
    assert client.data.receive() is None, "its data connection ends"
    second = bridge.control(client="second")
    refused = False
    try:
        bridge.data(client="test-client", fence=1)
    except Exception as error:
        refused = error.code == "FENCED"
    assert refused
    close(second)


def test_a_session_is_found_by_its_name(start):
    bridge = start(name="plant")
    control = ready(bridge)
    assert json.loads(bridge.verb("join", "plant").stdout)["token"] == bridge.token
    answer = bridge.verb("join", "nobody")
    assert answer.returncode == 3 and json.loads(answer.stdout)["error"]["code"] == "SESSION_EXPIRED"
    close(control)


def test_ps_shows_who_has_it_and_how_long_yet(start):
    bridge = start(name="plant", lease={"grace": 5, "idle": 100})
    control, _ = opened(bridge)
    assert wait_until(lambda: (shown(bridge)["leaseLeft"] or 0) > 90)
    entry = shown(bridge)
    assert (entry["name"], entry["task"], entry["owner"], entry["phase"], entry["applied"]) == (
        "plant",
        "count",
        "tester@here",
        "ready",
        1,
    )
    assert 0 <= entry["heard"] < 3 and entry["leaseLeft"] <= 100
    control.close()
    assert wait_until(lambda: shown(bridge)["leaseLeft"] <= 5)


def test_only_what_is_left_over_is_reaped(start):
    living = start(lease={"grace": 30})
    control = ready(living)
    dead = start()
    ready(dead)
    state = next(
        entry for entry in json.loads(dead.verb("ps").stdout)["sessions"] if entry["session"] == dead.session
    )
    for pid in (state["sentinel"], state["pid"]):
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not is_running(state["simulator"]))
    orphan = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], env={**os.environ, MARKER: "0123456789ab"}
    )
    elsewhere = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], env={**living.env, MARKER: living.session}
    )
    try:
        left = json.loads(living.verb("reap", "--list").stdout)["left"]
        by_session = {entry["session"]: entry for entry in left}
        assert by_session[dead.session]["reason"] == "its supervisor is dead"
        assert by_session["0123456789ab"]["pids"] == [orphan.pid]
        assert living.session not in by_session
        reaped = json.loads(living.verb("reap", dead.session, "0123456789ab").stdout)["reaped"]
        assert sorted(entry["session"] for entry in reaped) == sorted([dead.session, "0123456789ab"])
        assert all(entry["left"] == [] for entry in reaped)
        assert orphan.wait(5) == -signal.SIGKILL
        assert elsewhere.poll() is None and marked(living.session)
    finally:
        orphan.kill()
        elsewhere.kill()
        elsewhere.wait()
    close(control)


def test_ps_and_doctor_tell_gpu_memory_where_nvidia_smi_prints_it(start, tmp_path):
    """The program is a stand-in that prints what nvidia-smi's CSV looks like; no card is needed."""
    holders = tmp_path / "holders"
    smi = tmp_path / "nvidia-smi"
    smi.write_text(
        f'#!/bin/sh\ncase "$1" in\n*compute-apps*) cat {holders};;\n'
        '*) echo "0, NVIDIA RTX 6000, 49140, 1234, 550.54, GPU-77";;\nesac\n'
    )
    smi.chmod(0o755)
    holders.write_text("")
    bridge = start()
    bridge.env["PATH"] = f"{tmp_path}:{os.environ['PATH']}"
    control = ready(bridge)
    assert "gpuMemory" not in shown(bridge)
    holders.write_text(f"GPU-77, {shown(bridge)['simulator']}, 1200\nGPU-77, 1, 34\n")
    assert shown(bridge)["gpuMemory"] == 1200
    (gpu,) = json.loads(bridge.verb("doctor").stdout)["gpus"]
    assert (gpu["name"], gpu["memoryTotal"]) == ("NVIDIA RTX 6000", "49140")
    assert gpu["pids"] == [shown(bridge)["simulator"], 1]
    close(control)


def remake(control, seq, config, order):
    """Asks for another env; gives the error's code, or nothing."""
    options = json.dumps({"config": config, "files": {}, "orderHash": order})
    control.send("request", {"seq": seq, "op": OP["remake"], "options": options})
    while (received := control.receive())[0] != "reply":
        pass
    error = received[1]["error"]
    return error["code"] if error else None


def test_another_env_begins_a_ledger_and_numbers_of_its_own_and_ends_every_connection(start):
    bridge = start(orderHash="one", engineHash="engine", lease={"grace": 5}, config={"size": 1})
    control, client = opened(bridge)
    watcher = Client(dial(socket_link(bridge.line["address"]), bridge.token, "observer", client="watcher"))
    client.call("step", {"action": vectors([3.0])})
    assert remake(control, 1, {"size": 2}, "two") is None
    events_until(control, "phase", "ready")
    for connection in (client.data, watcher.data):
        while connection.receive() is not None:
            pass
    again = Client(bridge.data())
    assert (again.seq, again.ledger.index, again.spec["actions"][""]["shape"]) == (0, 0, [2])
    again.call("reset")
    assert again.call("step", {"action": vectors([1.0, 2.0])})["obs"].tolist() == [[1, 2]]
    assert remake(control, 2, {"size": 2}, "two") is None, "what is there is not made again"
    assert remake(control, 3, {"say": "x" * 200_000}, "three") == "UNSUPPORTED", "it would not arrive whole"
    assert again.call("step", {"action": vectors([1.0, 2.0])})["obs"].tolist() == [[2, 4]]
    assert json.loads(bridge.verb("join", "--order", "none", "--engine", "engine").stdout) == {"farsim": 1}
    assert shown(bridge)["orderHash"] == "two"
    close(control)


def test_an_order_that_named_no_engine_makes_no_other_env(start):
    bridge = start(orderHash="one", lease={"grace": 5})
    control, client = opened(bridge)
    assert remake(control, 1, {"size": 2}, "two") == "UNSUPPORTED"
    assert client.call("step", {"action": vectors([3.0])})["obs"].tolist() == [[3]]
    close(control)
