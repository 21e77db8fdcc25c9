"""Mirrors isaac.md 1.1: `omni` is there once Kit runs."""

from fake_engine.kit_process import require_started

require_started("omni")
