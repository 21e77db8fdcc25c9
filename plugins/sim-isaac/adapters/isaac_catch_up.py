"""What Isaac Lab brings up to date within a step or a reset alone, brought up to date after a write."""

import inspect

_LOOKS = ("output", "ray_hits_w", "target_pos_w")
"""What cameras, ray casters and frame transformers have: they look at where things are, at nothing else."""


def catch_up(base):
    """Bodies, what is drawn, rays and frames follow the state that was written, and so do the numbers that a
    direct task derives from it for its observations.
    """
    base.sim.forward()
    looking = [sensor for sensor in base.scene.sensors.values() if _has(sensor.data, *_LOOKS)]
    if any(_has(sensor.data, "output") for sensor in looking):
        base.sim.render()
    for sensor in looking:
        sensor.update(0.0, force_recompute=True)
    derive = getattr(base, "_compute_intermediate_values", None)
    # one that is given a time takes differences over it: there is none between what was and what was put
    if derive is not None and _needs_nothing(derive):
        derive()


def _has(data, *names):
    return any(getattr(data, name, None) is not None for name in names)


def _needs_nothing(method):
    return all(one.default is not one.empty for one in inspect.signature(method).parameters.values())
