"""Mirrors `pxr.UsdShade`: the fake stages hold no materials."""


class MaterialBindingAPI:
    def __init__(self, prim):
        self._prim = prim

    def ComputeBoundMaterial(self):
        return None, None
