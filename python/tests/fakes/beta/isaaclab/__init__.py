"""Mirrors the Isaac Lab 3.0 betas, from isaac.md and `interactive_scene.py` and `sim_launcher.py` of early 2026 (read on 2026-11-25)."""
