"""Joint targets of an articulation, positions and velocities: a command of its actuators in 3.0, data and
setters of its own in 2.x and the betas.
"""

from isaac_tensors import to_numpy

KINDS = ("position", "velocity")
_SHORT = {"position": "pos", "velocity": "vel"}


def read_target(art, kind):
    """`[N, J]` of `kind`. It may share memory with the engine."""
    command = _command(art)
    return to_numpy(
        getattr(art.data, f"joint_{_SHORT[kind]}_target") if command is None else getattr(command, kind)
    )


def write_target(art, kind, target, ids):
    """`target`: a tensor `[len(ids), J]`."""
    command = _command(art)
    if command is not None:
        getattr(command, f"set_{kind}_index")(value=target, env_ids=ids)
        return
    # the index words are of releases between the two
    setter = getattr(art, f"set_joint_{kind}_target_index", None)
    if setter is not None:
        setter(target=target, env_ids=ids)
    else:
        getattr(art, f"set_joint_{kind}_target")(target, env_ids=ids)


def _command(art):
    return getattr(getattr(art, "actuators", None), "target_command", None)
