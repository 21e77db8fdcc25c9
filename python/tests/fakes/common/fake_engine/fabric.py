"""Fabric, from which the renderer takes where things are. Mirrors `SimulationManager.enable_fabric` of Isaac Sim 5.0, 5.1 and 6.0.1, `omni.physxfabric`, and what
Isaac Lab 2.3.2.post1 and 3.0.0 say of them: without it poses reach the stage with physics steps only; with it `update` carries them after a step, `force_update`
always; enabled once physics began it carries nothing. A write through the tensor views alone reaches no picture (IsaacLab#6394).
"""

import numpy as np


class Fabric:
    enabled = False
    knows_bodies = False
    stepped = False
    qpos = None
    """Of the scene, as the renderer has it."""


def begin(worlds):
    """A stage was opened."""
    Fabric.enabled = Fabric.knows_bodies = Fabric.stepped = False
    Fabric.qpos = worlds.datas[0].qpos.copy()


def enable(wanted, physics_began):
    Fabric.enabled = wanted
    Fabric.knows_bodies = wanted and not physics_began


def after_step(worlds, by_app=False):
    Fabric.stepped = True
    if by_app or not Fabric.enabled:
        _carry(worlds)


def update(worlds, force):
    if Fabric.knows_bodies and (force or Fabric.stepped):
        _carry(worlds)


def _carry(worlds):
    Fabric.stepped = False
    Fabric.qpos = np.copy(worlds.datas[0].qpos)
