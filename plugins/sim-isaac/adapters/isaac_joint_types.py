"""Whether joints turn or slide, as the prims of the first env say. D6 joints (`PhysicsJoint`) are what their
free axes are: https://openusd.org/release/api/usd_physics_page_front.html, "Limits".
"""

_TURNS, _SLIDES = ("rotX", "rotY", "rotZ"), ("transX", "transY", "transZ")


def first_env(prim_path):
    """The path of an asset's prim there, without its pattern."""
    return prim_path.replace("env_.*", "env_0").replace("env_[^/]+", "env_0")


def read_joint_types(stage, art):
    """`hinge` or `slide` by joint name; a joint of which no prim says it is left out."""
    from pxr import Usd

    root = stage.GetPrimAtPath(first_env(art.cfg.prim_path))
    if not root:
        return {}
    kinds = {}
    for prim in Usd.PrimRange(root, Usd.TraverseInstanceProxies()):
        kind = _kind(prim)
        if kind:
            kinds.setdefault(prim.GetName(), kind)
    # PhysX calls the axes of a joint that has several `<joint>:0`, `<joint>:1`, …
    found = {name: kinds.get(name) or kinds.get(name.rpartition(":")[0]) for name in art.joint_names}
    return {name: kind for name, kind in found.items() if kind}


def _kind(prim):
    name = str(prim.GetTypeName())
    if name == "PhysicsRevoluteJoint" or name == "PhysicsSphericalJoint":
        return "hinge"
    if name == "PhysicsPrismaticJoint":
        return "slide"
    if name != "PhysicsJoint":
        return None
    turns, slides = (any(_free(prim, axis) for axis in axes) for axes in (_TURNS, _SLIDES))
    return None if turns == slides else "hinge" if turns else "slide"


def _free(prim, axis):
    """An axis is locked where its lower limit is above the upper one."""
    low, high = (prim.GetAttribute(f"limit:{axis}:physics:{end}") for end in ("low", "high"))
    return not (low and high and low.Get() is not None and high.Get() is not None and low.Get() > high.Get())
