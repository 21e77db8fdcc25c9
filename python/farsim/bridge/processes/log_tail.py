"""The end of a log file, for errors."""

from __future__ import annotations


def log_tail(path: str, lines: int = 50, most_bytes: int = 64 << 10) -> list[str]:
    """The last lines of the file, of its last bytes at most; [] when there is none."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - most_bytes))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [line[:2000] for line in text.splitlines()[-lines:]]
