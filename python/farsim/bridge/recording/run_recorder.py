"""What an adapter's resets and steps gave, recorded."""

from __future__ import annotations

import atexit
import json
import os
import sys
from typing import Any

import numpy as np

from ..wire.layouts import NamedArray
from ..wire.named_tree import leaves
from ..wire.number_rows import i32, u32, zeros
from ..world.outcome_blocks import EPISODE_START, NO_WANT, OutcomeBlocks
from ..world.world_spec import complete_spec
from .doctor_file import probes_of_doctor_file
from .known_probes import NO_PROBES
from .recorded_rounds import RecordedRounds
from .round_file import require_mcap


class RunRecorder:
    """Records what an adapter's simulator did: the adapter describes it and gives its state, and is neither
    reset nor stepped here. `folder` must be absent or empty; `doctor` is `record`'s. At the program's end
    what was not closed is sealed as failed where an error ended the program, else as interrupted. Raises
    PACKAGE_MISSING, FILE_NOT_FOUND, BAD_ARGUMENT.
    """

    def __init__(
        self, adapter: Any, folder: str | os.PathLike[str], doctor: str | os.PathLike[str] | None = None
    ) -> None:
        require_mcap()
        spec = complete_spec(adapter.describe(), adapter)
        self._num_envs = spec["num_envs"]
        self._outcomes = OutcomeBlocks(adapter, spec)
        capabilities = spec["capabilities"]
        self._want = {**NO_WANT, "state": "getState" in capabilities, "bodies": EPISODE_START}
        probes = NO_PROBES if doctor is None else probes_of_doctor_file(doctor, spec)
        for remark in probes.remarks:
            print(f"farsim: {remark}", file=sys.stderr, flush=True)
        model = adapter.model() if "model" in capabilities else None
        self._rounds = RecordedRounds(spec, folder, model, probes=probes)
        self._closed = False
        atexit.register(self._close_at_exit)

    def reset(self, outcome: Any, envs: Any = None, seed: Any = None, options: Any = None) -> None:
        """Records a reset's outcome; one of all envs (None) begins a round."""
        rows = None if envs is None else [int(env) for env in envs]
        if rows is None or len(rows) == self._num_envs:
            self._outcomes.frames = 0
        if rows == list(range(self._num_envs)):
            rows = None
        given = [] if seed is None else [NamedArray("seed", u32(_seeds(seed)))]
        if rows is not None:
            given.append(NamedArray("envs", i32(rows), True))
        text = json.dumps(options, default=str) if options else ""
        self._outcomes.book.begin(rows)
        block, _ = self._outcomes.block(outcome, rows, self._want, zeros(self._outcomes.count(rows)), True)
        self._rounds.reset(block, rows, given, text)

    def step(self, action: Any, outcome: Any, envs: Any = None) -> None:
        """Records the action, a tree of arrays `[n, …]`, and the outcome of a step."""
        rows = None if envs is None else [int(env) for env in envs]
        given = [NamedArray(name, np.ascontiguousarray(leaf)) for name, leaf in leaves("action", action)]
        if rows is not None:
            given.append(NamedArray("envs", i32(rows), True))
        block, _ = self._outcomes.block(outcome, rows, self._want)
        self._rounds.step(block, rows, given)

    def close(self, error: BaseException | None = None) -> None:
        """Seals the round and the run, once; `error` is what ended it, if it did not end well."""
        if self._closed:
            return
        self._closed = True
        atexit.unregister(self._close_at_exit)
        self._rounds.close(error)

    def _close_at_exit(self) -> None:
        self.close(_what_ended_program() or SystemExit())


def _what_ended_program() -> BaseException | None:
    """The error that nothing caught; None where there is none, or where a prompt went on after it."""
    if hasattr(sys, "ps1"):
        return None
    return getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)


def _seeds(seed: Any) -> list[int]:
    values = seed if isinstance(seed, (list, tuple, np.ndarray)) else [seed]
    return [0 if value is None else int(value) & 0xFFFFFFFF for value in values]
