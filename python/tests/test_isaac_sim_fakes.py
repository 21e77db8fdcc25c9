"""The fakes of Isaac Sim's renderer are as demanding as the sources in their headers say."""

from __future__ import annotations

import pytest
from fake_isaac import play
from isaac_sim_runs import GENERATIONS, SCENE

pytest.importorskip("mujoco")

OPENED = f"""
import numpy as np
from isaacsim import SimulationApp
app = SimulationApp({{"headless": True}})
from fake_engine import open_scene
from fake_engine.fabric import Fabric
from fake_engine.open_scene import OpenScene
assert open_scene.open_file({str(SCENE)!r})
for _ in range(3): app.update()
from isaacsim.core.simulation_manager import SimulationManager
import omni.timeline
def physics():
    omni.timeline.get_timeline_interface().play()
    open_scene.initialise()
def camera():
    global rep, data
    import omni.replicator.core as rep
    product = rep.create.render_product("/World/Crane/boom/eye", (16, 12))
    rgb = rep.AnnotatorRegistry.get_annotator("rgb", device="cpu")
    rgb.attach(product)
    data = rgb.get_data
def draw(**how): rep.orchestrator.step(**({{"rt_subframes": 4, "pause_timeline": False, "delta_time": 0.0}} | how))
qpos = lambda: OpenScene.worlds.datas[0].qpos.copy()
def move(): OpenScene.worlds.write_joints("crane", np.array([[1.0, 0, 0, 0, 0]]), None, [0])
"""
every_generation = pytest.mark.parametrize("generation", GENERATIONS)


def said(generation: str, script: str, **options) -> str:
    finished = play(generation, script, close="return", **options)
    return finished.stdout + finished.stderr


@every_generation
@pytest.mark.parametrize("module", ["omni.replicator.core", "omni.physxfabric", "pxr.UsdGeom"])
def test_nothing_of_the_renderer_is_there_before_kit(generation, module):
    assert "Kit was not started" in said(generation, f"import isaacsim, {module}")


@every_generation
def test_fabric_is_there_once_it_is_enabled(generation):
    script = "\nSimulationManager.enable_fabric(True)\nimport omni.physxfabric\nprint('there')"
    assert "there" in said(generation, OPENED + script)
    assert "No module named 'omni.physxfabric'" in said(generation, OPENED + "\nimport omni.physxfabric")


@every_generation
def test_the_first_frames_are_empty_and_then_black(generation):
    script = """
physics(); camera()
assert data().shape == (0,)
draw(); assert data().shape == (0,)
for _ in range(2): draw(); assert data().shape == (12, 16, 4) and not data().any()
draw(); assert data()[..., :3].any() and data().dtype == np.uint8
print("seen")
"""
    assert "seen" in said(generation, OPENED + script)


@every_generation
def test_a_frame_moves_physics_and_stops_the_timeline_unless_told_otherwise(generation):
    script = """
physics(); camera()
before = qpos()
draw(); assert np.array_equal(before, qpos()) and omni.timeline.get_timeline_interface().is_playing()
draw(delta_time=None); assert not np.array_equal(before, qpos())
draw(pause_timeline=True); assert not omni.timeline.get_timeline_interface().is_playing()
print("moved")
"""
    assert "moved" in said(generation, OPENED + script)


@every_generation
@pytest.mark.parametrize(
    ("when", "how", "seen"),
    [
        ("before", "force_update", True),
        ("before", "update", False),
        ("after", "force_update", False),
        ("never", "", False),
    ],
)
def test_what_was_written_is_seen_only_once_it_was_carried_to_fabric(generation, when, how, seen):
    enable = "SimulationManager.enable_fabric(True)\n"
    script = f"""
{enable if when == "before" else ""}physics(); camera()
{enable if when == "after" else ""}for _ in range(4): draw()
open_scene.step()
{"import omni.physxfabric; omni.physxfabric.get_physx_fabric_interface().force_update(0, 0)" if how else ""}
draw(); move()
{f"omni.physxfabric.get_physx_fabric_interface().{how}(0, 0)" if how else ""}
draw(); print("seen" if np.array_equal(Fabric.qpos, qpos()) else "as before")
"""
    assert ("seen" if seen else "as before") in said(generation, OPENED + script)


@every_generation
def test_a_frame_without_subframes_has_a_ghost_of_the_last(generation):
    script = """
SimulationManager.enable_fabric(True)
physics(); camera()
import omni.physxfabric
for _ in range(4): draw()
move(); omni.physxfabric.get_physx_fabric_interface().force_update(0, 0)
draw(rt_subframes=-1); ghost = data().copy()
draw(); assert not np.array_equal(ghost, data())
print("gone")
"""
    assert "gone" in said(generation, OPENED + script)
