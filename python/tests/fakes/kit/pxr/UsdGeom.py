"""Mirrors `pxr.UsdGeom`: units and up axis of a stage, gprims, cameras, places, visibility."""

import numpy as np
from fake_engine.usd_camera import define_camera
from fake_engine.usd_stage import Attribute


class Tokens:
    y, z = "Y", "Z"
    invisible, inherited = "invisible", "inherited"
    default_, render, guide, proxy = "default", "render", "guide", "proxy"


class XformCache:
    def GetLocalToWorldTransform(self, prim):
        return prim.matrix


class _Schema:
    def __init__(self, prim):
        self._prim = prim


class Imageable(_Schema):
    def ComputeVisibility(self):
        return self._prim.GetAttribute("visibility").Get() or Tokens.inherited

    def ComputePurpose(self):
        return self._prim.GetAttribute("purpose").Get() or Tokens.default_


def _schema(name, *attributes):
    """A schema whose `Get…Attr` read and `Create…Attr` write these attributes."""

    def getter(attribute):
        return lambda self: Attribute(self._prim.GetAttribute(attribute).Get())

    def creator(attribute):
        return lambda self, value: self._prim.set(attribute, value)

    made = type(name, (_Schema,), {})
    for attribute in attributes:
        called = attribute[0].upper() + attribute[1:]
        setattr(made, f"Get{called}Attr", getter(attribute))
        setattr(made, f"Create{called}Attr", creator(attribute))
    return made


Gprim = _schema("Gprim", "displayColor")
Cube = _schema("Cube", "size")
Sphere = _schema("Sphere", "radius")
Capsule = _schema("Capsule", "axis", "radius", "height")
Cylinder = _schema("Cylinder", "axis", "radius", "height")
Plane = _schema("Plane", "axis")


class Camera(
    _schema("Camera", "focalLength", "horizontalAperture", "verticalAperture", "clippingRange", "projection")
):
    @classmethod
    def Define(cls, stage, path):
        return cls(define_camera(stage, path))


class Xformable:
    """Of prims right below the root only: local is then world."""

    def __init__(self, schema):
        self._prim = schema._prim

    def AddTransformOp(self):
        return self

    def Set(self, matrix):
        if np.shape(matrix) != (4, 4):
            raise TypeError("a transform op takes a Matrix4d")
        self._prim.matrix = matrix


def GetStageMetersPerUnit(stage):
    return stage.meters_per_unit


def GetStageUpAxis(stage):
    return stage.up_axis
