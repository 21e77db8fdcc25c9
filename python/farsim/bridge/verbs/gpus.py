"""What `nvidia-smi` says: the cards, and which process holds how much of their memory. Empty where there is
none.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

_GPU_FIELDS = ("index", "name", "memory.total", "memory.used", "driver_version", "uuid")
_GPU_KEYS = ("index", "name", "memoryTotal", "memoryUsed", "driver", "uuid")
_SMI_SECONDS = 5


def list_gpus() -> list[dict[str, Any]]:
    """Each card with its memory in MiB and the pids that hold some of it."""
    gpus = []
    holders = _holders()
    for row in _smi("--query-gpu=" + ",".join(_GPU_FIELDS)):
        if len(row) != len(_GPU_FIELDS) or not row[0].isdigit():
            continue
        gpu = dict(zip(_GPU_KEYS, row, strict=True))
        pids = [pid for uuid, pid, _ in holders if uuid == gpu["uuid"]]
        gpus.append({**gpu, "index": int(gpu["index"]), "pids": pids})
    return gpus


def held_memory() -> dict[int, int]:
    """MiB of GPU memory by pid, all cards together."""
    held: dict[int, int] = {}
    for _, pid, mebibytes in _holders():
        held[pid] = held.get(pid, 0) + mebibytes
    return held


def _holders() -> list[tuple[str, int, int]]:
    rows = _smi("--query-compute-apps=gpu_uuid,pid,used_memory")
    return [
        (row[0], int(row[1]), int(row[2]) if row[2].isdigit() else 0)
        for row in rows
        if len(row) == 3 and row[1].isdigit()
    ]


def _smi(query: str) -> list[list[str]]:
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
