"""The supervisor: the only listener; speaks control, hands data on, watches the simulator process and ends
it where that is its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import socket
import time
from typing import Any

from ..errors import FarsimError
from ..processes.door import Door
from ..processes.kill_ladder import leftovers
from ..processes.linux_process import become_subreaper
from ..processes.log_tail import log_tail
from ..processes.session_files import SessionFiles
from ..processes.shared_page import SharedPage
from ..processes.spawn_simulator import spawn_simulator
from ..wire import limits
from ..wire.framing import decode_frame
from ..wire.handshake import bridge_proof
from ..wire.message_fields import ENUMS
from .admission import ROLES, refusal, welcome
from .audience import Audience
from .control_requests import answer_control
from .end_of_simulator import is_starting, report_end
from .lease import Lease
from .log_follower import LogFollower
from .newcomers import Newcomers
from .peer import Peer, PeerGone
from .peer_loop import PeerLoop, say_goodbye
from .sentinel import SENTINEL_GONE
from .session_report import exit_report, pong, saved_state
from .simulator_door import SimulatorDoor
from .simulator_order import simulator_order
from .start_watch import StartWatch
from .watched_simulator import Ending, OwnSimulator, UsersSimulator, WatchedSimulator

_TICK_SECONDS = 0.1
_REDIAL_SECONDS = 5.0
"""How long a supervisor without a simulator waits for a client that wants to know why."""
_SAVE_AGAIN_SECONDS = 1.0


class Supervisor:
    """Single-threaded; never waits for anything but its selector."""

    def __init__(
        self, files: SessionFiles, order: dict[str, Any], token: str, listener: socket.socket
    ) -> None:
        now = time.monotonic()
        lease = order.get("lease") or {}
        self.files = files
        self.order = order
        self.lease = Lease(lease.get("grace", 0), lease.get("idle", 1800), lease.get("total", 86_400), now)
        if lease.get("wait"):
            self.lease.kept = float(lease["wait"])
        self.page = SharedPage(str(files.page), create=True)
        self.task = ""
        self.phase = "boot"
        self.began = now
        self.epoch = 1
        self._token = token
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._loop = PeerLoop(self._selector, self._drop)
        self._newcomers = Newcomers(self._loop, token, self._refusal, self._accept)
        self._audience = Audience(self._loop, self._drop)
        self._tell = self._audience.tell
        self._door = SimulatorDoor(self._selector, self._on_simulator, lambda: self.simulator.left(""))
        self._owner: Peer | None = None
        self._log = LogFollower(str(files.log))
        self._start = StartWatch(self._log, order.get("start") or {}, self._tell, now)
        self._ladder: Ending | None = None
        self._reason = ""
        self._status = 0
        self._close_requests: list[tuple[Peer, int]] = []
        self._crash: dict[str, Any] | None = None
        self._failed: dict[str, Any] | None = None
        self._applied = (0, 0)
        self._save_again: float | None = None
        self.simulator: WatchedSimulator
        self.has_run = "run" in order
        """The simulator process drives a run of its own."""
        self.done = ""
        """How that run ended."""

    def prepare(self) -> None:
        """Starts the simulator process, or takes the one that serves, and writes the session's state, so that
        others find it.
        """
        become_subreaper()
        wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, signal.SIGTERM, SENTINEL_GONE):
            signal.signal(number, lambda number, frame: None)
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
        self._selector.register(wake_read, selectors.EVENT_READ, self._on_signal)
        self._selector.register(self._listener, selectors.EVENT_READ, self._on_listener)
        if "serving" in self.order:
            self._take_users(self.order["serving"])
        else:
            self._spawn()

    def run(self) -> int:
        """Runs the session to its end; gives the bridge's exit status."""
        try:
            while not self._tick(time.monotonic()):
                for key, mask in self._selector.select(_TICK_SECONDS):
                    key.data(key.fd, mask)
        finally:
            self._finish()
        return self._status

    def _spawn(self) -> None:
        ours, theirs = Door.pair()
        script = self.order.get("script")
        order = simulator_order(self.order, self.files, self.epoch)
        cwd = self.order.get("cwd") or (os.path.expanduser("~") if script else None)
        child = spawn_simulator(order, theirs.fileno(), cwd, self.order.get("env") or {})
        self.simulator = OwnSimulator(child)
        theirs.close()
        self._door.open(ours)
        self._set_phase("launching" if script else "boot")

    def _take_users(self, serving: dict[str, Any]) -> None:
        self.simulator = UsersSimulator(serving["pid"], serving["startTime"])
        self._door.open(socket.socket(fileno=serving["door"]))
        self._set_phase("probing")

    # what wakes the loop

    def _on_signal(self, descriptor: int, mask: int) -> None:
        with contextlib.suppress(BlockingIOError):
            numbers = os.read(descriptor, 4096)
            if signal.SIGTERM in numbers:
                self.end("asked to end by a signal", 0)
            elif SENTINEL_GONE in numbers:
                self.end("its sentinel was killed", 70)

    def _on_listener(self, descriptor: int, mask: int) -> None:
        self._newcomers.accept_from(self._listener)

    def _drop(self, peer: Peer) -> None:
        self._loop.unwatch(peer)
        peer.close()
        self._newcomers.discard(peer)
        self._audience.discard(peer)
        self._close_requests = [(asker, seq) for asker, seq in self._close_requests if asker is not peer]
        if peer is self._owner:
            self._owner = None
            self.lease.leave(time.monotonic())

    # who may come in

    def _refusal(self, hello: dict[str, Any]) -> FarsimError | None:
        over = self._crash["message"] if self._crash is not None else None
        return refusal(
            self, hello, over or ("the simulator is closing" if self._ladder is not None else None)
        )

    def _accept(self, peer: Peer, hello: dict[str, Any]) -> None:
        if hello["role"] == ENUMS["Role"]["control"]:
            self._accept_control(peer, hello)
        else:
            self._hand_over(peer, hello)

    # control

    def _accept_control(self, peer: Peer, hello: dict[str, Any]) -> None:
        now = time.monotonic()
        old = self._owner
        if self.lease.take(hello, now):
            self._door.send({"drop": True})
        self._owner = peer
        if old is not None:
            notice = FarsimError("FENCED", f"{hello['user']} took this simulator over")
            if old.hello and old.hello["client"] != hello["client"]:
                say_goodbye(old, notice)
            self._drop(old)
        peer.hello = hello
        peer.limit = limits.HEADER_BYTES + 8
        peer.send("welcome", welcome(self, hello, bridge_proof(self._token, hello["nonce"], peer.nonce)))
        self._audience.add(peer)
        self._save_state()
        self._loop.watch(peer, self._on_control)

    def _on_control(self, peer: Peer) -> None:
        while True:
            frame = peer.read_frame()
            if frame is None:
                return
            now = time.monotonic()
            peer.last_heard = now
            if peer is self._owner:
                self.lease.hear(now)
            kind, body, _ = decode_frame(peer.codec, frame)
            if kind == "ping":
                peer.send("pong", pong(self, body, now))
            elif kind == "request":
                answer_control(self, peer, body)
            elif kind != "pong":
                raise FarsimError("DECODE_FAILED", f"{kind} does not belong on the control channel")

    def close_when_asked(self, peer: Peer, seq: int, now: bool) -> None:
        """Ends the session, `now` by force; the request is answered when nothing is left of it."""
        self._close_requests.append((peer, seq))
        self.end("asked to close", 0)
        if now and self._ladder is not None:
            self._ladder.hurry(time.monotonic())

    def detach(self, grace: float | None) -> dict[str, Any]:
        """Leaves the simulator for its next client, for `grace` seconds, or as long as it was kept before;
        one that drives a run of its own goes on with that.
        """
        now = time.monotonic()
        if self.has_run:
            self.lease.detach(now)
        else:
            self.lease.release(grace, now)
        self._owner = None
        self._door.send({"drop": True})
        self._save_state()
        return {"leaseLeft": round(self.lease.ends(now) - now, 3)}

    # data

    def _hand_over(self, peer: Peer, hello: dict[str, Any]) -> None:
        self._loop.unwatch(peer)
        terms = {
            "client": hello["client"],
            "codec": peer.codec.ID,
            "role": ROLES[hello["role"]],
            "fence": self.lease.fence,
            "proof": bridge_proof(self._token, hello["nonce"], peer.nonce).hex(),
            "resume": hello["resume"],
        }
        self._door.hand_over(peer, terms)

    def _on_simulator(self, message: dict[str, Any]) -> None:
        if "failed" in message:
            self._failed = {**message["failed"], "phase": message["phase"]}
        elif "phase" in message:
            self._set_phase(message["phase"])
        elif "done" in message:
            self.done = message["done"]
        elif "task" in message:
            self.task = message["task"]
        elif "progress" in message:
            self._tell("progress", message["progress"])
        elif message.get("close"):
            self.end("asked to close", 0)
        elif message.get("closed"):
            self.simulator.left(message.get("reason", ""))

    # the simulator process

    def _set_phase(self, phase: str) -> None:
        if phase == self.phase and self._audience.told:
            return
        self._enter_phase(phase)
        self._save_state()

    def _enter_phase(self, phase: str) -> None:
        self.phase = phase
        self.page.set_phase(phase, time.monotonic())
        self._tell("phase", phase)

    def _tick(self, now: float) -> bool:
        """Looks after everything that time changes; True when the session is over."""
        self._reap()
        for peer in self._newcomers.late(now):
            self._drop(peer)
        self._heed_log()
        if self._save_again is not None and now >= self._save_again:
            self._save_state()
        page = self.page.read()
        if page.started or (page.started, page.applied) != self._applied:
            self.lease.move(now)
            self._applied = (page.started, page.applied)
        alive = self.simulator.alive
        if not alive and self._crash is None and self._ladder is None:
            self._note_end()
        if self._ladder is not None:
            return self._ladder.step(now, alive)
        if self._crash is None and is_starting(self.phase):
            self._watch_start(now)
        self.page.set_lease(self.lease.heard, self.lease.ends(now))
        if self.phase == "ready" and self.lease.lapsed(now):
            if self._owner is not None:
                self._drop(self._owner)
            self.detach(None)
        if self.lease.detached and (self.done or self._crash is not None):
            self.end(self.done or (self._crash or {})["message"], self._status)
        if self._crash is not None and self.lease.alone(now) > _REDIAL_SECONDS:
            self.end(self._crash["message"], self._status)
        expired = self.lease.expiry(now)
        if expired is not None:
            self.end(f"lease over: {expired}", 7 if self._crash is None else self._status)
        return False

    def _heed_log(self) -> None:
        """After a fatal line the simulator's state is worth nothing: it is ended, and that line is why."""
        for code, text in self._log.poll():
            self._tell("warning", text)
            if code == "warning" or self._failed is not None or not self.simulator.alive:
                continue
            started = not is_starting(self.phase)
            if code == "SIMULATOR_CRASHED" and not started:
                code = "START_FAILED"
            if code == "EULA_REQUIRED" and started:
                continue
            message = f"{self.order['adapter']}: {text}"
            self._failed = {"code": code, "message": message, "phase": self.phase}
            self.simulator.kill()

    def _watch_start(self, now: float) -> None:
        fault = self._start.look(self.simulator.pid, self._door.messages, now)
        if fault is None:
            return
        message = f"the start of {self.order['adapter']} was ended: {fault}"
        self._tell_crash({"code": "START_STALLED", "message": message})
        self._status = 4
        self._ladder = self.simulator.ending(self.files.session, now, asked=False)
        self._reason = fault

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self.simulator.reaped(pid, status)

    def _note_end(self) -> None:
        """Tells what ended the simulator process; the supervisor stays for those who ask. A farewell ends the
        session, and so does a user's process that nobody had joined.
        """
        self._door.receive()
        self._heed_log()
        end = self.simulator.end()
        if self.simulator.farewell or ("serving" in self.order and not self.lease.client):
            self.end(self.simulator.farewell or end["message"], 0)
            return
        self._status, report = report_end(end, self._failed, self.phase, "script" in self.order)
        self._tell_crash(report)

    def _tell_crash(self, report: dict[str, Any]) -> None:
        page = self.page.read()
        report.setdefault("log", log_tail(str(self.files.log)))
        report["applied"] = page.applied
        self._crash = report
        self._enter_phase("failed")
        self._tell("crashed", report["message"], report)
        # a busy disk must not hold up who waits for a reply
        self._save_state()
        self._door.close_handed()
        for pid in leftovers(self.files.session) - {self.simulator.pid}:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)

    def end(self, reason: str, status: int) -> None:
        """Begins the kill ladder, once."""
        if self._ladder is not None:
            return
        now = time.monotonic()
        # before `ready` the main thread is in the engine's start and takes no request
        can_ask = self.phase == "ready"
        self._reason = self._reason or reason
        if self._crash is None:
            self._status = status
            self._set_phase("closing")
            self._door.send({"close": True, "reason": reason})
        self._tell("closing", reason)
        self._ladder = self.simulator.ending(self.files.session, now, asked=can_ask)

    def _save_state(self) -> None:
        """A disk that takes nothing is told once, and tried again: the session goes on without it."""
        try:
            self.files.write_state(saved_state(self, self._token))
            self._save_again = None
        except OSError as error:
            if self._save_again is None:
                self._tell("warning", f"the session's state cannot be saved: {self.files.state}: {error}")
            self._save_again = time.monotonic() + _SAVE_AGAIN_SECONDS

    def _finish(self) -> None:
        left = sorted(leftovers(self.files.session))
        self._listener.close()
        try:
            self.files.write_exit(exit_report(self, self._reason, self._status, self._crash, left))
        except OSError as error:
            self._tell("warning", f"the report of the end cannot be saved: {self.files.exit}: {error}")
        self.files.remove_live_files()
        if self.has_run and not self.lease.detached:
            # its client never left it to its run: nobody would come for this
            shutil.rmtree(self.files.run, ignore_errors=True)
        if left:
            self._tell("warning", f"processes {left} could not be ended")
        for peer, seq in self._close_requests:
            with contextlib.suppress(PeerGone):
                peer.send("reply", {"seq": seq, "value": json.dumps({"left": left})})
        code = "SESSION_EXPIRED" if self._status == 7 else "CLOSED"
        self._audience.dismiss(FarsimError(code, self._reason), 1.0)
        self._newcomers.close()
        self._door.close_handed()
