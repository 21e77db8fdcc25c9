"""Whether a HELLO may come in, and on which terms."""

from __future__ import annotations

import time
from typing import Any

from ..errors import FarsimError
from ..wire import limits
from ..wire.handshake import bridge_proof
from ..wire.message_fields import ENUMS
from .peer import Peer
from .supervised_session import SupervisedSession

ROLES = {number: name for name, number in ENUMS["Role"].items()}


def refusal(session: SupervisedSession, hello: dict[str, Any], over: str | None) -> FarsimError | None:
    """Why it may not; None when it may. `over`: what ended the simulator, None while it lives."""
    role, lease, resume = ROLES[hello["role"]], session.lease, hello["resume"]
    here = {"session": session.files.session, "epoch": session.epoch}
    if resume is not None and {"session": resume["session"], "epoch": resume["epoch"]} != here:
        message = f"this is session {here['session']}, epoch {here['epoch']}"
        return FarsimError("EPOCH_LOST", message, (), {"applied": session.page.read().applied})
    if session.has_run and (lease.detached or role != "control"):
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


def welcome(session: SupervisedSession, peer: Peer, hello: dict[str, Any]) -> dict[str, Any]:
    """The WELCOME of a controller that took the lease."""
    return {
        "session": session.files.session,
        "epoch": session.epoch,
        "fence": session.lease.fence,
        "phase": session.phase,
        "creditRequests": limits.CREDIT_REQUESTS,
        "creditBytes": limits.CREDIT_BYTES,
        "frameLimit": limits.FRAME_BYTES,
        "proof": bridge_proof(session.token, hello["nonce"], peer.nonce),
        "applied": session.page.read().applied if hello["resume"] else 0,
    }


def data_terms(session: SupervisedSession, peer: Peer, hello: dict[str, Any]) -> dict[str, Any]:
    """What the simulator process is told of a data connection that is handed on to it."""
    return {
        "client": hello["client"],
        "codec": peer.codec.ID,
        "role": ROLES[hello["role"]],
        "fence": session.lease.fence,
        "proof": bridge_proof(session.token, hello["nonce"], peer.nonce).hex(),
        "resume": hello["resume"],
    }
