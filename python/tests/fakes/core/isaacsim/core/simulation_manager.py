"""Mirrors `SimulationManager` of 5.1: there, without `setup_simulation`."""

from fake_engine import open_scene
from fake_engine.open_scene import OpenScene


class SimulationManager:
    @classmethod
    def get_physics_sim_view(cls):
        return SimulationView() if OpenScene.initialised else None


class SimulationView:
    def update_articulations_kinematic(self):
        open_scene.update_articulations_kinematic()
