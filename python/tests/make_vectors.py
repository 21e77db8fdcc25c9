"""Makes the golden vectors of the wire, `test/fixtures/wire/*.json` (their format is in the README there).

`python make_vectors.py` writes them; a test checks that what is written is what this makes.
"""

from __future__ import annotations

import base64
import json
import random
import struct
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from farsim.bridge.session import ledger
from farsim.bridge.wire import json_codec, protobuf_codec
from farsim.bridge.wire.dtypes import CODES, ITEM_SIZES, NAMES, element_count, view
from farsim.bridge.wire.framing import encode_frame
from farsim.bridge.wire.layouts import NamedArray
from farsim.bridge.wire.message_fields import ENUMS, FIELDS

FOLDER = Path(__file__).resolve().parent.parent.parent / "test/fixtures/wire"
OP = ENUMS["Op"]
_KINDS = {name: message for _, name, message, _ in FIELDS["Header"]}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in make_all().items():
        (FOLDER / name).write_text(content)


def make_all() -> dict[str, str]:
    """The files by name."""
    made = {
        "headers.json": make_headers(),
        "hostile.json": make_hostile(),
        "frames.json": make_frames(),
        "ledger.json": make_ledger(),
    }
    return {
        name: "[\n" + ",\n".join(json.dumps(entry, ensure_ascii=True) for entry in entries) + "\n]\n"
        for name, entries in made.items()
    }


def _header(name: str, kind: str, body: dict[str, Any]) -> dict[str, Any]:
    text = json_codec.encode(kind, body).decode()
    return {
        "name": name,
        "header": json.loads(text),
        "protobuf": protobuf_codec.encode(kind, body).hex(),
        "json": text,
    }


def make_headers() -> list[dict[str, Any]]:
    """Each header in both codecs; both languages must write exactly these bytes and read them back."""
    nonce = bytes(range(32))
    block = {"layout": 3, "lengths": [2, 0, 300], "info": '{"a":"b"}', "finalInfo": '{"end":true}'}
    headers = [_header(f"empty {kind}", kind, {}) for kind in _KINDS]
    headers += [
        _header("challenge", "challenge", {"nonce": nonce, "oldest": 1, "newest": 2}),
        _header(
            "hello with everything",
            "hello",
            {
                "version": 1,
                "client": "7d9c-é-世界-😀",
                "nonce": nonce,
                "proof": bytes(reversed(nonce)),
                "role": ENUMS["Role"]["observer"],
                "features": ["a", "", "b"],
                "resume": {"session": "3f9c0a1b2d4e", "epoch": 4_294_967_295, "ack": 127},
                "takeOver": True,
                "fence": 128,
                "user": "ada@gpu",
            },
        ),
        _header("hello with an empty resume", "hello", {"resume": {}}),
        _header("welcome", "welcome", {
            "session": "3f9c0a1b2d4e", "epoch": 1, "fence": 2, "phase": "ready", "creditRequests": 64,
            "creditBytes": 67_108_864, "frameLimit": 268_435_456, "proof": nonce, "applied": 812, "kept": 800,
            "ledgerIndex": 700, "ledgerHead": nonce,
        }),
        _header("refused", "refused", {
            "code": "BUSY", "message": "ada controls", "oldest": 1, "newest": 1, "details": '{"owner":"ada"}',
        }),
        _header("event", "event", {
            "counter": 16_384, "kind": "progress", "time": 1_732_374_387.25, "text": "tab\t\"quote\"\\ \x01", "data": "{}",
        }),
        _header("spec", "spec", {"world": '{"sim":"counter"}', "hash": nonce}),
        _header("layout", "layout", {"id": 256, "tensors": [
            {"name": "obs/cam%2Fleft", "dtype": CODES["u8"], "shape": [0xFFFFFFFF, 224, 224, 3]},
            {"name": "reward", "dtype": CODES["f64"], "shape": []},
            {"name": "half", "dtype": CODES["f16"], "shape": [1]},
        ]}),
        _header("a step", "request", {"seq": 100_000, "ack": 99_999, "chain": 1, "op": OP["step"], "blocks": [{"layout": 1}]}),
        _header("a request with everything", "request", {
            "seq": 4_294_967_295, "ack": 1, "chain": 2, "op": OP["stepMany"], "onEnd": 1, "deadline": 0.1, "repeat": 4,
            "want": {"state": True, "bodies": 1, "cameras": ["front", "wrist"], "every": 5, "encoding": 2, "envs": [0, 128, 65_536]},
            "blocks": [block, {}, block], "min": 3, "options": '{"camera":"front"}',
        }),
        _header("deadline 0 stays", "request", {"seq": 1, "deadline": 0.0}),
        _header("an empty want stays", "request", {"seq": 1, "want": {}}),
        _header("a step's reply", "reply", {
            "seq": 100_000, "blocks": [{"layout": 2}], "received": 1234.5, "started": 1234.50001220703125,
            "finished": 1234.75, "encoded": 1235.0, "ledgerIndex": 99_999, "ledgerHead": nonce,
        }),
        _header("a failed reply", "reply", {
            "seq": 5, "replayed": True, "blocks": [block], "value": "{}",
            "error": {"code": "SIMULATOR_FAILED", "message": "ValueError: no", "suggestions": ["do", "not"],
                      "details": '{"type":"ValueError"}', "applied": True},
        }),
        _header("ack", "ack", {"ack": 2_147_483_648}),
        _header("ping", "ping", {"id": 7, "sent": 1e-7}),
        _header("pong", "pong", {
            "id": 7, "sent": 1e21, "received": -0.5, "phase": "ready", "started": 812, "applied": 811, "since": 43.125,
        }),
        _header("numbers as JavaScript writes them", "pong", {"sent": 0.000001, "received": 123456789012345680000.0, "since": 5e-324}),
        _header("goodbye", "goodbye", {"code": "FENCED", "reason": "ada took this simulator over"}),
    ]  # fmt: skip
    return headers


def make_hostile() -> list[dict[str, Any]]:
    """Bytes of headers and the verdict that both decoders must come to."""
    entries: list[dict[str, Any]] = []

    def add(name: str, codec: str, data: bytes) -> None:
        decode = (protobuf_codec if codec == "protobuf" else json_codec).decode
        try:
            decode(data)
            verdict = "ok"
        except Exception as error:
            verdict = error.code  # any other exception is a fault of the decoder
        entries.append({"name": name, "codec": codec, "hex": data.hex(), "verdict": verdict})

    def message(kind: int, inner: bytes) -> bytes:
        return bytes([kind << 3 | 2]) + _varint(len(inner)) + inner

    for name, data in {
        "nothing": b"",
        "a tag alone": b"\x52",
        "an unknown kind": b"\x7a\x00",
        "kind 0": b"\x02\x00",
        "a kind as varint": b"\x50\x01",
        "a kind as group": b"\x53\x54",
        "two kinds": b"\x52\x00\x5a\x00",
        "one kind twice": b"\x52\x00\x52\x00",
        "an ack of 1": message(10, b"\x08\x01"),
        "an ack that is cut": message(10, b"\x08"),
        "a length beyond the end": b"\x52\x05\x08\x01",
        "a length of 4 GiB": b"\x52\xff\xff\xff\xff\x0f",
        "a length over 32 bits": b"\x52\xff\xff\xff\xff\x1f",
        "bytes after the header": b"\x52\x02\x08\x01\x00",
        "an unknown field": message(10, b"\x10\x01"),
        "field number 0": message(10, b"\x00\x01"),
        "a singular field twice": message(10, b"\x08\x01\x08\x02"),
        "a varint as fixed64": message(10, b"\x09" + bytes(8)),
        "a varint as fixed32": message(10, b"\x0d" + bytes(4)),
        "a varint as bytes": message(10, b"\x0a\x01\x01"),
        "a varint that is long and small": message(10, b"\x08\x81\x80\x80\x80\x00"),
        "a varint of six bytes": message(10, b"\x08\x81\x80\x80\x80\x80\x00"),
        "a varint of ten bytes": message(10, b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        "uint32 at its most": message(10, b"\x08\xff\xff\xff\xff\x0f"),
        "uint32 over its most": message(10, b"\x08\xff\xff\xff\xff\x10"),
        "a long tag": message(10, b"\x88\x80\x00\x01"),
        "a tag over 32 bits": message(10, b"\x88\x80\x80\x80\x80\x01\x01"),
        "a bool of 1": message(2, b"\x40\x01"),
        "a bool of 2": message(2, b"\x40\x02"),
        "an enum in its table": message(2, b"\x28\x02"),
        "an enum outside its table": message(2, b"\x28\x03"),
        "an op outside its table": message(8, b"\x20\x0e"),
        "UTF-8": message(13, b"\x0a\x02\xc3\xa9"),
        "a byte-order mark is text": message(13, b"\x0a\x03\xef\xbb\xbf"),
        "a zero byte is text": message(13, b"\x0a\x01\x00"),
        "UTF-8 that is cut": message(13, b"\x0a\x01\xc3"),
        "UTF-8 of a lone surrogate": message(13, b"\x0a\x03\xed\xa0\x80"),
        "UTF-8 that is overlong": message(13, b"\x0a\x02\xc0\x80"),
        "UTF-8 above the last code point": message(13, b"\x0a\x04\xf4\x90\x80\x80"),
        "a stray continuation byte": message(13, b"\x0a\x01\x80"),
        "a string beyond its message": message(13, b"\x0a\x05ab"),
        "a double": message(11, b"\x11" + struct.pack("<d", 1.5)),
        "a double that is NaN": message(11, b"\x11" + struct.pack("<d", float("nan"))),
        "a double that is cut": message(11, b"\x11" + bytes(7)),
        "a double as varint": message(11, b"\x10\x01"),
        "packed numbers": message(8, b"\x4a\x05\x12\x03\x01\xac\x02"),
        "packed numbers in two parts": message(8, b"\x4a\x06\x12\x01\x01\x12\x01\x02"),
        "packed numbers, empty": message(8, b"\x4a\x02\x12\x00"),
        "packed numbers that are cut": message(8, b"\x4a\x03\x12\x01\xac"),
        "numbers that are not packed": message(8, b"\x4a\x02\x10\x01"),
        "a message within a message": message(8, b"\x42\x02\x08\x01"),
        "an inner message beyond its outer": message(8, b"\x42\x05\x08\x01"),
        "an inner message with an unknown field": message(8, b"\x42\x02\x38\x01"),
        "a singular message twice": message(8, b"\x42\x00\x42\x00"),
        "a group within": message(8, b"\x43\x44"),
        "fields in another order": message(8, b"\x20\x01\x08\x05"),
    }.items():
        add(name, "protobuf", data)
    generator = random.Random(1)
    samples = [bytes.fromhex(header["protobuf"]) for header in make_headers()]
    for number in range(200):
        data = bytearray(generator.choice([sample for sample in samples if len(sample) > 8]))
        for _ in range(generator.randint(1, 3)):
            data[generator.randrange(len(data))] = generator.randrange(256)
        if generator.random() < 0.3:
            del data[generator.randrange(len(data)) :]
        add(f"mutation {number}", "protobuf", bytes(data))

    for name, text in {
        "nothing": "",
        "null": "null",
        "a list": "[]",
        "no kind": "{}",
        "two kinds": '{"ack":{},"ping":{}}',
        "an unknown kind": '{"nope":{}}',
        "a kind of the prototype": '{"constructor":{}}',
        "one kind": '{"ack":{}}',
        "spaces": ' \t\r\n{ "ack" : { "ack" : 1 } } ',
        "text after it": '{"ack":{}} x',
        "a comment": '{"ack":{}} // x',
        "a trailing comma": '{"ack":{"ack":1,}}',
        "single quotes": "{'ack':{}}",
        "a body of null": '{"ack":null}',
        "a body that is a list": '{"ack":[]}',
        "a field of null": '{"ack":{"ack":null}}',
        "an unknown field": '{"ack":{"nope":1}}',
        "a field of the prototype": '{"ack":{"toString":1}}',
        "__proto__": '{"ack":{"__proto__":{}}}',
        "a key twice": '{"ack":{"ack":1,"ack":1}}',
        "a key twice, once escaped": '{"ack":{"ack":1,"\\u0061ck":1}}',
        "a kind twice": '{"ack":{},"ack":{}}',
        "an integer with a fraction of zero": '{"ack":{"ack":1.0}}',
        "an integer with an exponent": '{"ack":{"ack":1e2}}',
        "minus zero": '{"ack":{"ack":-0}}',
        "minus zero with a fraction": '{"ack":{"ack":-0.0}}',
        "a fraction": '{"ack":{"ack":1.5}}',
        "a negative integer": '{"ack":{"ack":-1}}',
        "uint32 at its most": '{"ack":{"ack":4294967295}}',
        "uint32 over its most": '{"ack":{"ack":4294967296}}',
        "an integer of 400 digits": '{"ack":{"ack":' + "9" * 400 + "}}",
        "an integer of 5,000 digits": '{"ack":{"ack":1' + "0" * 4999 + "}}",
        "a leading zero": '{"ack":{"ack":01}}',
        "a plus": '{"ack":{"ack":+1}}',
        "hexadecimal": '{"ack":{"ack":0x1}}',
        "a bare point": '{"ack":{"ack":1.}}',
        "NaN": '{"ping":{"sent":NaN}}',
        "Infinity": '{"ping":{"sent":Infinity}}',
        "-Infinity": '{"ping":{"sent":-Infinity}}',
        "a double that overflows": '{"ping":{"sent":1e400}}',
        "a double that underflows": '{"ping":{"sent":1e-400}}',
        "an integer as a double": '{"ping":{"sent":3}}',
        "a double of 400 digits": '{"ping":{"sent":' + "9" * 400 + "}}",
        "a string as a number": '{"ack":{"ack":"1"}}',
        "a bool as a number": '{"ack":{"ack":true}}',
        "a bool": '{"hello":{"takeOver":true}}',
        "a number as a bool": '{"hello":{"takeOver":1}}',
        "an enum in its table": '{"hello":{"role":2}}',
        "an enum outside its table": '{"hello":{"role":3}}',
        "an enum by name": '{"hello":{"role":"data"}}',
        "base64": '{"spec":{"hash":"AAEC"}}',
        "base64 of one byte": '{"spec":{"hash":"AA=="}}',
        "base64 with bits left over": '{"spec":{"hash":"AB=="}}',
        "base64 without padding": '{"spec":{"hash":"AA"}}',
        "base64 with too much padding": '{"spec":{"hash":"AAEC===="}}',
        "base64 of the URL alphabet": '{"spec":{"hash":"_-8="}}',
        "base64 with a line break": '{"spec":{"hash":"AAEC\\n"}}',
        "empty base64": '{"spec":{"hash":""}}',
        "a surrogate pair": '{"goodbye":{"code":"\\ud83d\\ude00"}}',
        "a lone surrogate": '{"goodbye":{"code":"\\ud800"}}',
        "surrogates in the wrong order": '{"goodbye":{"code":"\\ude00\\ud83d"}}',
        "a zero character": '{"goodbye":{"code":"\\u0000"}}',
        "a raw control character": '{"goodbye":{"code":"\x01"}}',
        "a raw line break": '{"goodbye":{"code":"\n"}}',
        "a raw delete character": '{"goodbye":{"code":"\x7f"}}',
        "an unknown escape": '{"goodbye":{"code":"\\x41"}}',
        "a string that is not closed": '{"goodbye":{"code":"a',
        "a byte-order mark": '\ufeff{"ack":{}}',
        "a no-break space": '\u00a0{"ack":{}}',
        "a list of strings": '{"hello":{"features":["a"]}}',
        "a list of numbers as strings": '{"hello":{"features":[1]}}',
        "a list with null": '{"hello":{"features":[null]}}',
        "a list as an object": '{"hello":{"features":{}}}',
        "an empty list": '{"hello":{"features":[]}}',
        "an inner message": '{"request":{"want":{"envs":[0,1]},"blocks":[{"lengths":[1]}]}}',
        "an inner message with an unknown field": '{"request":{"want":{"nope":1}}}',
        "10,000 open brackets": "[" * 10_000,
        "2,000 nested lists": '{"hello":{"features":' + "[" * 2000 + "]" * 2000 + "}}",
    }.items():
        add(name, "json", text.encode())
    add("bytes that are not UTF-8", "json", b'{"goodbye":{"code":"\xff"}}')
    add("UTF-8 of a lone surrogate", "json", b'{"goodbye":{"code":"\xed\xa0\x80"}}')
    add("UTF-16", "json", '{"ack":{}}'.encode("utf-16"))
    return entries


def make_frames() -> list[dict[str, Any]]:
    """Whole frames: a layout and blocks of it in a reply, for both codecs."""
    cases = {
        "no arrays": ([], [[]]),
        "one f64 vector": ([("obs", "f64", [3])], [[struct.pack("<3d", 1.5, -0.0, float("inf"))]]),
        "padding between odd sizes": (
            [("a", "u8", [3]), ("b", "f32", [1]), ("c", "bool", [1])],
            [[b"\1\2\3", struct.pack("<f", 2.5), b"\1"]],
        ),
        "two blocks": ([("a", "i16", [2])], [[b"\1\0\2\0"], [b"\3\0\4\0"]]),
        "an open first dimension": ([("e", "i32", [-1]), ("x", "f64", [-1, 2])], [[bytes(4), bytes(16)], [b"", b""]]),
        "a scalar and an empty array": ([("s", "i64", []), ("none", "f64", [0, 4])], [[bytes(range(8)), b""]]),
        "every dtype": (
            [(name, name, [2]) for name in CODES],
            [[bytes(2 * ITEM_SIZES[code]) for code in CODES.values()]],
        ),
    }  # fmt: skip
    entries = []
    for codec in (protobuf_codec, json_codec):
        for name, (tensors, blocks) in cases.items():
            layout = {
                "id": 1,
                "tensors": [
                    {
                        "name": tensor,
                        "dtype": CODES[dtype],
                        "shape": [0xFFFFFFFF if length == -1 else length for length in shape],
                    }
                    for tensor, dtype, shape in tensors
                ],
            }
            described = [
                {"layout": 1 if tensors else 0, "lengths": _lengths(tensors, payloads)} for payloads in blocks
            ]
            payloads = [memoryview(payload) for block in blocks for payload in block]
            entries.append(
                {
                    "name": name,
                    "codec": codec.NAME,
                    "layout": layout,
                    "layoutFrame": encode_frame(codec, "layout", layout).hex() if tensors else "",
                    "blocks": [
                        {**block, "payloads": [payload.hex() for payload in given]}
                        for block, given in zip(described, blocks, strict=True)
                    ],
                    "frame": encode_frame(codec, "reply", {"seq": 9, "blocks": described}, payloads).hex(),
                }
            )
    return entries


def _lengths(tensors: list, payloads: list[bytes]) -> list[int]:
    return [
        len(payload) // (element_count(tuple(shape[1:])) * ITEM_SIZES[CODES[dtype]])
        for (_, dtype, shape), payload in zip(tensors, payloads, strict=True)
        if shape[:1] == [-1]
    ]


def make_ledger() -> list[dict[str, Any]]:
    """One ledger: the first entry gives the spec's hash, each other one its inputs and the head after it."""
    spec_hash = bytes(range(32))
    book = ledger.Ledger(spec_hash)
    entries: list[dict[str, Any]] = [{"specHash": spec_hash.hex(), "head": book.head.hex()}]

    def tensor(name: str, dtype: str, shape: list[int], data: bytes) -> dict[str, Any]:
        return {"name": name, "dtype": dtype, "shape": shape, "data": data.hex()}

    def named(tensors: list[dict[str, Any]]) -> list[NamedArray]:
        arrays = []
        for given in tensors:
            data = bytes.fromhex(given["data"])
            arrays.append(
                NamedArray(
                    given["name"], view(CODES[given["dtype"]], tuple(given["shape"]), data, 0, len(data))
                )
            )
        return arrays

    def add(op: str, request: dict[str, Any], reply: dict[str, Any]) -> None:
        tensors = named(request.get("tensors", []))
        if op in ("reset", "setState"):
            asked = ledger.digest_reset_request(tensors, request.get("options", ""))
        elif op == "recv":
            asked = ledger.digest_recv_request(request["min"])
        elif op == "restore":
            asked = ledger.digest_restore_request(bytes.fromhex(request["tensors"][0]["data"]))
        else:
            asked = ledger.digest_step_request(tensors, request.get("repeat", 1))
        told = (
            ledger.digest_outcome(named(reply["tensors"]))
            if "tensors" in reply
            else ledger.digest_text(reply["text"])
        )
        book.append(OP[op], asked, told)
        entries.append(
            {
                "op": op,
                "request": request,
                "reply": reply,
                "requestDigest": asked.hex(),
                "replyDigest": told.hex(),
                "index": book.index,
                "head": book.head.hex(),
            }
        )

    rows = [
        tensor("tick", "u32", [2], struct.pack("<2I", 0, 0)),
        tensor("episode", "u32", [2], struct.pack("<2I", 1, 1)),
        tensor("reward", "f64", [2], struct.pack("<2d", 0.0, -0.0)),
        tensor("terminated", "bool", [2], b"\0\0"),
        tensor("truncated", "bool", [2], b"\0\1"),
    ]
    observation = tensor("obs", "f64", [2, 1], struct.pack("<2d", 1.0, 2.0))
    deeper = [
        tensor(f"obs/{name}", "f32", [2], struct.pack("<2f", 1, 2)) for name in ("b", "a", "a%2Fb", "é")
    ]
    state = [
        tensor("state/robot/joint_pos", "f64", [2, 1], struct.pack("<2d", 3.0, 4.0)),
        tensor("state/cube/root_pos", "f32", [2, 3], bytes(24)),
    ]
    action = tensor("action", "f32", [2, 1], struct.pack("<2f", 0.5, -0.5))
    envs = tensor("envs", "i32", [1], struct.pack("<i", 1))
    add("reset", {"tensors": [tensor("seed", "u32", [1], b"\7\0\0\0")]}, {"tensors": [*rows, observation]})
    add("reset", {"tensors": [envs, *state], "options": '{"é":1}'}, {"tensors": [envs, *rows, *deeper]})
    add("step", {"tensors": [action]}, {"tensors": [*rows, observation]})
    add("step", {"tensors": [action, envs], "repeat": 4}, {"tensors": [*rows, observation, *state]})
    add("step", {"tensors": [tensor("action/b", "f64", [2], bytes(16)), tensor("action/a", "i64", [2], bytes(16))]},
        {"tensors": [*rows, *deeper, tensor("observer", "u8", [1], b"\1"), tensor("info/x", "f64", [], bytes(8))]})  # fmt: skip
    add("step", {"tensors": [action]}, {"text": "SIMULATOR_FAILED"})
    add("send", {"tensors": [action, envs]}, {"tensors": []})
    add("recv", {"min": 1}, {"tensors": [envs, *rows, observation]})
    add("setState", {"tensors": [*state]}, {"tensors": [*rows, observation]})
    add("restore", {"tensors": [tensor("snapshot", "u8", [3], b"abc")]}, {"text": ""})
    add("step", {"tensors": [tensor("action", "f64", [2, 0], b"")]}, {"tensors": [*rows, observation]})
    return entries


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def header_body(header: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The kind and fields of a header in the vectors' JSON form, bytes decoded."""
    ((kind, body),) = header.items()
    return kind, _body(_KINDS[kind], body)


def _body(message: str, body: dict[str, Any]) -> dict[str, Any]:
    types = {name: kind for _, name, kind, _ in FIELDS[message]}

    def value(kind: str, given: Any) -> Any:
        if isinstance(given, list):
            return [value(kind, item) for item in given]
        if kind == "bytes":
            return base64.b64decode(given)
        return _body(kind, given) if kind in FIELDS else given

    return {name: value(types[name], given) for name, given in body.items()}


__all__ = ["FOLDER", "NAMES", "header_body", "make_all", "make_headers"]

if __name__ == "__main__":
    main()
