"""Writes a Franka Panda of primitives as USD text, flat as Isaac Lab's own.

`python3 make_panda.py > assets/Isaac/IsaacLab/Robots/FrankaEmika/franka_panda.usda`

Joint frames and limits: Franka Control Interface documentation, "Robot and interface specifications". Masses
and centres of mass: C. Gaz et al., "Dynamic Identification of the Franka Emika Panda Robot" (2019). Inertias:
those of solid cylinders about as large as the links. Shapes: our own.
"""

import math
from typing import NamedTuple

WHITE, GREY, DARK, ACCENT = (0.92, 0.93, 0.95), (0.55, 0.57, 0.6), (0.13, 0.14, 0.16), (0.95, 0.5, 0.12)


class Shape(NamedTuple):
    """A capsule or cylinder along `axis`, or a box: `size` is (radius, length) or the three edges, metres."""

    kind: str
    size: tuple
    place: tuple
    colour: tuple
    axis: str = "Z"
    collides: bool = False


class Link(NamedTuple):
    """`turn` (about x, then about the new z) and `place`: the joint's frame in the parent's, rad and m."""

    name: str
    parent: str
    joint: str
    kind: str
    axis: str
    place: tuple
    turn: tuple
    limits: tuple
    drive: tuple
    mass: float
    com: tuple
    inertia: tuple
    shapes: tuple


def capsule(radius, length, place, axis="Z", colour=WHITE):
    return Shape("Capsule", (radius, length), place, colour, axis)


def cylinder(radius, length, place, axis="Z", colour=DARK):
    return Shape("Cylinder", (radius, length), place, colour, axis)


def box(edges, place, colour=WHITE, collides=False):
    return Shape("Cube", edges, place, colour, "Z", collides)


_Q = math.pi / 2
ARM = (3000.0, 120.0)
WRIST = (1000.0, 40.0)
FINGER = (400.0, 20.0)
LINKS = (
    Link("panda_link0", "", "", "", "", (0, 0, 0), (0, 0),
         (), (), 2.9, (-0.04, 0, 0.05), (0.02, 0.02, 0.02), (
        cylinder(0.085, 0.05, (0, 0, 0.025), colour=DARK),
        capsule(0.068, 0.12, (0, 0, 0.12)),
        box((0.1, 0.09, 0.07), (-0.08, 0, 0.05)),
        cylinder(0.07, 0.008, (0, 0, 0.19), colour=ACCENT),
    )),
    Link("panda_link1", "panda_link0", "panda_joint1", "Revolute", "Z", (0, 0, 0.333), (0, 0),
         (-2.8973, 2.8973), ARM, 4.970684, (0.003875, 0.002081, -0.04762), (0.05, 0.05, 0.013), (
        capsule(0.062, 0.13, (0, 0, -0.075)),
        cylinder(0.066, 0.125, (0, 0, 0), "Y", DARK),
        cylinder(0.067, 0.012, (0, 0.06, 0), "Y", ACCENT),
        cylinder(0.067, 0.012, (0, -0.06, 0), "Y", ACCENT),
    )),
    Link("panda_link2", "panda_link1", "panda_joint2", "Revolute", "Z", (0, 0, 0), (-_Q, 0),
         (-1.7628, 1.7628), ARM, 0.646926, (-0.003141, -0.02872, 0.003495), (0.01, 0.003, 0.01), (
        capsule(0.06, 0.14, (0, -0.1, 0), "Y"),
    )),
    Link("panda_link3", "panda_link2", "panda_joint3", "Revolute", "Z", (0, -0.316, 0), (_Q, 0),
         (-2.8973, 2.8973), ARM, 3.228604, (0.027518, 0.039252, -0.066502), (0.03, 0.03, 0.01), (
        capsule(0.058, 0.11, (0, 0, -0.07)),
        capsule(0.05, 0.05, (0.045, 0, 0), "X"),
        cylinder(0.06, 0.115, (0.0825, 0, 0), "Y", DARK),
        cylinder(0.061, 0.012, (0.0825, 0.055, 0), "Y", ACCENT),
        cylinder(0.061, 0.012, (0.0825, -0.055, 0), "Y", ACCENT),
    )),
    Link("panda_link4", "panda_link3", "panda_joint4", "Revolute", "Z", (0.0825, 0, 0), (_Q, 0),
         (-3.0718, -0.0698),
         ARM, 3.587895, (-0.05317, 0.104419, 0.027454), (0.035, 0.012, 0.035), (
        capsule(0.05, 0.05, (-0.04, 0, 0), "X"),
        capsule(0.055, 0.12, (-0.0825, 0.08, 0), "Y"),
    )),
    Link("panda_link5", "panda_link4", "panda_joint5", "Revolute", "Z", (-0.0825, 0.384, 0), (-_Q, 0),
         (-2.8973, 2.8973), WRIST, 1.225946, (-0.011953, 0.041065, -0.038437), (0.02, 0.02, 0.004), (
        capsule(0.05, 0.13, (0, 0, -0.19)),
        capsule(0.04, 0.12, (0, 0.06, -0.09)),
        cylinder(0.052, 0.11, (0, 0, 0), "Y", DARK),
        cylinder(0.053, 0.01, (0, 0.052, 0), "Y", ACCENT),
    )),
    Link("panda_link6", "panda_link5", "panda_joint6", "Revolute", "Z", (0, 0, 0), (_Q, 0),
         (-0.0175, 3.7525), WRIST, 1.666555, (0.060149, -0.014117, -0.010517), (0.004, 0.008, 0.008), (
        capsule(0.046, 0.07, (0.045, 0, 0), "X"),
        cylinder(0.05, 0.1, (0.088, 0, 0), "Y", GREY),
    )),
    Link("panda_link7", "panda_link6", "panda_joint7", "Revolute", "Z", (0.088, 0, 0), (_Q, 0),
         (-2.8973, 2.8973),
         WRIST, 0.735522, (0.010517, -0.004252, 0.061597), (0.002, 0.002, 0.001), (
        cylinder(0.045, 0.06, (0, 0, 0.06)),
        cylinder(0.047, 0.012, (0, 0, 0.098), colour=ACCENT),
    )),
    Link("panda_hand", "panda_link7", "", "Fixed", "", (0, 0, 0.107), (0, -math.pi / 4),
         (), (),
         0.73, (-0.01, 0, 0.03), (0.001, 0.0025, 0.0017), (
        box((0.06, 0.205, 0.06), (0, 0, 0.035), WHITE, collides=True),
        box((0.045, 0.19, 0.012), (0, 0, 0.07), DARK),
    )),
    Link("panda_leftfinger", "panda_hand", "panda_finger_joint1", "Prismatic", "Y", (0, 0, 0.0584), (0, 0),
         (0, 0.04),
         FINGER, 0.1, (0, 0.01, 0.025), (4e-5, 4e-5, 2e-5), (
        box((0.022, 0.015, 0.045), (0, 0.0175, 0.0225), DARK),
        box((0.022, 0.02, 0.018), (0, 0.01, 0.045), GREY, collides=True),
    )),
    Link("panda_rightfinger", "panda_hand", "panda_finger_joint2", "Prismatic", "Y",
         (0, 0, 0.0584), (0, math.pi), (0, 0.04), FINGER, 0.1, (0, 0.01, 0.025), (4e-5, 4e-5, 2e-5), (
        box((0.022, 0.015, 0.045), (0, 0.0175, 0.0225), DARK),
        box((0.022, 0.02, 0.018), (0, 0.01, 0.045), GREY, collides=True),
    )),
)  # fmt: skip


def quaternion(turn):
    """wxyz of a turn about x, then one about the new z."""
    (a, b) = (angle / 2 for angle in turn)
    return (
        math.cos(a) * math.cos(b),
        math.sin(a) * math.cos(b),
        -math.sin(a) * math.sin(b),
        math.cos(a) * math.sin(b),
    )


def product(p, q):
    (a, b, c, d), (e, f, g, h) = p, q
    return (a * e - b * f - c * g - d * h, a * f + b * e + c * h - d * g,
            a * g - b * h + c * e + d * f, a * h + b * g - c * f + d * e)  # fmt: skip


def rotated(q, vector):
    turned = product(product(q, (0, *vector)), (q[0], -q[1], -q[2], -q[3]))
    return turned[1:]


def numbers(values):
    return "(" + ", ".join(f"{value + 0:.9g}" for value in (round(value, 12) for value in values)) + ")"


def block(head, schemas, lines):
    names = ", ".join(f'"{name}"' for name in schemas)
    yield f"def {head}" + (f" (prepend apiSchemas = [{names}])" if schemas else "")
    yield "{"
    for line in lines:
        yield f"    {line}"
    yield "}"


def shape_lines(shape):
    ops = ["xformOp:translate"]
    yield f"double3 xformOp:translate = {numbers(shape.place)}"
    if shape.kind == "Cube":
        ops.append("xformOp:scale")
        yield "double size = 1"
        yield f"float3 xformOp:scale = {numbers(shape.size)}"
    else:
        yield f'uniform token axis = "{shape.axis}"'
        yield f"double radius = {shape.size[0]}"
        yield f"double height = {shape.size[1]}"
    if shape.collides:
        # half of MuJoCo's own softness, so that fingers do not sink into what they hold
        yield "uniform double[] mjc:solref = [0.01, 1]"
    yield f"color3f[] primvars:displayColor = [{numbers(shape.colour)}]"
    yield "uniform token[] xformOpOrder = [" + ", ".join(f'"{op}"' for op in ops) + "]"


def link_lines(link, place, turn):
    yield f"float physics:mass = {link.mass}"
    yield f"point3f physics:centerOfMass = {numbers(link.com)}"
    yield f"float3 physics:diagonalInertia = {numbers(link.inertia)}"
    yield f"double3 xformOp:translate = {numbers(place)}"
    yield f"quatd xformOp:orient = {numbers(turn)}"
    yield 'uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:orient"]'
    for i, shape in enumerate(link.shapes):
        schemas = ["PhysicsCollisionAPI", "MjcCollisionAPI"] if shape.collides else []
        yield from block(f'{shape.kind} "shape_{i}"', schemas, shape_lines(shape))


def joint_lines(link):
    yield f"rel physics:body0 = </panda/{link.parent}>"
    yield f"rel physics:body1 = </panda/{link.name}>"
    yield f"point3f physics:localPos0 = {numbers(link.place)}"
    yield f"quatf physics:localRot0 = {numbers(quaternion(link.turn))}"
    if link.kind == "Fixed":
        return
    # angles of USD are degrees, and so are the drives of its revolute joints
    degrees = 180 / math.pi if link.kind == "Revolute" else 1
    drive = "angular" if link.kind == "Revolute" else "linear"
    yield f'uniform token physics:axis = "{link.axis}"'
    yield f"float physics:lowerLimit = {link.limits[0] * degrees:.9g}"
    yield f"float physics:upperLimit = {link.limits[1] * degrees:.9g}"
    yield f"float drive:{drive}:physics:stiffness = {link.drive[0] / degrees:.9g}"
    yield f"float drive:{drive}:physics:damping = {link.drive[1] / degrees:.9g}"


def panda_lines():
    poses = {"": ((0, 0, 0), (1, 0, 0, 0))}
    for link in LINKS:
        place, turn = poses[link.parent]
        poses[link.name] = (
            tuple(a + b for a, b in zip(place, rotated(turn, link.place), strict=True)),
            product(turn, quaternion(link.turn)),
        )
        schemas = ["PhysicsRigidBodyAPI", "PhysicsMassAPI"]
        yield from block(f'Xform "{link.name}"', schemas, link_lines(link, *poses[link.name]))
    yield from block('PhysicsFixedJoint "root_joint"', [], ["rel physics:body1 = </panda/panda_link0>"])
    for link in LINKS[1:]:
        drive = {"Revolute": ["PhysicsDriveAPI:angular"], "Prismatic": ["PhysicsDriveAPI:linear"]}.get(
            link.kind, []
        )
        name = link.joint or f"{link.name}_joint"
        yield from block(f'Physics{link.kind}Joint "{name}"', drive, joint_lines(link))


def usd_text():
    about = ['defaultPrim = "panda"', "metersPerUnit = 1", "kilogramsPerUnit = 1", 'upAxis = "Z"']
    head = ["#usda 1.0", "(", *(f"    {line}" for line in about), ")", ""]
    return "\n".join([*head, *block('Xform "panda"', ["PhysicsArticulationRootAPI"], panda_lines())]) + "\n"


if __name__ == "__main__":
    print(usd_text(), end="")
