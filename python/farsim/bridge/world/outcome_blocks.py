"""What an adapter gave as the named arrays of a reply or a recording, with ticks, ends, state and images."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..errors import FarsimError
from ..wire.layouts import NamedArray
from ..wire.message_fields import ENUMS
from ..wire.number_rows import bools, copied, i32, u32
from .episode_book import Ended, EpisodeBook, ends_any
from .image_tensors import image_arrays
from .observation_check import ObservationCheck
from .outcome_tensors import info_arrays, observation_arrays, reward_array
from .state_tensors import finite_rows, state_arrays

_NEVER, EPISODE_START, _ALWAYS = (ENUMS["Bodies"][name] for name in ("never", "episodeStart", "always"))
NO_WANT = {"state": False, "bodies": _NEVER, "cameras": (), "every": 0, "encoding": 0, "envs": ()}


class Block(NamedTuple):
    """One block of a reply: named arrays, and the JSON of what is no array."""

    arrays: list[NamedArray]
    info: str = ""
    final_info: str = ""

    def copied(self) -> Block:
        """One that outlives the adapter's next call."""
        arrays = [NamedArray(name, copied(array), is_open) for name, array, is_open in self.arrays]
        return self._replace(arrays=arrays)


class OutcomeBlocks:
    """Counts what happens to the envs in `book`; `frames` counts steps since the last reset of all."""

    def __init__(self, adapter: Any, spec: dict[str, Any]) -> None:
        self._adapter = adapter
        self._num_envs: int = spec["num_envs"]
        self.book = EpisodeBook(self._num_envs, spec["autoreset"])
        self.frames = 0
        self._check = ObservationCheck(spec["observations"])
        self.info_as_json = False

    def count(self, rows: Any) -> int:
        """How many `rows` there are; None is all."""
        return self._num_envs if rows is None else len(rows)

    def block(
        self, outcome: Any, rows: Any, want: dict[str, Any], reward: Any = None, at_reset: bool = False
    ) -> tuple[Block, bool]:
        """The outcome of `rows` (None: all) with what `want` asks for, and whether an env ended. After
        a reset there is neither reward (give zeros) nor end.
        """
        rows = outcome_rows(outcome, rows)
        count = self.count(rows)
        ended: Ended | None = None
        any_ended = False
        if at_reset:
            terminated = truncated = bools([False] * count)
        else:
            terminated, truncated = bools(outcome["terminated"]), bools(outcome["truncated"])
            if len(terminated) != count or len(truncated) != count:
                raise FarsimError(
                    "SIMULATOR_FAILED", f"the adapter gave {len(terminated)} ends for {count} rows"
                )
            ended = self.book.step(rows, terminated, truncated)
            any_ended = ends_any(terminated, truncated)
            self.frames += 1
            if reward is None:
                reward = reward_array(outcome["reward"], count)
        is_open = rows is not None and len(rows) != self._num_envs
        arrays = [NamedArray("envs", i32(rows), is_open)] if rows is not None else []
        ticks = self.book.ticks(rows)
        arrays += (
            NamedArray("tick", ticks, is_open),
            NamedArray("episode", self.book.episodes(rows), is_open),
            NamedArray("reward", reward, is_open),
            NamedArray("terminated", terminated, is_open),
            NamedArray("truncated", truncated, is_open),
        )
        observations = observation_arrays("obs", outcome["observations"], count, is_open)
        self._check.see("reset" if at_reset else "step", observations)
        arrays += observations
        info = final_info = ""
        if outcome.get("info"):
            named, info = info_arrays("info", outcome["info"], self.info_as_json)
            arrays += named
        if want["state"] or want["cameras"]:
            self._add_wanted(arrays, want, rows, ticks, terminated, truncated, ended, at_reset)
        if ended is not None:
            final_info = self._add_final(arrays, outcome.get("final"), ended, rows, want)
        return Block(arrays, info, final_info), any_ended

    def _add_wanted(
        self, arrays: list[NamedArray], want: dict[str, Any], rows: Any, ticks: Any,
        terminated: Any, truncated: Any,
        ended: Ended | None, at_reset: bool,
    ) -> None:  # fmt: skip
        shown = rows
        if want["envs"]:
            outcome_rows = range(self._num_envs) if rows is None else rows
            chosen = set(want["envs"])
            shown = [int(env) for env in outcome_rows if env in chosen]
        if want["state"]:
            bodies = want["bodies"] == _ALWAYS or (
                want["bodies"] == EPISODE_START and (at_reset or any(tick == 0 for tick in ticks))
            )
            state = dict(self._adapter.get_state(shown, bodies))
            state.pop("envs", None)
            if shown is not rows:
                state["envs"] = shown
            else:
                self._flag_ends(state, terminated, truncated, ended)
            arrays += with_finite(state_arrays(state, bodies=bodies), self.count(shown))
        elif shown is not rows:
            arrays.append(NamedArray("state_envs", i32(shown), True))
        if want["cameras"] and (at_reset or self.frames % max(1, want["every"]) == 0):
            arrays += image_arrays(self._adapter.images(list(want["cameras"]), shown), want["encoding"])

    def _flag_ends(self, state: dict[str, Any], terminated: Any, truncated: Any, ended: Ended | None) -> None:
        if ended is not None:
            places = set(ended.places)
            state["after_autoreset"] = [place in places for place in range(len(terminated))]
        elif ends_any(terminated, truncated):
            state["terminal"] = [a or b for a, b in zip(terminated, truncated, strict=True)]

    def _add_final(
        self,
        arrays: list[NamedArray],
        final: dict[str, Any] | None,
        ended: Ended,
        rows: Any,
        want: dict[str, Any],
    ) -> str:
        envs = [place if rows is None else int(rows[place]) for place in ended.places]
        arrays += (
            NamedArray("final/envs", i32(envs), True),
            NamedArray("final/tick", u32(ended.ticks), True),
            NamedArray("final/episode", u32(ended.episodes), True),
        )
        if final is None:
            return ""
        if [int(env) for env in final["envs"]] != envs:
            raise FarsimError(
                "SIMULATOR_FAILED", f"the adapter's final holds envs {list(final['envs'])} where {envs} ended"
            )
        count = len(envs)
        if final.get("observations") is not None:
            arrays += observation_arrays("final/obs", final["observations"], count, True)
        if want["state"] and final.get("state") is not None:
            state = {key: value for key, value in final["state"].items() if key != "envs"}
            found = state_arrays(state, "final/", want["bodies"] != _NEVER)
            finite = finite_rows(found, count)
            arrays += found
            if finite is not None:
                arrays.append(NamedArray("final/flag/finite", finite, True))
        if not final.get("info"):
            return ""
        named, final_info = info_arrays("final/info", final["info"], self.info_as_json)
        arrays += named
        return final_info


def outcome_rows(outcome: Any, rows: Any) -> Any:
    """The rows that the outcome names itself, or those of the call."""
    return [int(env) for env in outcome["envs"]] if "envs" in outcome else rows


def with_finite(arrays: list[NamedArray], count: int) -> list[NamedArray]:
    """The arrays, and which rows are finite where some are not."""
    finite = finite_rows(arrays, count)
    return arrays if finite is None else [*arrays, NamedArray("flag/finite", finite, True)]
