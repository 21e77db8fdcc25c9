"""Mirrors `isaaclab.app` of 3.0.0: `launch_simulation` starts Kit for PhysX and for Kit cameras and is nothing on Newton, where `pxr`
is of the package usd-core; its end closes the app with the
block's exit status. `AppLauncher` is a shim that always starts Kit.
"""

import contextlib
import sys
import traceback

from fake_engine.kit_process import KitProcess
from fake_engine.physics_cfgs import NewtonCfg
from fake_engine.simulation import SimulationContext
from fake_engine.three_launcher import start_app

_LINE = "[ISAACLAB] KitLauncher initialization complete"


class AppLauncher:
    def __init__(self, launcher_args=None):
        self.app = start_app(dict(launcher_args or {}), _LINE)


@contextlib.contextmanager
def launch_simulation(cfg, launcher_args=None):
    given = launcher_args if launcher_args is not None else {}
    if given.get("visualizer") not in (None, ["none"]) or "headless" in given:
        print("fake: visualizers are asked for", file=sys.stderr)
    if cfg.scene.camera:
        given["enable_cameras"] = True
    app = None
    if not isinstance(cfg.sim.physics, NewtonCfg) or cfg.scene.camera:
        app = start_app(given, _LINE)
    else:
        KitProcess.has_usd = True
    SimulationContext.cameras_enabled = bool(given.get("enable_cameras"))
    status = 0
    try:
        yield cfg.sim.physics
    except KeyboardInterrupt:
        status = 130
        raise
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else int(left.code is not None)
        raise
    except Exception:
        status = 1
        traceback.print_exc()
        raise
    finally:
        if app is not None:
            app.update()
            app.close(exit_code=status)
