"""`environment`: makes the managed virtual environment of some requirements, once, and says where its Python
is.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import FarsimError
from ..processes.session_files import cache_folder
from .find_python import find_python
from .missing_wheels import is_unreachable, missing_wheels, wheel_folder

_LAST_LINES = 30
_OTHERS_PACKAGES = ("PYTHONPATH", "PYTHONHOME")
"""What pip finds there it leaves out of the environment, which others will use without these."""


def make_environment(text: str) -> int:
    """Reads `{"requirements": […], "version"?: "3.12", "env"?: {name: value}}`; prints progress lines, then
    `{"python": path, "pythonVersion": "3.12.1"}` or an error.

    The environment has this interpreter's version, or the one asked for, and is made with the variables of
    `env`: proxies, package indexes, but not where else Python finds packages. The cache is keyed by the
    requirements and the version.
    Two makers wait for each other; a folder that is there is complete.
    """
    try:
        order = json.loads(text)
        requirements = sorted({str(requirement).strip() for requirement in order["requirements"]})
        os.environ.update(order.get("env", {}))
        for name in _OTHERS_PACKAGES:
            os.environ.pop(name, None)
        wanted = order.get("version")
        base, version = (
            find_python(wanted, lambda line: _say({"progress": line}))
            if wanted
            else (sys.executable, platform.python_version())
        )
        _say({"python": _make(requirements, base, version), "pythonVersion": version})
        return 0
    except FarsimError as error:
        _say({"error": error.report()})
    except (OSError, ValueError, KeyError, TypeError) as error:
        _say({"error": FarsimError("ENVIRONMENT_FAILED", f"{type(error).__name__}: {error}").report()})
    return 3


def _make(requirements: list[str], base: str, version: str) -> str:
    wrong = [
        requirement for requirement in requirements if requirement.startswith("-") or "\n" in requirement
    ]
    if wrong:
        raise FarsimError("CONFIG_INVALID", f"{wrong[0]!r} is no requirement")
    content = json.dumps([requirements, version, platform.machine()])
    key = hashlib.sha256(content.encode()).hexdigest()[:24]
    folder = cache_folder() / "environments"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / key
    python = str(target / "bin/python")
    if os.path.exists(python):
        return python
    with _locked(folder / f"{key}.lock"):
        if os.path.exists(python):
            return python
        shutil.rmtree(target, ignore_errors=True)
        building = folder / f"{key}.building"
        shutil.rmtree(building, ignore_errors=True)
        _say(
            {"progress": f"making a Python {version} environment with {', '.join(requirements) or 'nothing'}"}
        )
        try:
            _install(building, base, requirements, version)
            (building / "requirements.txt").write_text("\n".join(requirements) + "\n")
            _move(building, target)
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise
    return python


def _move(building: Path, target: Path) -> None:
    """Renames the folder and the paths in its scripts' first lines."""
    for script in (building / "bin").iterdir():
        if script.is_symlink() or not script.is_file():
            continue
        data = script.read_bytes()
        if str(building).encode() in data[:4096]:
            script.write_bytes(data.replace(str(building).encode(), str(target).encode()))
    building.rename(target)


def _install(building: Path, base: str, requirements: list[str], version: str) -> None:
    uv = shutil.which("uv")
    if uv:
        _run([uv, "venv", "--quiet", "--python", base, str(building)])
        pip = [uv, "pip", "install", "--python", str(building / "bin/python")]
        _install_requirements(pip, requirements, version)
        return
    python = str(building / "bin/python")
    if _works([base, "-c", "import ensurepip"]):
        _run([base, "-m", "venv", str(building)])
        pip = [python, "-m", "pip"]
    else:
        _run([base, "-m", "venv", "--without-pip", str(building)])
        pip = _pip_without_ensurepip(base, python)
    pip += ["install", "--disable-pip-version-check", "--no-input"]
    _install_requirements(pip, requirements, version)


def _install_requirements(pip: list[str], requirements: list[str], version: str) -> None:
    """The user's own wheels first; an index where those do not do. Raises ENVIRONMENT_FAILED."""
    if not requirements:
        return
    links = ["--find-links", str(wheel_folder())] if wheel_folder().is_dir() else []
    if links:
        with contextlib.suppress(FarsimError):
            _run([*pip, "--no-index", *links, *requirements])
            return
    try:
        _run([*pip, *links, *requirements])
    except FarsimError as error:
        output = error.details["output"]
        if not is_unreachable(output):
            raise
        raise missing_wheels(requirements, version, output) from error


def _pip_without_ensurepip(base: str, python: str) -> list[str]:
    """Debian's python3 may lack ensurepip: another pip of this machine can install into the environment, or
    its wheel.
    """
    if _works([base, "-m", "pip", "--version"]):
        return [base, "-m", "pip", "--python", python]
    for folder in ("/usr/share/python-wheels", "/usr/lib/python3/dist-packages"):
        wheels = sorted(Path(folder).glob("pip-*.whl")) if os.path.isdir(folder) else []
        if wheels:
            return [python, f"{wheels[-1]}/pip"]
    raise FarsimError(
        "ENVIRONMENT_FAILED",
        f"{base} has neither uv nor pip nor ensurepip to install packages with",
        ["install uv (pip install uv), or python3-venv or python3-pip, on that machine"],
    )


def _run(command: list[str]) -> None:
    lines: list[str] = []
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            text = line.rstrip()
            if text:
                lines = [*lines[1 - _LAST_LINES :], text]
                _say({"progress": text[:500]})
    if process.returncode:
        tool = os.path.basename(command[0])
        raise FarsimError(
            "ENVIRONMENT_FAILED",
            f"{tool} ended with exit status {process.returncode}: {(lines or ['no output'])[-1]}",
            ["check the network and the index settings of that machine (pip config, UV_INDEX_URL)"],
            {"command": command, "output": lines},
        )


def _works(command: list[str]) -> bool:
    try:
        return (
            subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60).returncode == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _say(line: dict[str, Any]) -> None:
    # a reader finds the bridge's lines by how they begin
    print(json.dumps({"farsim": 1, **line}), flush=True)
