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
    return {"dtype": dtype, "shape": [int(model.nu)], "low": low, "high": high, "terms": terms}


def _describe_term(mujoco: Any, model: Any, owner: dict[int, str], actuator: int) -> dict[str, Any]:
    term = {
        "name": model.actuator(actuator).name or f"actuator_{actuator}",
        "from": actuator,
        "to": actuator + 1,
        "kind": "other",
    }
    transmission = int(model.actuator_trntype[actuator])
    if transmission == int(mujoco.mjtTrn.mjTRN_TENDON):
        return {**term, "kind": "tendon"}
    if transmission not in (int(mujoco.mjtTrn.mjTRN_JOINT), int(mujoco.mjtTrn.mjTRN_JOINTINPARENT)):
        return term
    joint = int(model.actuator_trnid[actuator, 0])
    term["joints"] = [joint_name(model, joint)]
    if joint in owner:
        term["entity"] = owner[joint]
    gain, bias = float(model.actuator_gainprm[actuator, 0]), model.actuator_biasprm[actuator]
    gear = float(model.actuator_gear[actuator, 0])
    if int(model.actuator_gaintype[actuator]) != int(mujoco.mjtGain.mjGAIN_FIXED):
        return term
    if int(model.actuator_biastype[actuator]) == int(mujoco.mjtBias.mjBIAS_NONE):
        return {**term, "kind": "joint_effort", "scale": gain * gear}
    if gain and bias[1] == -gain:
        return {**term, "kind": "joint_position", "scale": 1 / gear if gear else 1.0}
    if gain and bias[2] == -gain and bias[1] == 0:
        return {**term, "kind": "joint_velocity", "scale": 1 / gear if gear else 1.0}
    return term
