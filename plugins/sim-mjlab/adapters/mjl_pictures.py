"""Pictures: of the task's own camera sensors, and of every camera of the model where the machine has GL."""

import numpy as np

from farsim.bridge.adapter import AdapterError
from farsim.bridge.engines.mujoco_pictures import MujocoPictures


class MjlPictures:
    """Sensors draw in batches, in their own size, and are looked at as they last drew; the model's cameras
    are drawn one env after another on the host.
    """

    def __init__(self, mujoco, env):
        self._mujoco = mujoco
        self._env = env
        self._sensors = {
            name: sensor
            for name, sensor in env.scene.sensors.items()
            if "rgb" in getattr(getattr(sensor, "cfg", None), "data_types", ())
        }
        self._model = env.sim.mj_model
        self._pictures = MujocoPictures(mujoco, self._model)
        self._draws = self._pictures.works()

    def works(self):
        return self._draws or bool(self._sensors)

    def describe(self):
        cameras = self._pictures.describe() if self._draws else {}
        return {**cameras, **{name: self._describe(sensor) for name, sensor in self._sensors.items()}}

    def draw(self, cameras, rows, origins, width, height):
        drawn = {}
        for camera in cameras:
            if isinstance(camera, str) and camera in self._sensors:
                drawn[camera] = self._look(camera, rows, width, height)
            elif self._draws:
                drawn[camera if isinstance(camera, str) else "free"] = np.concatenate(
                    [self._draw(camera, row, origins[row], width, height) for row in rows]
                )
            else:
                raise AdapterError(
                    "UNSUPPORTED",
                    f"{camera!r}: this machine has no GL; there are the sensors "
                    f"{', '.join(self._sensors) or 'none'}",
                    ["replay here in MuJoCo to look from anywhere"],
                )
        return drawn

    def close(self):
        self._pictures.close()

    def _look(self, name, rows, width, height):
        picture = self._sensors[name].data.rgb.cpu().numpy()[rows]
        if (width or picture.shape[2], height or picture.shape[1]) != (picture.shape[2], picture.shape[1]):
            raise AdapterError(
                "UNSUPPORTED",
                f"'{name}' draws {picture.shape[2]}×{picture.shape[1]} pixels, not {width}×{height}",
                ["set its size with `overrides` or `configure`"],
            )
        return picture

    def _draw(self, camera, row, origin, width, height):
        if not isinstance(camera, str):
            look_at = np.asarray(camera.get("lookAt", self._model.stat.center)) + origin
            camera = {**camera, "lookAt": look_at}
        shown = self._mujoco.MjData(self._model)
        names = ("qpos", "mocap_pos", "mocap_quat") if self._model.nmocap else ("qpos",)
        for name in names:
            getattr(shown, name)[...] = getattr(self._env.sim.data, name)[int(row)].cpu().numpy()
        self._mujoco.mj_forward(self._model, shown)
        (picture,) = self._pictures.draw([camera], [shown], width, height).values()
        return picture

    def _describe(self, sensor):
        fovy = float(np.deg2rad(self._model.cam_fovy[sensor.camera_idx]))
        return {"width": sensor.cfg.width, "height": sensor.cfg.height, "fovy": fovy}
