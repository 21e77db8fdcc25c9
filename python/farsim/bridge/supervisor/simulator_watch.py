"""The watch over the simulator process: what it says, what its log says, how it starts and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from typing import Any

from ..errors import FarsimError
from ..processes.door import MESSAGE_BYTES
from ..processes.kill_ladder import leftovers
from ..processes.log_tail import log_tail
from .audience import Tell
from .end_of_simulator import is_starting, report_end
from .log_follower import LogFollower
from .session_end import SessionEnd
from .simulator_door import SimulatorDoor
from .start_watch import StartWatch
from .supervised_session import SupervisedSession

_STALLED = 4


class SimulatorWatch:
    """Tells a crash once; the supervisor stays for those who ask why."""

    def __init__(self, session: SupervisedSession, door: SimulatorDoor, end: SessionEnd, tell: Tell) -> None:
        self._session = session
        self._door = door
        self._end = end
        self._tell = tell
        self._log = LogFollower(str(session.files.log))
        self._start = self._watch_start(session.began)
        self._failed: dict[str, Any] | None = None
        self._applied = (0, 0)

    def hear(self, message: dict[str, Any]) -> None:
        """Takes what the simulator process says through its door."""
        session = self._session
        if "failed" in message:
            self._failed = {**message["failed"], "phase": message["phase"]}
        elif "phase" in message:
            session.enter(message["phase"])
        elif "done" in message:
            session.done = message["done"]
        elif "task" in message:
            session.task = message["task"]
        elif "progress" in message:
            self._tell("progress", message["progress"])
        elif message.get("close"):
            self._end.begin("asked to close")
        elif message.get("closed"):
            session.simulator.left(message.get("reason", ""))

    def remake(self, wanted: dict[str, Any]) -> None:
        """Has the simulator make another env in its engine, which is watched like a start. Raises UNSUPPORTED
        where it cannot now. Asked for once more, it is on its way.
        """
        session = self._session
        identity = session.order["identity"]
        if wanted.get("orderHash") == identity["orderHash"]:
            return
        config, files = wanted.get("config"), wanted.get("files")
        if session.phase != "ready" or session.has_run or not identity["engineHash"]:
            raise FarsimError("UNSUPPORTED", f"{session.order['adapter']} makes no other env now")
        if not isinstance(config, dict) or not isinstance(files, dict):
            raise FarsimError("BAD_ARGUMENT", "remake needs a config and files")
        message = {"remake": {**config, **files}}
        # shortened it would be another config
        if len(json.dumps(message)) > MESSAGE_BYTES or not self._door.send(message):
            raise FarsimError("UNSUPPORTED", f"{session.order['adapter']} was not reached")
        session.order |= {"config": config, "files": files}
        identity["orderHash"] = str(wanted.get("orderHash", ""))
        self._start = self._watch_start(time.monotonic())
        session.enter("creating")

    def _watch_start(self, now: float) -> StartWatch:
        return StartWatch(self._log, self._session.order.get("start") or {}, self._tell, now)

    def look(self, now: float) -> None:
        """Does what is due."""
        session = self._session
        self._heed_log()
        page = session.page.read()
        if page.started or (page.started, page.applied) != self._applied:
            session.lease.move(now)
            self._applied = (page.started, page.applied)
        if session.crash is not None or self._end.begun:
            return
        if not session.simulator.alive:
            self._note_end()
        elif is_starting(session.phase):
            self._judge_start(now)

    def _heed_log(self) -> None:
        """After a fatal line the simulator's state is worth nothing: it is ended, and that line is why."""
        session = self._session
        accepted = (session.order.get("config") or {}).get("accept_eula")
        for code, text in self._log.poll(licence_accepted=bool(accepted)):
            self._tell("warning", text)
            if code == "warning" or self._failed is not None or not session.simulator.alive:
                continue
            started = not is_starting(session.phase)
            if code == "SIMULATOR_CRASHED" and not started:
                code = "START_FAILED"
            if code == "EULA_REQUIRED" and started:
                continue
            message = f"{session.order['adapter']}: {text}"
            self._failed = {"code": code, "message": message, "phase": session.phase}
            session.simulator.kill()

    def _judge_start(self, now: float) -> None:
        session = self._session
        fault = self._start.look(session.simulator.pid, self._door.messages, now)
        if fault is None:
            return
        message = f"the start of {session.order['adapter']} was ended: {fault}"
        self._tell_crash({"code": "START_STALLED", "message": message}, _STALLED)
        self._end.begin(fault)

    def _note_end(self) -> None:
        """A farewell ends the session, and so does the end of a user's process that nobody had joined."""
        session = self._session
        self._door.receive()
        self._heed_log()
        end = session.simulator.end()
        if session.simulator.farewell or ("serving" in session.order and not session.lease.client):
            self._end.begin(session.simulator.farewell or end["message"])
            return
        status, report = report_end(
            end, self._failed, session.phase, "script" in session.order, session.files.session
        )
        self._tell_crash(report, status)

    def _tell_crash(self, report: dict[str, Any], status: int) -> None:
        session = self._session
        report.setdefault("log", log_tail(str(session.files.log)))
        report["applied"] = session.page.read().applied
        self._end.status = status
        session.fail(report)
        self._door.close_handed()
        for pid in leftovers(session.files.session) - {session.simulator.pid}:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
