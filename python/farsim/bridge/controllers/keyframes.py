"""A controller that follows keyframes: the same numbers as core/src/rollout/keyframes-controller.ts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import FarsimError
from ..wire.layouts import NamedArray
from .action_numbers import ActionNumbers

Track = list[tuple[float, float]]


class Keyframes:
    """Linear between keyframes, still before the first and after the last. `keyframes`: `{time, values}`,
    values in order or by name. Raises BAD_ARGUMENT when a name or a length does not fit the action space.
    """

    def __init__(self, numbers: ActionNumbers, actions: dict[str, Any], keyframes: list[dict]) -> None:
        self._numbers = numbers
        self._tracks = _tracks(keyframes, _named(actions), len(numbers.elements))

    def act(self, times: Sequence[float]) -> list[NamedArray]:
        elements = self._numbers.elements
        return self._numbers.build(
            len(times), lambda row, i: elements[i].clamp(_value_at(self._tracks[i], times[row]))
        )


def _value_at(track: Track, time: float) -> float:
    if not track:
        return 0
    following = next((place for place, (at, _) in enumerate(track) if at >= time), None)
    if following is None:
        return track[-1][1]
    end, to = track[following]
    if following == 0:
        return to
    begin, value = track[following - 1]
    return value + ((to - value) * (time - begin)) / (end - begin)


def _tracks(keyframes: list[dict], places: dict[str, list[int]], count: int) -> list[Track]:
    tracks: list[Track] = [[] for _ in range(count)]
    for keyframe in keyframes:
        time, values = keyframe["time"], keyframe["values"]
        if isinstance(values, list):
            if len(values) != count:
                said = f"the keyframe at {time} s has {len(values)} numbers; an action has {count}"
                raise FarsimError("BAD_ARGUMENT", said)
            values = dict(enumerate(values))
        for name, value in values.items():
            if isinstance(name, str) and name not in places:
                known = ", ".join(places) or "no names: write `ctrl` as a list"
                said = f"the keyframe at {time} s names '{name}', which the action has not; it has {known}"
                raise FarsimError("BAD_ARGUMENT", said)
            for place in places[name] if isinstance(name, str) else [name]:
                tracks[place].append((time, value))
    return tracks


def _named(actions: dict[str, Any]) -> dict[str, list[int]]:
    """Places by name: terms, and joints of terms (`joint` or `entity/joint`)."""
    places: dict[str, list[int]] = {}
    first = 0
    for leaf in sorted(actions):
        space = actions[leaf]
        for term in space.get("terms", ()):
            inside = [first + place for place in range(term["from"], term["to"])]
            places[term["name"]] = inside
            for joint, place in zip(term.get("joints") or (), inside, strict=False):
                places.setdefault(joint, [place])
                if term.get("entity") is not None:
                    places[f"{term['entity']}/{joint}"] = [place]
        length = 1
        for size in space["shape"]:
            length *= size
        first += length
    return places
