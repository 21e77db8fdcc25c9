"""Mirrors `omni.physics.tensors`: the kinds of degrees of freedom."""

import enum


class DofType(enum.Enum):
    Rotation = 0
    Translation = 1
