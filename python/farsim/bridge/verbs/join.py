"""`join`: where a session of this user listens, and its token. Whoever can run this could read its 0600 file
as well.
"""

from __future__ import annotations

import os
import platform
import socket
from typing import Any

from ..errors import FarsimError
from ..processes.linux_process import is_alive
from ..processes.session_files import SessionFiles
from .local_sessions import list_sessions

_KEYS = ("session", "address", "token", "pid", "host", "name", "lease", "job")


def join_session(wanted: str) -> dict[str, Any]:
    """The line of a living session by its id, or of the newest by its name. Raises SESSION_EXPIRED."""
    found = [entry for entry in _living() if wanted in (entry["session"], entry["name"])]
    if not found:
        raise FarsimError("SESSION_EXPIRED", f"no session {wanted} runs on {socket.gethostname()}")
    return _line(found[-1]["session"])


def join_equal(order_hash: str, busy: bool = False, engine_hash: str = "") -> dict[str, Any]:
    """The line of a session that is ready, was made by the same order and waits for its next client; with
    `busy` else of one that a client controls. Only `{"farsim": 1}` when there is none.
    `waits`: it waits again for the next client after this one. `remake`: it waits, and runs another env in
    the engine of `engine_hash`: its client has to have this order's made.
    """
    ready = [
        entry for entry in reversed(_living()) if entry.get("phase") == "ready" and "detached" not in entry
    ]
    waiting = [entry for entry in ready if entry["warm"] and not entry.get("started")]
    equal = [entry for entry in waiting if entry["orderHash"] == order_hash]
    controlled = [entry for entry in ready if busy and entry["orderHash"] == order_hash]
    similar = [entry for entry in waiting if engine_hash and entry.get("engineHash") == engine_hash]
    for entry in equal + controlled + similar:
        try:
            line = {**_line(entry["session"]), "waits": entry.get("kept") is not None}
        except FarsimError:
            continue
        return line if entry["orderHash"] == order_hash else {**line, "remake": True}
    return {"farsim": 1}


def _living() -> list[dict[str, Any]]:
    return [entry for entry in list_sessions() if entry["alive"] and entry["uid"] == os.getuid()]


def _line(session: str) -> dict[str, Any]:
    state = SessionFiles(session).read_state()
    if not is_alive(state["pid"], state["startTime"]):
        raise FarsimError("SESSION_EXPIRED", f"the supervisor of session {session} is dead")
    return {
        "farsim": 1,
        "joined": True,
        **{key: state[key] for key in _KEYS if state.get(key) not in (None, "")},
        "python": platform.python_version(),
    }
