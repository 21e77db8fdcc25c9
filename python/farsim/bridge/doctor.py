"""`doctor`: what this machine has, as JSON, quickly and without failing."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from .linux_process import become_subreaper, boot_id
from .local_sessions import list_sessions
from .session_files import cache_folder, socket_folder

_GPU_FIELDS = ("index", "name", "memory.total", "memory.used", "driver_version", "uuid")
_SMI_SECONDS = 5


def examine(packages: Sequence[str]) -> dict[str, Any]:
    """Python, the asked packages' versions, GPUs and who holds them, disk, sessions, and what would degrade
    the bridge.
    """
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    disk = shutil.disk_usage(cache)
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
        "uv": shutil.which("uv"),
        "gpus": _gpus(),
        "disk": {"path": str(cache), "free": disk.free, "total": disk.total},
        "sessions": list_sessions(),
        "subreaper": become_subreaper(),
        "socketFolder": _socket_folder(),
        "lingers": not _kills_user_processes(),
    }


def _package_version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _gpus() -> list[dict[str, Any]]:
    rows = _smi("--query-gpu=" + ",".join(_GPU_FIELDS))
    holders = _smi("--query-compute-apps=gpu_uuid,pid,used_memory")
    gpus = []
    for row in rows:
        if len(row) != len(_GPU_FIELDS):
            continue
        gpu = dict(zip(("index", "name", "memoryTotal", "memoryUsed", "driver", "uuid"), row, strict=True))
        pids = [
            int(holder[1])
            for holder in holders
            if len(holder) == 3 and holder[0] == gpu["uuid"] and holder[1].isdigit()
        ]
        gpus.append({**gpu, "index": int(gpu["index"]), "pids": pids})
    return gpus


def _smi(query: str) -> list[list[str]]:
    """Rows of nvidia-smi's answer, memory in MiB; [] where there is none."""
    if not shutil.which("nvidia-smi"):
        return []
    try:
        finished = subprocess.run(
            ["nvidia-smi", query, "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=_SMI_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [
        [cell.strip() for cell in line.split(",")] for line in finished.stdout.splitlines() if line.strip()
    ]


def _first_number(path: str) -> float | None:
    with contextlib.suppress(OSError, ValueError, IndexError), open(path) as file:
        return float(file.read().split()[0])
    return None


def _socket_folder() -> str | None:
    try:
        return str(socket_folder())
    except Exception:
        return None


def _kills_user_processes() -> bool:
    """True where logind ends a user's processes at logout."""
    with contextlib.suppress(OSError), open("/etc/systemd/logind.conf") as file:
        return any(line.strip().replace(" ", "") == "KillUserProcesses=yes" for line in file)
    return False
