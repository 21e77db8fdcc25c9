"""The end of a log file, for errors."""

from __future__ import annotations

_TAIL_BYTES = 64 << 10


def log_tail(path: str, lines: int = 50) -> list[str]:
    """The last lines of the file, [] when there is none."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [line[:2000] for line in text.splitlines()[-lines:]]
