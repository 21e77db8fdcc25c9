"""The smallest client of the bridge: dials, proves the token, numbers requests, keeps its own ledger. For
tests and measurements.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from farsim.bridge.errors import FarsimError
from farsim.bridge.session.ledger import (
    Ledger,
    digest_outcome,
    digest_recv_request,
    digest_reset_request,
    digest_restore_request,
    digest_step_request,
    digest_text,
)
from farsim.bridge.wire import protobuf_codec
from farsim.bridge.wire.codecs import Codec
from farsim.bridge.wire.framing import PREAMBLE_BYTES, decode_frame, encode_frame, frame_parts, preamble
from farsim.bridge.wire.handshake import bridge_proof, client_proof, new_nonce
from farsim.bridge.wire.layouts import LayoutReader, LayoutWriter, NamedArray
from farsim.bridge.wire.link import Link
from farsim.bridge.wire.message_fields import ENUMS

OP = ENUMS["Op"]
ROLE = ENUMS["Role"]


class Connection:
    """A greeted connection; `frames()` gives what comes, `send` writes headers."""

    def __init__(self, link: Link, codec: Codec, welcome: dict[str, Any]) -> None:
        self.link = link
        self.codec = codec
        self.welcome = welcome

    def send(self, kind: str, body: dict[str, Any]) -> None:
        self.link.write([encode_frame(self.codec, kind, body)])

    def receive(self, seconds: float = 10.0) -> tuple[str, dict[str, Any]] | None:
        """The next header; None at the end. Raises TimeoutError."""
        if not self.link.wait(seconds):
            raise TimeoutError(f"nothing came within {seconds} s")
        frame = self.link.read_frame()
        return None if frame is None else decode_frame(self.codec, frame)[:2]

    def close(self) -> None:
        self.link.close()


def dial(
    link: Link,
    token: str,
    role: str,
    codec: Codec = protobuf_codec,
    client: str = "test-client",
    user: str = "tester@here",
    **hello: Any,
) -> Connection:
    """Shakes hands. Raises the FarsimError that the bridge refused with."""
    link.write([preamble(codec.ID)])
    first = b""
    while len(first) < PREAMBLE_BYTES:
        if not link.wait(10):
            raise TimeoutError("no preamble")
        chunk = os.read(link.read_fd, PREAMBLE_BYTES - len(first))
        if not chunk:
            raise FarsimError("LINK_LOST", "the bridge closed before its preamble")
        first += chunk
    assert first == preamble(codec.ID), first
    connection = Connection(link, codec, {})
    kind, challenge = connection.receive()
    assert kind == "challenge"
    nonce = new_nonce()
    body = {
        "version": 1,
        "client": client,
        "user": user,
        "nonce": nonce,
        "proof": client_proof(token, challenge["nonce"], nonce),
        "role": ROLE[role],
        **hello,
    }
    connection.send("hello", body)
    answer = connection.receive(60)
    if answer is None:
        raise FarsimError("LINK_LOST", "the bridge closed before WELCOME")
    kind, connection.welcome = answer
    if kind in ("refused", "goodbye"):
        refused = connection.welcome
        details = json.loads(refused.get("details") or "{}")
        raise FarsimError(refused["code"], refused.get("message") or refused.get("reason"), (), details)
    assert kind == "welcome", kind
    assert connection.welcome["proof"] == bridge_proof(token, nonce, challenge["nonce"])
    return connection


def socket_link(address: str) -> Link:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address.removeprefix("unix:"))
    descriptor = connection.detach()
    return Link(descriptor, descriptor)


class Bridge:
    """A started session: `up`'s line, and connections to it."""

    def __init__(
        self, archive: Path, order: dict[str, Any], python: str, env: dict[str, str] | None = None
    ) -> None:
        self.archive = archive
        self.python = python
        self.env = {**os.environ, **(env or {})}
        finished = subprocess.run(
            [python, str(archive), "up"],
            input=json.dumps(order),
            capture_output=True,
            text=True,
            timeout=30,
            env=self.env,
        )
        self.stderr = finished.stderr
        assert finished.stdout.startswith('{"farsim"'), finished.stdout + finished.stderr
        self.line = json.loads(finished.stdout)
        self.exit_status = finished.returncode
        self.session = self.line.get("session", "")
        self.token = self.line.get("token", "")

    def control(self, **hello: Any) -> Connection:
        return dial(socket_link(self.line["address"]), self.token, "control", **hello)

    def data(self, fence: int = 1, **hello: Any) -> Connection:
        return dial(socket_link(self.line["address"]), self.token, "data", fence=fence, **hello)

    def verb(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.python, str(self.archive), *words],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=40,
            env=self.env,
        )

    def supervisor_lives(self) -> bool:
        return is_running(self.line["pid"])


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(fact, seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if fact():
            return True
        time.sleep(0.02)
    return bool(fact())


def events_until(
    control: Connection, kind: str, text: str | None = None, seconds: float = 30
) -> list[dict[str, Any]]:
    """Events up to the first of that kind (and text). Raises AssertionError when the simulator crashed
    instead.
    """
    found = []
    until = time.monotonic() + seconds
    while True:
        received = control.receive(max(0.01, until - time.monotonic()))
        assert received is not None, f"control ended; events so far: {found}"
        name, body = received
        if name != "event":
            continue
        found.append(body)
        if body["kind"] == kind and (text is None or body["text"] == text):
            return found
        if body["kind"] == "crashed":
            raise AssertionError(f"crashed: {body['data']}")


class Outcome(dict):
    """A reply's arrays by name, with the reply beside them."""

    reply: dict[str, Any]


class Client:
    """Calls on a data connection, one at a time, with the ledger checked at every reply."""

    def __init__(self, data: Connection) -> None:
        self.data = data
        self.seq = self.received = data.welcome["applied"]
        self.chain = 1
        self.replayed = False
        self.reader = LayoutReader()
        self.writer = LayoutWriter()
        self.announced: set[int] = set()
        kind, spec = data.receive(60)
        assert kind == "spec", (kind, spec)
        self.world = spec["world"]
        self.spec = json.loads(spec["world"])
        self.ledger = Ledger(spec["hash"])
        if data.welcome["ledgerIndex"]:
            self.ledger.index, self.ledger.head = data.welcome["ledgerIndex"], data.welcome["ledgerHead"]
        self.heads = {self.ledger.index: self.ledger.head}

    def move_to(self, data: Connection) -> None:
        """Goes on over another connection, after a resume."""
        self.data = data
        self.reader = LayoutReader()
        self.announced = set()
        kind, _ = data.receive()
        assert kind == "spec"

    def send(self, op: str, blocks: list[dict[str, Any]] | None = None, **fields: Any) -> tuple[dict, list]:
        """Sends a request and returns what `receive` needs; `blocks` are arrays by name, names ending in `*`
        open.
        """
        self.seq += 1
        named = [
            [NamedArray(name.rstrip("*"), array, name.endswith("*")) for name, array in block.items()]
            for block in blocks or []
        ]
        body = {"seq": self.seq, "ack": self.received, "chain": self.chain, "op": OP[op], **fields}
        self.transmit(body, named)
        return body, named

    def transmit(self, body: dict[str, Any], named: list[list[NamedArray]]) -> None:
        out = []
        described = []
        arrays = []
        for block in named:
            layout, lengths = self.writer.write(block)
            if layout and layout not in self.announced:
                self.announced.add(layout)
                out.append(encode_frame(self.data.codec, "layout", self.writer.message(layout)))
            described.append({"layout": layout, "lengths": lengths})
            arrays += [array for _, array, _ in block]
        parts = frame_parts(self.data.codec.encode("request", {**body, "blocks": described}), arrays)
        parts[0] = b"".join(out) + parts[0]
        self.data.link.write(parts)

    def receive(self, sent: tuple[dict, list], enter: bool = True) -> Outcome | list[Outcome]:
        """The reply to a request. Raises the FarsimError that it holds."""
        request, named = sent
        while True:
            if not self.data.link.wait(60):
                raise TimeoutError("no reply")
            frame = self.data.link.read_frame()
            if frame is None:
                raise FarsimError("LINK_LOST", "the data connection ended")
            kind, body, offset = decode_frame(self.data.codec, frame)
            if kind == "layout":
                self.reader.learn(body)
                continue
            if kind == "goodbye":
                raise FarsimError(body["code"], body["reason"])
            assert kind == "reply", kind
            break
        assert body["seq"] == request["seq"], (body["seq"], request["seq"])
        self.received = body["seq"]
        self.replayed = body["replayed"]
        blocks = self.reader.read(body["blocks"], frame, offset)
        if enter:
            self.enter(request, named, blocks, body)
        outcomes = []
        for described, arrays in zip(body["blocks"], blocks, strict=True):
            outcome = Outcome({name: array for name, array, _ in arrays})
            outcome.reply = {**body, "info": described["info"], "finalInfo": described["finalInfo"]}
            outcomes.append(outcome)
        if body["error"]:
            failure = body["error"]
            self.chain += 1
            details = json.loads(failure["details"] or "{}") | {
                "applied": failure["applied"],
                "outcomes": outcomes,
            }
            raise FarsimError(failure["code"], failure["message"], failure["suggestions"], details)
        if request["op"] == OP["stepMany"]:
            return outcomes
        if not outcomes:
            outcomes = [Outcome()]
            outcomes[0].reply = body
        return outcomes[0]

    def call(self, op: str, *blocks: dict[str, Any], **fields: Any) -> Any:
        return self.receive(self.send(op, list(blocks), **fields))

    def enter(self, request: dict, named: list, blocks: list, reply: dict) -> None:
        op = request["op"]
        if op not in {
            OP[name] for name in ("reset", "step", "stepMany", "send", "recv", "setState", "restore")
        }:
            return
        entry = OP["step"] if op == OP["stepMany"] else op

        def digest(place: int) -> bytes:
            arrays = named[place] if place < len(named) else []
            if op in (OP["reset"], OP["setState"]):
                return digest_reset_request(arrays, request.get("options", ""))
            if op == OP["recv"]:
                return digest_recv_request(request["min"])
            if op == OP["restore"]:
                return digest_restore_request(arrays[0].array)
            return digest_step_request(arrays, request.get("repeat", 1))

        def append(request_digest: bytes, reply_digest: bytes) -> None:
            self.ledger.append(entry, request_digest, reply_digest)
            self.heads[self.ledger.index] = self.ledger.head

        for place, arrays in enumerate(blocks):
            append(digest(place), digest_outcome(arrays))
        if reply["error"] and reply["error"]["applied"]:
            append(digest(len(blocks)), digest_text(reply["error"]["code"]))
        elif not reply["error"] and not blocks and op in (OP["send"], OP["restore"]):
            append(digest(0), digest_text("") if op == OP["restore"] else digest_outcome([]))
        if reply["ledgerIndex"]:
            assert self.heads[reply["ledgerIndex"]] == reply["ledgerHead"], (
                f"ledgers differ at {reply['ledgerIndex']}"
            )
