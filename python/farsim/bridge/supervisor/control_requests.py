"""What a client may ask on control."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..errors import FarsimError
from ..processes.log_tail import log_tail
from ..wire.message_fields import ENUMS
from .peer import Peer
from .session_end import SessionEnd
from .session_report import status
from .supervised_session import SupervisedSession

# escaped as JSON it must fit a header of 1 MiB
_LOG_BYTES = 128 << 10
_LARGEST = 1e9
_NAMES = {number: name for name, number in ENUMS["Op"].items()}


class ControlRequests:
    """`detach` leaves the simulator to its next client for so many seconds, and gives what is answered;
    `remake` has the simulator make another env.
    """

    def __init__(
        self,
        session: SupervisedSession,
        end: SessionEnd,
        detach: Callable[[float | None], dict[str, Any]],
        remake: Callable[[dict[str, Any]], None],
    ) -> None:
        self._session = session
        self._end = end
        self._detach = detach
        self._remake = remake

    def answer(self, peer: Peer, request: dict[str, Any]) -> None:
        """Answers status, logs, detach, remake and close; UNSUPPORTED for the rest, BAD_ARGUMENT for options
        that are no JSON object or hold no number where one is due.
        """
        seq = request["seq"]
        try:
            self._answer(peer, seq, _NAMES[request["op"]], _parse_options(request["options"]))
        except FarsimError as error:
            peer.send("reply", {"seq": seq, "error": error.failure()})

    def _answer(self, peer: Peer, seq: int, name: str, options: dict[str, Any]) -> None:
        if name == "status":
            _reply(peer, seq, status(self._session))
        elif name == "logs":
            lines = int(_number(options, "lines", 50))
            _reply(peer, seq, {"lines": log_tail(str(self._session.files.log), lines, _LOG_BYTES)})
        elif name == "close":
            self._end.begin_when_asked(peer, seq, bool(options.get("now")))
        elif name == "detach":
            grace = None if options.get("grace") is None else _number(options, "grace", 0)
            _reply(peer, seq, self._detach(grace))
        elif name == "remake":
            self._remake(options)
            _reply(peer, seq, {})
        else:
            raise FarsimError("UNSUPPORTED", f"{name} does not belong on the control channel")


def _parse_options(text: str) -> dict[str, Any]:
    try:
        options = json.loads(text) if text else {}
    except (ValueError, RecursionError) as error:
        raise FarsimError("BAD_ARGUMENT", f"options are no JSON: {error}") from error
    if not isinstance(options, dict):
        raise FarsimError("BAD_ARGUMENT", f"options must be an object, not {type(options).__name__}")
    return options


def _number(options: dict[str, Any], key: str, default: float) -> float:
    value = options.get(key, default)
    if type(value) not in (int, float) or not 0 <= value <= _LARGEST:
        raise FarsimError("BAD_ARGUMENT", f"{key} must be a number from 0 to {_LARGEST:.0e}")
    return value


def _reply(peer: Peer, seq: int, value: dict[str, Any]) -> None:
    peer.send("reply", {"seq": seq, "value": json.dumps(value)})
