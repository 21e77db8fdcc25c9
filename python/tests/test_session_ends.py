"""Ends of sessions: told at once, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest
from bridge_client import (
    is_running,
    wait_until,
)
from session_words import close, crash_of, ended, opened, ready, vectors

from farsim.bridge.errors import FarsimError


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
    ways_out = " ".join(crash["suggestions"])
    assert "farsim host logs HOST" in ways_out and ("dmesg" in ways_out) == ("signal" in expected)
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
