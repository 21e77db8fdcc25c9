"""`doctor`: what this machine has, as JSON, quickly and without failing."""

from __future__ import annotations

import contextlib
import glob
import importlib.metadata
import os
import platform
import pwd
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

from ..processes.linux_process import become_subreaper, boot_id
from ..processes.session_files import cache_folder, socket_folder
from .gpus import list_gpus
from .left_over import list_left_over
from .local_sessions import list_sessions

_TOOLS = ("uv", "conda", "nvidia-smi", "ffmpeg")
_LOGIND = "/etc/systemd/logind.conf"


def examine(packages: Sequence[str]) -> dict[str, Any]:
    """Python, the asked packages' versions, GPUs and who holds them, disk, sessions, and what would degrade
    the bridge.
    """
    return {
        "farsim": 1,
        "host": socket.gethostname(),
        "boot": boot_id(),
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "uptime": _first_number("/proc/uptime"),
        "clock": time.time(),
        "packages": {package: _package_version(package) for package in packages},
        "tools": [tool for tool in _TOOLS if shutil.which(tool)],
        "gpus": list_gpus(),
        "disk": _disk(),
        "sessions": _unless_broken(list_sessions),
        "leftOver": _unless_broken(list_left_over),
        "subreaper": become_subreaper(),
        "socketFolder": _unless_broken(lambda: str(socket_folder())),
        "lingers": not _kills_user_processes(),
    }


def _package_version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _first_number(path: str) -> float | None:
    with contextlib.suppress(OSError, ValueError, IndexError), open(path) as file:
        return float(file.read().split()[0])
    return None


def _disk() -> dict[str, Any]:
    """Room on the disk that the cache is on, and what keeps it from being written."""
    cache = cache_folder()
    fault = None
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache) as file:
            file.write(b"farsim")
    except OSError as error:
        fault = f"{cache}: {error.strerror or error}"
    nearest = next(folder for folder in (cache, *cache.parents) if folder.exists())
    usage = shutil.disk_usage(nearest)
    return {"path": str(cache), "free": usage.free, "total": usage.total, "fault": fault}


def _unless_broken(look: Callable[[], Any]) -> Any:
    try:
        return look()
    except Exception:
        return None


def _kills_user_processes() -> bool:
    """True where logind ends this user's processes at logout."""
    kills = False
    for path in [_LOGIND, *sorted(glob.glob(f"{_LOGIND}.d/*.conf"))]:
        with contextlib.suppress(OSError), open(path) as file:
            for line in file:
                key, _, value = line.partition("=")
                if key.strip() == "KillUserProcesses":
                    kills = value.strip().lower() in ("yes", "true", "1", "on")
    return kills and not os.path.exists(f"/var/lib/systemd/linger/{_user()}")


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
