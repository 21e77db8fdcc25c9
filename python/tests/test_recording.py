"""`record`: what an env does goes into a run's folder, and the env does not notice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from farsim.bridge import record
from farsim.bridge.errors import FarsimError
from farsim.bridge.processes.linux_process import boot_id, start_time

gymnasium = pytest.importorskip("gymnasium")
pytest.importorskip("mcap")

PYTHON = Path(__file__).resolve().parent.parent


def summaries(folder: Path) -> list[dict]:
    from mcap.reader import make_reader

    found = []
    for path in sorted((folder / "rounds").iterdir()):
        with path.open("rb") as file:
            attachments = {a.name: json.loads(a.data) for a in make_reader(file).iter_attachments()}
        found.append(attachments.get("round-summary.json"))
    return found


def index(folder: Path) -> dict:
    return json.loads((folder / "index.json").read_text())


def play(env, seed, steps=40):
    env.action_space.seed(seed)
    seen = [env.reset(seed=seed)[0]]
    for _ in range(steps):
        observation, reward, terminated, truncated, _ = env.step(env.action_space.sample())
        seen += [observation, reward, terminated, truncated]
    return seen


@pytest.mark.parametrize("vector", [False, True], ids=["one", "vector"])
def test_an_env_does_the_same_with_and_without_a_recording(tmp_path, vector):
    def make():
        if vector:
            return gymnasium.make_vec("Hopper-v5", num_envs=3, vectorization_mode="sync")
        return gymnasium.make("CartPole-v1")

    plain = play(make(), 5, 8 if not vector else 60)
    with record(make(), tmp_path / "run") as env:
        recorded = play(env, 5, 8 if not vector else 60)
    for mine, theirs in zip(plain, recorded, strict=True):
        assert np.array_equal(mine, theirs)


def test_a_recorded_env_is_still_a_gymnasium_env(tmp_path):
    with record(gymnasium.make("CartPole-v1"), tmp_path / "run") as env:
        wrapped = gymnasium.wrappers.TimeAwareObservation(env)
        wrapped.reset(seed=1)
        wrapped.step(0)
    assert index(tmp_path / "run")["rounds"][0]["rows"] == 2


def test_a_run_is_locked_while_it_is_recorded(tmp_path):
    lock = tmp_path / "run" / "recorder.lock"
    with record(gymnasium.make("CartPole-v1"), tmp_path / "run") as env:
        env.reset(seed=1)
        holder = json.loads(lock.read_text())
        assert (holder["pid"], holder["began"]) == (os.getpid(), str(start_time(os.getpid())))
        assert holder["boot"] == boot_id()
        assert holder["pids"] == os.readlink("/proc/self/ns/pid")
    assert not lock.exists()


@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled"])
def test_episodes_are_counted_by_the_vector_envs_autoreset(tmp_path, mode):
    options = {"autoreset_mode": gymnasium.vector.AutoresetMode(mode)}
    vec = gymnasium.make_vec("CartPole-v1", num_envs=3, vectorization_mode="sync", vector_kwargs=options)
    returns: list[list[float]] = [[0.0], [0.0], [0.0]]
    with record(vec, tmp_path / "run") as env:
        env.reset(seed=3)
        ended = np.zeros(3, bool)
        for _ in range(60):
            before = ended
            if mode == "Disabled" and ended.any():
                env.reset(options={"reset_mask": ended})
                before = np.zeros(3, bool)
            _, reward, terminated, truncated, _ = env.step(np.ones(3, int))
            ended = terminated | truncated
            for row in range(3):
                if not (mode == "NextStep" and before[row]):
                    returns[row][-1] += reward[row]
                if ended[row]:
                    returns[row].append(0.0)
    [round_summary] = summaries(tmp_path / "run")
    for row in range(3):
        mine = [e["return"] for e in round_summary["episodes"] if e["env"] == row]
        expected = returns[row] if returns[row][-1] else returns[row][:-1]
        assert mine == expected
    assert [e["outcome"] for e in round_summary["episodes"]].count("terminated") >= 12
    assert sorted(e["episode"] for e in round_summary["episodes"]) == list(
        range(len(round_summary["episodes"]))
    )


def test_an_adapter_is_recorded_with_its_state(tmp_path, ant_model):
    from mujoco_native_adapter import MujocoNativeAdapter

    adapter = MujocoNativeAdapter()
    adapter.launch({"envs": 2, "model": ant_model}, lambda line: None)
    adapter.create()
    with record(adapter, tmp_path / "run") as recorded:
        recorded.reset(seed=[1, 2])
        recorded.step(np.zeros((2, 8)))
        recorded.step(np.zeros((1, 8)), envs=[1])
    [round_summary] = summaries(tmp_path / "run")
    assert (round_summary["rows"], round_summary["ledger"]["index"]) == (3, 3)
    assert [(e["env"], e["lastRow"], e["steps"]) for e in round_summary["episodes"]] == [(0, 1, 1), (1, 2, 2)]
    assert (tmp_path / "run/model" / Path(ant_model).name).exists()


def test_a_reset_of_all_envs_in_another_order_begins_a_round(tmp_path):
    from counter_adapter import CounterAdapter
    from mcap.reader import make_reader

    counter = CounterAdapter()
    counter.launch({"envs": 3}, print)
    counter.create()
    with record(counter, tmp_path / "run") as recorded:
        for envs in (None, [2, 0, 1], [0, 1, 2]):
            recorded.reset(envs=envs)
            recorded.step(np.ones((3, 1)))
    assert [s["rows"] for s in summaries(tmp_path / "run")] == [2, 2, 2]
    with (tmp_path / "run/rounds/000001.mcap").open("rb") as file:
        _, _, message = next(make_reader(file).iter_messages(["/outcome"]))
    assert np.array([2, 0, 1], np.int32).tobytes() in message.data


def test_a_failure_in_the_block_is_in_the_summary_and_goes_on(tmp_path):
    with (
        pytest.raises(ZeroDivisionError),
        record(gymnasium.make("CartPole-v1"), tmp_path / "run") as env,
    ):
        env.reset()
        env.step(0)
        raise ZeroDivisionError("a mistake of the user's")
    [round_summary] = summaries(tmp_path / "run")
    assert round_summary["reason"] == "failed" and "a mistake of the user's" in round_summary["error"]
    assert [e["outcome"] for e in round_summary["episodes"]] == ["failed"]


SCRIPT = """
import sys, gymnasium
from farsim.bridge import record
env = record(gymnasium.make("Ant-v5"), sys.argv[1])
env.reset(seed=1)
for step in range(200):
    env.step(env.action_space.sample())
print("stepped", flush=True)
if sys.argv[2] == "wait":
    sys.stdin.read()
"""


def run_script(folder: Path, how: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder), how],
        env={**os.environ, "PYTHONPATH": str(PYTHON)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("ending", "reason", "said"),
    [
        ("", "interrupted", None),
        ("sys.exit(1)", "interrupted", None),
        ("os.kill(os.getpid(), signal.SIGINT); time.sleep(5)", "interrupted", None),
        ("env.step('no action')", "failed", "Error: "),
        ("raise ZeroDivisionError('a mistake')", "failed", "ZeroDivisionError: a mistake"),
        ("try: 1 / 0\nexcept ZeroDivisionError: pass", "interrupted", None),
        ("env.close()", "finished", None),
        ("env.close(); raise ZeroDivisionError('a mistake')", "finished", None),
    ],
)
def test_a_program_that_does_not_close_seals_with_what_ended_it(tmp_path, ending, reason, said):
    script = SCRIPT.replace("Ant-v5", "CartPole-v1").replace("range(200)", "range(5)")
    script = f"import os, signal, time\n{script}\n{ending}\n"
    command = [sys.executable, "-c", script, str(tmp_path / "run"), "end"]
    environment = {**os.environ, "PYTHONPATH": str(PYTHON)}
    subprocess.run(command, env=environment, capture_output=True, check=False)
    [round_summary] = summaries(tmp_path / "run")
    assert (round_summary["reason"], round_summary["rows"]) == (reason, 6)
    assert "error" not in round_summary if said is None else said in round_summary["error"]
    assert index(tmp_path / "run")["closed"] is True


def test_a_killed_program_leaves_whole_rows(tmp_path):
    from mcap.exceptions import McapError
    from mcap.stream_reader import StreamReader

    with run_script(tmp_path / "run", "wait") as process:
        assert process.stdout.readline() == "stepped\n"
        process.send_signal(signal.SIGKILL)
    topics: dict[int, str] = {}
    rows: dict[int, set[str]] = {}
    with (tmp_path / "run/rounds/000000.mcap").open("rb") as file, pytest.raises(McapError):
        for record_ in StreamReader(file).records:
            if type(record_).__name__ == "Channel":
                topics[record_.id] = record_.topic
            elif type(record_).__name__ == "Message":
                rows.setdefault(record_.sequence, set()).add(topics[record_.channel_id])
    whole = [row for row, found in rows.items() if "/outcome" in found]
    assert whole == list(rows) == list(range(len(whole))) and len(whole) > 100
    assert all({"/observations", "/state/torso", "/ledger"} <= rows[row] for row in whole)
    assert index(tmp_path / "run")["closed"] is False


def test_a_folder_that_holds_something_is_refused(tmp_path):
    (tmp_path / "something").touch()
    with pytest.raises(FarsimError, match="is there already") as caught:
        record(gymnasium.make("CartPole-v1"), tmp_path)
    assert caught.value.code == "BAD_ARGUMENT"


def test_a_missing_package_is_named_with_the_way_out(tmp_path):
    hidden = f"import sys; sys.modules['mcap'] = None; sys.argv = ['', {str(tmp_path / 'run')!r}, 'end']\n"
    script = hidden + SCRIPT
    finished = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(PYTHON)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "FarsimError: recordings are written with the package mcap" in finished.stderr
    assert not (tmp_path / "run").exists()
