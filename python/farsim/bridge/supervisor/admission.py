"""Whether a HELLO may come in, and what a controller is then told."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ..errors import FarsimError
from ..wire import limits
from ..wire.message_fields import ENUMS

if TYPE_CHECKING:
    from .supervisor import Supervisor

ROLES = {number: name for name, number in ENUMS["Role"].items()}


def refusal(supervisor: Supervisor, hello: dict[str, Any], over: str | None) -> FarsimError | None:
    """Why it may not; None when it may. `over`: what ended the simulator, None while it lives."""
    role, lease, resume = ROLES[hello["role"]], supervisor.lease, hello["resume"]
    here = {"session": supervisor.files.session, "epoch": supervisor.epoch}
    if resume is not None and {"session": resume["session"], "epoch": resume["epoch"]} != here:
        message = f"this is session {here['session']}, epoch {here['epoch']}"
        return FarsimError("EPOCH_LOST", message, (), {"applied": supervisor.page.read().applied})
    if supervisor.has_run and (lease.detached or role != "control"):
        return FarsimError("BUSY", "this simulator drives a run of its own and takes no requests")
    if role == "control":
        details = lease.refusal(hello, time.monotonic())
        if details is None:
            return None
        message = f"{details['owner']} controls this simulator since {details['since']}"
        # who comes back after a cut and finds another was taken over meanwhile
        return FarsimError("FENCED" if resume else "BUSY", message, (), details)
    if over is not None:
        return FarsimError("SIMULATOR_CRASHED", over)
    if role == "data" and hello["fence"] != lease.fence:
        return FarsimError("FENCED", "another client took this simulator over")
    return None


def welcome(supervisor: Supervisor, hello: dict[str, Any], proof: bytes) -> dict[str, Any]:
    """The WELCOME of a controller that took the lease."""
    return {
        "session": supervisor.files.session,
        "epoch": supervisor.epoch,
        "fence": supervisor.lease.fence,
        "phase": supervisor.phase,
        "creditRequests": limits.CREDIT_REQUESTS,
        "creditBytes": limits.CREDIT_BYTES,
        "frameLimit": limits.FRAME_BYTES,
        "proof": proof,
        "applied": supervisor.page.read().applied if hello["resume"] else 0,
    }
