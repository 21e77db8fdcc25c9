"""What `farsim doctor` found is taken for the simulator that was probed, and for no other."""

from __future__ import annotations

import json

import pytest

from farsim.bridge import record
from farsim.bridge.errors import FarsimError
from farsim.bridge.recording.known_probes import find_probes, read_probed

SPEC = {
    "sim": "engine",
    "task": "arm",
    "num_envs": 4,
    "versions": {"engine": "1.0"},
    "native": {"quat": {"value": "wxyz", "known": "declared"}},
    "step_dt": 0.02,
    "physics_dt": 0.00001,
    "autoreset": "disabled",
    "capabilities": ["getState", "model"],
    "entities": {"arm": {"joint_names": ["lift", "turn"], "body_names": ["base", "hand"]}},
}
PROBED = {
    "sim": "engine",
    "task": "arm",
    "conventions": {
        "versions": {"engine": "1.0"},
        "native": {"quat": "wxyz", "velocity": "link origin"},
        "steps": {"step_dt": "0.02 s", "physics_dt": "0.00001 s", "autoreset": "disabled"},
        "capabilities": ["getState", "model", "render"],
        "orders": {"arm bodies": ["base", "hand"], "arm joints": ["lift", "turn"]},
    },
    "report": {"at": "2026-11-25T12:00:00Z", "specHash": "ab", "seconds": 1, "results": []},
}


def found(changes=(), probed=PROBED):
    return find_probes({**SPEC, **dict(changes)}, read_probed([probed]))


def test_who_is_asked_less_than_what_was_probed_is_the_same():
    assert found() == (PROBED["report"], ())
    assert found({"num_envs": 1, "capabilities": ["getState"], "native": {}}) == (PROBED["report"], ())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"native": {"quat": {"value": "xyzw"}}}, "quat is xyzw, was wxyz"),
        ({"native": {"up": {"value": "y"}}}, "up is y, was not told"),
        ({"step_dt": 0.01}, "step_dt is 0.01 s, was 0.02 s"),
        ({"autoreset": "same_step"}, "autoreset is same_step, was disabled"),
        ({"versions": {"engine": "1.1"}}, "engine is 1.1, was 1.0"),
        ({"capabilities": ["setState"]}, "other capabilities are listed"),
        (
            {"entities": {"arm": {"joint_names": ["turn", "lift"], "body_names": ["base", "hand"]}}},
            "the order of arm joints is another",
        ),
    ],
)
def test_another_convention_takes_nothing_and_is_told_by_name(changes, said):
    report, remarks = found(changes)
    since = "since `farsim doctor` of 2026-11-25"
    assert report is None and remarks == (f"{since}: {said}; probe it again with `farsim doctor`",)


@pytest.mark.parametrize("changes", [{"task": "leg"}, {"entities": {}}])
def test_another_robot_or_task_has_nothing_to_do_with_it(changes):
    assert found(changes) == (None, ())


def test_a_probe_that_failed_is_recorded_and_said():
    failed = {**PROBED["report"], "results": [{"probe": "velocity", "outcome": "failed"}]}
    report, remarks = found(probed={**PROBED, "report": failed})
    assert report == failed
    assert remarks == ("`farsim doctor` of 2026-11-25 found it wrong in: velocity",)


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "FILE_NOT_FOUND"), ("{", "BAD_ARGUMENT"), ({"simulators": {"plant": {}}}, "BAD_ARGUMENT")],
)
def test_a_file_that_is_no_doctor_json_is_refused_before_a_folder_is_made(tmp_path, content, code):
    gymnasium = pytest.importorskip("gymnasium")
    pytest.importorskip("mcap")
    file = tmp_path / "doctor.json"
    if content is not None:
        file.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(FarsimError) as caught:
        record(gymnasium.make("CartPole-v1"), tmp_path / "run", doctor=file)
    assert caught.value.code == code
    assert not (tmp_path / "run").exists()
