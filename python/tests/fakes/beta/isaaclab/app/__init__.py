"""Mirrors `isaaclab.app` of the betas: `AppLauncher` only; it needs Isaac Sim once it is made, not to be imported."""

from fake_engine.three_launcher import start_app


class AppLauncher:
    def __init__(self, launcher_args=None):
        self.app = start_app(dict(launcher_args or {}), "[ISAACLAB] AppLauncher initialization complete")
