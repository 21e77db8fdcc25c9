"""Pictures of a scene's cameras, drawn by Replicator, which every Isaac Sim from 4.5 to 6 has."""

import numpy as np

from farsim.bridge.adapter import AdapterError

_SUBFRAMES = 4
"""Without them what was moved far leaves a ghost behind."""
_MOST_TRIES = 30


class IsaacSimPictures:
    """`cameras`: `{name: SceneCamera}`. Made once physics began; physics stands still while it draws."""

    def __init__(self, sim, cameras):
        import omni.replicator.core as replicator

        # only when asked, not with each of the app's updates
        replicator.orchestrator.set_capture_on_play(False)
        self._orchestrator = replicator.orchestrator
        self._sim, self._cameras, self._fabric = sim, cameras, _fabric()
        self._products = {
            name: replicator.create.render_product(camera.path, (camera.width, camera.height))
            for name, camera in cameras.items()
        }
        self._colours = {}
        for name, product in self._products.items():
            self._colours[name] = replicator.AnnotatorRegistry.get_annotator("rgb", device="cpu")
            self._colours[name].attach(product)

    def warm_up(self):
        """Draws until no camera's picture is all black, and not for ever: there may be nothing to see.
        Gives the names of those that stayed black.
        """
        for _ in range(_MOST_TRIES):
            self._draw()
            black = [name for name in self._cameras if not self._picture(name).any()]
            if not black:
                break
        return black

    def describe(self):
        return {name: _describe(camera) for name, camera in self._cameras.items()}

    def draw(self, cameras, rows, width, height):
        """`{name: [rows, height, width, 3] u8}` of where everything is now."""
        names = [self._checked(camera, width, height) for camera in cameras]
        self._draw()
        return {name: np.repeat(self._picture(name)[None], len(rows), axis=0) for name in names}

    def _draw(self):
        self._sim.refresh()
        if self._fabric is not None:
            # `update` would do so only after a step
            self._fabric.force_update(0.0, 0.0)
        for _ in range(_MOST_TRIES):
            self._orchestrator.step(rt_subframes=_SUBFRAMES, pause_timeline=False, delta_time=0.0)
            missing = [name for name in self._cameras if self._rgba(name) is None]
            if not missing:
                return
        raise AdapterError("RENDER_FAILED", f"after {_MOST_TRIES} frames no picture of {', '.join(missing)}")

    def _picture(self, name):
        return np.ascontiguousarray(self._rgba(name)[..., :3])

    def _rgba(self, name):
        """None before the renderer's first frame."""
        colours, camera = self._colours[name].get_data(), self._cameras[name]
        whole = colours is not None and np.shape(colours)[:2] == (camera.height, camera.width)
        return np.asarray(colours) if whole else None

    def _checked(self, camera, width, height):
        if not isinstance(camera, str) or camera not in self._cameras:
            raise AdapterError(
                "UNSUPPORTED",
                f"{camera!r} is no camera of the config; it has {', '.join(self._cameras)}",
                ["name it under `cameras`", "replay here in MuJoCo to look from anywhere"],
            )
        has = self._cameras[camera]
        if (width or has.width, height or has.height) != (has.width, has.height):
            raise AdapterError(
                "UNSUPPORTED",
                f"'{camera}' draws {has.width}×{has.height} pixels, not {width}×{height}",
                [f"set `width` and `height` of `cameras.{camera}`"],
            )
        return camera


def _fabric():
    """What carries poses from PhysX to the renderer. None where another engine does that by itself."""
    try:
        from omni.physxfabric import get_physx_fabric_interface
    except ModuleNotFoundError:
        return None
    return get_physx_fabric_interface()


def _describe(camera):
    fovy = {} if camera.fovy is None else {"fovy": camera.fovy}
    return {"width": camera.width, "height": camera.height, **fovy}
