"""A MuJoCo model's shapes as `visuals/1`. Needs numpy and mujoco."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .mujoco_state import MujocoState, body_name

_LAST_GROUP = 2  # the highest that MuJoCo's own viewers show
_DEFAULT_GREY = 0.5


def owners_of(state: MujocoState) -> dict[int, str]:
    """`entity/body` by body of the model."""
    return {
        int(body): f"{entity.name}/{body_name(state.model, body)}"
        for entity in state.entities
        for body in entity.bodies
    }


def model_visuals(
    mujoco: Any, model: Any, owners: Mapping[int, str], origin: Sequence[float] = (0, 0, 0)
) -> dict[str, Any]:
    """What is seen of the model, `origin` being that of env 0; height fields and signed distance fields are
    left out.
    """
    world = _world_poses(mujoco, model, origin)
    meshes: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    shapes = [
        shape
        for geom in range(model.ngeom)
        if (shape := _shape(mujoco, model, geom, owners, world, meshes)) is not None
    ]
    return {"shapes": shapes}


def _shape(
    mujoco: Any, model: Any, geom: int, owners: Mapping[int, str], world: Any, meshes: dict[int, Any]
) -> dict[str, Any] | None:
    rgba = _colour(model, geom)
    sizes = {"plane": 2, "sphere": 1, "capsule": 2, "ellipsoid": 3, "cylinder": 2, "box": 3, "mesh": 0}
    kind = mujoco.mjtGeom(int(model.geom_type[geom])).name.removeprefix("mjGEOM_").lower()
    if kind not in sizes or rgba[3] == 0 or model.geom_group[geom] > _LAST_GROUP:
        return None
    owner = owners.get(int(model.geom_bodyid[geom]))
    # what hangs on no entity stays where the world has it
    place, turn = world if owner is None else (model.geom_pos, model.geom_quat)
    shape = {
        "body": owner or "world",
        "type": kind,
        "size": model.geom_size[geom][: sizes[kind]].tolist(),
        "pos": place[geom].tolist(),
        "quat": turn[geom].tolist(),
        "rgba": rgba,
    }
    if model.geom(geom).name:
        shape["name"] = model.geom(geom).name
    if kind == "mesh":
        shape["vertices"], shape["indices"] = _mesh(model, int(model.geom_dataid[geom]), meshes)
    return shape


def _colour(model: Any, geom: int) -> list[float]:
    """The material's, unless the geom has a colour of its own."""
    rgba, material = model.geom_rgba[geom], int(model.geom_matid[geom])
    own = material < 0 or (rgba != [_DEFAULT_GREY, _DEFAULT_GREY, _DEFAULT_GREY, 1]).any()
    return [float(channel) for channel in (rgba if own else model.mat_rgba[material])]


def _mesh(model: Any, number: int, meshes: dict[int, Any]) -> tuple[np.ndarray, np.ndarray]:
    if number not in meshes:
        first, count = model.mesh_vertadr[number], model.mesh_vertnum[number]
        face, faces = model.mesh_faceadr[number], model.mesh_facenum[number]
        meshes[number] = (
            model.mesh_vert[first : first + count].astype(np.float32),
            model.mesh_face[face : face + faces].astype(np.uint32),
        )
    return meshes[number]


def _world_poses(mujoco: Any, model: Any, origin: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    rotations = np.empty((model.ngeom, 4))
    for geom, matrix in enumerate(data.geom_xmat):
        mujoco.mju_mat2Quat(rotations[geom], matrix)
    return data.geom_xpos - origin, rotations
