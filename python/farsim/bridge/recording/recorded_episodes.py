"""Which rows of a round are which episode's, as recordings say it (docs/recording.md)."""

from __future__ import annotations

from typing import Any


class RecordedEpisodes:
    """Takes each frame's rows; `autoreset` says what follows an end. Numbers count through the run. At most
    `wanted` episodes are begun, all where that is None; what an env does beyond that is nobody's.
    """

    def __init__(self, num_envs: int, autoreset: str, step_dt: float, wanted: int | None = None) -> None:
        self._num_envs = num_envs
        self._autoreset = autoreset
        self._step_dt = step_dt
        self._wanted = wanted
        self.ended = 0
        """How many came to their end, or to their round's."""
        self._open: dict[int, dict[str, Any]] = {}
        self._ended: set[int] = set()
        self._of_round: list[dict[str, Any]] = []
        self._begun = 0
        self._round = 0

    @property
    def wants_more(self) -> bool:
        """True while more episodes are wanted than were begun."""
        return self._wanted is None or self._begun < self._wanted

    @property
    def running(self) -> bool:
        """True while an episode of this round runs or is about to begin."""
        return bool(self._open or (self._autoreset == "next_step" and self.wants_more and self._ended))

    @property
    def active_envs(self) -> list[int] | None:
        """Envs that must be stepped, when some must not."""
        if self._autoreset != "disabled" or not self._ended:
            return None
        return [env for env in range(self._num_envs) if env not in self._ended]

    def begin_round(self, number: int) -> None:
        """Notes that all envs were reset: row 0."""
        self._round = number
        self._ended.clear()
        for env in range(self._num_envs):
            self._begin(env, 0)

    def restart(self, envs: list[int], row: int) -> None:
        """Notes that some envs were reset in the middle of the round; what they were at is over."""
        for env in envs:
            self._close(env, "round_end")
            self._ended.discard(env)
            self._begin(env, row)

    def take(self, row: int, envs: list[int], arrays: dict[str, Any]) -> None:
        """Enters a step's frame: its `reward`, `terminated`, `truncated`, `tick` and `final/…` by name."""
        final_ticks = dict(zip(arrays.get("final/envs", ()), arrays.get("final/tick", ()), strict=True))
        for place, env in enumerate(envs):
            if self._autoreset == "next_step" and env in self._ended:
                self._ended.discard(env)
                self._begin(env, row)
                continue
            end = "terminated" if arrays["terminated"][place] else "truncated"
            ends = bool(arrays["terminated"][place] or arrays["truncated"][place])
            episode = self._open.get(env)
            if episode is not None:
                episode["lastRow"] = row
                episode["return"] += float(arrays["reward"][place])
                tick = arrays["tick"][place]
                episode["steps"] = int(final_ticks.get(env, tick) if ends else tick)
            if not ends:
                continue
            self._close(env, end)
            if self._autoreset == "same_step":
                self._begin(env, row)
            else:
                self._ended.add(env)

    def end_round(self, outcome: str) -> list[dict[str, Any]]:
        """Ends what still runs and gives the round's episodes. One that an autoreset began in the last row
        was never stepped: it does not count.
        """
        for env, episode in list(self._open.items()):
            if episode["firstRow"] > 0 and episode["lastRow"] == episode["firstRow"]:
                del self._open[env]
                self._begun -= 1
            else:
                self._close(env, outcome)
        found, self._of_round = self._of_round, []
        return found

    def _begin(self, env: int, row: int) -> None:
        if not self.wants_more:
            return
        self._open[env] = {
            "env": env,
            "episode": self._begun,
            "round": self._round,
            "firstRow": row,
            "lastRow": row,
            "steps": 0,
            "return": 0.0,
        }
        self._begun += 1

    def _close(self, env: int, outcome: str) -> None:
        episode = self._open.pop(env, None)
        if episode is not None:
            self.ended += 1
            seconds = episode["steps"] * self._step_dt
            self._of_round.append({**episode, "outcome": outcome, "simulatedSeconds": seconds})
