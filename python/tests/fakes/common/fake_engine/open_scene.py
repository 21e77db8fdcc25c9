"""The one scene that a standalone Isaac Sim has open. Mirrors, of Isaac Sim at commit 045ca8b5 (2026-06-22): `stage.open_stage`, the timeline that starts physics (and steps
it once), `app.update()` that steps it while the timeline plays, and physics views whose link poses are old until a step or `update_articulations_kinematic`.
"""

import os
import re
from pathlib import Path

from . import fabric
from .kit_process import KitProcess
from .main_thread import require_main_thread
from .physics_worlds import PhysicsWorlds
from .task_cfgs import ROBOTS
from .usd_camera import put_cameras
from .usd_shapes import put_shapes
from .usd_stage import UsdStage

_ENTITY = re.compile(r"(\w+)=(\S+?)@(\S+?),(\S+?),(\S+)")


class OpenScene:
    worlds = None
    stage = None
    dt = 1 / 60
    device = "cpu"
    initialised = False
    body_poses: dict
    updates_to_load = 0
    """What the stage refers to is not there before so many updates."""


def open_file(path):
    """False where there is no such file, as the real one. The file's own layer data say which MJCFs stand for its robots."""
    require_main_thread("open_stage()")
    if not str(path).endswith((".usd", ".usda", ".usdc")):
        raise ValueError(f"The file ({path}) is not USD open-able")
    if not os.path.exists(path):
        return False
    text = Path(path).read_text()
    listed = re.search(r'fakeEntities = "([^"]*)"', text)[1]
    entities = {
        name: (ROBOTS / file, [float(number) for number in place], str)
        for name, file, *place in _ENTITY.findall(listed)
    }
    OpenScene.worlds = PhysicsWorlds(entities, 1, OpenScene.dt, 0.0)
    OpenScene.stage = UsdStage.of_scene(
        OpenScene.worlds,
        "/World",
        meters_per_unit=float(re.search(r"metersPerUnit = (\S+)", text)[1]),
        up_axis=re.search(r'upAxis = "(\w)"', text)[1],
    )
    put_shapes(OpenScene.stage, OpenScene.worlds, "/World")
    put_cameras(OpenScene.stage, re.search(r'fakeCameras = "([^"]*)"', text)[1])
    fabric.begin(OpenScene.worlds)
    OpenScene.initialised = False
    OpenScene.updates_to_load = 3
    if _update not in KitProcess.listeners:
        KitProcess.listeners = (*KitProcess.listeners, _update)
    return True


def step(count=1, by_app=False):
    require_main_thread("a physics step")
    require_initialised("step")
    OpenScene.worlds.model.opt.timestep = OpenScene.dt
    for _ in range(count):
        OpenScene.worlds.step()
    update_articulations_kinematic()
    fabric.after_step(OpenScene.worlds, by_app)


def update_articulations_kinematic():
    OpenScene.worlds.forward()
    OpenScene.body_poses = {name: OpenScene.worlds.body_poses(name) for name in OpenScene.worlds.robots}


def initialise():
    """What playing does; the real one simulates once."""
    if OpenScene.updates_to_load > 0:
        raise RuntimeError("fake: the stage was still loading when physics began")
    if not OpenScene.initialised:
        OpenScene.initialised = True
        step()


def require_initialised(what):
    assert OpenScene.initialised, f"{what}: the physics tensor entity is not initialized: play the timeline first"


def _update():
    # there only once Kit runs
    import omni.timeline

    if OpenScene.updates_to_load > 0:
        OpenScene.updates_to_load -= 1
        return
    if omni.timeline.get_timeline_interface().is_playing() and OpenScene.worlds is not None:
        if OpenScene.initialised:
            step(by_app=True)
        else:
            initialise()


def entity_at(path):
    """Name of the entity at a prim's path, and its body when the path is a link's. Raises ValueError as the real prims do."""
    stage_path = str(path)
    if not OpenScene.stage.GetPrimAtPath(stage_path):
        raise ValueError(f"No prims found matching the specified path(s): {path}")
    for name, robot in OpenScene.worlds.robots.items():
        root = f"/World/{name[:1].upper()}{name[1:]}"
        if stage_path == root:
            return name, 0
        above, _, body = stage_path.rpartition("/")
        if above == root and body in robot.body_names:
            return name, robot.body_names.index(body)
    raise ValueError(f"No prims found matching the specified path(s): {path}")
