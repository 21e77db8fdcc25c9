"""Google's protobuf reads what the small writer writes, and the other way round."""

from __future__ import annotations

import random

import pytest

from farsim.bridge.errors import FarsimError
from farsim.bridge.wire import protobuf_codec
from farsim.bridge.wire.message_fields import ENUMS, FIELDS

pytest.importorskip("google.protobuf")
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

Field = descriptor_pb2.FieldDescriptorProto
_TYPES = {
    "uint32": Field.TYPE_UINT32,
    "double": Field.TYPE_DOUBLE,
    "bool": Field.TYPE_BOOL,
    "string": Field.TYPE_STRING,
    "bytes": Field.TYPE_BYTES,
}


def _google_header():
    file = descriptor_pb2.FileDescriptorProto(name="farsim.proto", package="farsim.v1", syntax="proto3")
    for name, values in ENUMS.items():
        enum = file.enum_type.add(name=name)
        for value, number in values.items():
            enum.value.add(name=f"{name}_{value}", number=number)
    for name, fields in FIELDS.items():
        message = file.message_type.add(name=name)
        for number, field_name, kind, rule in fields:
            field = message.field.add(name=field_name, number=number, json_name=field_name)
            field.label = Field.LABEL_REPEATED if rule == "repeated" else Field.LABEL_OPTIONAL
            if kind in _TYPES:
                field.type = _TYPES[kind]
            else:
                field.type = Field.TYPE_MESSAGE if kind in FIELDS else Field.TYPE_ENUM
                field.type_name = f".farsim.v1.{kind}"
            if rule == "optional":
                field.proto3_optional = True
                field.oneof_index = len(message.oneof_decl)
                message.oneof_decl.add(name=f"_{field_name}")
        if name == "Header":
            message.oneof_decl.add(name="kind")
            for field in message.field:
                field.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("farsim.v1.Header"))


GoogleHeader = _google_header()


def _random_body(generator, message, depth=0):
    body = {}
    for _, name, kind, rule in FIELDS[message]:
        if generator.random() < 0.4:
            continue
        count = generator.randint(0, 3) if rule == "repeated" else 1
        values = [_random_value(generator, kind, depth) for _ in range(count)]
        body[name] = values if rule == "repeated" else values[0]
    return body


def _random_value(generator, kind, depth):
    if kind in FIELDS:
        return _random_body(generator, kind, depth + 1)
    if kind in ENUMS:
        return generator.choice(list(ENUMS[kind].values()))
    return {
        "uint32": lambda: generator.choice([0, 1, 127, 128, 16_383, 16_384, 2**31, 2**32 - 1]),
        "double": lambda: generator.choice([0.0, 1.5, -2.25, 1e300, float("inf")]),
        "bool": lambda: generator.random() < 0.5,
        "string": lambda: generator.choice(["", "a", "é世😀", "x" * 200]),
        "bytes": lambda: generator.randbytes(generator.choice([0, 1, 32, 300])),
    }[kind]()


def _put(google, message, body):
    for _, name, kind, rule in FIELDS[message]:
        if name not in body:
            continue
        value = body[name]
        if rule == "repeated":
            for item in value:
                if kind in FIELDS:
                    _put(getattr(google, name).add(), kind, item)
                else:
                    getattr(google, name).append(item)
        elif kind in FIELDS:
            getattr(google, name).SetInParent()
            _put(getattr(google, name), kind, value)
        else:
            setattr(google, name, value)


def test_both_write_the_same_bytes_and_read_each_other():
    generator = random.Random(1)
    for _ in range(1500):
        _, kind, message, _ = generator.choice(FIELDS["Header"])
        body = _random_body(generator, message)
        google = GoogleHeader()
        _put(google, "Header", {kind: body})
        ours = protobuf_codec.encode(kind, body)
        assert ours == google.SerializeToString(deterministic=True)
        again_kind, again = protobuf_codec.decode(google.SerializeToString())
        assert again_kind == kind
        assert protobuf_codec.encode(kind, again) == ours
        assert GoogleHeader.FromString(ours) == google


def test_mutated_headers_are_decoded_or_refused_and_nothing_else():
    generator = random.Random(2)
    seeds = [
        protobuf_codec.encode(kind, _random_body(generator, message))
        for _, kind, message, _ in FIELDS["Header"]
        for _ in range(5)
    ]
    accepted = 0
    for _ in range(20_000):
        data = bytearray(generator.choice(seeds) or b"\0")
        for _ in range(generator.randint(1, 4)):
            data[generator.randrange(len(data))] = generator.randrange(256)
        try:
            kind, body = protobuf_codec.decode(bytes(data))
        except FarsimError as error:
            assert error.code == "DECODE_FAILED"
        else:
            accepted += 1
            # whatever the strict walk accepts, the lenient reference does too
            GoogleHeader.FromString(bytes(data))
            protobuf_codec.decode(protobuf_codec.encode(kind, body))
    assert accepted
