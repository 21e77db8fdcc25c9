"""The golden vectors: what is in the repository is what this side makes, and reads back."""

from __future__ import annotations

import json

import pytest
from make_vectors import FOLDER, header_body, make_all

from farsim.bridge.session import ledger
from farsim.bridge.wire import json_codec, protobuf_codec
from farsim.bridge.wire.codecs import CODECS
from farsim.bridge.wire.dtypes import CODES
from farsim.bridge.wire.framing import decode_frame
from farsim.bridge.wire.layouts import LayoutReader


def load(name):
    return json.loads((FOLDER / name).read_text())


@pytest.mark.parametrize("name", ["headers.json", "hostile.json", "frames.json", "ledger.json"])
def test_the_committed_vectors_are_what_this_side_makes(name):
    assert (FOLDER / name).read_text() == make_all()[name]


@pytest.mark.parametrize("entry", load("headers.json"), ids=lambda entry: entry["name"])
def test_headers_have_one_spelling_in_each_codec(entry):
    kind, body = header_body(entry["header"])
    assert protobuf_codec.encode(kind, body).hex() == entry["protobuf"]
    assert json_codec.encode(kind, body).decode() == entry["json"]
    from_protobuf = protobuf_codec.decode(bytes.fromhex(entry["protobuf"]))
    from_json = json_codec.decode(entry["json"].encode())
    assert _plain(from_protobuf) == _plain(from_json)
    assert protobuf_codec.encode(*from_json).hex() == entry["protobuf"]
    assert json_codec.encode(*from_protobuf).decode() == entry["json"]


@pytest.mark.parametrize("entry", load("frames.json"), ids=lambda entry: f"{entry['codec']} {entry['name']}")
def test_frames_give_their_payloads_back(entry):
    codec = next(codec for codec in CODECS.values() if entry["codec"] == codec.NAME)
    reader = LayoutReader()
    if entry["layoutFrame"]:
        kind, layout, _ = decode_frame(codec, bytes.fromhex(entry["layoutFrame"]))
        assert kind == "layout"
        reader.learn(layout)
    frame = bytes.fromhex(entry["frame"])
    _, reply, offset = decode_frame(codec, frame)
    read = reader.read(reply["blocks"], frame, offset)
    assert [[array.tobytes().hex() for _, array, _ in block] for block in read] == [
        block["payloads"] for block in entry["blocks"]
    ]


def test_the_ledger_has_a_head_for_every_entry():
    first, *entries = load("ledger.json")
    book = ledger.Ledger(bytes.fromhex(first["specHash"]))
    assert book.head.hex() == first["head"]
    for entry in entries:
        book.append(
            _op(entry["op"]), bytes.fromhex(entry["requestDigest"]), bytes.fromhex(entry["replyDigest"])
        )
        assert (book.index, book.head.hex()) == (entry["index"], entry["head"])
    assert {
        tensor["dtype"] for entry in entries for tensor in entry["request"].get("tensors", [])
    } <= CODES.keys()


def _op(name):
    from farsim.bridge.wire.message_fields import ENUMS

    return ENUMS["Op"][name]


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
