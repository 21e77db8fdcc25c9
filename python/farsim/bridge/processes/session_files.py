"""Where a session's things lie: its socket in /tmp, its state and logs under the cache of this host and
boot.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import stat
from pathlib import Path
from typing import Any

from ..errors import FarsimError
from .linux_process import boot_id

_SESSION = re.compile(r"[0-9a-f]{12}\Z")


def cache_folder() -> Path:
    """`~/.cache/farsim`, or under FARSIM_CACHE."""
    given = os.environ.get("FARSIM_CACHE")
    return Path(given) if given else Path.home() / ".cache" / "farsim"


def host_folder() -> Path:
    """State of this host's sessions since its boot; homes may be shared between hosts."""
    return cache_folder() / "hosts" / f"{socket.gethostname()}-{boot_id()}"


def socket_folder() -> Path:
    """`/tmp/farsim-<uid>`, 0700. Raises START_FAILED when somebody else made it."""
    folder = Path(f"/tmp/farsim-{os.getuid()}")
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise FarsimError("START_FAILED", f"{folder} is not a folder of user {os.getuid()}")
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)
    return folder


class SessionFiles:
    """The paths of one session. Raises BAD_ARGUMENT for a name that is no session's."""

    def __init__(self, session: str) -> None:
        if not _SESSION.match(session):
            raise FarsimError("BAD_ARGUMENT", f"{session!r} is no session: they have 12 hexadecimal digits")
        self.session = session
        self.socket = socket_folder() / f"{session}.sock"
        self.page = socket_folder() / f"{session}.page"
        self.folder = host_folder() / session
        self.state = self.folder / "state.json"
        self.exit = self.folder / "bridge-exit.json"
        self.run = self.folder / "run"
        """Where a detached run keeps what it records, until somebody has fetched it."""
        self.log = self.folder / "simulator.log"
        self.supervisor_log = self.folder / "supervisor.log"

    def create(self) -> None:
        """Makes the session's folder, for its user alone."""
        self.folder.mkdir(parents=True, mode=0o700)

    def write_state(self, state: dict[str, Any]) -> None:
        """Raises OSError."""
        _write_private(self.state, state)

    def write_exit(self, report: dict[str, Any]) -> None:
        """Raises OSError."""
        _write_private(self.exit, report)

    def read_state(self) -> dict[str, Any]:
        """Raises SESSION_EXPIRED when the session is over or was never there."""
        try:
            return json.loads(self.state.read_text())
        except FileNotFoundError:
            raise FarsimError(
                "SESSION_EXPIRED", f"no session {self.session} runs on {socket.gethostname()}"
            ) from None

    def read_exit(self) -> dict[str, Any] | None:
        try:
            return json.loads(self.exit.read_text())
        except (FileNotFoundError, ValueError):
            return None

    def remove_live_files(self) -> None:
        """Removes what only a living session has, as far as the disk lets it; logs and the report stay."""
        for path in (self.socket, self.page, self.state):
            with contextlib.suppress(OSError):
                path.unlink()


def known_sessions() -> list[str]:
    """Sessions of this host and boot, living or ended, oldest first."""
    found = []
    try:
        for entry in host_folder().iterdir():
            # another bridge may be forgetting old ones just now
            with contextlib.suppress(FileNotFoundError):
                if _SESSION.match(entry.name):
                    found.append((entry.stat().st_mtime, entry.name))
    except FileNotFoundError:
        return []
    return [name for _, name in sorted(found)]


def forget_old_sessions(keep: int = 50) -> None:
    """Removes the folders of the oldest ended sessions, so that logs do not pile up; recordings that nobody
    has fetched stay.
    """
    ended = [
        files
        for files in map(SessionFiles, known_sessions())
        if not files.state.exists() and not files.run.exists()
    ]
    for files in ended[: max(0, len(ended) - keep)]:
        shutil.rmtree(files.folder, ignore_errors=True)


def _write_private(path: Path, content: dict[str, Any]) -> None:
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file)
    temporary.replace(path)
