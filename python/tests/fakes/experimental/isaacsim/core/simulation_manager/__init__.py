"""Mirrors `isaacsim.core.simulation_manager.SimulationManager` of 6.0 (045ca8b5): class methods, keywords only."""

from fake_engine import fabric, open_scene
from fake_engine.kit_process import require_started
from fake_engine.open_scene import OpenScene

require_started("omni.physics")


class SimulationManager:
    @classmethod
    def setup_simulation(cls, dt=None, device=None):
        if dt is not None:
            OpenScene.dt = dt
        if device is not None:
            OpenScene.device = str(device)
            if "cuda" in OpenScene.device:
                cls.enable_fabric(True)

    @classmethod
    def enable_fabric(cls, enable):
        fabric.enable(enable, OpenScene.initialised)

    @classmethod
    def is_fabric_enabled(cls):
        return fabric.Fabric.enabled

    @classmethod
    def step(cls, *, steps=1, callback=None, update_fabric=False):
        for number in range(steps):
            open_scene.step()
            if callback is not None and callback(number + 1, steps) is False:
                break

    @classmethod
    def get_physics_dt(cls, physics_scene=None):
        return OpenScene.dt

    @classmethod
    def get_active_physics_engine(cls):
        return "physx"

    @classmethod
    def get_physics_simulation_view(cls):
        return SimulationView() if OpenScene.initialised else None


class SimulationView:
    def update_articulations_kinematic(self):
        open_scene.update_articulations_kinematic()
