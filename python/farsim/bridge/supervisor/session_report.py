"""A session as others see it: in answers of `status`, in its state file, and in the report of its end."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from ..processes.log_tail import log_tail

if TYPE_CHECKING:
    from .supervisor import Supervisor


def status(supervisor: Supervisor) -> dict[str, Any]:
    """What control answers and `ps` shows."""
    now = time.monotonic()
    page = supervisor.page.read()
    left = supervisor.lease.left(now)
    return {
        "session": supervisor.files.session,
        "name": supervisor.order.get("name", ""),
        "adapter": supervisor.order["adapter"],
        "phase": supervisor.phase,
        "pid": os.getpid(),
        "simulator": supervisor.simulator.pid,
        "age": round(now - supervisor.began, 3),
        "owner": supervisor.lease.user,
        "task": supervisor.task,
        "warm": supervisor.lease.warm,
        "leaseLeft": None if left is None else round(left, 3),
        "started": page.started,
        "applied": page.applied,
        "since": round(now - page.since, 3) if page.started else 0.0,
        **({"run": page.run._asdict(), "done": supervisor.done} if supervisor.has_run else {}),
        "ledger": {"index": page.ledger_index, "head": page.ledger_head.hex()},
        "log": str(supervisor.files.log),
    }


def pong(supervisor: Supervisor, ping: dict[str, Any], now: float) -> dict[str, Any]:
    """The answer to a PING: what the simulator is at."""
    page = supervisor.page.read()
    return {
        "id": ping["id"],
        "sent": ping["sent"],
        "received": now,
        "phase": supervisor.phase,
        "started": page.started,
        "applied": page.applied,
        "since": max(0.0, now - page.since) if page.started else 0.0,
    }


def saved_state(supervisor: Supervisor, token: str) -> dict[str, Any]:
    """What the 0600 state file holds, the token included."""
    return {
        **supervisor.order["identity"],
        "token": token,
        "simulator": supervisor.simulator.pid,
        "phase": supervisor.phase,
        "owner": supervisor.lease.user,
        "task": supervisor.task,
        "warm": supervisor.lease.warm,
        "kept": supervisor.lease.kept,
        **({"detached": supervisor.lease.detached} if supervisor.has_run else {}),
    }


def exit_report(
    supervisor: Supervisor, reason: str, exit_status: int, crash: dict[str, Any] | None, left: list[int]
) -> dict[str, Any]:
    """`bridge-exit.json`; `left`: processes that could not be ended."""
    page = supervisor.page.read()
    return {
        "session": supervisor.files.session,
        "name": supervisor.order.get("name", ""),
        "reason": reason,
        "status": exit_status,
        **supervisor.simulator.end(),
        "crash": crash,
        "applied": page.applied,
        "ledger": {"index": page.ledger_index, "head": page.ledger_head.hex()},
        "left": left,
        "time": time.time(),
        "log": log_tail(str(supervisor.files.log)),
    }
