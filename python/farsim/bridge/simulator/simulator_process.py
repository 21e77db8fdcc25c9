"""The simulator process: its main thread makes every adapter call."""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import FarsimError
from ..processes.door import Door
from ..processes.shared_page import SharedPage
from ..session.data_port import DataPort
from ..session.data_server import DataServer
from ..session.served_session import ServedSession
from ..session.simulator_errors import start_error
from ..world.world import World
from ..world.world_spec import complete_spec, probe, require_sendable, write_spec

if TYPE_CHECKING:
    from .detached_run import DetachedRun

_METHODS = ("launch", "create", "describe", "reset", "step", "close")
_CLOSE_SECONDS = 9.0


def run_simulator(door_fd: int, order_fd: int) -> None:
    """Runs until the supervisor asks for the end; never returns. The order is JSON in a file without a
    name.
    """
    with os.fdopen(order_fd) as file:
        file.seek(0)
        order = json.load(file)
    _prepare(order)
    door = Door(socket.socket(fileno=door_fd))
    os.set_inheritable(door_fd, False)
    page = SharedPage(order["page"])
    welcome = {"session": order["session"], "epoch": order["epoch"], "features": []}
    port = DataPort(door, welcome, on_lost=lambda: os._exit(70))
    status = 0
    try:
        with contextlib.ExitStack() as stack:
            starting = _Start(order, door, page, port)
            world, spec_message = starting.first(stack)
            while True:
                session = ServedSession(world, spec_message["hash"], page, order["log"])
                door.send({"task": world.spec["task"]})
                detached = _detach(world, order, door, page, port) if "run" in order else None
                port.open(spec_message, session.gate, session.ledger)
                announce(door, page, "ready")
                if detached is not None:
                    door.send({"done": detached.drive()})
                    _wait_for_the_end(port)
                else:
                    DataServer(port, session, world).run()
                if port.closing or port.remake is None:
                    break
                port.end_all()
                session.finish(2.0)
                world, spec_message = starting.again(port.remake)
            _close(world, door, page)
            session.finish(2.0)
            faulthandler.dump_traceback_later(_CLOSE_SECONDS, exit=True)
    except _StartFailed:
        status = 1
    except _Closing:
        pass
    door.send({"closed": True})
    _flush()
    # engines leave threads that would keep an ordinary exit waiting
    os._exit(status)


class _StartFailed(Exception):
    """The supervisor knows why."""


class _Closing(Exception):
    """Asked to end before it was ready."""


def _prepare(order: dict[str, Any]) -> None:
    sys.argv = [""]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path[:] = [entry for entry in sys.path if entry not in ("", os.curdir)]
    for folder in reversed(order["adapterPath"]):
        sys.path.insert(0, folder)


class _Start:
    """Makes the adapter's env, the first and others, and tells how far it is."""

    def __init__(self, order: dict[str, Any], door: Door, page: SharedPage, port: DataPort) -> None:
        self._order = order
        self._door = door
        self._page = page
        self._port = port
        self._phase = ""
        self._adapter: Any = None

    def first(self, stack: contextlib.ExitStack) -> tuple[World, dict[str, Any]]:
        """Launches the engine, too, whose context is left with the stack."""
        with self._told():
            self._enter("launching")
            self._adapter = adapter = _make_adapter(self._order["adapter"])
            context = adapter.launch(self._order["config"], self._progress)
            if context is not None:
                stack.enter_context(context)
            self._enter("creating")
            adapter.create()
            return self._described()

    def again(self, config: dict[str, Any]) -> tuple[World, dict[str, Any]]:
        """In the engine that runs."""
        with self._told():
            self._enter("creating")
            self._adapter.remake(config)
            return self._described()

    def _described(self) -> tuple[World, dict[str, Any]]:
        adapter = self._adapter
        _require_methods(adapter)
        spec = adapter.describe()
        self._enter("probing")
        probe(spec, adapter)
        completed = complete_spec(spec, adapter)
        world, digest = write_spec(completed)
        require_sendable(completed, world)
        return World(adapter, completed), {"world": world, "hash": digest}

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except _Closing:
            raise
        except BaseException as error:
            raise _failed(error, self._phase, self._order, self._door) from error

    def _enter(self, phase: str) -> None:
        if self._port.closing:
            raise _Closing
        self._phase = phase
        announce(self._door, self._page, phase)

    def _progress(self, line: str) -> None:
        self._door.send({"progress": str(line)[:2000]})


def _detach(world: World, order: dict[str, Any], door: Door, page: SharedPage, port: DataPort) -> DetachedRun:
    from .detached_run import DetachedRun

    try:
        return DetachedRun(world, order["run"], page, port, Path(order["runFolder"]), order["log"])
    except Exception as error:
        raise _failed(error, "probing", order, door) from error


def _failed(error: BaseException, phase: str, order: dict[str, Any], door: Door) -> _StartFailed:
    """Tells the supervisor at once: leaving the adapter's context may end this process, or hang."""
    _flush()
    door.send({"failed": start_error(error, order["log"], order["adapter"], phase).report(), "phase": phase})
    faulthandler.dump_traceback_later(_CLOSE_SECONDS, exit=True)
    return _StartFailed()


def _wait_for_the_end(port: DataPort) -> None:
    while not port.closing:
        port.wait(None)
        port.drain_wake()


def _make_adapter(entry: str) -> Any:
    module_name, _, class_name = entry.rpartition(":")
    if not module_name or not class_name:
        raise FarsimError("CONFIG_INVALID", f"adapter {entry!r} must be `module:Class`")
    module = importlib.import_module(module_name)
    try:
        adapter = getattr(module, class_name)()
    except AttributeError:
        if hasattr(module, class_name):
            raise
        raise FarsimError("CONFIG_INVALID", f"module '{module_name}' has no class '{class_name}'") from None
    # one that hands on to what it makes has the rest only then
    if not hasattr(type(adapter), "__getattr__"):
        _require_methods(adapter)
    return adapter


def _require_methods(adapter: Any) -> None:
    missing = [name for name in _METHODS if not callable(getattr(adapter, name, None))]
    if missing:
        raise FarsimError(
            "START_FAILED",
            f"the adapter {type(adapter).__name__} has no {', '.join(f'{name}()' for name in missing)}",
            [f"an adapter has {', '.join(f'{name}()' for name in _METHODS)}: see docs/plugins.md"],
        )


def _close(world: World, door: Door, page: SharedPage) -> None:
    announce(door, page, "closing")
    # a close that hangs shows where, and ends
    faulthandler.dump_traceback_later(_CLOSE_SECONDS, exit=True)
    try:
        world.close()
    except Exception as error:
        print(f"close: {type(error).__name__}: {error}", file=sys.stderr)


def announce(door: Door, page: SharedPage, phase: str) -> None:
    """Says the phase to those who read the page and to the supervisor."""
    page.set_phase(phase, time.monotonic())
    door.send({"phase": phase})


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
