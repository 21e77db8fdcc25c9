"""Mirrors the pip build of `isaacsim` (isaac.md 1.3 and 2): importing it asks for the licence; `SimulationApp` is the only thing to import before the start."""

import importlib
import pkgutil

from fake_engine import kit_process as _kit

# what a flavour has besides lies elsewhere on the path
__path__ = pkgutil.extend_path(__path__, __name__)

_kit.accept_licence()


class SimulationApp:
    def __init__(self, launch_config=None, experience=""):
        _kit.start_kit()
        importlib.import_module("omni.kit.app")
        self.config = dict(launch_config or {})

    def update(self):
        _kit.update_kit()

    def is_running(self):
        return _kit.KitProcess.running

    def close(self, wait_for_replicator=True, skip_cleanup=False, exit_code=0):
        _kit.close_kit(exit_code)


class SimulationAppOfFive(SimulationApp):
    """5.0 knows neither `skip_cleanup` nor `exit_code`, 5.1 only the first."""

    def close(self, wait_for_replicator=True):
        _kit.close_kit()


import fake_flavour as _flavour  # noqa: E402

if _flavour.ISAAC_SIM < 6:
    SimulationApp = SimulationAppOfFive
