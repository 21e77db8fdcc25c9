"""A Newton model's first world as `visuals/1`. Needs newton and numpy."""

import numpy as np

from farsim.bridge.engines.rotations import product, rotate, wxyz_from_xyzw

_KINDS = {
    "PLANE": ("plane", 2),
    "SPHERE": ("sphere", 1),
    "CAPSULE": ("capsule", 2),
    "ELLIPSOID": ("ellipsoid", 3),
    "CYLINDER": ("cylinder", 2),
    "BOX": ("box", 3),
    "MESH": ("mesh", 0),
    "CONVEX_MESH": ("mesh", 0),
}


def newton_visuals(newton, model, owners):
    """What is seen of world 0 and of what all worlds share; `owners` gives `entity/body` by body. Where a
    body has no shape that is only seen, those that collide are shown.
    """
    flags, worlds, bodies = (
        array.numpy() for array in (model.shape_flags, model.shape_world, model.shape_body)
    )
    poses, scales = model.shape_transform.numpy(), model.shape_scale.numpy()
    colours, opacities, kinds = (
        array.numpy() for array in (model.shape_color, model.shape_opacity, model.shape_type)
    )
    static = model.body_q.numpy()
    visible, site = int(newton.ShapeFlags.VISIBLE), int(newton.ShapeFlags.SITE)
    here = [shape for shape in range(len(flags)) if worlds[shape] <= 0 and not flags[shape] & site]
    seen = {int(bodies[shape]) for shape in here if flags[shape] & visible}
    meshes = {}
    shapes = []
    for shape in here:
        kind = _KINDS.get(newton.GeoType(int(kinds[shape])).name)
        body = int(bodies[shape])
        if kind is None or not (flags[shape] & visible or body not in seen):
            continue
        pos, quat = poses[shape][:3].astype(float), wxyz_from_xyzw(poses[shape][3:].astype(float))
        owner = owners.get(body)
        if owner is None:
            pos, quat = _in_world(pos, quat, static[body] if body >= 0 else None)
        told = {
            "body": owner or "world",
            "name": model.shape_label[shape].rpartition("/")[2],
            "type": kind[0],
            "size": _size(kind, scales[shape]),
            "pos": pos.tolist(),
            "quat": quat.tolist(),
            "rgba": [*map(float, colours[shape]), float(opacities[shape])],
        }
        if kind[0] == "mesh":
            told["vertices"], told["indices"] = _mesh(model.shape_source[shape], scales[shape], meshes)
        shapes.append(told)
    return {"shapes": shapes}


def _size(kind, scale):
    # a plane's numbers are its whole lengths
    return [float(number) / (2 if kind[0] == "plane" else 1) for number in scale[: kind[1]]]


def _in_world(pos, quat, body):
    if body is not None:
        turn = wxyz_from_xyzw(body[3:].astype(float))
        pos, quat = body[:3] + rotate(turn, pos), product(turn, quat)
    return pos, quat


def _mesh(source, scale, meshes):
    key = (id(source), scale.tobytes())
    if key not in meshes:
        vertices = (np.asarray(source.vertices, np.float32).reshape(-1, 3) * scale).astype(np.float32)
        triangles = np.asarray(source.indices, np.uint32).reshape(-1, 3)
        # mirrored, they would face inwards
        meshes[key] = (vertices, triangles[:, ::-1] if np.prod(scale) < 0 else triangles)
    return meshes[key]
