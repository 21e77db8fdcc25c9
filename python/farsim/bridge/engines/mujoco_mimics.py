"""Joints of a MuJoCo model that go with another by an active `equality/joint`: the spec's `joint_mimics`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def describe_mimics(mujoco: Any, model: Any, joints: Sequence[int]) -> list[dict[str, Any]]:
    """q - rest = c0 + c1 x + ... with x = the leader's q - its rest; the other way round too where it is a
    straight line: either may be the one that moves.
    """
    found = []
    for equality in range(model.neq):
        joint, leader = int(model.eq_obj1id[equality]), int(model.eq_obj2id[equality])
        if int(model.eq_type[equality]) != int(mujoco.mjtEq.mjEQ_JOINT) or not model.eq_active0[equality]:
            continue
        if joint not in joints or leader not in joints:
            continue
        names = model.joint(joint).name or f"joint_{joint}", model.joint(leader).name or f"joint_{leader}"
        c = [float(number) for number in model.eq_data[equality][:5]]
        found.append({"joint": names[0], "leader": names[1], "coefficients": c})
        if c[1] and not any(c[2:]):
            back = [-c[0] / c[1], 1 / c[1], 0.0, 0.0, 0.0]
            found.append({"joint": names[1], "leader": names[0], "coefficients": back})
    return found
