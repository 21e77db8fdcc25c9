"""Reads a scene file into one world, and makes the model of all worlds and the solver."""

import os
import xml.etree.ElementTree as ElementTree

from farsim.bridge.adapter import AdapterError

_SOLVERS = {
    "mujoco": "SolverMuJoCo",
    "mujoco_cpu": "SolverMuJoCo",
    "featherstone": "SolverFeatherstone",
    "xpbd": "SolverXPBD",
    "semi_implicit": "SolverSemiImplicit",
    "vbd": "SolverVBD",
    "kamino": "SolverKamino",
}
REDUCED = ("mujoco", "mujoco_cpu", "featherstone")
"""Those that keep joint coordinates; the others move bodies, and the coordinates follow."""


def solver_class(newton, name):
    return getattr(newton.solvers, _SOLVERS[name])


def read_scene(newton, config):
    """The builder of one world. Raises MODEL_INVALID for a file that Newton refuses, UNSUPPORTED for other
    formats and units.
    """
    path = config["model"]
    builder = newton.ModelBuilder()
    # its MJCF export needs them, whatever solves
    newton.solvers.SolverMuJoCo.register_custom_attributes(builder)
    cls = solver_class(newton, config.get("solver", "mujoco"))
    if cls is not newton.solvers.SolverMuJoCo and hasattr(cls, "register_custom_attributes"):
        cls.register_custom_attributes(builder)
    options = {}
    if config.get("floating") is not None:
        options["floating"] = config["floating"]
    suffix = os.path.splitext(path)[1].lower()
    try:
        if suffix in (".xml", ".mjcf"):
            builder.add_mjcf(path, ctrl_direct=takes_controls(config), **options)
        elif suffix == ".urdf":
            builder.add_urdf(path, **options)
        elif suffix in (".usd", ".usda", ".usdc", ".usdz"):
            require_metres(path, builder.add_usd(path, **options))
        else:
            raise AdapterError("UNSUPPORTED", f"{path}: Newton reads MJCF (.xml), URDF and USD files")
    except AdapterError:
        raise
    except Exception as error:
        raise AdapterError("MODEL_INVALID", f"{path}: {type(error).__name__}: {error}") from error
    if builder.body_count == 0:
        raise AdapterError("MODEL_INVALID", f"{path} holds no bodies")
    if config.get("at"):
        move_bodies(newton, builder, config["at"])
    return builder


def takes_controls(config):
    """True where an MJCF's actuators shall take their own controls, as in MuJoCo; else they follow targets of
    joints.
    """
    solver, control = config.get("solver", "mujoco"), config.get("control", "auto")
    return solver in ("mujoco", "mujoco_cpu") and control in ("auto", "actuators")


def move_bodies(newton, builder, offset):
    """Everything but what is fixed in the world by no joint, such as the file's own floor."""
    for joint, parent in enumerate(builder.joint_parent):
        if parent >= 0:
            continue
        if builder.joint_type[joint] == newton.JointType.FREE:
            first = builder.joint_q_start[joint]
            for axis in range(3):
                builder.joint_q[first + axis] += offset[axis]
        else:
            builder.joint_X_p[joint] = moved(builder.joint_X_p[joint], offset)
    for body, pose in enumerate(builder.body_q):
        builder.body_q[body] = moved(pose, offset)


def moved(pose, offset):
    numbers = [float(number) for number in pose]
    place = [a + float(b) for a, b in zip(numbers[:3], offset, strict=True)]
    return type(pose)(place, numbers[3:]) if not isinstance(pose, tuple) else (*place, *numbers[3:])


def mjcf_joint_names(path):
    """Names of the joints in an MJCF file and in what it includes; none for other formats."""
    if os.path.splitext(path)[1].lower() not in (".xml", ".mjcf"):
        return set()
    names, waiting, seen = set(), [path], set()
    while waiting:
        file = waiting.pop()
        if file in seen or not os.path.exists(file):
            continue
        seen.add(file)
        for element in ElementTree.parse(file).iter():
            if element.tag == "joint" and element.get("name"):
                names.add(element.get("name"))
            elif element.tag in ("include", "model") and element.get("file"):
                waiting.append(os.path.join(os.path.dirname(path), element.get("file")))
    return names


def require_metres(path, told):
    unit = float(told.get("linear_unit", 1.0) or 1.0)
    if abs(unit - 1) > 1e-6:
        raise AdapterError(
            "UNSUPPORTED",
            f"{path} counts in units of {unit} m, and states are in metres",
            ["set metersPerUnit = 1 in the stage, and scale its prims"],
        )


def finalize(newton, builder, count, ground, device, solver="mujoco"):
    """The model of `count` copies of that world, all at the same place, which do not touch each other."""
    scene = newton.ModelBuilder()
    scene.replicate(builder, count)
    if ground:
        scene.add_ground_plane()
    if solver == "vbd":
        scene.color()
    return scene.finalize(device=device)


def has_ground(newton, builder):
    plane = int(newton.GeoType.PLANE)
    return any(
        int(kind) == plane and body < 0
        for kind, body in zip(builder.shape_type, builder.shape_body, strict=True)
    )


def make_solver(newton, model, config):
    """Raises CONFIG_INVALID for arguments that the solver does not take."""
    name = config.get("solver", "mujoco")
    arguments = dict(config.get("solver_args") or {})
    if name == "mujoco_cpu":
        if model.world_count > 1:
            raise AdapterError(
                "CONFIG_INVALID",
                f"solver: mujoco_cpu steps one world, not {model.world_count}",
                ["set `envs: 1`, or use `solver: mujoco`"],
            )
        arguments["use_mujoco_cpu"] = True
    try:
        return solver_class(newton, name)(model, **arguments)
    except (TypeError, ValueError) as error:
        raise AdapterError("CONFIG_INVALID", f"solver: {name}: {error}") from error


def makes_contacts(newton, solver, config):
    """True for solvers that find contacts by themselves."""
    own = (config.get("solver_args") or {}).get("use_mujoco_contacts", True)
    return isinstance(solver, newton.solvers.SolverMuJoCo) and own
