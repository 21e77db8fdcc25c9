"""What a detached run has recorded, for whoever fetches it. Standard library only."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import FarsimError
from ..processes.linux_process import is_alive
from ..processes.session_files import SessionFiles, cache_folder
from ..processes.shared_page import SharedPage
from ..recording.run_lock import LOCK_NAME

_PACKAGES = ("mcap", "numpy")
# the answer carries the first two whole, and a lock means nothing elsewhere
_NOT_FETCHED = frozenset({"run.json", "outcome.json", LOCK_NAME})
# what the client that left the run wrote of it, for a sync from elsewhere
_NEAR = "near"


def require_recording() -> None:
    """Raises PACKAGE_MISSING where this interpreter cannot write recordings."""
    missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise FarsimError(
            "PACKAGE_MISSING",
            f"a detached run records where it runs, and {sys.executable} has no {' and no '.join(missing)}",
            [
                f"run there `{sys.executable} -m pip install {' '.join(missing)}`, "
                "or let farsim make an environment with `python: managed`"
            ],
        )


def look_at(session: str, text: str) -> dict[str, Any]:
    """`text` is JSON: `{"folder"?: path, "known"?: [names that were fetched] or "all", "near"?: true}`. Gives
    `running`, the run's progress while it is, how the session ended, `run.json`, `outcome.json`, and the
    files that do not change any more, `{name, bytes, sha256}` each, but those known; with `near` what its
    client wrote of it, by file name. Raises SESSION_EXPIRED where nothing is there.
    """
    order = json.loads(text) if text.strip() else {}
    files = SessionFiles(session)
    folder = _run_folder(files, order.get("folder"))
    # in this order: what ends meanwhile is then seen whole the next time
    progress = _progress(files)
    ended = files.read_exit() or _read_json(folder.parent / "bridge-exit.json")
    if progress is None and ended is None:
        _require_over(folder)
    if not folder.is_dir() and progress is None:
        raise FarsimError("SESSION_EXPIRED", f"nothing is there of what session {session} recorded")
    known = order.get("known", [])
    found = [] if known == "all" or not folder.is_dir() else _finished(folder, progress is not None)
    return {
        "farsim": 1,
        "session": session,
        "running": progress is not None,
        "run": progress,
        "ended": ended,
        "folder": str(folder),
        "description": _read_json(folder / "run.json"),
        "outcome": _read_json(folder / "outcome.json"),
        **({"near": _near(folder)} if order.get("near") else {}),
        "files": [
            _describe(folder, path) for path in found if path.relative_to(folder).as_posix() not in known
        ],
    }


def forget(session: str, text: str) -> dict[str, Any]:
    """Removes what a run that is over has recorded. Raises BUSY while it is not."""
    order = json.loads(text) if text.strip() else {}
    files = SessionFiles(session)
    folder = _run_folder(files, order.get("folder"))
    if _progress(files) is not None:
        raise FarsimError("BUSY", f"session {session} still runs")
    if not (folder.parent / "bridge-exit.json").exists():
        _require_over(folder)
    shutil.rmtree(folder, ignore_errors=True)
    return {"farsim": 1, "session": session}


def list_unfetched() -> list[dict[str, Any]]:
    """What runs that are over have recorded and nobody has fetched: `{session, name, began, rounds}` each."""
    found = []
    for folder in sorted((cache_folder() / "hosts").glob("*/*/run"), key=lambda path: path.stat().st_mtime):
        ended = (folder.parent / "bridge-exit.json").exists()
        here = folder.parent.parent.name.startswith(f"{socket.gethostname()}-")
        if not folder.is_dir() or not (ended or here):
            continue
        session = folder.parent.name
        if not ended and _progress(SessionFiles(session)) is not None:
            continue
        near = _read_json(folder / _NEAR / "detached.json") or {}
        rounds = (_read_json(folder / "index.json") or {}).get("rounds", [])
        about = {"name": near.get("simulator", ""), "began": near.get("began"), "rounds": len(rounds)}
        found.append({"session": session, **about})
    return found


def _near(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted((folder / _NEAR).glob("*")) if path.is_file()}


def _run_folder(files: SessionFiles, given: str | None) -> Path:
    """The session's, also where that ran before this machine's last start."""
    if given is None:
        earlier = sorted((cache_folder() / "hosts").glob(f"*/{files.session}/run"))
        return files.run if files.state.exists() or files.run.exists() or not earlier else earlier[0]
    folder = Path(given)
    hosts = folder.parent.parent.parent
    if folder.name != "run" or folder.parent.name != files.session or hosts != cache_folder() / "hosts":
        raise FarsimError("BAD_ARGUMENT", f"{given} is not where session {files.session} records")
    return folder


def _require_over(folder: Path) -> None:
    """Homes are shared: what another machine began, and did not end, may go on there. Raises BUSY."""
    host, here = folder.parent.parent.name, socket.gethostname()
    if not host.startswith(f"{here}-") and folder.is_dir():
        raise FarsimError(
            "BUSY",
            f"session {folder.parent.name} ran on {host[:-37]} and not on {here}; nothing tells of its end",
            [f"if that is over, its recording is in {folder}"],
        )


def _progress(files: SessionFiles) -> dict[str, Any] | None:
    try:
        state = files.read_state()
    except (FarsimError, ValueError):
        return None
    if not is_alive(state["pid"], state["startTime"]):
        return None
    try:
        page = SharedPage(str(files.page))
    except OSError:
        return {}
    content = page.read()
    page.close()
    return {**content.run._asdict(), "phase": content.phase, "task": state.get("task", "")}


def _finished(folder: Path, running: bool) -> Iterator[Path]:
    """The files that nobody writes to any more."""
    if not running:
        yield from (
            path
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name not in _NOT_FETCHED and path.parent != folder / _NEAR
        )
        return
    index = _read_json(folder / "index.json") or {"rounds": []}
    yield from (folder / entry["file"] for entry in index["rounds"])
    yield from (path for path in sorted((folder / "model").rglob("*")) if path.is_file())


def _describe(folder: Path, path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
        size = file.tell()
    return {"name": path.relative_to(folder).as_posix(), "bytes": size, "sha256": digest.hexdigest()}


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None
