"""What a client may ask on control."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .errors import FarsimError
from .log_tail import log_tail
from .message_fields import ENUMS
from .peer import Peer
from .session_report import status

if TYPE_CHECKING:
    from .supervisor import Supervisor

# escaped as JSON it must fit a header of 1 MiB
_LOG_BYTES = 128 << 10
_NAMES = {number: name for name, number in ENUMS["Op"].items()}


def answer_control(supervisor: Supervisor, peer: Peer, request: dict[str, Any]) -> None:
    """Answers status, logs, detach and close; UNSUPPORTED for the rest."""
    name = _NAMES[request["op"]]
    seq = request["seq"]
    try:
        options = json.loads(request["options"]) if request["options"] else {}
    except ValueError as error:
        _fail(peer, seq, FarsimError("BAD_ARGUMENT", f"options are no JSON: {error}"))
        return
    if name == "status":
        _reply(peer, seq, status(supervisor))
    elif name == "logs":
        lines = log_tail(str(supervisor.files.log), int(options.get("lines", 50)), _LOG_BYTES)
        _reply(peer, seq, {"lines": lines})
    elif name == "close":
        supervisor.close_when_asked(peer, seq, bool(options.get("now")))
    elif name == "detach":
        _reply(peer, seq, supervisor.detach(options.get("grace")))
    else:
        _fail(peer, seq, FarsimError("UNSUPPORTED", f"{name} does not belong on the control channel"))


def _reply(peer: Peer, seq: int, value: dict[str, Any]) -> None:
    peer.send("reply", {"seq": seq, "value": json.dumps(value)})


def _fail(peer: Peer, seq: int, error: FarsimError) -> None:
    peer.send("reply", {"seq": seq, "error": error.failure()})
