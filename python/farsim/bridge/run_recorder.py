"""A run's folder of recorded rounds: rows, ledger, episodes and index (docs/recording.md)."""

from __future__ import annotations

import atexit
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .errors import FarsimError
from .layouts import NamedArray
from .ledger import Ledger, digest_outcome, digest_reset_request, digest_step_request
from .message_fields import ENUMS
from .named_tree import leaves
from .number_rows import i32, u32, zeros
from .outcome_blocks import EPISODE_START, NO_WANT, Block, OutcomeBlocks
from .recorded_episodes import RecordedEpisodes
from .round_file import RoundFile, require_mcap
from .world_spec import complete_spec, write_spec

_RESET, _STEP = ENUMS["Op"]["reset"], ENUMS["Op"]["step"]


class RunRecorder:
    """Records what an adapter's simulator did: the adapter describes it and gives its state, and is neither
    reset nor stepped here. `folder` must be absent or empty. Raises PACKAGE_MISSING, BAD_ARGUMENT.
    """

    def __init__(self, adapter: Any, folder: str | os.PathLike[str]) -> None:
        require_mcap()
        self.folder = _make_folder(Path(folder))
        self._spec = complete_spec(adapter.describe(), adapter)
        world, digest = write_spec(self._spec)
        self._world, self._spec_hash = json.loads(world), digest.hex()
        self._num_envs = self._spec["num_envs"]
        self._outcomes = OutcomeBlocks(adapter, self._spec)
        has_state = "getState" in self._spec["capabilities"]
        self._want = {**NO_WANT, "state": has_state, "bodies": EPISODE_START}
        self._ledger = Ledger(digest)
        self._clock = _Clock(self._num_envs, self._spec["step_dt"])
        self._episodes = RecordedEpisodes(self._num_envs, self._spec["autoreset"], self._spec["step_dt"])
        self._round: RoundFile | None = None
        self._index: list[dict[str, Any]] = []
        self._ended_episodes: list[dict[str, Any]] = []
        self._closed = False
        self._write_description(adapter)
        self._write_index()
        atexit.register(self.close)

    def reset(self, outcome: Any, envs: Any = None, seed: Any = None, options: Any = None) -> None:
        """Records a reset's outcome; one of all envs (None) begins a round."""
        whole = envs is None or len(envs) == self._num_envs
        rows = None if whole else [int(env) for env in envs]
        if whole:
            self._end_round("finished", "round_end")
            self._outcomes.frames = 0
        elif self._round is None:
            raise FarsimError("BAD_ARGUMENT", "some envs were reset before all of them were")
        given = [] if seed is None else [NamedArray("seed", u32(_seeds(seed)))]
        if rows is not None:
            given.append(NamedArray("envs", i32(rows), True))
        request = digest_reset_request(given, json.dumps(options, default=str) if options else "")
        if whole:
            self._begin_round(seed)
        self._outcomes.book.begin(rows)
        block, _ = self._outcomes.block(outcome, rows, self._want, zeros(self._outcomes.count(rows)), True)
        row = self._add_row(block, rows, [], _RESET, request)
        if rows is None:
            self._episodes.begin_round(self._index_number)
        else:
            self._episodes.restart(rows, row)

    def step(self, action: Any, outcome: Any, envs: Any = None) -> None:
        """Records the action, a tree of arrays `[n, …]`, and the outcome of a step."""
        if self._round is None:
            raise FarsimError("BAD_ARGUMENT", "reset comes before the first step")
        rows = None if envs is None else [int(env) for env in envs]
        given = [NamedArray(name, np.ascontiguousarray(leaf)) for name, leaf in leaves("action", action)]
        named = given if rows is None else [*given, NamedArray("envs", i32(rows), True)]
        block, _ = self._outcomes.block(outcome, rows, self._want)
        row = self._add_row(block, rows, given, _STEP, digest_step_request(named, 1))
        arrays = {name: array for name, array, _ in block.arrays}
        self._episodes.take(row, list(range(self._num_envs)) if rows is None else rows, arrays)

    def close(self, error: BaseException | None = None) -> None:
        """Seals the round and the run, once; `error` is what ended it, if it did not end well."""
        if self._closed:
            return
        self._closed = True
        atexit.unregister(self.close)
        if error is None:
            self._end_round("finished", "round_end")
        elif isinstance(error, Exception):
            self._end_round("failed", "failed", f"{type(error).__name__}: {error}")
        else:
            self._end_round("interrupted", "interrupted")
        self._write_index()

    @property
    def _index_number(self) -> int:
        return len(self._index)

    def _begin_round(self, seed: Any) -> None:
        number = self._index_number
        header = {
            "round": number,
            "spec": self._world,
            "specHash": self._spec_hash,
            "ledger": self._ledger_head(),
            **({} if seed is None else {"seed": int(_seeds(seed)[0])}),
        }
        labels = {
            "schema": "1",
            "round": str(number),
            **{key: str(self._spec[key]) for key in ("sim", "task", "num_envs", "step_dt")},
            "spec_hash": self._spec_hash,
            **({} if seed is None else {"seed": str(_seeds(seed)[0])}),
        }
        self._round = RoundFile(self.folder / _round_name(number), header, labels)
        self._clock.begin()

    def _end_round(self, reason: str, outcome: str, error: str | None = None) -> None:
        round_file, self._round = self._round, None
        if round_file is None:
            return
        episodes = self._episodes.end_round(outcome)
        summary = {"episodes": episodes, "reason": reason, "ledger": self._ledger_head()}
        rows = round_file.rows
        length = round_file.seal({**summary, "error": error} if error else summary)
        number = self._index_number
        self._index.append(
            {"round": number, "file": _round_name(number), "rows": rows, "bytes": length, "reason": reason}
        )
        self._ended_episodes += episodes
        self._write_index()

    def _add_row(
        self, block: Block, rows: list[int] | None, action: Sequence[NamedArray], op: int, request: bytes
    ) -> int:
        reply = digest_outcome(block.arrays)
        self._ledger.append(op, request, reply)
        envs = range(self._num_envs) if rows is None else rows
        arrays = {named.name: named.array for named in block.arrays}
        extra = [
            NamedArray("envs", i32(envs)),
            NamedArray("time", arrays["tick"].astype(np.float64) * self._spec["step_dt"]),
            *(named for named in block.arrays if named.name != "envs"),
            *action,
            NamedArray("ledger/index", np.array(self._ledger.index, np.uint32)),
            NamedArray("ledger/op", np.array(op, np.uint8)),
            NamedArray("ledger/request", np.frombuffer(request, np.uint8)),
            NamedArray("ledger/reply", np.frombuffer(reply, np.uint8)),
            *_texts({"values": block.info, "final/values": block.final_info}),
        ]
        row = self._round.rows
        log_time = self._clock.advance(envs, arrays["tick"], arrays["episode"], op == _STEP)
        try:
            self._round.add_row(extra, log_time)
        except OSError as error:
            raise FarsimError("RECORDING_FAILED", f"{self.folder}: {error}") from error
        return row

    def _ledger_head(self) -> dict[str, Any]:
        return {"index": self._ledger.index, "head": self._ledger.head.hex()}

    def _write_description(self, adapter: Any) -> None:
        """`run.json`, and the model beside it, with which `farsim replay` shows the run."""
        description: dict[str, Any] = {
            "began": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "simulator": self._spec["task"],
            "recorders": [{"name": "record", "plugin": "mcap"}],
        }
        if "model" in self._spec["capabilities"]:
            entry, files = adapter.model()
            for name, content in files.items():
                path = self.folder / "model" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            description["model"] = f"model/{entry}"
        (self.folder / "run.json").write_text(json.dumps(description, indent=2) + "\n")

    def _write_index(self) -> None:
        index = {
            "farsim": 1,
            "closed": self._closed,
            "rounds": self._index,
            "episodes": self._ended_episodes,
        }
        fresh = self.folder / "index.json.new"
        fresh.write_text(json.dumps(index) + "\n")
        fresh.replace(self.folder / "index.json")


class _Clock:
    """The round's simulated time: step_dt for each control step, never backwards."""

    def __init__(self, num_envs: int, step_dt: float) -> None:
        self._step_dt = step_dt
        self._tick = [0] * num_envs
        self._episode = [0] * num_envs
        self._steps = 0

    def begin(self) -> None:
        self._steps = 0

    def advance(self, envs: Sequence[int], ticks: Any, episodes: Any, stepped: bool) -> int:
        """Nanoseconds at a row."""
        steps = int(stepped)
        for env, tick, episode in zip(envs, ticks.tolist(), episodes.tolist(), strict=True):
            if stepped and episode == self._episode[env]:
                steps = max(steps, tick - self._tick[env])
            self._tick[env], self._episode[env] = tick, episode
        self._steps += steps
        return round(self._steps * self._step_dt * 1e9)


def _round_name(number: int) -> str:
    return f"rounds/{number:06d}.mcap"


def _make_folder(folder: Path) -> Path:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FarsimError(
            "BAD_ARGUMENT", f"{folder} is there already", ["name a folder that is absent or empty"]
        )
    (folder / "rounds").mkdir(parents=True)
    return folder


def _seeds(seed: Any) -> list[int]:
    values = seed if isinstance(seed, (list, tuple, np.ndarray)) else [seed]
    return [0 if value is None else int(value) & 0xFFFFFFFF for value in values]


def _texts(texts: dict[str, str]) -> list[NamedArray]:
    return [NamedArray(name, np.frombuffer(text.encode(), np.uint8)) for name, text in texts.items() if text]
