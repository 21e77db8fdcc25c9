"""Rules of pictures and shapes."""

from __future__ import annotations

import numpy as np

from .opened_world import NOT_OFFERED, OpenedWorld

_SIZES = {"box": 3, "sphere": 1, "capsule": 2, "cylinder": 2, "ellipsoid": 3, "plane": 2}


def check_pictures(world: OpenedWorld, steps: int) -> str | None:
    """A camera's pictures have the size that the spec says, and drawing them moves nothing."""
    cameras = world.spec["cameras"]
    if not world.can("render") or not cameras:
        return NOT_OFFERED
    world.reset()
    world.call("step", world.action(world.envs, np.random.default_rng(7)))
    before = world.call("getState") if world.can("getState") else {}
    pictures = world.adapter.images(list(cameras))
    assert pictures.keys() == cameras.keys(), f"pictures of {list(cameras)} came as {list(pictures)}"
    for name, picture in pictures.items():
        expected = (world.envs, cameras[name]["height"], cameras[name]["width"], 3)
        assert picture.shape == expected, f"{name} is {picture.shape} instead of {expected}"
        assert picture.dtype == np.uint8, f"{name} is {picture.dtype} instead of uint8"
    after = world.call("getState") if before else {}
    for key, value in before.items():
        assert np.array_equal(value, after[key]), f"{key} was changed by drawing"
    return None


def check_shapes(world: OpenedWorld, steps: int) -> str | None:
    """Shapes lie on the world or on a body of an entity, with as many sizes as their kind has."""
    if not world.can("visuals"):
        return NOT_OFFERED
    entities = world.spec["entities"]
    bodies = {f"{name}/{body}" for name, entity in entities.items() for body in entity["body_names"]}
    for shape in world.adapter.visuals()["shapes"]:
        called = f"{shape.get('name') or shape['type']} of {shape['body']}"
        assert shape["body"] == "world" or shape["body"] in bodies, f"{called}: no entity has that body"
        meshed = {"vertices", "indices"} <= shape.keys()
        assert meshed == (shape["type"] == "mesh"), (
            f"{called}: a mesh, and only that, has vertices and indices"
        )
        sizes = _SIZES.get(shape["type"], 0)
        assert len(shape["size"]) == sizes, f"{called}: {len(shape['size'])} sizes instead of {sizes}"
        assert abs(np.linalg.norm(shape["quat"]) - 1) < 1e-3, f"{called}: its quat has no norm of 1"
        given = np.array([*shape["pos"], *shape["quat"], *shape["size"], *shape["rgba"]], float)
        assert np.isfinite(given).all(), f"{called} holds a number that is not finite"
        if meshed and len(shape["indices"]):
            most = int(np.max(shape["indices"]))
            assert most < len(shape["vertices"]), (
                f"{called}: index {most} of {len(shape['vertices'])} vertices"
            )
    return None
