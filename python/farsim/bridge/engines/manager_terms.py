"""What each number of a manager-based env's action means: Isaac Lab's action manager, and mjlab's."""

from __future__ import annotations

from typing import Any

import numpy as np

from .host_arrays import to_numpy

_KINDS = (
    ("Binary", "binary"),
    ("JointPosition", "joint_position"),
    ("JointVelocity", "joint_velocity"),
    ("JointEffort", "joint_effort"),
    ("Tendon", "tendon"),
)


def describe_terms(manager: Any) -> list[dict[str, Any]]:
    """`terms` of the action space, in the order of its numbers; what a term does not tell is left out."""
    terms, start = [], 0
    for name, width in zip(manager.active_terms, manager.action_term_dim, strict=True):
        term = manager.get_term(name)
        terms.append({"name": name, "from": start, "to": start + width, **_describe(term, width)})
        start += width
    return terms


def _describe(term: Any, width: int) -> dict[str, Any]:
    name = type(term).__name__
    kind = next((kind for word, kind in _KINDS if word in name), "other")
    told: dict[str, Any] = {"kind": kind}
    cfg = getattr(term, "cfg", None)
    entity = getattr(cfg, "asset_name", None) or getattr(cfg, "entity_name", None)
    if isinstance(entity, str):
        told["entity"] = entity
    joints = getattr(term, "_joint_names", None) or getattr(term, "target_names", None)
    if joints:
        told["joints"] = [str(joint) for joint in joints]
    # what is relative to the joint's present position, or smoothed, is no scale of it alone
    told |= {"class": name} if "Relative" in name or "EMA" in name else {}
    if kind == "binary":
        for key, command in (("open", "_open_command"), ("close", "_close_command")):
            value = _numbers(term, command, len(joints or ()))
            if value is not None:
                told[key] = value
        return told
    for key, attribute in (("scale", "_scale"), ("offset", "_offset")):
        value = _numbers(term, attribute, width)
        if value is not None:
            told[key] = value
    return told


def _numbers(term: Any, attribute: str, width: int) -> float | list[float] | None:
    """One number, or one a joint, of env 0; None where the term has no such thing or it cannot be read."""
    try:
        value = np.asarray(to_numpy(getattr(term, attribute)), float)
    except (AttributeError, TypeError, ValueError):
        return None
    if value.ndim == 2:
        value = value[0]
    if value.ndim == 0:
        return float(value)
    return value.tolist() if value.shape == (width,) else None
