"""What lines of a simulator's log mean. The texts are those of CUDA, PhysX, Kit, USD and the C library."""

from __future__ import annotations

import re

_FATAL = tuple(
    text.lower().encode()
    for text in (
        "A GPU crash occurred",
        "ERROR_DEVICE_LOST",
        "CUDA out of memory",
        "GPU is out of memory",
        "CUDA error:",
        "an illegal memory access",
        "PhysX Internal CUDA error",
        "Cuda context manager error, simulation will be stopped",
        "Failed to get DOF velocities from backend",
        "[Fatal] [carb.crashreporter",
        "A crash has occurred",
        "Fatal Python error",
        "Segmentation fault",
        "(core dumped)",
        "double free or corruption",
    )
)
_LICENCE = re.compile(r"Do you accept the EULA\?|License must be accepted before")
_WORTH_A_WORD = re.compile(
    "|".join(
        (
            r"^farsim note: ",
            r"Failed to create any GPU devices",
            r"No device could be created",
            r"vkCreateInstance failed",
            r"ERROR_INCOMPATIBLE_DRIVER",
            r"GPU Foundation is not initialized",
            r"NVML_ERROR_DRIVER_NOT_LOADED",
            r"no CUDA-capable device",
            r"No space left on device",
            r"PhysX error",
            r"Could not open asset @",
            r"were loaded before SimulationApp was started",
            r"carb\.tasking is likely stuck",
        )
    ),
    re.IGNORECASE,
)


def find_fatal(data: bytes) -> int:
    """Where bytes of a log first say that the simulator cannot be trusted any more; -1 where they do not.
    Takes some milliseconds for 1 MiB.
    """
    lowered = data.lower()
    found = [at for at in map(lowered.find, _FATAL) if at >= 0]
    return min(found, default=-1)


def meaning(line: str, licence_accepted: bool = False) -> tuple[str, str] | None:
    """An error code and its sentence for a line after which the simulator cannot be trusted; `warning` and
    the line for one that its user should see; None for the rest. A question for a licence that was accepted
    ends nothing: some engines print it all the same.
    """
    if find_fatal(line.encode()) >= 0:
        return "SIMULATOR_CRASHED", f"its log says: {line}"
    if _LICENCE.search(line):
        if licence_accepted:
            return "warning", f"it asks for its licence although `acceptEula` is set: {line}"
        return (
            "EULA_REQUIRED",
            f"it waits for its licence to be accepted ({line}): read it, then set `acceptEula: true`",
        )
    if _WORTH_A_WORD.search(line):
        return "warning", line
    return None
