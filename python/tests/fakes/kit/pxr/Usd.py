"""Mirrors `pxr.Usd`: the prims at and below one."""


def PrimRange(prim):
    return prim.below()
