"""The scene's own cameras."""

import math

from isaac_tensors import to_numpy

from farsim.bridge.adapter import AdapterError

_COLOURS = ("rgb", "rgba")
_MOST_WARM_UP = 30


class IsaacPictures:
    """Sensors whose output holds colours."""

    def __init__(self, scene):
        self._cameras = {
            name: sensor for name, sensor in scene.sensors.items() if _colours(sensor) is not None
        }

    def warm_up(self, sim):
        """Draws until no camera's picture is all black, and not for ever: there may be nothing to see."""
        for _ in range(_MOST_WARM_UP):
            if all(to_numpy(sensor.data.output[_colours(sensor)]).any() for sensor in self._cameras.values()):
                return
            sim.render()
            for sensor in self._cameras.values():
                sensor.update(0.0, force_recompute=True)

    def describe(self):
        return {name: _describe(sensor) for name, sensor in self._cameras.items()}

    def draw(self, cameras, rows, width, height):
        return {_name(camera): self._draw(camera, rows, width, height) for camera in cameras}

    def _draw(self, camera, rows, width, height):
        sensor = self._cameras.get(camera) if isinstance(camera, str) else None
        if sensor is None:
            raise AdapterError(
                "UNSUPPORTED",
                f"{camera!r} is no camera of the scene; it has {', '.join(self._cameras) or 'none'}",
                ["replay here in MuJoCo to look from anywhere"],
            )
        picture = to_numpy(sensor.data.output[_colours(sensor)])[rows][..., :3]
        if (width or picture.shape[2], height or picture.shape[1]) != (picture.shape[2], picture.shape[1]):
            raise AdapterError(
                "UNSUPPORTED",
                f"'{camera}' draws {picture.shape[2]}×{picture.shape[1]} pixels, not {width}×{height}",
                ["set its size with `overrides` or `configure`"],
            )
        return picture


def _name(camera):
    return camera if isinstance(camera, str) else "free"


def _colours(sensor):
    output = getattr(getattr(sensor, "data", None), "output", None)
    return next((name for name in _COLOURS if output is not None and name in output), None)


def _describe(sensor):
    height, width = (int(side) for side in sensor.image_shape)
    focal = float(to_numpy(sensor.data.intrinsic_matrices)[0][1][1])
    return {"width": width, "height": height, "fovy": 2 * math.atan2(height / 2, focal)}
