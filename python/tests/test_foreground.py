"""`up --foreground`: the bridge as containers and queues want it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

from bridge_client import dial, is_running, socket_link, wait_until

from farsim.bridge.processes.linux_process import descendants, marked

ORDER = {"adapter": "counter_adapter:CounterAdapter"}


@contextmanager
def in_foreground(archive, order=ORDER, **env):
    """A bridge that stays, and its first line."""
    process = subprocess.Popen(
        [sys.executable, str(archive), "up", "--foreground"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **env},
        start_new_session=True,
    )
    try:
        process.stdin.write(json.dumps(order))
        process.stdin.close()
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait(10)


def test_nothing_but_the_simulator_leaves_the_process_group_and_the_end_is_told(archive):
    with in_foreground(archive, SLURM_JOB_ID="4711") as (process, line):
        assert line["job"] == "4711"
        control = dial(socket_link(line["address"]), line["token"], "control")
        groups = {os.getpgid(pid) for pid in descendants(process.pid)}
        assert os.getpgid(line["pid"]) == process.pid
        assert len(groups) == 2, "the supervisor's, which is `up`'s, and the simulator's"
        os.kill(line["pid"], signal.SIGTERM)
        ended = json.loads(process.stdout.readline())
        assert ended == {"farsim": 1, "session": line["session"], "reason": "asked to end by a signal"}
        assert process.wait(10) == 0
        control.close()
    assert not marked(line["session"])


def test_a_signal_to_the_whole_group_ends_it_in_order(archive):
    with in_foreground(archive) as (process, _):
        os.killpg(process.pid, signal.SIGTERM)
        assert json.loads(process.stdout.readline())["reason"] == "asked to end by a signal"
        assert process.wait(10) == 0


def test_a_killed_foreground_takes_all_of_its_session_along(archive):
    with in_foreground(archive) as (process, line):
        process.kill()
        assert wait_until(lambda: not is_running(line["pid"]) and not marked(line["session"]), 30)


def test_an_order_that_is_refused_is_told_and_ends(archive):
    with in_foreground(archive, {**ORDER, "cwd": "/nowhere"}) as (process, line):
        assert line["error"]["code"] == "FILE_NOT_FOUND"
        assert process.wait(10) == 3
