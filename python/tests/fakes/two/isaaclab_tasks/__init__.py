"""Mirrors `isaaclab_tasks` of 2.3.2.post1: importing it imports the cfgs, and those `pxr`; ids end with `-v0`."""

import pxr  # noqa: F401
from fake_engine.task_cfgs import register

register("-v0")
