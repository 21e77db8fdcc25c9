"""Mirrors `isaacsim.core.api.World` (deprecated in 6.0, 045ca8b5): it sets the stage's units, 1.0 when none are given; `reset` plays and initialises; `step` is one physics step, and
an update too when it renders. On a GPU the `numpy` backend becomes `torch`.
"""

import omni.timeline
from fake_engine import open_scene
from fake_engine.kit_process import require_started
from fake_engine.open_scene import OpenScene
from isaacsim.core.simulation_manager import SimulationManager

require_started("omni.usd")


class World:
    _instance = None

    def __init__(
        self, physics_dt=None, rendering_dt=None, stage_units_in_meters=None, backend="numpy", device=None
    ):
        if World._instance is not None:
            raise Exception("there is a World already")
        World._instance = self
        OpenScene.stage.meters_per_unit = 1.0 if stage_units_in_meters is None else stage_units_in_meters
        OpenScene.dt = physics_dt or 1 / 60
        OpenScene.device = device or "cpu"
        if "cuda" in OpenScene.device:
            SimulationManager.enable_fabric(True)
        self.backend = "torch" if "cuda" in OpenScene.device and backend == "numpy" else backend

    def reset(self, soft=False):
        omni.timeline.get_timeline_interface().play()
        open_scene.initialise()

    def step(self, render=True, step_sim=True, update_fabric=False):
        # nothing moves while the timeline stands
        if omni.timeline.get_timeline_interface().is_playing():
            open_scene.step()

    def get_physics_dt(self):
        return OpenScene.dt

    @classmethod
    def clear_instance(cls):
        cls._instance = None
