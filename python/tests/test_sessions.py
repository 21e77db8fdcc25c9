"""Sessions of real processes: exactly once, one controller, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from array import array
from pathlib import Path

import pytest
from bridge_client import (
    OP,
    Client,
    dial,
    events_until,
    is_running,
    socket_link,
    wait_until,
)

from farsim.bridge.errors import FarsimError
from farsim.bridge.processes.linux_process import marked
from farsim.bridge.wire import json_codec, protobuf_codec
from farsim.bridge.wire.link import Link

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


@pytest.mark.parametrize("codec", [protobuf_codec, json_codec], ids=["protobuf", "json"])
def test_a_session_steps_and_closes_leaving_nothing(start, codec):
    bridge = start(config={"envs": 2})
    control, client = opened(bridge, codec=codec)
    for tick in range(1, 4):
        outcome = client.call("step", {"action": vectors([1.0], [2.0])})
        assert outcome["obs"].tolist() == [[tick], [2 * tick]]
        assert outcome["tick"].tolist() == [tick, tick]
    answers = close(control)
    assert any(kind == "reply" and json.loads(body["value"]) == {"left": []} for kind, body in answers)
    report = ended(bridge)
    assert report["reason"] == "asked to close" and report["status"] == 0 and report["applied"] == 4
    assert report["ledger"] == {"index": 4, "head": client.ledger.head.hex()}


def test_repeat_sums_rewards_and_stops_at_an_end(start):
    bridge = start(config={"episode_steps": 3})
    _, client = opened(bridge)
    outcome = client.call("step", {"action": vectors([2.0])}, repeat=10)
    assert (outcome["reward"].tolist(), outcome["tick"].tolist(), outcome["truncated"].tolist()) == (
        [6],
        [3],
        [True],
    )
    with pytest.raises(FarsimError, match="ended at tick 3") as caught:
        client.call("step", {"action": vectors([2.0])})
    assert caught.value.code == "BAD_ACTION" and not caught.value.details["applied"]


def test_a_step_many_gives_what_was_applied_and_the_error(start):
    bridge = start(config={"raise_at": 3})
    _, client = opened(bridge)
    with pytest.raises(FarsimError, match="told to fail at step 3") as caught:
        client.call("stepMany", *[{"action": vectors([1.0])}] * 5)
    assert [outcome["obs"].tolist() for outcome in caught.value.details["outcomes"]] == [[[1]], [[2]]]
    assert caught.value.code == "SIMULATOR_FAILED" and caught.value.details["applied"]
    assert "ValueError" in caught.value.details["traceback"]
    assert client.call("step", {"action": vectors([1.0])})["obs"].tolist() == [[3]]


def test_an_error_tells_what_json_has_no_word_for(start, tmp_path):
    (tmp_path / "odd_adapter.py").write_text(
        "from counter_adapter import CounterAdapter\n"
        "from farsim.bridge.errors import FarsimError\n"
        "class OddAdapter(CounterAdapter):\n"
        "    def step(self, action, envs=None):\n"
        "        details = {'at': float('nan'), 'all': [1.0, float('inf')]}\n"
        "        raise FarsimError('SIMULATOR_FAILED', 'file \\udcff is odd', ('try \\udcff',), details)\n"
    )
    bridge = start("odd_adapter:OddAdapter", adapterPath=[str(tmp_path)])
    _, client = opened(bridge)
    with pytest.raises(FarsimError, match=r"file \? is odd") as caught:
        client.call("step", {"action": vectors([1.0])})
    assert caught.value.suggestions == ("try ?",)
    assert (caught.value.details["at"], caught.value.details["all"]) == (None, [1.0, None])


def test_a_broken_chain_skips_what_was_sent_after_it(start):
    bridge = start(config={"raise_at": 2})
    _, client = opened(bridge)
    sent = [client.send("step", [{"action": vectors([1.0])}]) for _ in range(4)]
    assert client.receive(sent[0])["obs"].tolist() == [[1]]
    codes = []
    for request in sent[1:]:
        with pytest.raises(FarsimError) as caught:
            client.receive(request)
        codes.append(caught.value.code)
    assert codes == ["SIMULATOR_FAILED", "SKIPPED", "SKIPPED"]
    assert client.call("step", {"action": vectors([1.0])})["obs"].tolist() == [[2]]


def test_a_request_that_waited_past_its_deadline_is_skipped(start):
    bridge = start(config={"step_time": 0.6})
    _, client = opened(bridge)
    first = client.send("step", [{"action": vectors([1.0])}])
    second = client.send("step", [{"action": vectors([1.0])}], deadline=0.1)
    assert client.receive(first)["obs"].tolist() == [[1]]
    with pytest.raises(FarsimError, match="deadline") as caught:
        client.receive(second)
    assert caught.value.code == "SKIPPED"


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


@pytest.mark.parametrize(
    ("config", "code", "text", "status"),
    [
        (
            {"fail_import": "a_package_that_is_missing"},
            "PACKAGE_MISSING",
            "pip install a_package_that_is_missing",
            4,
        ),
        ({"fail_launch": True}, "START_FAILED", "told to fail in launch", 4),
        ({"fail_create": True}, "START_FAILED", "told to fail in create", 5),
    ],
)
def test_a_start_that_fails_says_why(start, config, code, text, status):
    bridge = start(config=config)
    control = bridge.control()
    crash = crash_of(control)
    assert crash["code"] == code and text in json.dumps(crash) and "log" in crash
    control.close()
    assert ended(bridge)["status"] == status


def test_a_start_without_a_line_or_cpu_time_is_ended(start):
    bridge = start(config={"quiet_start": 60}, start={"limit": 60, "stall": 1})
    control = bridge.control()
    crash = crash_of(control)
    assert crash["code"] == "START_STALLED" and "start.stall is 1 s" in crash["message"]
    assert ended(bridge)["status"] == 4


def test_a_start_that_takes_too_long_is_ended(start):
    bridge = start(config={"slow_start": 60}, start={"limit": 1, "stall": 60})
    crash = crash_of(bridge.control())
    assert crash["code"] == "START_STALLED" and "start.limit is 1 s" in crash["message"]
    ended(bridge)


@pytest.mark.parametrize(
    ("config", "expected"),
    [({"exit_at": 2, "exit_code": 41}, {"exit": 41}), ({"kill_at": 2}, {"signal": "SIGKILL"})],
)
def test_a_dead_simulator_is_told_within_a_second(start, config, expected):
    bridge = start(config=config)
    control, client = opened(bridge)
    client.call("step", {"action": vectors([1.0])})
    began = time.monotonic()
    client.send("step", [{"action": vectors([1.0])}])
    crash = crash_of(control, 1.0)
    assert time.monotonic() - began < 1
    assert (
        crash["code"] == "SIMULATOR_CRASHED" and crash["applied"] == 2 and expected.items() <= crash.items()
    )
    control.close()
    assert ended(bridge)["status"] == 6


def test_without_grace_a_gone_client_ends_the_session_at_once(start):
    bridge = start()
    control, client = opened(bridge)
    control.close()
    client.data.close()
    report = ended(bridge, 5)
    assert report["status"] == 7 and "lease.grace is 0 s" in report["reason"]


def test_a_supervisor_whose_simulator_died_does_not_wait_for_the_grace(start):
    bridge = start(config={"exit_at": 1}, lease={"grace": 600})
    control, client = opened(bridge)
    client.send("step", [{"action": vectors([1.0])}])
    crash_of(control)
    control.close()
    time.sleep(1)
    with pytest.raises(FarsimError) as caught:
        bridge.data()
    assert caught.value.code == "SIMULATOR_CRASHED"
    report = ended(bridge, 10)
    assert report["status"] == 6 and "exit status" in report["reason"]


def test_within_its_grace_a_client_may_come_back(start):
    bridge = start(lease={"grace": 30})
    control, client = opened(bridge)
    control.close()
    client.data.close()
    time.sleep(0.5)
    assert bridge.supervisor_lives()
    control = bridge.control()
    assert control.welcome["phase"] == "ready"
    close(control)
    ended(bridge)


def test_a_simulator_that_escapes_and_ignores_signals_is_gone_after_the_ladder(start):
    bridge = start(config={"ignore_signals": True, "fork_twice": True, "stop_at": 1})
    control, client = opened(bridge)
    client.send("step", [{"action": vectors([1.0])}])
    before = escaped()
    assert before
    began = time.monotonic()
    close(control)
    report = ended(bridge, 5)
    assert time.monotonic() - began < 17 and report["signal"] == "SIGKILL" and report["left"] == []
    assert not escaped() & before


def test_nothing_outlives_a_killed_supervisor(start):
    bridge = start(config={"ignore_signals": True, "fork_twice": True, "stop_at": 1})
    before = escaped()
    _, client = opened(bridge)
    client.send("step", [{"action": vectors([1.0])}])
    assert wait_until(lambda: escaped() - before, 5)
    os.kill(bridge.line["pid"], signal.SIGKILL)
    assert ended(bridge, 2)["left"] == []
    assert not escaped() - before


def test_a_killed_sentinel_ends_the_session(start):
    bridge = start(lease={"grace": 60})
    control, _ = opened(bridge)
    state = json.loads(bridge.verb("ps").stdout)["sessions"][0]
    os.kill(state["sentinel"], signal.SIGKILL)
    assert ended(bridge, 17)["reason"] == "its sentinel was killed"
    assert wait_until(lambda: not is_running(state["simulator"]), 2)
    control.close()


def escaped():
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and is_running(int(entry.name)):
            try:
                if b"import time; time.sleep(3600)" in (entry / "cmdline").read_bytes():
                    found.add(int(entry.name))
            except OSError:
                pass
    return found


def test_the_simulator_dies_with_its_supervisor(start):
    bridge = start()
    ready(bridge)
    state = json.loads(bridge.verb("ps").stdout)["sessions"][0]
    os.kill(bridge.line["pid"], signal.SIGKILL)
    assert wait_until(lambda: not is_running(state["simulator"]), 2)
    report = ended(bridge, 2)
    assert report["reason"] == "the supervisor was ended by SIGKILL" and report["left"] == []
    assert json.loads(bridge.verb("ps").stdout)["sessions"] == []
    assert not Path(bridge.line["address"].removeprefix("unix:")).exists()


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


def test_attach_to_a_session_that_is_over_says_so(start):
    bridge = start()
    close(ready(bridge))
    ended(bridge)
    finished = bridge.verb("attach", bridge.session)
    assert finished.returncode == 3 and finished.stdout == ""
    assert "asked to close" in json.loads(finished.stderr)["error"]["message"]


def test_down_and_logs_work_from_outside(start):
    bridge = start(config={"say": "one line"})
    opened(bridge)
    assert bridge.verb("logs", bridge.session).stdout == "one line\n"
    assert json.loads(bridge.verb("down", bridge.session).stdout)["left"] == []
    assert ended(bridge)["reason"] == "asked to end by a signal"


def test_after_a_fatal_line_no_step_is_answered(start):
    bridge = start(config={"print_fatal": 1})
    control, client = opened(bridge)
    began = time.monotonic()
    client.send("step", [{"action": vectors([1.0])}])
    crash = crash_of(control)
    assert time.monotonic() - began < 1
    assert crash["code"] == "SIMULATOR_CRASHED" and "CUDA error: an illegal memory" in crash["message"]
    assert any("CUDA error" in line for line in crash["log"])
    with pytest.raises(FarsimError) as caught:
        bridge.data()
    assert caught.value.code == "SIMULATOR_CRASHED"
    control.close()
    assert ended(bridge)["status"] == 6


def test_a_licence_that_waits_to_be_accepted_is_named(start):
    bridge = start(config={"say": "Do you accept the EULA? (Yes/No):", "quiet_start": 60})
    control = bridge.control()
    crash = crash_of(control)
    assert crash["code"] == "EULA_REQUIRED" and "acceptEula: true" in crash["message"]
    control.close()
    ended(bridge)


def test_an_order_that_is_wrong_is_refused_before_anything_starts(start):
    for order, code in (
        ({"nonsense": 1}, "UNKNOWN_KEY"),
        ({"cwd": "/nowhere/at/all"}, "FILE_NOT_FOUND"),
        ({"files": {"model": "/nowhere.xml"}}, "FILE_NOT_FOUND"),
    ):
        bridge = start(**order)
        assert bridge.line["error"]["code"] == code and bridge.exit_status == 3


def test_a_restore_that_the_simulator_refuses_leaves_ticks_and_episodes(start, tmp_path):
    (tmp_path / "picky_adapter.py").write_text(
        "from counter_adapter import CounterAdapter\n"
        "class PickyAdapter(CounterAdapter):\n"
        "    def describe(self):\n"
        "        spec = super().describe()\n"
        "        return {**spec, 'capabilities': [*spec['capabilities'], 'snapshot']}\n"
        "    def restore(self, snapshot):\n"
        "        raise ValueError('this engine is another one')\n"
    )
    bridge = start("picky_adapter:PickyAdapter", adapterPath=[str(tmp_path)])
    _, client = opened(bridge)
    snapshot = client.call("snapshot")["snapshot"]
    client.call("reset")
    client.call("step", {"action": vectors([1.0])})
    with pytest.raises(FarsimError, match="another one"):
        client.call("restore", {"snapshot*": snapshot})
    outcome = client.call("step", {"action": vectors([1.0])})
    assert (outcome["tick"].tolist(), outcome["episode"].tolist()) == ([2], [1])


def test_envs_that_were_reset_count_while_others_never_were(start):
    bridge = start(config={"envs": 3})
    ready(bridge)
    client = Client(bridge.data())
    for episode in range(2):
        outcome = client.call("reset", {"envs*": memoryview(array("i", [2, 0]))})
        assert outcome["episode"].tolist() == [episode, episode]


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


def test_a_hundred_layouts_of_info_do_not_break_a_session(start, tmp_path):
    (tmp_path / "wild_adapter.py").write_text(
        "from counter_adapter import CounterAdapter\n"
        "class WildAdapter(CounterAdapter):\n"
        "    def step(self, action, envs=None):\n"
        "        outcome = super().step(action, envs)\n"
        "        return {**outcome, 'info': {f'key{self.steps}': 1.5}}\n"
    )
    bridge = start("wild_adapter:WildAdapter", adapterPath=[str(tmp_path)])
    _, client = opened(bridge)
    for _ in range(300):
        outcome = client.call("step", {"action": vectors([1.0])})
    assert json.loads(outcome.reply["info"]) == {"key300": 1.5}


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
