"""Mirrors `SimulationManager` of 5.1: there, without `setup_simulation`; `is_fabric_enabled` wants an argument that it does not read."""

from fake_engine import fabric, open_scene
from fake_engine.open_scene import OpenScene


class SimulationManager:
    @classmethod
    def enable_fabric(cls, enable):
        fabric.enable(enable, OpenScene.initialised)

    @classmethod
    def is_fabric_enabled(cls, enable):
        return fabric.Fabric.enabled

    @classmethod
    def get_physics_sim_view(cls):
        return SimulationView() if OpenScene.initialised else None


class SimulationView:
    def update_articulations_kinematic(self):
        open_scene.update_articulations_kinematic()
