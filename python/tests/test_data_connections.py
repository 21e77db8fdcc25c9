"""What comes and goes beside the connection that steps: no frame is lost by it, and nothing of it stays."""

from __future__ import annotations

import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from bridge_client import OP, dial, socket_link, wait_until
from session_words import close, ended, opened, vectors

from farsim.bridge.errors import FarsimError
from farsim.bridge.wire import json_codec, protobuf_codec
from farsim.bridge.wire.framing import encode_frame
from farsim.bridge.wire.link import Link


@contextmanager
def observer_dials(bridge):
    """An observer is handed to the simulator in here, and greeted by the end."""
    with ThreadPoolExecutor(1) as pool:
        watcher = pool.submit(
            lambda: dial(socket_link(bridge.line["address"]), bridge.token, "observer", client="viewer")
        )
        time.sleep(0.3)
        yield
        assert watcher.result(10).receive()[0] == "spec"
        watcher.result().close()


def begin_large_reply(client):
    """A step whose reply of 8 MiB is being written and not read."""
    sent = client.send("step", [{"action": vectors([1.0])}])
    assert wait_until(lambda: client.data.link.wait(0))
    return sent


def test_an_observer_that_joins_while_a_reply_is_written_leaves_it_whole(start):
    bridge = start(config={"payload_bytes": 8 << 20})
    _, client = opened(bridge)
    for tick in (1, 2):
        sent = begin_large_reply(client)
        with observer_dials(bridge):
            outcome = client.receive(sent)
        assert outcome["obs/sum"].tolist() == [[tick]] and outcome["obs/pad"].nbytes == 8 << 20


def test_an_observer_that_joins_while_a_request_is_read_leaves_it_whole(start):
    bridge = start()
    _, client = opened(bridge)
    client.seq += 1
    options = json.dumps({"start": 5, "pad": "x" * 400_000})
    body = {"seq": client.seq, "ack": client.received, "chain": 1, "op": OP["reset"], "options": options}
    frame = encode_frame(client.data.codec, "request", body)
    half = os.write(client.data.link.write_fd, frame[: len(frame) // 2])
    time.sleep(0.1)
    with observer_dials(bridge):
        client.data.link.write([frame[half:]])
        assert client.receive((body, []), enter=False)["obs"].tolist() == [[5]]


def test_a_connection_that_resumes_replaces_one_that_does_not_read_its_reply(start):
    bridge = start(config={"payload_bytes": 8 << 20})
    _, client = opened(bridge)
    sent = begin_large_reply(client)
    data = bridge.data(resume={"session": bridge.session, "epoch": 1, "ack": client.received})
    client.data.close()
    client.move_to(data)
    client.transmit(*sent)
    outcome = client.receive(sent)
    assert outcome.reply["replayed"] and outcome["obs/sum"].tolist() == [[1]]


def test_a_reply_that_nobody_reads_does_not_hold_up_the_end(start):
    bridge = start(config={"payload_bytes": 8 << 20})
    control, client = opened(bridge)
    begin_large_reply(client)
    began = time.monotonic()
    close(control)
    assert time.monotonic() - began < 4
    assert ended(bridge)["status"] == 0


TALKATIVE = """
from counter_adapter import CounterAdapter
class Fault(Exception):
    code = "SIMULATOR_FAILED"
class TalkativeAdapter(CounterAdapter):
    def step(self, action, envs=None):
        outcome = super().step(action, envs)
        if self.steps == 5:
            raise Fault("y" * (2 << 20))
        return {**outcome, "info": {"said": "x" * (2 << 20)}} if self.steps in (2, 7) else outcome
"""


@pytest.mark.parametrize("codec", [protobuf_codec, json_codec], ids=["protobuf", "json"])
def test_a_reply_whose_texts_fit_no_header_is_an_error_and_the_session_goes_on(start, tmp_path, codec):
    (tmp_path / "talkative_adapter.py").write_text(TALKATIVE)
    bridge = start("talkative_adapter:TalkativeAdapter", adapterPath=[str(tmp_path)], lease={"grace": 60})
    control, client = opened(bridge, codec=codec)
    step = {"action": vectors([1.0])}
    client.call("step", step)
    with pytest.raises(FarsimError, match="is over the limit") as caught:
        client.call("step", step)
    assert caught.value.code == "LIMIT_EXCEEDED" and caught.value.details["applied"]
    assert [client.call("step", step)["obs"].tolist() for _ in range(2)] == [[[3]], [[4]]]
    with pytest.raises(FarsimError, match="yyyy") as caught:
        client.call("step", step)
    assert caught.value.code == "SIMULATOR_FAILED" and caught.value.details["applied"]
    with pytest.raises(FarsimError, match="is over the limit") as caught:
        client.call("stepMany", step, step, step)
    assert caught.value.code == "LIMIT_EXCEEDED" and caught.value.details["applied"]
    assert client.call("step", step)["obs"].tolist() == [[9]]
    close(control)
    assert ended(bridge)["ledger"] == {"index": client.ledger.index, "head": client.ledger.head.hex()}


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def test_connections_that_were_replaced_while_a_step_runs_are_closed(start):
    bridge = start(config={"hang_at": 1, "hang_time": 4})
    control, client = opened(bridge)
    simulator = simulator_of(control)
    before = descriptors(simulator), descriptors(bridge.line["pid"])
    sent = client.send("step", [{"action": vectors([1.0])}])
    resume = {"session": bridge.session, "epoch": 1, "ack": client.received}
    command = [bridge.python, str(bridge.archive), "attach", bridge.session]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=bridge.env, **streams) as attached:
        link = Link(os.dup(attached.stdout.fileno()), os.dup(attached.stdin.fileno()))
        dial(link, bridge.token, "data", fence=1, resume=resume)
        for _ in range(15):
            client.data.close()
            client.data = bridge.data(resume=resume)
        assert attached.wait(2) == 0
        link.close()
    # the one that the running step came on is still the main thread's; of the newest there are two
    assert descriptors(simulator) <= before[0] + 2
    client.move_to(client.data)
    client.transmit(*sent)
    assert client.receive(sent)["obs"].tolist() == [[1]]
    assert wait_until(lambda: (descriptors(simulator), descriptors(bridge.line["pid"])) == before)


def simulator_of(control):
    control.send("request", {"seq": 1, "op": OP["status"]})
    while (received := control.receive())[0] != "reply":
        pass
    return json.loads(received[1]["value"])["simulator"]
