"""Mirrors isaac.md 1.1: `pxr` comes with Kit and is not there before; without Kit it is usd-core's."""

from fake_engine.kit_process import KitProcess, require_started

if not KitProcess.has_usd:
    require_started("pxr")
