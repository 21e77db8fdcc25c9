"""Controllers beside the simulator: the same numbers as core/src/rollout makes for the same config."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ..errors import FarsimError
from ..wire.layouts import NamedArray
from .action_numbers import ActionNumbers, Element
from .fdlibm_sin import fdlibm_sin
from .keyframes import Keyframes


class FarController(Protocol):
    """Chooses an action from the seconds of each env's episode."""

    def act(self, times: Sequence[float]) -> list[NamedArray] | None:
        """The action's arrays `[n, …]` for n envs; None ends the round."""


def make_controller(
    name: str, config: dict[str, Any], actions: dict[str, Any], num_envs: int = 1
) -> FarController:
    """`zero`, `random`, `sine`, `keyframes` or `recorded` for the spec's `actions` and envs. Raises
    UNSUPPORTED for another, and BAD_ARGUMENT for keyframes or a recording that do not fit.
    """
    if name == "recorded":
        from .recorded_actions import RecordedActions

        return RecordedActions(config["folder"], num_envs)
    numbers = ActionNumbers(actions)
    if name == "zero":
        return Zero(numbers)
    if name == "random":
        return Random(numbers, config.get("seed", 0))
    if name == "sine":
        return Sine(numbers, config.get("amplitude", 0.5), config.get("frequency", 0.5))
    if name == "keyframes":
        return Keyframes(numbers, actions, config["keyframes"])
    raise FarsimError("UNSUPPORTED", f"the controller '{name}' cannot act on the far side")


class Zero:
    """Zero, or the bound nearest to it."""

    def __init__(self, numbers: ActionNumbers) -> None:
        self._numbers = numbers
        self._values = [element.clamp(0) for element in numbers.elements]

    def act(self, times: Sequence[float]) -> list[NamedArray]:
        return self._numbers.build(len(times), lambda row, i: self._values[i])


class Random:
    """Uniform between the bounds, whole numbers with both ends; from [-1, 1] where there are none."""

    def __init__(self, numbers: ActionNumbers, seed: int) -> None:
        self._numbers = numbers
        self._elements = [_bounded(element) for element in numbers.elements]
        self._random = random_numbers(seed)
        if any(math.isinf(bound) for element in numbers.elements for bound in element[:2]):
            print("random: some actions have no bounds; those are drawn from [-1, 1]", flush=True)

    def act(self, times: Sequence[float]) -> list[NamedArray]:
        return self._numbers.build(len(times), lambda row, i: _draw(self._elements[i], self._random()))


class Sine:
    """Swings every number about the middle of its bounds, each a little later than the one before."""

    def __init__(self, numbers: ActionNumbers, amplitude: float, frequency: float) -> None:
        self._numbers = numbers
        self._amplitude = amplitude
        self._frequency = frequency

    def act(self, times: Sequence[float]) -> list[NamedArray]:
        return self._numbers.build(len(times), lambda row, i: self._value(i, times[row]))

    def _value(self, i: int, time: float) -> float:
        element = self._numbers.elements[i]
        limited = math.isfinite(element.low) and math.isfinite(element.high)
        middle = (element.low + element.high) / 2 if limited else 0
        half = (element.high - element.low) / 2 if limited else 1
        lag = i / len(self._numbers.elements)
        since = max(0, time - lag / self._frequency)
        swing = fdlibm_sin(2 * math.pi * self._frequency * since)
        return element.clamp(middle + self._amplitude * half * swing)


def random_numbers(seed: int) -> Callable[[], float]:
    """Uniform numbers in [0, 1) by mulberry32."""
    state = seed & 0xFFFFFFFF

    def draw() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        mixed = ((state ^ (state >> 15)) * (state | 1)) & 0xFFFFFFFF
        mixed ^= (mixed + (mixed ^ (mixed >> 7)) * (mixed | 61)) & 0xFFFFFFFF
        return (mixed ^ (mixed >> 14)) / 2**32

    return draw


def _bounded(element: Element) -> Element:
    """One open end is two away from the other."""
    low, high = element.low, element.high
    if not math.isfinite(low):
        low = high - 2 if math.isfinite(high) else -1
    return element._replace(low=low, high=high if math.isfinite(high) else low + 2)


def _draw(element: Element, random: float) -> float:
    low, high, whole = element
    return low + math.floor(random * (high - low + 1)) if whole else low + random * (high - low)
