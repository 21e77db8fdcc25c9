"""What an MJCF needs to be looked at: a sky, a floor with a grid, lights and a camera's distance."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

Element = ElementTree.Element
_LONGEST_TRAVEL = 1.0
_ELEVATION = -20.0


def add_look(root: Element) -> None:
    """Adds to an MJCF what it has none of; what it has stays. Physics does not change."""
    world = root.find("worldbody")
    if world is None:
        return
    planes = [geom for geom in world.findall("geom") if geom.get("type") == "plane"]
    if root.find("asset/texture[@type='skybox']") is None:
        texture = {"type": "skybox", "builtin": "gradient", "rgb1": ".55 .65 .78", "rgb2": ".93 .95 .98"}
        _add(root, "asset", "texture", {**texture, "width": "64", "height": "384"})
    if planes and root.find("asset/material") is None:
        _add_grid(root, planes)
    if world.find(".//light") is None:
        light = {"directional": "true", "pos": "0 0 4", "dir": "-0.45 0.35 -0.85", "diffuse": ".65 .65 .65"}
        ElementTree.SubElement(world, "light", {**light, "specular": ".2 .2 .2", "castshadow": "true"})
        _add(root, "visual", "headlight", {"ambient": ".38 .38 .38", "diffuse": ".28 .28 .28"})


def add_framing(root: Element, mujoco: Any) -> None:
    """Makes the free camera look at what moves, as it stands at first, from as far away as its size asks, and
    another go along with what walks away.
    """
    if root.find("statistic") is not None:
        return
    import numpy as np

    model = mujoco.MjModel.from_xml_string(ElementTree.tostring(root, encoding="unicode"))
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    moving = model.body_weldid[model.geom_bodyid] > 0
    if not moving.any():
        return
    reach = model.geom_rbound[moving, None]
    low, high = (data.geom_xpos[moving] - reach).min(0), (data.geom_xpos[moving] + reach).max(0)
    for joint in range(model.njnt):
        if model.jnt_type[joint] == mujoco.mjtJoint.mjJNT_SLIDE and model.jnt_limited[joint]:
            travel = min(float(np.ptp(model.jnt_range[joint])) / 2, _LONGEST_TRAVEL)
            low, high = low - travel * np.abs(data.xaxis[joint]), high + travel * np.abs(data.xaxis[joint])
    center = " ".join(f"{number:.4g}" for number in (low + high) / 2)
    span = high - low
    extent = max(0.95 * float(np.max(span)), 0.1)
    root.append(ElementTree.Element("statistic", {"center": center, "extent": f"{extent:.4g}"}))
    # from the side that shows most of it
    azimuth = 180.0 if span[1] > 1.2 * span[0] else 140.0
    _add(root, "visual", "global", {"azimuth": f"{azimuth:g}", "elevation": f"{_ELEVATION:g}"})
    _follow(root, np.radians(azimuth), np.radians(_ELEVATION), 1.8 * extent)


def _follow(root: Element, azimuth: float, elevation: float, distance: float) -> None:
    """Gives the first robot with a floating base a camera that goes along with it."""
    import numpy as np

    world = root.find("worldbody")
    for body in [] if world is None or root.find(".//camera") is not None else world.findall("body"):
        free = body.find("freejoint") is not None or body.find("joint[@type='free']") is not None
        if not free or body.find("body") is None:
            continue
        forward = np.array([np.cos(azimuth), np.sin(azimuth), 0]) * np.cos(elevation)
        forward[2] = np.sin(elevation)
        right = np.array([np.sin(azimuth), -np.cos(azimuth), 0])
        axes = " ".join(f"{number:.5g}" for number in (*right, *np.cross(right, forward)))
        place = " ".join(f"{number:.5g}" for number in -distance * forward)
        camera = {"name": "follow", "mode": "track", "pos": place, "xyaxes": axes}
        body.append(ElementTree.Element("camera", camera))
        return


def _add_grid(root: Element, planes: list[Element]) -> None:
    texture = {
        "type": "2d",
        "name": "farsim_grid",
        "builtin": "checker",
        "rgb1": ".36 .4 .45",
        "rgb2": ".31 .35 .4",
    }
    edge = {"mark": "edge", "markrgb": ".45 .49 .54", "width": "256", "height": "256"}
    _add(root, "asset", "texture", {**texture, **edge})
    material = {"name": "farsim_grid", "texture": "farsim_grid", "texuniform": "true", "texrepeat": "1 1"}
    _add(root, "asset", "material", material)
    for plane in planes:
        plane.attrib.pop("rgba", None)
        plane.set("material", "farsim_grid")


def _add(root: Element, section: str, tag: str, attributes: dict[str, str]) -> None:
    holder = root.find(section)
    if holder is None:
        holder = ElementTree.Element(section)
        root.insert(0, holder)
    ElementTree.SubElement(holder, tag, attributes)
