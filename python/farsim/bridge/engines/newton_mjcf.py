"""A live Newton model as MJCF: one world of it, under the scene's own names and in that world's axes."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from .mjcf_look import add_framing, add_look

_FILE = "scene.xml"
_PLACED = ("body", "geom", "site", "camera", "light")
# newton.ShapeFlags.VISIBLE
_VISIBLE = 1
_NUMBERED = re.compile(r"_(\d+)$")
Element = ElementTree.Element


def newton_mjcf(
    model: Any,
    origin: Sequence[float] = (0.0, 0.0, 0.0),
    axes: Mapping[str, str] | None = None,
    seen: Collection[str] | None = None,
) -> tuple[str, dict[str, bytes]]:
    """The path to open and its one file. `origin` is where the first world's axes lie, metres: Newton writes
    that world alone, with its origin baked in, and mangles the names of bodies and joints. `axes` names the
    axes of joints that have several, by what they are mangled to. `seen` has the labels of the shapes that
    the scene shows; left out: what Newton itself draws, which are no colliders where a body has other shapes.
    """
    import mujoco
    from newton.solvers import SolverMuJoCo

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, _FILE)
        SolverMuJoCo(model, save_to_mjcf=path, skip_visual_only_geoms=False)
        root = ElementTree.parse(path).getroot()
    paint(root, model)
    labels = enumerate(model.shape_label)
    show(root, _drawn(model) if seen is None else {shape for shape, label in labels if label in seen})
    rename(root, [*model.joint_label, *model.body_label, *model.shape_label], axes or {})
    world = root.find("worldbody")
    move_to_origin(world, origin)
    fix_bases(world)
    add_look(root)
    add_framing(root, mujoco)
    return _FILE, {_FILE: ElementTree.tostring(root, encoding="utf-8")}


def paint(root: Element, model: Any) -> None:
    """Gives geoms the colours of the shapes whose number their names end with; planes become endless."""
    colours, opacities = model.shape_color.numpy(), model.shape_opacity.numpy()
    scales = model.shape_scale.numpy()
    for geom in root.iter("geom"):
        numbered = _NUMBERED.search(geom.get("name", ""))
        if numbered is None:
            continue
        shape = int(numbered[1])
        geom.set("rgba", " ".join(f"{channel:.4g}" for channel in (*colours[shape], opacities[shape])))
        if geom.get("type") == "plane" and not scales[shape].any():
            geom.set("size", "0 0 0.1")


def show(root: Element, drawn: Collection[int]) -> None:
    """Of a body's geoms those are seen whose shapes are drawn; all of them where none is."""
    for body in root.iter("body"):
        geoms = body.findall("geom")
        shown = [geom for geom in geoms if _shape_of(geom) in drawn]
        for geom in geoms:
            geom.attrib.pop("group", None)
            if shown and geom not in shown:
                geom.set("group", "3")


def _shape_of(geom: Element) -> int:
    numbered = _NUMBERED.search(geom.get("name", ""))
    return int(numbered[1]) if numbered else -1


def _drawn(model: Any) -> set[int]:
    return {shape for shape, flags in enumerate(model.shape_flags.numpy()) if flags & _VISIBLE}


def rename(root: Element, labels: Iterable[str], axes: Mapping[str, str]) -> None:
    """`_World_envs_env_0_Robot_…_panda_joint1` becomes `panda_joint1`, where only one of its kind would."""
    leaf = {**{label.replace("/", "_"): label.rpartition("/")[2] for label in labels}, **axes}
    names = {}
    for kind in ("body", "joint", "geom", "site", "mesh"):
        elements = [element for element in root.iter(kind) if element.get("name")]
        short = [_short_name(element.get("name", ""), leaf) for element in elements]
        for element, name in zip(elements, short, strict=True):
            if short.count(name) == 1:
                names[element.get("name", "")] = name
                element.set("name", name)
    for element in root.iter():
        for key, value in element.attrib.items():
            if key not in ("name", "file", "class") and value in names:
                element.set(key, names[value])


def _short_name(name: str, leaf: dict[str, str]) -> str:
    # geoms keep the slashes of their labels
    return leaf.get(name) or name.removeprefix("/World/").removeprefix("envs/env_0/")


def move_to_origin(world: Element, origin: Sequence[float]) -> None:
    for element in world:
        if element.tag in _PLACED and element.get("type") != "plane":
            place = [float(number) for number in (element.get("pos") or "0 0 0").split()]
            element.set("pos", " ".join(repr(a - float(b)) for a, b in zip(place, origin, strict=True)))


def fix_bases(world: Element) -> None:
    """Newton makes a fixed base a mocap body, which may carry no joints elsewhere."""
    for body in world.findall("body"):
        if body.get("mocap") == "true" and body.find(".//joint") is not None:
            del body.attrib["mocap"]
