"""A run's folder of recorded rounds: rows, ledger, episodes and index (docs/recording.md)."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FarsimError
from ..session.ledger import Ledger, digest_outcome, digest_reset_request, digest_step_request, digest_text
from ..wire.layouts import NamedArray
from ..wire.message_fields import ENUMS
from ..wire.number_rows import i32
from ..world.outcome_blocks import Block
from ..world.world_spec import write_spec
from .known_probes import NO_PROBES, KnownProbes
from .recorded_episodes import RecordedEpisodes
from .recorded_images import take_images
from .round_file import RoundFile
from .run_description import write_description
from .run_lock import RunLock

_RESET, _STEP = ENUMS["Op"]["reset"], ENUMS["Op"]["step"]


class RecordedRounds:
    """Takes blocks as replies carry them. `folder` must be absent or empty. Raises BAD_ARGUMENT."""

    def __init__(
        self,
        spec: dict[str, Any],
        folder: str | os.PathLike[str],
        model: tuple[str, dict[str, bytes]] | None = None,
        controller: str = "",
        wanted: int | None = None,
        probes: KnownProbes = NO_PROBES,
    ) -> None:
        """`spec` is complete; `model`: its entry and files, kept beside the rounds; `wanted`: episodes are
        begun at most, all where that is None; `probes`: what is known of the spec's simulator.
        """
        self.folder = _make_folder(Path(folder))
        self._lock = RunLock(self.folder)
        self._spec = spec
        world, digest = write_spec(spec)
        self._world, self._spec_hash = json.loads(world), digest.hex()
        self._num_envs = spec["num_envs"]
        self._controller = controller
        self.ledger = Ledger(digest)
        self._clock = _Clock(self._num_envs, spec["step_dt"])
        self.episodes = RecordedEpisodes(self._num_envs, spec["autoreset"], spec["step_dt"], wanted)
        self._round: RoundFile | None = None
        self._index: list[dict[str, Any]] = []
        self._ended_episodes: list[dict[str, Any]] = []
        self._closed = False
        self._probes = {"probes": probes.report} if probes.report else {}
        write_description(self.folder, spec, self._spec_hash, probes, model)
        self._write_index()

    def reset(self, block: Block, rows: list[int] | None, given: Sequence[NamedArray], options: str) -> None:
        """Records a reset's outcome; one of all envs (`rows` None, or all of them in any order) begins a
        round. `given`: the request's arrays; `options`: its JSON.
        """
        whole = rows is None or len(rows) == self._num_envs
        if whole:
            self.end_round("finished", "round_end")
        elif self._round is None:
            raise FarsimError("BAD_ARGUMENT", "some envs were reset before all of them were")
        request = digest_reset_request(given, options)
        if whole:
            seed = next((int(array[0]) for name, array, _ in given if name == "seed"), None)
            self._begin_round(seed)
        row = self._add_row(block, rows, [], _RESET, request)
        if whole:
            self.episodes.begin_round(self.rounds)
        else:
            self.episodes.restart(rows, row)

    def step(self, block: Block, rows: list[int] | None, given: Sequence[NamedArray]) -> None:
        """Records the outcome of a step and its action; `given`: the request's arrays."""
        if self._round is None:
            raise FarsimError("BAD_ARGUMENT", "reset comes before the first step")
        action = [named for named in given if named.name != "envs"]
        row = self._add_row(block, rows, action, _STEP, digest_step_request(given, 1))
        arrays = {name: array for name, array, _ in block.arrays}
        self.episodes.take(row, list(range(self._num_envs)) if rows is None else rows, arrays)

    def fail(self, given: Sequence[NamedArray], options: str | None, code: str) -> None:
        """Enters a request that the simulator failed into the ledger: a step's, or with `options` a reset's;
        it has no row.
        """
        is_step = options is None
        request = digest_step_request(given, 1) if is_step else digest_reset_request(given, options or "")
        self.ledger.append(_STEP if is_step else _RESET, request, digest_text(code))

    def close(self, error: BaseException | None = None) -> None:
        """Seals the round and the run, once; `error` is what ended it, if it did not end well."""
        if self._closed:
            return
        self._closed = True
        try:
            if error is None:
                self.end_round("finished", "round_end")
            elif isinstance(error, Exception):
                self.end_round("failed", "failed", f"{type(error).__name__}: {error}")
            else:
                self.end_round("interrupted", "interrupted")
            self._write_index()
        finally:
            self._lock.release()

    @property
    def rounds(self) -> int:
        """How many were ended."""
        return len(self._index)

    def _begin_round(self, seed: int | None) -> None:
        number = self.rounds
        seeded = {} if seed is None else {"seed": seed}
        controlled = {"controller": self._controller} if self._controller else {}
        header = {
            "round": number,
            "spec": self._world,
            "specHash": self._spec_hash,
            **seeded,
            **controlled,
            **self._probes,
            "ledger": self._ledger_head(),
        }
        labels = {
            "schema": "1",
            "round": str(number),
            **{key: str(self._spec[key]) for key in ("sim", "task", "num_envs", "step_dt")},
            "spec_hash": self._spec_hash,
            **{key: str(value) for key, value in seeded.items()},
            **controlled,
        }
        self._round = RoundFile(self.folder / _round_name(number), header, labels)
        self._clock.begin()

    def end_round(self, reason: str, outcome: str, error: str | None = None) -> None:
        """Seals the round where one runs; `outcome` is that of the episodes in it that still ran."""
        round_file, self._round = self._round, None
        if round_file is None:
            return
        episodes = self.episodes.end_round(outcome)
        summary = {"episodes": episodes, "reason": reason, "ledger": self._ledger_head()}
        rows = round_file.rows
        length = round_file.seal({**summary, "error": error} if error else summary)
        number = self.rounds
        self._index.append(
            {"round": number, "file": _round_name(number), "rows": rows, "bytes": length, "reason": reason}
        )
        self._ended_episodes += episodes
        self._write_index()

    def _add_row(
        self, block: Block, rows: list[int] | None, action: Sequence[NamedArray], op: int, request: bytes
    ) -> int:
        reply = digest_outcome(block.arrays)
        self.ledger.append(op, request, reply)
        envs = range(self._num_envs) if rows is None else rows
        arrays = {named.name: named.array for named in block.arrays}
        kept, images = take_images(block.arrays, envs, self._spec["cameras"])
        extra = [
            NamedArray("envs", i32(envs)),
            NamedArray("time", arrays["tick"].astype(np.float64) * self._spec["step_dt"]),
            *(named for named in kept if named.name != "envs"),
            *action,
            NamedArray("ledger/index", np.array(self.ledger.index, np.uint32)),
            NamedArray("ledger/op", np.array(op, np.uint8)),
            NamedArray("ledger/request", np.frombuffer(request, np.uint8)),
            NamedArray("ledger/reply", np.frombuffer(reply, np.uint8)),
            *_texts({"values": block.info, "final/values": block.final_info}),
        ]
        row = self._round.rows
        log_time = self._clock.advance(envs, arrays["tick"], arrays["episode"], op == _STEP)
        try:
            self._round.add_row(extra, log_time, images)
        except OSError as error:
            raise FarsimError("RECORDING_FAILED", f"{self.folder}: {error}") from error
        return row

    def _ledger_head(self) -> dict[str, Any]:
        return {"index": self.ledger.index, "head": self.ledger.head.hex()}

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


def _texts(texts: dict[str, str]) -> list[NamedArray]:
    return [NamedArray(name, np.frombuffer(text.encode(), np.uint8)) for name, text in texts.items() if text]
