"""Starts of sessions that fail: each says why."""

from __future__ import annotations

import json

import pytest
from bridge_client import events_until
from session_words import crash_of, ended


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


def test_a_licence_that_waits_to_be_accepted_is_named(start):
    bridge = start(config={"say": "Do you accept the EULA? (Yes/No):", "quiet_start": 60})
    control = bridge.control()
    crash = crash_of(control)
    assert crash["code"] == "EULA_REQUIRED" and "acceptEula: true" in crash["message"]
    control.close()
    ended(bridge)


def test_a_licence_that_was_accepted_is_no_reason_to_end_a_start(start):
    config = {"say": "Do you accept the EULA? (Yes/No):", "slow_start": 1, "accept_eula": True}
    control = start(config=config).control()
    warnings = [event for event in events_until(control, "phase", "ready") if event["kind"] == "warning"]
    assert [event["text"] for event in warnings] == [
        "it asks for its licence although `acceptEula` is set: Do you accept the EULA? (Yes/No):"
    ]
    control.close()


def test_an_order_that_is_wrong_is_refused_before_anything_starts(start):
    for order, code in (
        ({"nonsense": 1}, "UNKNOWN_KEY"),
        ({"cwd": "/nowhere/at/all"}, "FILE_NOT_FOUND"),
        ({"files": {"model": "/nowhere.xml"}}, "FILE_NOT_FOUND"),
    ):
        bridge = start(**order)
        assert bridge.line["error"]["code"] == code and bridge.exit_status == 3
