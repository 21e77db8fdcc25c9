"""`serve`: a user's process as a session's simulator, which nothing but itself ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from bridge_client import OP, Client, dial, events_until, socket_link, wait_until

from farsim.bridge.errors import FarsimError

PYTHON = Path(__file__).resolve().parent.parent

COUNTER = """
import sys
from counter_adapter import CounterAdapter
from farsim.bridge import serve
counter = CounterAdapter()
counter.launch({"envs": 2, "step_time": float(sys.argv[1])}, print)
counter.create()
"""


class Script:
    """A play.py of the user's, and clients of what it serves."""

    def __init__(self, folder: Path, text: str, *arguments: str) -> None:
        self.path = folder / "play.py"
        self.path.write_text(text)
        adapters = PYTHON.parent / "plugins/sim-counter/adapters"
        self.env = {
            **os.environ,
            "FARSIM_CACHE": str(folder / "cache"),
            "PYTHONPATH": f"{PYTHON}{os.pathsep}{adapters}",
            "PYTHONUNBUFFERED": "1",
        }
        self.output = folder / "output"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(self.path), *arguments], env=self.env, stdout=output, stderr=output
            )

    def verb(self, *words: str) -> dict:
        command = [sys.executable, "-m", "farsim.bridge", *words]
        finished = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=40)
        return json.loads(finished.stdout)

    def find(self) -> dict:
        assert wait_until(lambda: "join it with" in self.said() or self.process.poll() is not None, 20), (
            self.said()
        )
        found = self.verb("join", "play")
        assert "error" not in found, (found, self.said())
        return found

    def said(self) -> str:
        return self.output.read_text()

    def ended(self, seconds: float = 15) -> int:
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the script still runs; it said: {self.said()}") from None


@pytest.fixture
def play(tmp_path):
    scripts: list[Script] = []

    def begin(text: str, *arguments: str) -> Script:
        scripts.append(Script(tmp_path, text, *arguments))
        return scripts[-1]

    yield begin
    for script in scripts:
        if script.process.poll() is None:
            script.process.kill()
            script.process.wait()
        assert wait_until(lambda script=script: script.verb("ps")["sessions"] == [], 15), script.verb("ps")


def join(found: dict, **hello) -> tuple:
    control = dial(socket_link(found["address"]), found["token"], "control", **hello)
    events_until(control, "phase", "ready")
    fence = control.welcome["fence"]
    return control, Client(dial(socket_link(found["address"]), found["token"], "data", fence=fence, **hello))


def ask(control, op: str, options: dict | None = None) -> dict:
    control.send("request", {"seq": 1, "op": OP[op], "options": json.dumps(options or {})})
    while (received := control.receive(20)) is not None:
        if received[0] == "reply":
            return json.loads(received[1]["value"])
    raise AssertionError("control ended without a reply")


def test_serve_steps_for_a_client_and_returns_when_it_asks_to_close(play):
    script = play(COUNTER + "print('because:', serve(counter))\nprint('still here')\n", "0")
    control, client = join(script.find())
    client.call("reset", {"seed": np.array([3], np.uint32)})
    outcome = client.call("step", {"action": np.array([[1.0], [2.0]])})
    assert outcome["obs"].tolist() == [[1], [2]] and outcome["tick"].tolist() == [1, 1]
    assert ask(control, "close") == {"left": []}
    assert script.ended() == 0
    assert "because: asked to close\nstill here" in script.said()


def test_a_second_client_goes_on_when_the_first_has_left(play):
    script = play(COUNTER + "serve(counter)\n", "0")
    found = script.find()
    control, client = join(found)
    client.call("reset")
    client.call("step", {"action": np.ones((2, 1))})
    ask(control, "detach")
    control, client = join(found, client="another")
    client.ledger = None
    client.enter = lambda *_: None
    client.seq = client.data.welcome["applied"]
    assert client.call("step", {"action": np.ones((2, 1))})["obs"].tolist() == [[2], [2]]
    ask(control, "close")
    assert script.ended() == 0


def test_a_session_that_is_downed_gives_the_process_back(play):
    script = play(COUNTER + "serve(counter)\nprint('saving')\n", "0")
    found = script.find()
    assert script.verb("down", found["session"])["left"] == []
    assert script.ended() == 0 and "saving" in script.said()


def test_serve_returns_when_its_lease_is_over(play):
    text = COUNTER + "print(serve(counter, lease={'wait': 60}))\n"
    script = play(text, "0")
    control, client = join(script.find())
    client.call("reset")
    ask(control, "detach", {"grace": 0.1})
    assert script.ended() == 0
    assert "lease over: nobody came for the" in script.said()


def test_a_step_that_outlasts_the_end_is_finished_before_serve_returns(play):
    script = play(COUNTER + "print(serve(counter))\nprint('steps', counter.ticks[0])\n", "12")
    found = script.find()
    control, client = join(found)
    client.call("reset")
    client.send("step", [{"action": np.ones((2, 1))}])
    assert wait_until(lambda: script.verb("ps")["sessions"][0]["started"] == 2)
    assert ask(control, "close") == {"left": []}
    assert script.process.poll() is None and script.verb("ps")["sessions"] == []
    assert script.ended() == 0 and "asked to close" in script.said()


def test_a_close_at_once_does_not_wait_for_the_step_that_runs(play):
    script = play(COUNTER + "print('because:', serve(counter))\n", "3")
    control, client = join(script.find())
    client.call("reset")
    client.send("step", [{"action": np.ones((2, 1))}])
    began = time.monotonic()
    assert ask(control, "close", {"now": True}) == {"left": []}
    assert time.monotonic() - began < 2
    assert script.ended() == 0 and "because: asked to close" in script.said()


def test_ctrl_c_ends_the_session_and_is_the_scripts_own(play):
    text = COUNTER + "try:\n    serve(counter)\nexcept KeyboardInterrupt:\n    print('interrupted here')\n"
    script = play(text, "0")
    control, client = join(script.find())
    client.call("reset")
    script.process.send_signal(signal.SIGINT)
    assert script.ended() == 0 and "interrupted here" in script.said()
    while (received := control.receive(10)) is not None:
        if received[0] == "goodbye":
            assert received[1] == {"code": "CLOSED", "reason": "serve was interrupted"}
            return
    raise AssertionError("no goodbye came")


def test_a_client_hears_of_the_death_of_the_process_within_a_second(play):
    script = play(COUNTER + "serve(counter)\n", "60")
    control, client = join(script.find())
    client.call("reset")
    client.send("step", [{"action": np.ones((2, 1))}])
    script.process.kill()
    script.process.wait()
    for event in events_until(control, "phase", "failed", 1.0):
        assert event["kind"] in ("phase", "crashed")
    kind, event = control.receive(1.0)
    assert (kind, event["kind"]) == ("event", "crashed")
    crash = json.loads(event["data"])
    assert crash["code"] == "SIMULATOR_CRASHED"
    assert crash["message"] == f"the process that served it (pid {script.process.pid}) ended"
    ask(control, "close")


def test_the_death_of_the_supervisor_ends_serve_and_nothing_else(play):
    script = play(COUNTER + "print(serve(counter))\n", "0")
    script.find()
    os.kill(script.verb("ps")["sessions"][0]["pid"], signal.SIGKILL)
    assert script.ended() == 0 and "its supervisor was killed" in script.said()


def test_serve_can_be_called_again(play):
    script = play(COUNTER + "print(serve(counter))\nprint(serve(counter, name='second'))\n", "0")
    script.verb("down", script.find()["session"])
    assert wait_until(lambda: "'second'" in script.said())
    assert script.verb("down", script.verb("join", "second")["session"])["left"] == []
    assert script.ended() == 0 and script.said().count("asked to end by a signal") == 2


def test_an_object_that_is_no_env_is_refused():
    from farsim.bridge import serve

    with pytest.raises(FarsimError, match="object is neither a Gymnasium Env") as caught:
        serve(object())
    assert caught.value.code == "BAD_ARGUMENT"
