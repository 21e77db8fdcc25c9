"""Limits hold before anything of a claimed size is allocated."""

from __future__ import annotations

import os
import socket
import threading

import numpy as np
import pytest

from farsim.bridge.errors import FarsimError
from farsim.bridge.wire import protobuf_codec
from farsim.bridge.wire.framing import HEAD, decode_frame, encode_frame, frame_parts
from farsim.bridge.wire.layouts import LayoutReader, LayoutWriter, NamedArray
from farsim.bridge.wire.limits import OPEN_DIMENSION
from farsim.bridge.wire.link import Link

U8, F64 = 7, 2


def tensor(name="a", dtype=U8, shape=(1,)):
    return {"name": name, "dtype": dtype, "shape": list(shape)}


@pytest.mark.parametrize(
    ("tensors", "code"),
    [
        ([tensor(f"t{i}") for i in range(1025)], "LIMIT_EXCEEDED"),
        ([tensor(shape=[1] * 9)], "LIMIT_EXCEEDED"),
        ([tensor("é" * 129)], "LIMIT_EXCEEDED"),
        ([tensor(shape=[1 << 31, 1 << 31])], "LIMIT_EXCEEDED"),
        ([tensor(shape=[1, OPEN_DIMENSION])], "LIMIT_EXCEEDED"),
        ([tensor(), tensor()], "DECODE_FAILED"),
    ],
)
def test_a_layout_over_the_limits_is_refused(tensors, code):
    with pytest.raises(FarsimError) as caught:
        LayoutReader().learn({"id": 1, "tensors": tensors})
    assert caught.value.code == code


def test_layout_ids_are_never_named_twice_and_at_most_256_live():
    reader = LayoutReader()
    for layout in range(1, 257):
        reader.learn({"id": layout, "tensors": []})
    with pytest.raises(FarsimError, match="256"):
        reader.learn({"id": 257, "tensors": []})
    with pytest.raises(FarsimError, match="named twice"):
        reader.learn({"id": 1, "tensors": []})
    with pytest.raises(FarsimError, match="never named"):
        reader.read([{"layout": 999, "lengths": []}], b"", 0)


def test_payloads_must_fill_the_frame_exactly():
    reader = LayoutReader()
    reader.learn({"id": 1, "tensors": [tensor(dtype=F64, shape=[2])]})
    blocks = [{"layout": 1, "lengths": []}]
    frame = encode_frame(protobuf_codec, "reply", {"blocks": blocks}, [np.ones(2)])
    _, _, offset = decode_frame(protobuf_codec, frame)
    assert offset % 8 == 0
    assert reader.read(blocks, frame, offset)[0][0].array.tolist() == [1, 1]
    for broken in (frame[:-8], frame + bytes(8), frame + b"\0"):
        with pytest.raises(FarsimError):
            reader.read(blocks, broken, offset)
    with pytest.raises(FarsimError, match="lengths"):
        reader.read([{"layout": 1, "lengths": [2]}], frame, offset)


def test_padding_must_be_zero():
    frame = bytearray(encode_frame(protobuf_codec, "ack", {"ack": 1}) + bytes(4))
    frame[:4] = (len(frame) - 4).to_bytes(4, "little")
    assert decode_frame(protobuf_codec, bytes(frame))[0] == "ack"
    frame[-1] = 1
    with pytest.raises(FarsimError, match="padding"):
        decode_frame(protobuf_codec, bytes(frame))


def test_equal_shapes_share_a_layout_and_open_rows_do_not_change_it():
    writer = LayoutWriter()
    first, lengths = writer.write([NamedArray("a", np.ones((2, 3)), True)])
    second, other = writer.write([NamedArray("a", np.ones((5, 3)), True)])
    assert (first, lengths, second, other) == (1, [2], 1, [5])
    assert writer.write([NamedArray("a", np.ones((5, 3)))])[0] == 2
    assert writer.write([]) == (0, [])


def pipes():
    (a_read, b_write), (b_read, a_write) = os.pipe(), os.pipe()
    return Link(a_read, a_write), Link(b_read, b_write)


def sockets():
    a, b = socket.socketpair()
    a_fd, b_fd = a.detach(), b.detach()
    return Link(a_fd, a_fd), Link(b_fd, b_fd)


@pytest.mark.parametrize("pair", [pipes, sockets])
def test_frames_of_every_size_pass_a_link_whole_and_in_order(pair):
    here, there = pair()
    sizes = [0, 1, 7, 8, 4000, 65_500, 65_536, 65_537, 1 << 20, 5 << 20, 3]
    payloads = [np.arange(size, dtype=np.uint8) for size in sizes]

    def send():
        for payload in payloads:
            here.write(frame_parts(protobuf_codec.encode("reply", {"seq": 1}), [payload]))
        os.close(here.write_fd)

    sender = threading.Thread(target=send)
    sender.start()
    for payload in payloads:
        frame = there.read_frame()
        _, _, offset = decode_frame(protobuf_codec, frame)
        assert np.frombuffer(frame, np.uint8, len(payload), offset).tobytes() == payload.tobytes()
        assert np.frombuffer(frame, np.uint8).ctypes.data % 8 == 0
    sender.join()
    if pair is pipes:
        assert there.read_frame() is None


def test_a_frame_over_the_limit_is_refused_from_its_length_alone():
    here, there = sockets()
    os.write(here.write_fd, HEAD.pack(1 << 30, 10))
    with pytest.raises(FarsimError, match="over the limit"):
        there.read_frame()
