"""A MuJoCo model's controls as an action space: bounds, and what each number means. Needs numpy and
mujoco.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .mujoco_state import MujocoState, joint_name


def describe_controls(mujoco: Any, state: MujocoState, dtype: str = "f64") -> dict[str, Any]:
    """The Space of `ctrl`: one term an actuator."""
    model = state.model
    limited = model.actuator_ctrllimited.astype(bool)
    low = np.where(limited, model.actuator_ctrlrange[:, 0], -np.inf)
    high = np.where(limited, model.actuator_ctrlrange[:, 1], np.inf)
    owner = {joint: entity.name for entity in state.entities for joint in entity.joints}
    terms = [_describe_term(mujoco, model, owner, actuator) for actuator in range(model.nu)]
    if not model.opt.disableflags & int(mujoco.mjtDisableBit.mjDSBL_CLAMPCTRL):
        terms = [_with_ends(term, *model.actuator_ctrlrange[term["from"]], limited) for term in terms]
    return {"dtype": dtype, "shape": [int(model.nu)], "low": low, "high": high, "terms": terms}


def _with_ends(term: dict[str, Any], low: float, high: float, limited: np.ndarray) -> dict[str, Any]:
    """The engine holds a control in its range, and so what it commands."""
    if "scale" not in term or not limited[term["from"]]:
        return term
    ends = [term["scale"] * float(end) + term.get("offset", 0.0) for end in (low, high)]
    return {**term, "clip": [[min(ends), max(ends)]]}


def _describe_term(mujoco: Any, model: Any, owner: dict[int, str], actuator: int) -> dict[str, Any]:
    term = {
        "name": model.actuator(actuator).name or f"actuator_{actuator}",
        "from": actuator,
        "to": actuator + 1,
        "kind": "other",
    }
    transmission = int(model.actuator_trntype[actuator])
    gear = float(model.actuator_gear[actuator, 0])
    if transmission == int(mujoco.mjtTrn.mjTRN_TENDON):
        return {**term, "kind": "tendon", **_tendon(mujoco, model, owner, actuator, gear)}
    if transmission not in (int(mujoco.mjtTrn.mjTRN_JOINT), int(mujoco.mjtTrn.mjTRN_JOINTINPARENT)):
        return term
    joint = int(model.actuator_trnid[actuator, 0])
    term["joints"] = [joint_name(model, joint)]
    if joint in owner:
        term["entity"] = owner[joint]
    if int(model.actuator_gaintype[actuator]) != int(mujoco.mjtGain.mjGAIN_FIXED):
        return term
    if int(model.actuator_biastype[actuator]) == int(mujoco.mjtBias.mjBIAS_NONE):
        return {**term, "kind": "joint_effort", "scale": float(model.actuator_gainprm[actuator, 0]) * gear}
    servo = _servo(mujoco, model, actuator)
    if servo is None or not gear:
        return term
    kind, scale, offset = servo
    return {**term, "kind": kind, "scale": scale / gear, **({"offset": offset / gear} if offset else {})}


def _servo(mujoco: Any, model: Any, actuator: int) -> tuple[str, float, float] | None:
    """A servo's kind, scale and offset: it has the force gain u + c + p length + v speed, and rests where
    length = (gain u + c) / -p; without p it goes at (gain u + c) / -v.
    """
    gain = float(model.actuator_gainprm[actuator, 0])
    constant, position, velocity = (float(number) for number in model.actuator_biasprm[actuator][:3])
    if int(model.actuator_gaintype[actuator]) != int(mujoco.mjtGain.mjGAIN_FIXED) or not gain:
        return None
    if position < 0:
        return "joint_position", gain / -position, constant / -position
    if position == 0 and velocity < 0:
        return "joint_velocity", gain / -velocity, constant / -velocity
    return None


def _tendon(mujoco: Any, model: Any, owner: dict[int, str], actuator: int, gear: float) -> dict[str, Any]:
    """A position servo of a fixed tendon commands a weighted sum of joints."""
    tendon = int(model.actuator_trnid[actuator, 0])
    first, count = int(model.tendon_adr[tendon]), int(model.tendon_num[tendon])
    wraps = range(first, first + count)
    servo = _servo(mujoco, model, actuator)
    fixed = all(int(model.wrap_type[wrap]) == int(mujoco.mjtWrap.mjWRAP_JOINT) for wrap in wraps)
    if servo is None or servo[0] != "joint_position" or not fixed or not gear:
        return {}
    _, scale, offset = servo
    joints = [int(model.wrap_objid[wrap]) for wrap in wraps]
    owners = {owner.get(joint) for joint in joints}
    entity = owners.pop() if len(owners) == 1 else None
    return {
        "joints": [joint_name(model, joint) for joint in joints],
        "weights": [float(model.wrap_prm[wrap]) for wrap in wraps],
        "scale": scale / gear,
        **({"offset": offset / gear} if offset else {}),
        **({"entity": entity} if entity else {}),
    }
