"""Mirrors `isaaclab_tasks` of Isaac Lab 3: it may be imported before the start."""

from fake_engine.task_cfgs import register

register("-v0")
