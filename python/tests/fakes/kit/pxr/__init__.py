"""Mirrors isaac.md 1.1: `pxr` comes with Kit and is not there before."""

from fake_engine.kit_process import require_started

require_started("pxr")
