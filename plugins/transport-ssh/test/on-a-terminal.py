"""Runs a program on a terminal of its own, types a line of the first argument each time it asks for a
passphrase, and prints all that the terminal showed.
"""

import os
import pty
import sys

answers = sys.argv[1].split("\r")[:-1]
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[2], sys.argv[2:])
shown = b""
asked = 0
while True:
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    shown += chunk
    if shown.count(b"Enter passphrase") > asked:
        os.write(terminal, answers[asked].encode() + b"\r")
        asked += 1
os.waitpid(child, 0)
sys.stdout.write(shown.decode())
