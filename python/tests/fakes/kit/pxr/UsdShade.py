"""Mirrors `pxr.UsdShade`: there; the fake stages hold no materials."""
