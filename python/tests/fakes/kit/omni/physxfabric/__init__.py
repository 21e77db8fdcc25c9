"""Mirrors `omni.physxfabric`: there once the extension `omni.physx.fabric` is enabled."""

from fake_engine import fabric
from fake_engine.main_thread import require_main_thread
from fake_engine.open_scene import OpenScene

if not fabric.Fabric.enabled:
    raise ModuleNotFoundError("No module named 'omni.physxfabric'", name="omni.physxfabric")


class PhysxFabric:
    def update(self, current_time, dt):
        require_main_thread("fabric.update()")
        fabric.update(OpenScene.worlds, force=False)

    def force_update(self, dt, current_time):
        require_main_thread("fabric.force_update()")
        fabric.update(OpenScene.worlds, force=True)


def get_physx_fabric_interface():
    return PhysxFabric()
