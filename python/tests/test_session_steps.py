"""Steps of sessions: exactly once, in order, with their errors."""

from __future__ import annotations

import json
from array import array

import pytest
from bridge_client import (
    Client,
)
from session_words import close, ended, opened, ready, vectors

from farsim.bridge.errors import FarsimError
from farsim.bridge.wire import json_codec, protobuf_codec


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
