"""One connection over a bus without a bus: what breaks it, and what it holds."""

from __future__ import annotations

import pytest

from farsim.bridge.bus.message import (
    ACCEPT,
    ALIVE,
    BREAK,
    DATA,
    END,
    HEAD_BYTES,
    HELD,
    HERE,
    Terms,
    decode_message,
    encode_message,
)
from farsim.bridge.bus.nats_parser import Delivery, NatsParser
from farsim.bridge.bus.stream import BusStream
from farsim.bridge.errors import FarsimError

TERMS = Terms(16_384, 4_096)


class Sent(list):
    @property
    def kinds(self):
        return [decode_message(message).kind for message in self]


@pytest.fixture
def sent():
    return Sent()


@pytest.fixture
def stream(sent):
    return BusStream(TERMS, TERMS, sent.append, 0.0)


@pytest.mark.parametrize(
    ("messages", "code", "said"),
    [
        ([encode_message(DATA, 2, 0, b"x")], "LINK_LOST", "lost 1 messages"),
        ([encode_message(DATA, 1, 0, b"x")] * 2, "DECODE_FAILED", "message 1 came where 2 was due"),
        ([encode_message(ALIVE, 0, 1)], "DECODE_FAILED", "it took 1 bytes"),
        ([encode_message(DATA, 1, 0, b"")], "LIMIT_EXCEEDED", "0 bytes of data"),
        ([encode_message(DATA, 1, 0, bytes(4_096))], "LIMIT_EXCEEDED", "4096 bytes of data"),
        ([encode_message(DATA, n, 0, bytes(4_000)) for n in range(1, 6)], "LIMIT_EXCEEDED", "not taken"),
        ([encode_message(END), encode_message(DATA, 1, 0, b"x")], "DECODE_FAILED", "after the end"),
        ([encode_message(END)] * 2, "DECODE_FAILED", "a second end"),
        ([encode_message(BREAK, 0, 0, b"tired")], "LINK_LOST", "tired"),
        ([encode_message(ACCEPT)], "DECODE_FAILED", "a listener answered"),
        ([encode_message(HERE)], "DECODE_FAILED", "kind 8"),
        ([encode_message(HELD)], "DECODE_FAILED", "kind 9"),
        ([b"\x03\x02" + bytes(22)], "DECODE_FAILED", "format 2"),
        ([b"\x03\x01\x01" + bytes(21)], "DECODE_FAILED", "must be zero"),
        ([bytes(23)], "DECODE_FAILED", "23 bytes"),
        ([encode_message(ALIVE, 1 << 53)], "DECODE_FAILED", r"beyond 2\^53"),
    ],
)
def test_breaks_at_what_the_protocol_forbids(stream, messages, code, said):
    with pytest.raises(FarsimError, match=said) as error:
        for message in messages:
            stream.hear(message, 0.0)
    assert error.value.code == code


def test_sends_no_more_than_the_peer_has_room_for(stream, sent):
    while stream.room:
        stream.send(bytes(stream.room))
    assert sum(len(message) for message in sent) <= TERMS.window
    stream.hear(encode_message(ALIVE, 0, TERMS.largest), 0.0)
    assert stream.room == TERMS.largest - HEAD_BYTES


def test_tells_what_was_taken_after_a_quarter_of_the_window(stream, sent):
    for number in (1, 2):
        stream.hear(encode_message(DATA, number, 0, bytes(2_000)), 0.0)
    taken = bytearray()
    stream.take(lambda data: taken.extend(data[:1_500]) or min(1_500, len(data)))
    assert sent.kinds == []
    stream.take(lambda data: taken.extend(data) or len(data))
    assert taken == bytes(4_000)
    assert sent.kinds == []
    stream.hear(encode_message(DATA, 3, 0, bytes(100)), 0.0)
    stream.take(len)
    assert [decode_message(message)[:3] for message in sent] == [(ALIVE, 0, 4_100 + 3 * HEAD_BYTES)]


def test_a_silence_of_ten_seconds_breaks_it_unless_this_side_stood_still(stream):
    for second in range(1, 11):
        stream.tick(float(second))
    with pytest.raises(FarsimError, match=r"10\.5 s"):
        stream.tick(10.5)
    asleep = BusStream(TERMS, TERMS, lambda message: None, 0.0)
    asleep.tick(60.0)
    with pytest.raises(FarsimError):
        asleep.tick(61.5)


def test_reads_a_servers_words_however_they_are_cut():
    text = (
        b'INFO {"max_payload":1}\r\nMSG a.b 7 5\r\nhe\r\no\r\nPING\r\n'
        b"MSG a.b 8 re.ply 0\r\n\r\nHMSG a.b 9 re 16 16\r\nNATS/1.0 503\r\n\r\n\r\n-ERR 'no'\r\n"
    )
    expected = [
        ("INFO", '{"max_payload":1}'),
        Delivery(7, "", b"he\r\no", False),
        ("PING", ""),
        Delivery(8, "re.ply", b"", False),
        Delivery(9, "re", b"", True),
        ("-ERR", "'no'"),
    ]
    for size in (1, 3, 17, len(text)):
        parser = NatsParser()
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        assert [said for piece in pieces for said in parser.feed(piece)] == expected


@pytest.mark.parametrize("line", [b"MSG a 1 -1", b"MSG a 1 99999999999", b"MSG a one 0", b"MSG"])
def test_refuses_announcements_that_cannot_be(line):
    with pytest.raises(FarsimError, match="announced"):
        list(NatsParser().feed(line + b"\r\n\r\n"))
