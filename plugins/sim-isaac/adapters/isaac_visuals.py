"""The shapes of the first env and of what all envs share, read from the USD stage, as `visuals/1`."""

import numpy as np

_SHAPES = ("Cube", "Sphere", "Capsule", "Cylinder", "Cone", "Plane", "Mesh")
_AXES = {
    "X": (0.7071067811865476, 0, 0.7071067811865476, 0),
    "Y": (0.7071067811865476, -0.7071067811865476, 0, 0),
}
_GREY = (0.5, 0.5, 0.5)
_DIFFUSE = ("diffuseColor", "diffuse_color_constant", "diffuse_tint")


class StageVisuals:
    """`owner(path)` gives `entity/body` for a rigid body's prim, None for one that no state holds;
    `left_out(path)`: whether a prim is passed over with all that is below it.
    """

    def __init__(self, stage, owner, origin, left_out=lambda path: False):
        from pxr import Usd, UsdGeom, UsdPhysics, UsdShade

        self._usd, self._geom, self._physics, self._shade = Usd, UsdGeom, UsdPhysics, UsdShade
        self._stage = stage
        self._owner = owner
        self._left_out = left_out
        self._origin = np.asarray(origin, float)
        self._place = UsdGeom.XformCache()

    def read(self):
        return {"shapes": [shape for prim in self._prims() for shape in self._shape(prim)]}

    def _prims(self):
        root = self._stage.GetPseudoRoot()
        every = iter(self._usd.PrimRange(root, self._usd.TraverseInstanceProxies()))
        for prim in every:
            if self._left_out(str(prim.GetPath())):
                every.PruneChildren()
            elif str(prim.GetTypeName()) in _SHAPES and self._is_seen(prim):
                yield prim

    def _is_seen(self, prim):
        image = self._geom.Imageable(prim)
        hidden = image.ComputeVisibility() == self._geom.Tokens.invisible
        return not hidden and image.ComputePurpose() in (self._geom.Tokens.default_, self._geom.Tokens.render)

    def _shape(self, prim):
        body = prim
        while body and not body.HasAPI(self._physics.RigidBodyAPI):
            body = body.GetParent()
        owner = self._owner(str(body.GetPath())) if body else "world"
        if owner is None:
            return
        turned = np.array(self._place.GetLocalToWorldTransform(prim))
        if body:
            turned = turned @ np.linalg.inv(rigid(np.array(self._place.GetLocalToWorldTransform(body))))
        else:
            turned[3, :3] -= self._origin
        pose = rigid(turned)
        scale = turned[:3, :3] @ np.linalg.inv(pose[:3, :3])
        kind = str(prim.GetTypeName())
        told = MEASURES[kind](self._geom, prim, scale)
        if told is None:
            return
        quat = quaternion(pose[:3, :3].T)
        axis = _AXES.get(told.pop("axis", "Z"))
        yield {
            "body": owner,
            "name": str(prim.GetPath()),
            "pos": pose[3, :3].tolist(),
            "quat": (quat if axis is None else product(quat, axis)).tolist(),
            "rgba": [*self._colour(prim), 1.0],
            **told,
        }

    def _colour(self, prim):
        """sRGB; USD's colours are linear."""
        material = self._shade.MaterialBindingAPI(prim).ComputeBoundMaterial()[0]
        for shader in self._usd.PrimRange(material.GetPrim()) if material else ():
            for name in _DIFFUSE:
                value = shader.GetAttribute(f"inputs:{name}").Get() if shader else None
                if value is not None:
                    return srgb(value)
        colours = self._geom.Gprim(prim).GetDisplayColorAttr().Get()
        return srgb(colours[0]) if colours else list(_GREY)


def of_other_envs(path):
    """Of an Isaac Lab scene: the envs but the first, and the markers."""
    other = path.startswith("/World/envs/") and not f"{path}/".startswith("/World/envs/env_0/")
    return other or path.startswith("/Visuals")


def _box(geom, prim, scale):
    half = float(geom.Cube(prim).GetSizeAttr().Get()) / 2
    return {"type": "box", "size": (half * np.linalg.norm(scale, axis=1)).tolist()}


def _sphere(geom, prim, scale):
    radii = float(geom.Sphere(prim).GetRadiusAttr().Get()) * np.linalg.norm(scale, axis=1)
    if np.ptp(radii) < 1e-9:
        return {"type": "sphere", "size": [float(radii[0])]}
    return {"type": "ellipsoid", "size": radii.tolist()}


def _long(kind):
    def measure(geom, prim, scale):
        shape = getattr(geom, kind)(prim)
        axis = str(shape.GetAxisAttr().Get())
        along = "XYZ".index(axis)
        lengths = np.linalg.norm(scale, axis=1)
        radius = float(shape.GetRadiusAttr().Get()) * float(np.delete(lengths, along).mean())
        half = float(shape.GetHeightAttr().Get()) * float(lengths[along]) / 2
        return {"type": kind.lower(), "size": [radius, half], "axis": axis}

    return measure


def _plane(geom, prim, scale):
    axis = str(geom.Plane(prim).GetAxisAttr().Get())
    return {"type": "plane", "size": [0.0, 0.0], "axis": axis}


def _mesh(geom, prim, scale):
    mesh = geom.Mesh(prim)
    points, counts = mesh.GetPointsAttr().Get(), mesh.GetFaceVertexCountsAttr().Get()
    if not points or not counts:
        return None
    corners = np.array(mesh.GetFaceVertexIndicesAttr().Get())
    left_handed = str(mesh.GetOrientationAttr().Get()) == "leftHanded"
    triangles = facing_out(fans(np.array(counts), corners), left_handed, scale)
    return {
        "type": "mesh",
        "size": [],
        "vertices": (np.array(points, float) @ scale).astype(np.float32),
        "indices": np.ascontiguousarray(triangles, np.uint32),
    }


MEASURES = {
    "Cube": _box,
    "Sphere": _sphere,
    "Capsule": _long("Capsule"),
    "Cylinder": _long("Cylinder"),
    "Cone": _long("Cylinder"),
    "Plane": _plane,
    "Mesh": _mesh,
}


def fans(counts, corners):
    """Triangles of polygons, each as a fan around its first corner."""
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    triangles = [
        np.stack([np.full(len(of), 0) + starts[of], starts[of] + i, starts[of] + i + 1], axis=1)
        for i in range(1, int(counts.max()) - 1)
        if len(of := np.flatnonzero(counts > i + 1))
    ]
    return corners[np.concatenate(triangles)] if triangles else np.zeros((0, 3), int)


def facing_out(triangles, left_handed, scale):
    """Counter-clockwise from outside, as shapes are; what mirrors them turns them over."""
    return triangles[:, ::-1] if left_handed != (np.linalg.det(scale) < 0) else triangles


def rigid(matrix):
    """The part of USD's row-vector matrix that turns and moves; what it stretches is left out."""
    left, _, right = np.linalg.svd(matrix[:3, :3])
    turn = left @ right
    if np.linalg.det(turn) < 0:
        turn = -turn
    made = np.eye(4)
    made[:3, :3], made[3, :3] = turn, matrix[3, :3]
    return made


def quaternion(matrix):
    """wxyz of a rotation matrix whose columns are the axes (Shepperd, 1978)."""
    m = matrix
    squares = np.array([1 + np.trace(m), 1 + 2 * m[0, 0] - np.trace(m), 1 + 2 * m[1, 1] - np.trace(m),
                        1 + 2 * m[2, 2] - np.trace(m)])  # fmt: skip
    largest = int(np.argmax(squares))
    rows = [
        (squares[0], m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]),
        (m[2, 1] - m[1, 2], squares[1], m[0, 1] + m[1, 0], m[0, 2] + m[2, 0]),
        (m[0, 2] - m[2, 0], m[0, 1] + m[1, 0], squares[2], m[1, 2] + m[2, 1]),
        (m[1, 0] - m[0, 1], m[0, 2] + m[2, 0], m[1, 2] + m[2, 1], squares[3]),
    ]
    quat = np.array(rows[largest])
    return quat / np.linalg.norm(quat)


def product(left, right):
    from farsim.bridge.engines.rotations import product as multiply

    return multiply(np.asarray(left, float), np.asarray(right, float))


def srgb(colour):
    linear = np.clip(np.array(colour, float), 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055).tolist()
