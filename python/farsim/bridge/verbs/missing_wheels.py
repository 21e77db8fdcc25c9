"""What a machine without a package index needs, and how somebody else gets it."""

from __future__ import annotations

import platform
import re
import shlex
import socket
from collections.abc import Sequence
from pathlib import Path

from ..errors import FarsimError
from ..processes.session_files import cache_folder

_UNREACHABLE = re.compile(
    "failed to establish a new connection|name resolution|name or service not known|network is unreachable"
    "|no route to host|connection refused|connecttimeout|timed out|dns error|error sending request"
    "|tcp connect error|proxyerror",
    re.IGNORECASE,
)
_UNTRUSTED = re.compile("invalid peer certificate|certificate.verify.failed", re.IGNORECASE)
_GLIBC_MINORS = (39, 36, 35, 34, 31, 28, 27, 24, 17)
"""Those that wheels are tagged with."""
_TRUST = [
    "there, for uv: `system-certs = true` in ~/.config/uv/uv.toml; for pip: `pip config set global.cert FILE`"
]


def wheel_folder() -> Path:
    """Wheels that the user put there are taken before an index is asked."""
    return cache_folder() / "wheels"


def is_unreachable(output: Sequence[str]) -> bool:
    """True when pip or uv says there that it reached no index."""
    return any(_UNREACHABLE.search(line) or _UNTRUSTED.search(line) for line in output)


def missing_wheels(requirements: Sequence[str], python: str, output: Sequence[str]) -> FarsimError:
    """Tells which wheels the machine needs; `python` is its version."""
    version = ".".join(python.split(".")[:2])
    words = ["pip", "download", "--only-binary=:all:", "--python-version", version]
    for tag in _platform_tags():
        words += ["--platform", tag]
    untrusted = any(_UNTRUSTED.search(line) for line in output)
    reached = "does not trust the certificate of its" if untrusted else "reaches no"
    return FarsimError(
        "ENVIRONMENT_FAILED",
        f"{socket.gethostname()} {reached} package index; it needs wheels of {', '.join(requirements)}, and "
        f"of what those need, for Python {version} on {platform.machine()}",
        [
            *(_TRUST if untrusted else []),
            f"with internet: {shlex.join([*words, '--dest', 'wheels', *requirements])}",
            f"then copy wheels/ into {wheel_folder()} there: every later start finds them",
            "or name an interpreter that has them with `python:`",
        ],
        {"requirements": list(requirements), "wheels": str(wheel_folder()), "output": list(output)},
    )


def _platform_tags() -> list[str]:
    machine = platform.machine()
    name, version = platform.libc_ver()
    if name != "glibc":
        return [f"musllinux_1_2_{machine}", f"musllinux_1_1_{machine}"]
    newest = int(version.split(".")[1])
    return [f"manylinux_2_{minor}_{machine}" for minor in _GLIBC_MINORS if minor <= newest] + [
        f"manylinux2014_{machine}"
    ]
