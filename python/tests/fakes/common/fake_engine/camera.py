"""A camera sensor. Mirrors `sensors/camera/camera.py` of 2.3.2.post1 and isaac.md 1.7: `[N, H, W, 3]` uint8, black until the renderer is warm; made without
`--enable_cameras` it raises.
"""

import numpy as np

_WARM_UP = 3


class Camera:
    image_shape = (24, 32)

    def __init__(self, scene, sim, flavour, enabled):
        if not enabled:
            raise RuntimeError("A camera was spawned without the --enable_cameras flag. Please use --enable_cameras to enable rendering.")
        self._scene, self._sim, self._flavour = scene, sim, flavour
        self.data = self

    @property
    def output(self):
        height, width = self.image_shape
        pictures = np.zeros((self._scene.num_envs, height, width, 3), np.uint8)
        if self._sim.renders >= _WARM_UP:
            pictures[...] = np.linspace(40, 200, width).astype(np.uint8)[:, None]
            pictures[..., 2] = np.arange(self._scene.num_envs)[:, None, None] + 10
        return {"rgb": self._flavour.wrap(pictures, self._scene.device, vectors=False)}

    @property
    def intrinsic_matrices(self):
        height, width = self.image_shape
        one = np.array([[30.0, 0, width / 2], [0, 30.0, height / 2], [0, 0, 1]], np.float32)
        return self._flavour.wrap(np.tile(one, (self._scene.num_envs, 1, 1)), self._scene.device, vectors=False)

    def update(self, dt, force_recompute=False):
        pass
