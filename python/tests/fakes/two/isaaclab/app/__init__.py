"""Mirrors `isaaclab/app/app_launcher.py` of 2.3.2.post1: importing it imports `isaacsim`; while the app is made, modules that match `.*lab.*` are away and
`sys.stdout` is null, `sys.__stdout__` after; Kit's arguments are in `sys.argv` meanwhile; SIGTERM, SIGABRT and SIGSEGV close the app, again and again.
"""

import os
import re
import signal
import sys

from fake_engine.simulation import SimulationContext
from isaacsim import SimulationApp


class AppLauncher:
    def __init__(self, launcher_args=None, **kwargs):
        given = {**(launcher_args or {}), **kwargs}
        kit_args = given.get("kit_args", "").split()
        SimulationContext.cameras_enabled = bool(given.get("enable_cameras") or int(os.environ.get("ENABLE_CAMERAS", "0")))
        sys.argv += kit_args
        hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if re.match(".*lab.*", name)}
        if "--verbose" not in sys.argv and "--info" not in sys.argv:
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        self._app = SimulationApp(given)
        sys.stdout = sys.__stdout__
        sys.modules.update(hidden)
        sys.argv = [word for word in sys.argv if word not in kit_args]
        for number in (signal.SIGTERM, signal.SIGABRT, signal.SIGSEGV):
            signal.signal(number, self._abort_signal_handle_callback)

    @property
    def app(self):
        return self._app

    def _abort_signal_handle_callback(self, number, frame):
        self._app.close()
