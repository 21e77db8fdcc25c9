"""`attach SESSION`: joins this process's standard input and output to the session's supervisor, without a
relay.
"""

from __future__ import annotations

import os
import socket

from ..errors import FarsimError
from ..processes.session_files import SessionFiles
from ..supervisor.newcomers import ATTACH


def attach(session: str) -> int:
    """Hands descriptors 0 and 1 over and waits until the connection has ended. Raises SESSION_EXPIRED."""
    files = SessionFiles(session)
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(files.socket))
        except OSError as error:
            ended = files.read_exit()
            reason = f": {ended['reason']}" if ended else ""
            raise FarsimError(
                "SESSION_EXPIRED",
                f"session {session} does not run on {socket.gethostname()} any more{reason}",
            ) from error
        socket.send_fds(connection, [ATTACH], [0, 1])
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        while connection.recv(4096):
            pass
    return 0
