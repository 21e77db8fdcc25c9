"""Mirrors `isaaclab/utils/math.py` of 2.3.2.post1: quaternions are wxyz."""

import torch
from fake_engine.usd_robot import rotate


def quat_apply(quat, vec):
    return torch.Tensor(rotate(quat._array, vec._array), vec.device)
