"""The scene as MJCF with its meshes and textures, in the axes of one env."""

import os
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np

from farsim.bridge.adapter import AdapterError

_ENTRY = "scene.xml"
_FOLDER = "assets"
_OPTIONS = (
    "timestep", "impratio", "gravity", "iterations", "tolerance", "ls_iterations", "ls_tolerance",
    "ccd_iterations", "integrator", "cone", "jacobian", "solver", "disableflags", "enableflags",
)  # fmt: skip
_FILE_KEYS = ("file", "fileright", "fileleft", "fileup", "filedown", "filefront", "fileback")


def scene_files(mujoco, env, origin):
    """The path to open, and the files. The scene's own spec lacks the task's solver settings, which are put
    in; its terrain lies in the world, and is moved to where the env sees it.
    """
    from mjlab.utils.xml import fix_spec_xml

    spec = env.scene.spec.copy()
    options = env.sim.mj_model.opt
    for name in _OPTIONS:
        setattr(spec.option, name, getattr(options, name))
    if env.scene.terrain is not None:
        ground = spec.body("terrain")
        ground.pos = ground.pos - origin
    flatten_textures(mujoco, spec)
    root = ElementTree.fromstring(fix_spec_xml(spec.to_xml(), meshdir=_FOLDER))
    compiler = root.find("compiler")
    compiler.set("texturedir", _FOLDER)
    fix_bases(root.find("worldbody"))
    files = dict(take_assets(root, env.scene.entities))
    return _ENTRY, {**files, _ENTRY: ElementTree.tostring(root, encoding="utf-8")}


def fix_bases(world):
    """mjlab hangs fixed bases on mocap bodies, to place them in each env: here they are fixed."""
    for body in world.findall("body"):
        if body.get("mocap") == "true" and body.find(".//joint") is not None:
            del body.attrib["mocap"]


def flatten_textures(mujoco, spec):
    """MJCF cannot hold pixels that were made in memory, as a terrain's are: their mean colour stays."""
    for texture in spec.textures:
        if len(texture.data) == 0:
            continue
        pixels = np.frombuffer(bytes(texture.data), np.uint8).reshape(-1, texture.nchannel)
        texture.data = b""
        texture.builtin = mujoco.mjtBuiltin.mjBUILTIN_FLAT
        texture.rgb1 = texture.rgb2 = pixels[:, :3].mean(axis=0) / 255
        texture.width = texture.height = 8


def take_assets(root, entities):
    """Every file that the XML names, from the folder of the entity that its name begins with; entities may
    have files of one name, so each gets a folder.
    """
    specs = {}
    for element in root.find("asset") or ():
        owner = element.get("name", "").partition("/")[0]
        entity = entities.get(owner)
        if entity and owner not in specs:
            specs[owner] = source_spec(entity)
        for key in _FILE_KEYS:
            named = element.get(key)
            if named:
                placed = f"{owner if entity else 'scene'}/{os.path.basename(named)}"
                element.set(key, placed)
                yield f"{_FOLDER}/{placed}", asset_bytes(specs.get(owner), element.tag, named)


def source_spec(entity):
    """Where its files lie: a fixed base is wrapped in another spec, which has forgotten that."""
    make = getattr(entity.cfg, "spec_fn", None)
    return make() if callable(make) else entity.spec


def asset_bytes(spec, kind, named):
    """Raises FILE_NOT_FOUND."""
    folder = None
    if spec is not None:
        for key, data in spec.assets.items():
            if key == named or key.replace("\\", "/").endswith(f"/{named}"):
                return data
        folder = Path(spec.modelfiledir or ".", spec.texturedir if kind == "texture" else spec.meshdir)
    try:
        return Path(folder or ".", named).read_bytes()
    except OSError as error:
        raise AdapterError(
            "FILE_NOT_FOUND",
            f"the scene names {named}, and {Path(folder or '.', named)} cannot be read: {error.strerror}",
        ) from error
