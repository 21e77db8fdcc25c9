"""What of a spec decides how its states are to be read, as `farsim doctor` writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Conventions(NamedTuple):
    """The number of envs and their places are not among them."""

    native: dict[str, str]
    """The engine's own, by name."""
    steps: dict[str, float | str]
    """`step_dt` and `physics_dt` in seconds, `autoreset`."""
    versions: dict[str, str]
    capabilities: frozenset[str]
    orders: dict[str, list[str]]
    """Names in order, by `entity joints` and `entity bodies`."""


def conventions_of(spec: Mapping[str, Any]) -> Conventions:
    """Those of a complete spec."""
    orders = {}
    for entity, told in spec["entities"].items():
        orders[f"{entity} joints"] = list(told.get("joint_names", ()))
        orders[f"{entity} bodies"] = list(told.get("body_names", ()))
    return Conventions(
        native={name: told["value"] for name, told in spec["native"].items()},
        steps={
            "autoreset": spec["autoreset"],
            "physics_dt": float(spec["physics_dt"]),
            "step_dt": float(spec["step_dt"]),
        },
        versions=dict(spec["versions"]),
        capabilities=frozenset(spec["capabilities"]),
        orders=orders,
    )


def read_conventions(written: Mapping[str, Any]) -> Conventions:
    """Those that a file holds. Raises KeyError, TypeError, AttributeError or ValueError for others."""
    steps = written["steps"]
    return Conventions(
        native=dict(written["native"]),
        steps={
            "autoreset": steps["autoreset"],
            "physics_dt": float(steps["physics_dt"].removesuffix(" s")),
            "step_dt": float(steps["step_dt"].removesuffix(" s")),
        },
        versions=dict(written["versions"]),
        capabilities=frozenset(written["capabilities"]),
        orders={name: list(order) for name, order in written["orders"].items()},
    )


def changed_conventions(was: Conventions, now: Conventions) -> list[str]:
    """What differs, a sentence each: `quat is xyzw, was wxyz`. Conventions of the engine and capabilities
    that `now` does not tell of are no difference: an env that is only recorded is asked less than one that
    is served.
    """
    untold = {name: value for name, value in was.native.items() if name not in now.native}
    told = _changed(was.native, {**now.native, **untold})
    told += _changed(was.steps, now.steps) + _changed(was.versions, now.versions)
    if not now.capabilities <= was.capabilities:
        told.append("other capabilities are listed")
    names = sorted({*was.orders, *now.orders})
    return told + [
        f"the order of {name} is another"
        for name in names
        if was.orders.get(name) != now.orders.get(name)
    ]


def is_same_robot(was: Conventions, now: Conventions) -> bool:
    """Whether both have the same names, in whatever order."""
    return _sorted_names(was) == _sorted_names(now)


def _sorted_names(conventions: Conventions) -> dict[str, list[str]]:
    return {name: sorted(order) for name, order in conventions.orders.items()}


def _changed(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return [
        f"{name} is {_text(now.get(name))}, was {_text(was.get(name))}"
        for name in sorted({*was, *now})
        if was.get(name) != now.get(name)
    ]


def _text(value: Any) -> str:
    if value is None:
        return "not told"
    return f"{value:g} s" if isinstance(value, float) else str(value)
