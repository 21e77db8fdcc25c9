"""Rows that live in processes of their own: each call's answers are its own, or none."""

from __future__ import annotations

import os
import signal
import time

import pytest
from bridge_client import is_running, wait_until

from farsim.bridge.engines.row_workers import RowWorkers
from farsim.bridge.errors import FarsimError


class Rows:
    """Rows that add, and fail or die when told to."""

    def __init__(self, envs):
        self.sums = dict.fromkeys(envs, 0)

    def add(self, env, number):
        if number == "die":
            os._exit(3)
        if number == "fail":
            raise ValueError("told to fail")
        time.sleep(0.05)
        self.sums[env] += number
        return self.sums[env]

    def pid(self, env):
        return os.getpid()


@pytest.fixture
def workers():
    made = RowWorkers(Rows, 4, 2)
    yield made
    made.close()


def test_answers_come_in_the_order_of_the_rows(workers):
    assert workers.each_row("add", [3, 0, 2], [30, 1, 20]) == [30, 1, 20]
    assert workers.each_row("add", [0, 1, 2, 3], [1, 1, 1, 1]) == [2, 1, 21, 31]


def test_a_row_that_fails_leaves_the_next_call_its_own_answers(workers):
    with pytest.raises(FarsimError, match="told to fail"):
        workers.each_row("add", [0, 1], ["fail", 10])
    assert workers.each_row("add", [0, 1], [1, 1]) == [1, 11]


def test_after_a_worker_has_died_in_a_call_every_call_is_refused(workers):
    with pytest.raises(FarsimError, match="worker 0 ended with exit status 3") as caught:
        workers.each_row("add", [0, 1], ["die", 10])
    assert caught.value.code == "SIMULATOR_FAILED"
    for rows in ([0], [1], [1, 3]):
        with pytest.raises(FarsimError, match="worker 0 ended with exit status 3"):
            workers.each_row("add", rows, [1] * len(rows))


def test_a_worker_that_died_between_calls_is_named(workers):
    pids = workers.each_row("pid", [0, 1])
    os.kill(pids[1], signal.SIGKILL)
    assert wait_until(lambda: not is_running(pids[1]))
    for _ in range(2):
        with pytest.raises(FarsimError, match="worker 1 ended with exit status -9"):
            workers.each_row("add", [0, 1], [1, 1])


def test_a_worker_that_dies_while_it_makes_its_rows_is_named():
    with pytest.raises(FarsimError, match="worker 0 ended with exit status 5"):
        RowWorkers(lambda envs: os._exit(5), 2, 2)
