"""An MJCF file with every file that it names, by paths relative to the folder that holds them all."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

from ..errors import FarsimError
from ..processes.session_files import cache_folder

_CUBE_SIDES = ("fileright", "fileleft", "fileup", "filedown", "filefront", "fileback")
_MESH_TAGS = frozenset({"mesh", "hfield", "skin", "flexcomp"})


def model_files(path: str, root: str | None = None) -> tuple[str, dict[str, bytes]]:
    """The entry and the files' bytes. Raises PATH_REFUSED for a file that lies outside `root` once links are
    resolved.

    Left out, `root` is the folder that the model was uploaded to, else the parent of the model's folder.
    """
    entry = Path(path).resolve()
    limit = Path(root).resolve() if root else _default_root(entry)
    found: dict[Path, bytes] = {}
    _collect(entry, limit, found, set())
    top = Path(os.path.commonpath([file.parent for file in found]))
    return entry.relative_to(top).as_posix(), {
        file.relative_to(top).as_posix(): data for file, data in found.items()
    }


def _default_root(entry: Path) -> Path:
    uploads = (cache_folder() / "files").resolve()
    if uploads in entry.parents:
        return uploads / entry.relative_to(uploads).parts[0]
    return entry.parent.parent


def _collect(model: Path, limit: Path, found: dict[Path, bytes], seen: set[Path]) -> None:
    if model in seen:
        return
    seen.add(model)
    folder = model.parent
    elements = list(_elements(model, folder, limit, found))
    if not elements or elements[0].tag != "mujoco":
        raise FarsimError("UNSUPPORTED", f"{model} is no MJCF file")
    folders = {"meshdir": "", "texturedir": ""}
    strips = False
    for element in elements:
        if element.tag == "compiler":
            both = element.get("assetdir")
            for name in folders:
                folders[name] = element.get(name) or both or folders[name]
            strips = element.get("strippath", str(strips).lower()) == "true"
    for element in elements:
        named = element.get("file")
        if element.tag == "model" and named:
            child = _inside(folder, named, limit, f'<model file="{named}"> in {model}')
            _collect(child, limit, found, seen)
        elif element.tag == "texture":
            for side in ("file", *_CUBE_SIDES):
                _take(element, side, folder / folders["texturedir"], strips, model, limit, found)
        elif element.tag in _MESH_TAGS:
            _take(element, "file", folder / folders["meshdir"], strips, model, limit, found)


def _take(
    element: ElementTree.Element,
    attribute: str,
    folder: Path,
    strips: bool,
    model: Path,
    limit: Path,
    found: dict[Path, bytes],
) -> None:
    named = element.get(attribute)
    if named:
        named = os.path.basename(named) if strips else named
        where = f'<{element.tag} {attribute}="{named}"> in {model}'
        _read(_inside(folder, named, limit, where), where, found)


def _elements(
    file: Path, main_folder: Path, limit: Path, found: dict[Path, bytes]
) -> Iterator[ElementTree.Element]:
    """The elements of a file and of what it includes; includes are relative to the main file's folder."""
    if file in found:
        return
    try:
        root = ElementTree.fromstring(_read(file, f"model {file}", found))
    except ElementTree.ParseError as error:
        raise FarsimError("MODEL_INVALID", f"{file}: {error}") from error
    for element in root.iter():
        yield element
        if element.tag == "include" and element.get("file"):
            named = element.get("file") or ""
            yield from _elements(
                _inside(main_folder, named, limit, f"include in {file}"), main_folder, limit, found
            )


def _inside(folder: Path, named: str, limit: Path, where: str) -> Path:
    target = (folder / named).resolve()
    if os.path.isabs(named) or limit not in target.parents:
        raise FarsimError(
            "PATH_REFUSED", f"{where}: '{named}' leaves {limit}", ["use paths relative to the model"]
        )
    return target


def _read(file: Path, where: str, found: dict[Path, bytes]) -> bytes:
    if file not in found:
        try:
            found[file] = file.read_bytes()
        except OSError as error:
            raise FarsimError(
                "FILE_NOT_FOUND", f"{where}: {file} cannot be read: {error.strerror}"
            ) from error
    return found[file]
