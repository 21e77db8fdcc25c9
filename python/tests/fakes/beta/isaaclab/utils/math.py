"""Mirrors `isaaclab/utils/math.py` of Isaac Lab 3: quaternions are xyzw; `convert_quat` is there and proves nothing."""

import numpy as np
import torch
from fake_engine.usd_robot import rotate


def quat_apply(quat, vec):
    return torch.Tensor(rotate(np.roll(quat._array, 1, -1), vec._array), vec.device)


def convert_quat(quat, to="xyzw"):
    return torch.Tensor(np.roll(quat._array, -1 if to == "xyzw" else 1, -1), quat.device)
