"""Mirrors Isaac Lab 3.0.0 (its wheel was read on 2026-11-25), the part that needs Kit; without Kit the real one runs in CI."""
