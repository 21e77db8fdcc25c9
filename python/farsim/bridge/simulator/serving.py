"""`serve`: makes the calling process the simulator of a session."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from ..gymnasium_envs.env_adapter import adapter_of
from ..processes.shared_page import SharedPage
from ..session.data_port import DataPort
from ..session.data_server import DataServer
from ..session.served_session import ServedSession
from ..world.world import World
from ..world.world_spec import complete_spec, probe, require_sendable, write_spec
from .serving_place import ServingPlace, given_place, place_beside
from .simulator_process import announce

LEASE = {"wait": 600.0, "grace": 60.0, "idle": 1800.0, "total": 86_400.0}
"""Seconds for which `serve` waits: for its next client, for one that is cut off, for a client's next request,
and in all. 0 is never for the last two.
"""


def serve(
    env: Any,
    *,
    name: str | None = None,
    lease: Mapping[str, float] | None = None,
    nats: Mapping[str, Any] | None = None,
    token_file: str | None = None,
) -> str:
    """Serves `env` to one client after another, and gives a sentence that says why it stopped.

    `env`: a Gymnasium Env or VectorEnv, or an object with the methods of `farsim.bridge.adapter.Adapter` on
    which launch() and create() were called. Every call to it is made on the calling thread, and it is not
    closed at the end. A supervisor is started beside this process; it listens in a socket of this user's and
    ends with `serve`. Nothing ends this process: `serve` returns at the lease's end, when a client or
    `farsim host down` asks to close, and when the supervisor was killed. Ctrl-C raises KeyboardInterrupt.

    `name`: what clients may call the session; left out, this program's file name. `lease`: seconds that
    replace some of `LEASE`. `nats`: a message bus on which the session listens too, `token_file` the token
    that clients prove there; both as in an order (docs/guide-message-bus.md). In a script that farsim
    started, all of these are the near side's choice, and `serve` works once. Raises FarsimError START_FAILED
    when no session can be made, what a bus refuses, and what describe() raises.
    """
    adapter = adapter_of(env)
    spec = adapter.describe()
    probe(spec, adapter)
    completed = complete_spec(spec, adapter)
    world, digest = write_spec(completed)
    require_sendable(completed, world)
    place = given_place()
    if place is None:
        place = place_beside(
            name or _program(), completed, {**LEASE, **(lease or {})}, _reached(nats, token_file)
        )
    return _serve_at(place, World(adapter, completed), {"world": world, "hash": digest})


def _serve_at(place: ServingPlace, world: World, spec: dict[str, Any]) -> str:
    welcome = {"session": place.session, "epoch": place.epoch, "features": []}
    page = SharedPage(place.page)
    port = DataPort(place.door, welcome, lambda: port.stop("its supervisor was killed"))
    session = ServedSession(world, spec["hash"], page, place.log)
    reason = "serve was interrupted"
    try:
        place.door.send({"task": world.spec["task"]})
        port.open(spec, session.gate, session.ledger)
        announce(place.door, page, "ready")
        DataServer(port, session, world).run()
        reason = port.reason
    finally:
        session.finish(2.0)
        place.door.send({"closed": True, "reason": reason})
        port.close()
        page.close()
    return reason


def _reached(nats: Mapping[str, Any] | None, token_file: str | None) -> dict[str, Any]:
    given = {"nats": nats and dict(nats), "tokenFile": token_file and os.path.abspath(token_file)}
    return {key: value for key, value in given.items() if value is not None}


def _program() -> str:
    return os.path.basename(sys.argv[0]).removesuffix(".py") or "python"
