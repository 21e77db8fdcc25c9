"""What the launchers of Isaac Lab 3 share. Mirrors `isaaclab_physx/app/kit_launcher.py` of 3.0.0 and `app_launcher.py` of the betas: modules that match `.*lab.*` are away
during the start, `sys.stdout` is null and then `sys.__stdout__`, Kit's arguments come from `sys.argv` and leave it, a line on `sys.__stderr__` ends it, `close`
is registered with atexit, and SIGINT is Python's own again.
"""

import atexit
import os
import re
import signal
import sys

from .options import option
from .simulation import SimulationContext


def start_app(given, farewell_line):
    """The SimulationApp."""
    if option("no_isaac_sim"):
        line = "[ERROR] Isaac Sim is not installed or not found on PYTHONPATH."
        print(line, file=sys.stderr, flush=True)
        raise SystemExit(1)
    # the real module imports it at its top: the licence is asked for while stdout is still there
    from isaacsim import SimulationApp

    kit_args = given.get("kit_args", "").split()
    SimulationContext.cameras_enabled = bool(given.get("enable_cameras"))
    sys.argv += kit_args
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if re.match(".*lab.*", name)}
    if "--verbose" not in sys.argv and "--info" not in sys.argv:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    app = SimulationApp(given)
    sys.stdout = sys.__stdout__
    sys.modules.update(hidden)
    sys.argv = [word for word in sys.argv if word not in kit_args]
    print(farewell_line, file=sys.__stderr__, flush=True)
    atexit.register(app.close)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return app
