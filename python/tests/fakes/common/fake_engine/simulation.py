"""`SimulationContext`. Mirrors `isaaclab/sim/simulation_context.py` of 2.3.2.post1: one a process; `forward` brings link poses up to date; rendering needs
cameras that were enabled at the start.
"""

from .kit_process import KitProcess, update_kit
from .main_thread import require_main_thread


class SimulationContext:
    _instance = None
    cameras_enabled = False
    """Said by the launcher."""

    def __init__(self, cfg):
        require_main_thread("SimulationContext()")
        if SimulationContext._instance is not None:
            raise RuntimeError("Simulation context already exists. Cannot create a new one.")
        if KitProcess.running and KitProcess.stage_is_used:
            raise RuntimeError("fake: the stage still holds the prims of the env before")
        KitProcess.stage_is_used = True
        SimulationContext._instance = self
        self.cfg, self.device = cfg, cfg.device
        self.worlds, self.scene, self.renders = None, None, 0

    def step(self, render=True):
        require_main_thread("sim.step()")
        self.worlds.step()

    def forward(self):
        require_main_thread("sim.forward()")
        self.scene.update(0.0)

    def render(self):
        self.renders += 1
        if KitProcess.running:
            update_kit()

    def has_rtx_sensors(self):
        return bool(self.scene.sensors)

    def has_gui(self):
        return False

    @classmethod
    def clear_instance(cls):
        cls._instance = None
