"""The contract that every adapter keeps, as checks whose messages are the rules. Needs numpy.

`check_adapter(MyAdapter, config)` runs them all in this process; a test is one line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .check_actions import check_actions_are_refused
from .check_models import check_model
from .check_outcomes import check_outcomes, check_subsets
from .check_pictures import check_pictures, check_shapes
from .check_remake import check_remake
from .check_repetitions import check_determinism, check_several_steps, check_snapshot
from .check_states import check_state_round_trip
from .opened_world import NOT_OFFERED, OpenedWorld, opened, wanted

__all__ = ["NOT_OFFERED", "OpenedWorld", "adapter_checks", "check_adapter", "opened", "wanted"]


def check_adapter(make: Callable[[], Any], config: Mapping[str, Any], steps: int = 20) -> None:
    """Runs every check that the adapter's capabilities allow. Raises AssertionError with the rule that was
    broken.
    """
    for check in adapter_checks():
        with opened(make, config) as world:
            check(world, steps)


def adapter_checks() -> tuple[Callable[[OpenedWorld, int], str | None], ...]:
    """Each check, whose docstring is the rule; every one takes a world of its own, and gives NOT_OFFERED
    where the rule is about what the adapter does not offer.
    """
    return (
        check_outcomes,
        check_actions_are_refused,
        check_subsets,
        check_determinism,
        check_several_steps,
        check_state_round_trip,
        check_snapshot,
        check_model,
        check_pictures,
        check_shapes,
        check_remake,
    )
