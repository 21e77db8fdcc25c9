"""Which of the simulators that `farsim doctor` probed is the one that is recorded (docs/doctor.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .conventions import Conventions, changed_conventions, conventions_of, is_same_robot, read_conventions


class ProbedSimulator(NamedTuple):
    """By what another one is known to be the same, and what was found."""

    sim: str
    task: str
    conventions: Conventions
    report: dict[str, Any]


class KnownProbes(NamedTuple):
    """`report`: what rounds' headers hold. `remarks`: what a user should know, a sentence each."""

    report: dict[str, Any] | None = None
    remarks: tuple[str, ...] = ()


NO_PROBES = KnownProbes()


def find_probes(spec: Mapping[str, Any], probed: Sequence[ProbedSimulator]) -> KnownProbes:
    """The report of the newest one that has the conventions of this complete spec; where none has, a remark
    on what differs from the newest of the same robot and task.
    """
    now = conventions_of(spec)
    alike = [
        one
        for one in sorted(probed, key=lambda one: one.report["at"], reverse=True)
        if (one.sim, one.task) == (spec["sim"], spec["task"]) and is_same_robot(one.conventions, now)
    ]
    for one in alike:
        if not changed_conventions(one.conventions, now):
            return KnownProbes(one.report, _failures(one.report))
    if not alike:
        return NO_PROBES
    changes = "; ".join(changed_conventions(alike[0].conventions, now))
    since = f"since `farsim doctor` of {_day(alike[0].report)}"
    return KnownProbes(None, (f"{since}: {changes}; probe it again with `farsim doctor`",))


def read_probed(written: Sequence[Mapping[str, Any]]) -> list[ProbedSimulator]:
    """Those of an order: `{sim, task, conventions, report}` each."""
    return [
        ProbedSimulator(one["sim"], one["task"], read_conventions(one["conventions"]), one["report"])
        for one in written
    ]


def _failures(report: Mapping[str, Any]) -> tuple[str, ...]:
    failed = [result["probe"] for result in report["results"] if result["outcome"] == "failed"]
    return (f"`farsim doctor` of {_day(report)} found it wrong in: {', '.join(failed)}",) if failed else ()


def _day(report: Mapping[str, Any]) -> str:
    return report["at"][:10]
