"""Mirrors `pxr.UsdGeom`: a stage's units and up axis."""


class Tokens:
    y, z = "Y", "Z"


class XformCache:
    pass


def GetStageMetersPerUnit(stage):
    return stage.meters_per_unit


def GetStageUpAxis(stage):
    return stage.up_axis
