"""What is found out on a bus before a bridge listens there."""

from __future__ import annotations

import select
import time
from collections.abc import Callable

from ..errors import FarsimError
from .message import ALIVE, HERE, PROBE, decode_message, encode_message, terms_of
from .nats_connection import NatsConnection
from .nats_parser import Delivery
from .nats_settings import NatsSettings
from .subjects import new_connection_id

_PROBE_SECONDS = 0.3


def probe_bus(bus: NatsConnection, settings: NatsSettings) -> None:
    """Makes sure that this login may use every subject of a listener and that the name is free. Raises
    LOGIN_REFUSED, BAD_ARGUMENT, UNSUPPORTED or LINK_LOST.
    """
    subjects = settings.subjects
    terms_of(bus.max_payload, settings.names)
    forbidden: list[FarsimError] = []
    bus.on_forbidden = forbidden.append
    answers: list[str] = []
    unused = new_connection_id()
    own = [bus.subscribe(subjects.open, _ignore), bus.subscribe(subjects.up(unused), _ignore)]
    bus.publish(subjects.down(unused), subjects.up(unused), encode_message(ALIVE))
    if settings.publish:
        bus.publish(subjects.frames, subjects.up(unused), b"")
    await_pong(bus, settings)
    for sid in own:
        bus.unsubscribe(sid)
    asked = new_connection_id()

    def hear(said: Delivery) -> None:
        answers.append("nobody" if said.nobody else _kind(said))

    sid = bus.subscribe(subjects.down(asked), hear)
    bus.publish(subjects.open, subjects.down(asked), encode_message(PROBE))
    await_pong(bus, settings)
    if forbidden:
        raise forbidden[0]
    until = time.monotonic() + _PROBE_SECONDS
    _wait(bus, settings, _PROBE_SECONDS, lambda: bool(answers) or time.monotonic() > until, late=True)
    bus.unsubscribe(sid)
    if "here" in answers:
        raise FarsimError(
            "BAD_ARGUMENT",
            f"{subjects.address} is taken: another listener answers on {settings.names}",
            ("give the session another `nats.name`",),
        )


def await_pong(bus: NatsConnection, settings: NatsSettings) -> None:
    """Waits until the server has taken in all that was sent. Raises HOST_UNREACHABLE."""
    ping = bus.ping()
    _wait(bus, settings, settings.connect_seconds, lambda: bus.answered(ping))


def _ignore(said: Delivery) -> None:
    return None


def _kind(said: Delivery) -> str:
    try:
        return "here" if decode_message(said.payload).kind == HERE else "other"
    except FarsimError:
        return "other"


def _wait(
    bus: NatsConnection, settings: NatsSettings, seconds: float, done: Callable[[], bool], late: bool = False
) -> None:
    until = time.monotonic() + seconds
    bus.flush()
    while not done():
        left = until - time.monotonic()
        if left <= 0:
            if late:
                return
            raise FarsimError(
                "HOST_UNREACHABLE", f"the NATS server {settings.names}: no answer came within {seconds:g} s"
            )
        ready = select.poll()
        ready.register(bus, select.POLLIN | (select.POLLOUT if bus.unsent else 0))
        ready.poll(left * 1000)
        bus.receive()
        bus.flush()
