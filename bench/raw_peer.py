"""The yardstick's far end: answers each request of a fixed size with a reply of a fixed size.

`raw_peer.py unix PATH REQUEST REPLY` listens on a socket, `raw_peer.py stdio REQUEST REPLY` uses the
standard streams.
"""

import os
import socket
import sys


def main() -> None:
    kind, *rest = sys.argv[1:]
    if kind == "unix":
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(rest[0])
        listener.listen(1)
        print("listening", flush=True)
        connection, _ = listener.accept()
        over_socket(connection, int(rest[1]), bytes(int(rest[2])))
    else:
        over_pipes(int(rest[0]), bytes(int(rest[1])))


def over_socket(connection: socket.socket, request: int, reply: bytes) -> None:
    buffer = memoryview(bytearray(request))
    while True:
        got = 0
        while got < request:
            count = connection.recv_into(buffer[got:])
            if count == 0:
                return
            got += count
        connection.sendall(reply)


def over_pipes(request: int, reply: bytes) -> None:
    while True:
        got = 0
        while got < request:
            chunk = os.read(0, request - got)
            if not chunk:
                return
            got += len(chunk)
        view = memoryview(reply)
        while view:
            view = view[os.write(1, view) :]


main()
