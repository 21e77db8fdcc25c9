"""A listener on a bus that sends everything back: docs/protocol.md with the standard library alone.

`python echo_listener.py HOST:PORT NAME` prints `listening` and serves until its standard input ends.
"""

import json
import os
import re
import socket
import struct
import sys
import threading
import time

OPEN, ACCEPT, DATA, ALIVE, END, BREAK, PROBE, HERE = range(1, 9)
HEAD = struct.Struct("<BB6xQQ")
TERMS = struct.Struct("<II")
WINDOW = 1 << 20
LARGEST = 64 << 10


def message(kind, sent=0, taken=0, body=b""):
    return HEAD.pack(kind, 1, sent, taken) + body


class Bus:
    """One connection to a NATS server: the client's half of its text protocol, as far as needed here."""

    def __init__(self, address):
        host, port = address.split(":")
        self.socket = socket.create_connection((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = self.socket.makefile("rb")
        self.info = json.loads(self.stream.readline().split(b" ", 1)[1])
        self.writing = threading.Lock()
        self.heard_by = {}
        self.last_sid = 0
        self.ready = threading.Event()
        options = {"verbose": False, "lang": "python", "version": "1", "headers": True, "no_responders": True}
        self.write(b"CONNECT " + json.dumps(options).encode() + b"\r\n")

    def write(self, data):
        with self.writing:
            self.socket.sendall(data)

    def publish(self, subject, reply, payload):
        self.write(f"PUB {subject} {reply} {len(payload)}\r\n".encode() + payload + b"\r\n")

    def subscribe(self, subject, hear):
        """`hear(payload, reply)` is called with each message; its payload is None for a 503."""
        self.last_sid += 1
        self.heard_by[str(self.last_sid)] = hear
        self.write(f"SUB {subject} {self.last_sid}\r\n".encode())
        return str(self.last_sid)

    def unsubscribe(self, sid):
        self.heard_by.pop(sid, None)
        self.write(f"UNSUB {sid}\r\n".encode())

    def run(self):
        while line := self.stream.readline():
            words = line.decode().split()
            if words[0] == "PING":
                self.write(b"PONG\r\n")
            elif words[0] == "PONG":
                self.ready.set()
            elif words[0] in ("MSG", "HMSG"):
                data = self.stream.read(int(words[-1]) + 2)[:-2]
                missed = words[0] == "HMSG" and data.startswith(b"NATS/1.0 503")
                reply = words[3] if len(words) == (5 if words[0] == "MSG" else 6) else ""
                if hear := self.heard_by.get(words[2]):
                    hear(None if missed else data, reply)


class Connection:
    """One accepted connection as a byte stream: read and write block, as on a socket."""

    def __init__(self, bus, up, down, terms):
        self.bus, self.up, self.down = bus, up, down
        self.window, largest = TERMS.unpack(terms)
        self.largest_body = min(largest, bus.info["max_payload"]) - HEAD.size
        self.changed = threading.Condition()
        self.inbox = bytearray()
        self.sent = self.sent_bytes = self.acknowledged = 0
        self.received = self.taken = self.told = 0
        self.ended = self.broken = False
        self.sid = bus.subscribe(up, self.hear)
        self.send(ACCEPT, TERMS.pack(WINDOW, LARGEST))

    def send(self, kind, body=b""):
        self.told = self.taken
        self.bus.publish(self.down, self.up, message(kind, self.sent, self.taken, body))

    def hear(self, payload, _reply):
        with self.changed:
            self.changed.notify_all()
            if payload is None:
                self.broken = self.broken or not self.ended
                return
            kind, _, sent, taken = HEAD.unpack_from(payload)
            self.acknowledged = taken
            if kind == BREAK or sent != self.received + (kind == DATA):
                self.broken = True
            elif kind == DATA:
                self.received = sent
                self.taken += HEAD.size
                self.inbox += payload[HEAD.size :]
            elif kind == END:
                self.ended = True

    def read(self, size):
        """Fewer bytes only at the end."""
        data = bytearray()
        with self.changed:
            while len(data) < size:
                while not self.inbox and not self.ended and not self.broken:
                    self.changed.wait()
                part = self.inbox[: size - len(data)]
                if not part or self.broken:
                    break
                del self.inbox[: len(part)]
                data += part
                self.taken += len(part)
                if self.taken - self.told >= WINDOW // 4:
                    self.send(ALIVE)
        return bytes(data)

    def write(self, data):
        with self.changed:
            for at in range(0, len(data), self.largest_body):
                body = data[at : at + self.largest_body]
                size = HEAD.size + len(body)
                while self.sent_bytes + size - self.acknowledged > self.window and not self.broken:
                    self.changed.wait()
                if self.broken:
                    raise ConnectionError("the connection broke")
                self.sent += 1
                self.sent_bytes += size
                self.send(DATA, body)

    def alive(self):
        with self.changed:
            self.send(ALIVE)

    def close(self):
        with self.changed:
            self.send(BREAK if self.broken else END)
            self.changed.wait_for(lambda: self.ended or self.broken, 0.5)
        self.bus.unsubscribe(self.sid)


def echo(connection, connections):
    try:
        connection.write(connection.read(8))
        while len(prefix := connection.read(4)) == 4:
            body = connection.read(int.from_bytes(prefix, "little"))
            if body == b"hang up":
                break
            connection.write(prefix + body)
    except ConnectionError:
        pass
    finally:
        connections.discard(connection)
        connection.close()


def main(address, name):
    bus = Bus(address)
    connections = set()
    named = re.compile(rf"farsim\.{re.escape(name)}\.([0-9a-f]{{32}})\.down")

    def called(payload, reply):
        found = named.fullmatch(reply)
        if not found or payload is None:
            return
        if payload[0] == PROBE:
            bus.publish(reply, f"farsim.{name}.open", message(HERE))
        elif payload[0] == OPEN:
            connection = Connection(bus, f"farsim.{name}.{found[1]}.up", reply, payload[HEAD.size :])
            connections.add(connection)
            threading.Thread(target=echo, args=(connection, connections), daemon=True).start()

    def live():
        while True:
            time.sleep(1)
            for connection in list(connections):
                connection.alive()

    bus.subscribe(f"farsim.{name}.open", called)
    bus.write(b"PING\r\n")
    for target in (bus.run, live):
        threading.Thread(target=target, daemon=True).start()
    bus.ready.wait()
    print("listening", flush=True)
    sys.stdin.read()
    os._exit(0)


main(*sys.argv[1:])
