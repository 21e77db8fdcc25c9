"""Mirrors `omni.kit.app`: as much as tells that it is there."""
