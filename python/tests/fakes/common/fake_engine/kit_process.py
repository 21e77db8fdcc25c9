"""Mirrors isaac.md 1.1, 1.3, 1.9 and section 2: how Kit starts and ends inside a Python process."""

import ctypes
import os
import sys
import time

from .main_thread import require_main_thread
from .options import option

_EXTENSIONS = ("omni.kit.async_engine-0.0.1", "omni.client-1.2.2", "omni.physx-106.5.7", "omni.kit.viewport.window-107.0.6")
_KITS_OWN = ("omni", "pxr", "carb")
_KNOWN_WORDS = ("--/", "--enable", "--ext-folder", "--no-window", "--portable", "--verbose", "--info", "--vulkan")


class KitProcess:
    """One a process: whether Kit runs in it."""

    running = False
    has_usd = False
    """`pxr` is there without Kit."""
    stage_is_used = False
    """An env was made on the stage that is open."""
    updates = 0
    listeners = ()
    """Functions that are called at each update."""


def native_print(line):
    """As Kit's own code prints: past sys.stdout, which may be closed to it."""
    os.write(1, f"{line}\n".encode())


def require_started(module):
    """What Kit brings is found only once it runs."""
    if not KitProcess.running:
        raise ModuleNotFoundError(f"No module named '{module}' (fake: Kit was not started)", name=module)


def accept_licence():
    """The pip build asks when `isaacsim` is imported, until Yes is said."""
    accepted = os.environ.get("OMNI_KIT_ACCEPT_EULA", "").lower() in ("y", "yes", "1", "true")
    while not accepted:
        print("By installing or using Isaac Sim, I agree to the terms of its licence agreement.")
        accepted = input("Do you accept the EULA? (Yes/No): ").strip().lower() in ("y", "yes")


def start_kit():
    """Raises when Isaac modules were loaded too early, or sys.argv holds words that are not Kit's."""
    require_main_thread("SimulationApp()")
    if KitProcess.running:
        raise RuntimeError("fake: Kit runs already in this process")
    early = sorted(name for name in sys.modules if name.partition(".")[0] in _KITS_OWN or "lab" in name)
    if early:
        native_print(
            f"[Warning] [omni.isaac.kit] Modules: {early} were loaded before SimulationApp was started and might not be loaded correctly."
        )
        raise RuntimeError(f"fake: {early} were loaded before SimulationApp was started")
    strange = [word for word in sys.argv[1:] if not word.startswith(_KNOWN_WORDS)]
    if strange:
        raise RuntimeError(f"fake: Kit reads sys.argv and does not know {strange}")
    if len(sys.argv) > 1:
        native_print(f"[Info] [omni.kit.app] arguments: {' '.join(sys.argv[1:])}")
    pause = option("start_seconds", 0.0) / len(_EXTENSIONS)
    native_print("Loading experience file: isaacsim.exp.base.python.kit")
    for number, extension in enumerate(_EXTENSIONS):
        time.sleep(pause)
        native_print(f"[{number * 1.5 + 0.2:.3f}s] [ext: {extension}] startup")
    native_print("[Warning] [omni.usd_config.extension] Enable omni.materialx.libs extension to use MaterialX")
    native_print("[Error] [omni.physx.tensors.plugin] Failed to get a valid attached USD stage id")
    native_print("[7.412s] app ready")
    native_print("[8.020s] Simulation App Startup Complete")
    KitProcess.running, KitProcess.stage_is_used = True, False


def update_kit():
    require_main_thread("app.update()")
    KitProcess.updates += 1
    for listener in KitProcess.listeners:
        listener()


def close_kit(exit_code=0):
    """Ends the process as fast shutdown does: Python neither unwinds nor flushes. FAKE_ISAAC's `close` says otherwise."""
    require_main_thread("app.close()")
    way = option("close", "exit")
    native_print("[12.006s] Simulation App Shutting Down")
    if way == "hang":
        while True:
            time.sleep(0.1)
    if way == "hang_holding_gil":
        # a PyDLL call keeps the interpreter's lock: no other Python thread runs any more
        ctypes.PyDLL(None).sleep(3600)
    KitProcess.running = False
    # so that a test may start another in this process, which no real one can
    for name in [name for name in sys.modules if name.partition(".")[0] in _KITS_OWN]:
        del sys.modules[name]
    if "isaacsim.core.api" in sys.modules:
        sys.modules["isaacsim.core.api"].World.clear_instance()
    if way == "exit":
        os._exit(exit_code)
