"""Mirrors Isaac Lab 2.3.2.post1 (its wheel was read on 2026-11-25). Only `isaaclab.app` may be imported before the start."""
