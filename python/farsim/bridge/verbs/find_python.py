"""Finds a CPython of one version on this machine: where people have them, and uv's own at last."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from ..errors import FarsimError

_WHICH = 'import platform, sys; print(platform.python_implementation(), "%d.%d.%d" % sys.version_info[:3])'
_CONDA_HOMES = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "miniconda", "anaconda", "conda")
_DOWNLOAD_SECONDS = 600


def find_python(wanted: str, say: Callable[[str], None]) -> tuple[str, str]:
    """An interpreter of CPython `wanted`, such as '3.12', and its whole version.

    In this order: the one that runs this, pythonX.Y on PATH, pyenv's, those of conda environments, uv's, and
    one that uv
    downloads, which `say` tells. Raises PYTHON_NOT_FOUND with all that was tried, CONFIG_INVALID for what is
    no version.
    """
    if not re.fullmatch(r"3\.\d{1,2}", wanted):
        raise FarsimError("CONFIG_INVALID", f"{wanted!r} is no Python version such as '3.12'")
    if platform.python_version_tuple()[:2] == tuple(wanted.split(".")) and _is_cpython():
        return sys.executable, platform.python_version()
    tried: list[str] = []
    seen: set[str] = set()
    for place in (*_on_path(wanted), *_of_pyenv(wanted), *_of_conda(wanted)):
        if place in seen:
            continue
        seen.add(place)
        version, said = _version(place)
        if version and version.startswith(f"{wanted}."):
            return place, version
        tried.append(f"{place} ({said})")
    return _from_uv(wanted, tried, say)


def _is_cpython() -> bool:
    return platform.python_implementation() == "CPython"


def _on_path(wanted: str) -> Iterator[str]:
    for folder in os.get_exec_path():
        place = Path(folder) / f"python{wanted}"
        if os.path.isfile(place) and os.access(place, os.X_OK):
            yield str(place)


def _of_pyenv(wanted: str) -> list[str]:
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    return _newest_first(root.glob(f"versions/{wanted}.*/bin/python{wanted}"))


def _of_conda(wanted: str) -> list[str]:
    """conda lists its environments in ~/.conda/environments.txt; its usual homes are looked at too."""
    homes = [base / name for base in (Path.home(), Path("/opt")) for name in _CONDA_HOMES]
    listed = Path.home() / ".conda/environments.txt"
    prefixes = [Path(line) for line in _lines(listed)]
    for home in homes:
        prefixes += [home, *sorted((home / "envs").glob("*"))]
    return [str(place) for prefix in prefixes if (place := prefix / f"bin/python{wanted}").is_file()]


def _lines(file: Path) -> list[str]:
    try:
        return [line.strip() for line in file.read_text().splitlines() if line.strip()]
    except OSError:
        return []


def _newest_first(places: Iterator[Path]) -> list[str]:
    def numbers(place: Path) -> list[int]:
        return [int(digits) for digits in re.findall(r"\d+", place.parents[1].name)]

    return [str(place) for place in sorted(places, key=numbers, reverse=True)]


def _from_uv(wanted: str, tried: list[str], say: Callable[[str], None]) -> tuple[str, str]:
    uv = shutil.which("uv")
    if not uv:
        raise _not_found(wanted, [*tried, "uv, which could download one, is not there"])
    find = [uv, "python", "find", "--managed-python", "--no-python-downloads", wanted]
    found, _ = _run(find)
    if found is None:
        say(f"downloading Python {wanted} with uv")
        _, said = _run([uv, "python", "install", "--no-bin", wanted], _DOWNLOAD_SECONDS)
        found, _ = _run(find)
        if found is None:
            raise _not_found(wanted, [*tried, f"uv's download ({said})"])
    version, said = _version(found)
    if version is None:
        raise _not_found(wanted, [*tried, f"{found} ({said})"])
    return found, version


def _version(python: str) -> tuple[str | None, str]:
    """The version of a CPython that runs, and what there is to say when it is none."""
    printed, said = _run([python, "-I", "-c", _WHICH])
    if printed is None:
        return None, said
    implementation, version = printed.split()
    return (version, version) if implementation == "CPython" else (None, f"{implementation} {version}")


def _run(command: list[str], seconds: float = 60) -> tuple[str | None, str]:
    """What it printed, None when it failed; and the line that says why."""
    try:
        finished = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, str(error)
    if finished.returncode == 0 and finished.stdout.strip():
        return finished.stdout.strip(), ""
    lines = finished.stderr.strip().splitlines()
    return None, lines[0] if lines else f"exit status {finished.returncode}"


def _not_found(wanted: str, tried: list[str]) -> FarsimError:
    return FarsimError(
        "PYTHON_NOT_FOUND",
        f"{platform.node()} has no CPython {wanted}, which this simulator needs; tried: {'; '.join(tried)}",
        [
            f"install it there: `uv python install {wanted}`, `pyenv install {wanted}`, or "
            f"`conda create -n py{wanted.replace('.', '')} python={wanted}`",
            "or name an interpreter of your own, with the simulator in it, with `python:`",
        ],
        {"tried": tried},
    )
