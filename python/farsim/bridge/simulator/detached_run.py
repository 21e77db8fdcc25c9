"""A run whose loop is beside the simulator: rounds of a world with a far controller, recorded."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any

from ..controllers.far_controllers import make_controller
from ..errors import FarsimError, refused_before_simulator
from ..processes.shared_page import RunProgress, SharedPage
from ..recording.known_probes import find_probes, read_probed
from ..recording.recorded_rounds import RecordedRounds
from ..session.data_port import DataPort
from ..session.simulator_errors import call_error
from ..wire.layouts import NamedArray
from ..wire.message_fields import ENUMS
from ..wire.number_rows import i32, u32
from ..world.image_tensors import ENCODINGS
from ..world.outcome_blocks import NO_WANT, Block
from ..world.world import World
from .call_times import CallTimes

_RESET, _STEP = ENUMS["Op"]["reset"], ENUMS["Op"]["step"]
_SAY_SECONDS = 1.0


class DetachedRun:
    """`order`: `controller {use, config}`, `episodes`, `steps` (of a round at most), `seed` (None: none),
    `options` (JSON given with each reset, or ''), `want {state, bodies, images?}`, `wantIfThere` (the
    same, as far as the simulator has it), and `probed` (simulators that `farsim doctor` probed, of which this
    may be one). Everything on the main thread.
    """

    def __init__(
        self, world: World, order: dict[str, Any], page: SharedPage, port: DataPort, folder: Path, log: str
    ) -> None:
        """Raises UNSUPPORTED for a controller or an action space that cannot be served."""
        self._world = world
        self._order = order
        self._page = page
        self._port = port
        self._log = log
        use = order["controller"]["use"]
        config, actions = order["controller"]["config"], world.spec["actions"]
        self._controller = make_controller(use, config, actions, world.num_envs)
        wanted = order["episodes"]
        probes = find_probes(world.spec, read_probed(order.get("probed", ())))
        self._rounds = RecordedRounds(world.spec, folder, world.model_files(), use, wanted, probes)
        self._want = world.checked_want(_want_of(order, world.spec["capabilities"]))
        self._requests = 0
        self._steps = 0
        self._times = {"reset": CallTimes(), "step": CallTimes()}
        self._said_at = -math.inf

    def drive(self) -> str:
        """Runs until the episodes are done, the port is closing, or something failed; seals the recording,
        writes `outcome.json` and gives a sentence.
        """
        began = time.monotonic()
        reason, error = "finished", None
        episodes = self._rounds.episodes
        while episodes.wants_more and reason == "finished":
            try:
                self._drive_round()
            except Exception as raised:
                error = call_error(raised, self._log)
            reason = "failed" if error else "interrupted" if self._port.closing else "finished"
            said = f"{error.code}: {error.message}" if error else None
            self._rounds.end_round(reason, "round_end" if reason == "finished" else reason, said)
            self._show(self._rounds.rounds, 0)
        self._rounds.close()
        seconds = time.monotonic() - began
        outcome = {
            "reason": reason,
            **({"error": error.report()} if error else {}),
            "wallSeconds": seconds,
            "times": {name: times.summary() for name, times in self._times.items() if times.count},
        }
        _write_whole(self._rounds.folder / "outcome.json", outcome)
        return f"its run {reason} after {self._rounds.rounds} rounds, {episodes.ended} episodes" + (
            f": {error.code}: {error.message}" if error else ""
        )

    def _drive_round(self) -> None:
        episodes, order = self._rounds.episodes, self._order
        number, envs = self._rounds.rounds, self._world.num_envs
        given = []
        if order["seed"] is not None:
            given.append(NamedArray("seed", u32([(order["seed"] + number * envs) % 2**32])))
        request = {"op": _RESET, "options": order["options"], "want": self._want}
        block = self._apply("reset", request, given, order["options"])
        self._rounds.reset(block, None, given, order["options"])
        self._show(number, 0)
        row = 0
        shown, times = list(range(envs)), self._seconds(block)
        begin = getattr(self._controller, "begin", None)
        if begin is not None:
            begin(number)
        while row < order["steps"] and episodes.running and not self._port.closing:
            action = self._controller.act(times)
            if action is None:
                break
            active = episodes.active_envs
            if active is not None:
                action = [*_rows_of(action, shown, active), NamedArray("envs", i32(active), True)]
                shown = active
            block = self._apply("step", {"op": _STEP, "want": None, "repeat": 1}, action, None)
            self._rounds.step(block, active, action)
            times = self._seconds(block)
            row += 1
            self._steps += 1
            self._show(number, row)

    def _apply(
        self, kind: str, request: dict[str, Any], given: list[NamedArray], options: str | None
    ) -> Block:
        self._requests += 1
        began = time.monotonic()
        self._page.set_running(self._requests, self._requests - 1, began)
        try:
            block = self._world.apply(request, [given]).blocks[0]
        except Exception as raised:
            code = call_error(raised, self._log).code
            if self._world.reached and not refused_before_simulator(code):
                self._rounds.fail(given, options, code)
            raise
        finished = time.monotonic()
        self._times[kind].add(finished - began)
        self._page.set_running(0, self._requests, finished)
        return block

    def _seconds(self, block: Block) -> list[float]:
        ticks = next(array for name, array, _ in block.arrays if name == "tick")
        return [int(tick) * self._world.spec["step_dt"] for tick in ticks]

    def _show(self, number: int, row: int) -> None:
        """Tells the shared page, and at a round's beginning the log."""
        done, wanted = self._rounds.episodes.ended, self._order["episodes"]
        a_round = max(self._world.num_envs, done / number if number else 0)
        about = number + math.ceil(max(0, wanted - done) / a_round)
        self._page.set_run(RunProgress(number, about, done, wanted, row))
        ledger = self._rounds.ledger
        self._page.set_ledger(ledger.index, ledger.head)
        now = time.monotonic()
        if row == 0 and now - self._said_at > _SAY_SECONDS:
            self._said_at = now
            print(f"farsim: round {number} of about {about}, {done} of {wanted} episodes done", flush=True)


def _rows_of(action: list[NamedArray], shown: list[int], active: list[int]) -> list[NamedArray]:
    """The action's rows for the active envs, out of those for the shown ones; one that has rows for the
    active ones alone is taken as it is. Raises BAD_ACTION for any other number of rows.
    """
    if all(len(named.array) == len(active) for named in action):
        return action
    wrong = next((len(named.array) for named in action if len(named.array) != len(shown)), None)
    if wrong is not None:
        raise FarsimError(
            "BAD_ACTION",
            f"the action has {wrong} rows where {len(active)} of {len(shown)} envs still run",
        )
    places = [shown.index(env) for env in active]
    return [named._replace(array=named.array[places]) for named in action]


def _want_of(order: dict[str, Any], capabilities: list[str]) -> dict[str, Any]:
    """What the run needs, and what is kept where it is there."""
    must, may = order["want"], order["wantIfThere"]
    state = must["state"] or (may["state"] and "getState" in capabilities)
    levels = ENUMS["Bodies"]
    bodies = max(levels[must["bodies"]], levels[may["bodies"]]) if state and "bodies" in capabilities else 0
    images = must.get("images")
    pictures = (
        {**images, "cameras": tuple(images["cameras"]), "encoding": ENCODINGS[images["encoding"]]}
        if images
        else {}
    )
    return {**NO_WANT, "state": state, "bodies": bodies, **pictures}


def _write_whole(path: Path, content: dict[str, Any]) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(content, default=str) + "\n")
    fresh.replace(path)
