"""What Isaac Lab's and Isaac Sim's starts share: the licence, the device, the app's end, the versions."""

import contextlib
import importlib.metadata
import os
import platform

_LICENCE = {"OMNI_KIT_ACCEPT_EULA": "YES", "ACCEPT_EULA": "Y", "PRIVACY_CONSENT": "Y"}
_PACKAGES = (
    "isaaclab",
    "isaacsim",
    "torch",
    "warp-lang",
    "newton",
    "mujoco",
    "mujoco-warp",
    "gymnasium",
    "numpy",
)


def accept_licence(config):
    """Accepts it only where the user said so. Before anything of Isaac is imported: the import asks."""
    if config.get("accept_eula"):
        os.environ.update(_LICENCE)


def choose_device(config):
    """`device`, else the chosen GPU, else the first one where a driver is, else the CPU."""
    asked = config.get("device", "auto")
    if asked != "auto":
        return asked
    driver = any(os.path.exists(path) for path in ("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg"))
    return config.get("gpu") or ("cuda:0" if driver else "cpu")


def close_app(app):
    """Usually ends the process."""
    with contextlib.suppress(TypeError):
        # 5.1 and later: without the cleanup that is known to hang
        app.close(skip_cleanup=True)
        return
    app.close()


def versions():
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found
