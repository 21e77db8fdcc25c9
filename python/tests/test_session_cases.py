"""The table of session cases, held against the bridge: the same that the TypeScript server is held against."""

from __future__ import annotations

import json
from pathlib import Path

import numpy
import pytest
from bridge_client import OP, Client, dial, events_until, socket_link

from farsim.bridge.errors import FarsimError
from farsim.bridge.wire.layouts import NamedArray
from farsim.bridge.wire.message_fields import ENUMS

TABLE = Path(__file__).resolve().parents[2] / "test/fixtures/session/cases.json"
CASES = json.loads(TABLE.read_text())["cases"]


class Conversation:
    def __init__(self, bridge):
        self.bridge = bridge
        self.control = bridge.control(client="first", user="first@here")
        events_until(self.control, "phase", "ready")
        self.client = Client(self.dial("data", {}))
        self.old = self.client.data
        self.sent = {}
        self.send({"op": "reset", "seq": 1, "ack": 0})
        self.receive({"seq": 1, "sum": 0})

    def take(self, step):
        if "send" in step:
            self.send(step["send"])
        elif "receive" in step:
            self.receive(step["receive"])
        elif "ack" in step:
            self.client.data.send("ack", {"ack": step["ack"]})
        elif "quiet" in step:
            assert not self.client.data.link.wait(step["quiet"])
        elif "cut" in step:
            self.client.data.close()
        elif "oldEnds" in step:
            while self.old.receive(10) is not None:
                pass
        elif "observer" in step:
            self.observer = Client(self.dial("observer", step["observer"]))
        elif "observerSends" in step:
            self.send(step["observerSends"], self.observer)
        elif "shown" in step:
            shown = self.observer.receive(self.sent[max(self.sent)], enter=False)
            assert _sum(shown) == step["shown"]
        elif "controlEnds" in step:
            self.control_ends(step["controlEnds"])
        else:
            self.dial_as_told(step)

    def send(self, told, client=None):
        fields = {"chain": 1, **told}
        actions = fields.pop("actions", [fields.pop("action")] if "action" in fields else [])
        fields["op"] = OP[fields["op"]]
        fields["onEnd"] = ENUMS["OnEnd"][fields.get("onEnd", "continue")]
        named = [[NamedArray("action", numpy.array([[float(action)]]), False)] for action in actions]
        (client or self.client).transmit(fields, named)
        if client is None:
            self.sent[fields["seq"]] = (fields, named)

    def receive(self, asked):
        said = {"seq": asked["seq"]}
        try:
            outcomes = self.client.receive(self.sent[asked["seq"]], enter=False)
        except FarsimError as error:
            said["error"] = error.code
            outcomes = error.details["outcomes"]
        blocks = [block for block in (outcomes if isinstance(outcomes, list) else [outcomes]) if block]
        said["sums"] = [_sum(block) for block in blocks]
        said["sum"] = said["sums"][0] if blocks else None
        said["replayed"] = self.client.replayed
        said["ended"] = any(bool(blocks[-1][name][0]) for name in ("terminated", "truncated") if blocks)
        assert {key: said.get(key) for key in asked} == asked

    def dial_as_told(self, step):
        role = "data" if "data" in step else "control"
        told = step[role]
        if "refused" in step:
            with pytest.raises(FarsimError) as caught:
                self.dial(role, told)
            assert caught.value.code == step["refused"]
            assert step.get("details", {}).items() <= caught.value.details.items()
            return
        connection = self.dial(role, told)
        found = {key: connection.welcome[key] for key in step["welcome"]}
        assert found == step["welcome"]
        self.old = self.client.data
        if role == "data":
            self.client.move_to(connection)

    def dial(self, role, told):
        hello = {"client": "first", **told}
        hello.setdefault("user", f"{hello['client']}@here")
        if "resume" in hello:
            hello["resume"] = {"session": self.bridge.session, "epoch": 1, "ack": 0, **hello["resume"]}
        if role == "data":
            hello.setdefault("fence", 1)
        return dial(socket_link(self.bridge.line["address"]), self.bridge.token, role, **hello)

    def control_ends(self, code):
        while True:
            received = self.control.receive(10)
            assert received is not None, "control ended without a word"
            if received[0] == "goodbye":
                assert received[1]["code"] == code
                return


def _sum(outcome):
    return float(outcome["obs" if "obs" in outcome else "obs/sum"][0, 0])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(start, case):
    named = {"episodeSteps": "episode_steps", "payloadBytes": "payload_bytes"}
    config = {theirs: case[ours] for ours, theirs in named.items() if ours in case}
    conversation = Conversation(start(config=config, lease={"grace": 60}))
    for step in case["do"]:
        conversation.take(step)
