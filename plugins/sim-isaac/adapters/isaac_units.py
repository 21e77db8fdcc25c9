"""What a USD file has to be: states are in metres with Z up, and nothing is scaled or turned unseen."""

from farsim.bridge.adapter import AdapterError


def require_metres(metres, what):
    """Raises UNSUPPORTED. `what` is the key that names the file, and the file."""
    if abs(metres - 1) <= 1e-6:
        return
    words = {0.01: "centimetres", 0.001: "millimetres"}.get(round(metres, 6), f"units of {metres:g} m")
    raise AdapterError(
        "UNSUPPORTED",
        f"{what} is in {words} (metersPerUnit = {metres:g}); states are in metres",
        ["save it in metres (metersPerUnit = 1, its prims scaled), or reference it from such a stage"],
    )


def require_z_up(up, what):
    """Raises UNSUPPORTED. `what` is the key that names the file, and the file."""
    if up == "Z":
        return
    raise AdapterError(
        "UNSUPPORTED",
        f"{what} has {up} up (upAxis); states have Z up",
        ['save it with upAxis = "Z", or reference it, turned, from a stage that has Z up'],
    )
