"""A session as others see it: in answers of `status` and PING, and in the report of its end."""

from __future__ import annotations

import os
import time
from typing import Any

from ..processes.log_tail import log_tail
from .supervised_session import SupervisedSession


def status(session: SupervisedSession) -> dict[str, Any]:
    """What control answers and `ps` shows."""
    now = time.monotonic()
    page = session.page.read()
    left = session.lease.left(now)
    return {
        "session": session.files.session,
        "name": session.order.get("name", ""),
        "adapter": session.order["adapter"],
        "phase": session.phase,
        "pid": os.getpid(),
        "simulator": session.simulator.pid,
        "age": round(now - session.began, 3),
        "owner": session.lease.user,
        "task": session.task,
        "warm": session.lease.warm,
        "leaseLeft": None if left is None else round(left, 3),
        "started": page.started,
        "applied": page.applied,
        "since": round(now - page.since, 3) if page.started else 0.0,
        **({"run": page.run._asdict(), "done": session.done} if session.has_run else {}),
        "ledger": {"index": page.ledger_index, "head": page.ledger_head.hex()},
        "log": str(session.files.log),
    }


def pong(session: SupervisedSession, ping: dict[str, Any], now: float) -> dict[str, Any]:
    """The answer to a PING: what the simulator is at."""
    page = session.page.read()
    return {
        "id": ping["id"],
        "sent": ping["sent"],
        "received": now,
        "phase": session.phase,
        "started": page.started,
        "applied": page.applied,
        "since": max(0.0, now - page.since) if page.started else 0.0,
    }


def exit_report(session: SupervisedSession, reason: str, exit_status: int, left: list[int]) -> dict[str, Any]:
    """`bridge-exit.json`; `left`: processes that could not be ended."""
    page = session.page.read()
    return {
        "session": session.files.session,
        "name": session.order.get("name", ""),
        "reason": reason,
        "status": exit_status,
        **session.simulator.end(),
        "crash": session.crash,
        "applied": page.applied,
        "ledger": {"index": page.ledger_index, "head": page.ledger_head.hex()},
        "left": left,
        "time": time.time(),
        "log": log_tail(str(session.files.log)),
    }
