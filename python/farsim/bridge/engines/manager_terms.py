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
_TO_LIMITS = "JointPositionToLimitsAction"
_PLAIN = {
    "JointAction", "BaseAction", "JointPositionAction", "JointVelocityAction", "JointEffortAction",
    "BinaryJointAction", "BinaryJointPositionAction", _TO_LIMITS,
}  # fmt: skip
"""Classes whose methods make of an action's numbers alone what is commanded."""
_LARGEST = float(np.finfo(np.float64).max)


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
    makes = _owner(term, "process_actions")
    if makes not in _PLAIN or _owner(term, "apply_actions") not in _PLAIN:
        told["class"] = name
    if kind == "binary":
        return told | _ends(term, len(joints or ()))
    for key, attribute in (("scale", "_scale"), ("offset", "_offset")):
        value = _numbers(term, attribute, width)
        if value is not None:
            told[key] = value
        elif hasattr(term, attribute):
            told["class"] = name
    if _biased(term):
        told["class"] = name
    clip = _clip(term, width)
    if clip is not None:
        told["clip"] = _pairs(clip)
    if makes == _TO_LIMITS and getattr(cfg, "rescale_to_limits", True):
        told |= _within_limits(term, told, clip)
    return told


def _owner(term: Any, method: str) -> str:
    """The class that a method of the term is from."""
    kinds = type(term).__mro__
    return next((kind for kind in kinds if method in vars(kind)), kinds[0]).__name__


def _biased(term: Any) -> bool:
    """mjlab's position targets are what an encoder would read that is wrong by some angle in each env."""
    bias = getattr(getattr(getattr(term, "_entity", None), "data", None), "encoder_bias", None)
    if bias is None or _owner(term, "apply_actions") != "JointPositionAction":
        return False
    return bool(to_numpy(bias).any())


def _ends(term: Any, joints: int) -> dict[str, Any]:
    ends, clip = {}, _clip(term, joints)
    for key, command in (("open", "_open_command"), ("close", "_close_command")):
        value = _numbers(term, command, joints)
        if value is not None:
            ends[key] = value if clip is None else np.clip(value, *clip.T).tolist()
    return ends


def _within_limits(term: Any, told: dict[str, Any], clip: np.ndarray | None) -> dict[str, Any]:
    """From -1 to 1 is from limit to limit, and nothing goes further."""
    asset, joints = term._asset, told["joints"]
    rows = [list(asset.joint_names).index(joint) for joint in joints]
    low, high = np.asarray(to_numpy(asset.data.soft_joint_pos_limits), float)[0][rows].T
    if not np.all(np.isfinite(high - low)):
        return {"class": type(term).__name__}
    middle, half = (low + high) / 2, (high - low) / 2
    ends = np.tile([-1.0, 1.0], (len(rows), 1)) if clip is None else np.clip(clip, -1, 1)
    return {
        "scale": (np.asarray(told.get("scale", 1.0)) * half).tolist(),
        "offset": middle.tolist(),
        "clip": _pairs(ends * half[:, None] + middle[:, None]),
    }


def _clip(term: Any, width: int) -> np.ndarray | None:
    """`[width, 2]` of env 0; None where nothing is held back."""
    clip = getattr(term, "_clip", None)
    # some kinds of terms pass over the clip of their cfg
    if clip is None or getattr(getattr(term, "cfg", None), "clip", None) is None:
        return None
    # a binary term has one pair for all its joints
    return np.broadcast_to(np.asarray(to_numpy(clip), float)[0], (width, 2))


def _pairs(clip: np.ndarray) -> list[list[float] | None]:
    """None for a joint that is held back at neither end."""
    return [None if np.all(np.isinf(pair)) else np.clip(pair, -_LARGEST, _LARGEST).tolist() for pair in clip]


def _numbers(term: Any, attribute: str, width: int) -> float | list[float] | None:
    """One number, or one a joint; None where the term has no such thing, where it cannot be read, and where
    envs have their own.
    """
    try:
        value = np.asarray(to_numpy(getattr(term, attribute)), float)
    except (AttributeError, TypeError, ValueError):
        return None
    if value.ndim == 2:
        if (value != value[0]).any():
            return None
        value = value[0]
    if value.ndim == 0:
        return float(value)
    return value.tolist() if value.shape == (width,) else None
