"""Isaac Sim 4.5 and 5: `isaacsim.core.prims` and `World`. NumPy on the CPU, torch on a GPU; quaternions wxyz,
velocities of centres of mass.
"""

import numpy as np
from isaac_tensors import to_numpy


class CoreSim:
    """The open stage and its physics. Raises ImportError where this generation is not there."""

    name = "isaacsim.core"

    def __init__(self):
        import isaacsim.core.api as api
        import isaacsim.core.prims as prims
        import isaacsim.core.utils.stage as stage

        self._api, self._prims, self._stage = api, prims, stage

    def open(self, usd):
        """The stage, or None."""
        return self._stage.get_current_stage() if self._stage.open_stage(usd) else None

    def is_loading(self):
        return bool(self._stage.is_stage_loading())

    def play(self, app, dt, device, drawn):
        """Begins physics. `drawn`: its poses can be brought to the renderer."""
        backend = "torch" if "cuda" in device else "numpy"
        self._native = _to_torch(device) if backend == "torch" else np.asarray
        self._world = self._api.World(
            physics_dt=dt, rendering_dt=dt, stage_units_in_meters=1.0, backend=backend, device=device
        )
        if drawn:
            from isaacsim.core.simulation_manager import SimulationManager

            # once physics has begun it would know of no body
            SimulationManager.enable_fabric(True)
        self._world.reset()

    def step(self, count):
        for _ in range(count):
            self._world.step(render=False)

    def refresh(self):
        """Brings links to where the joints are, after a write."""
        from isaacsim.core.simulation_manager import SimulationManager

        SimulationManager.get_physics_sim_view().update_articulations_kinematic()

    def articulation(self, path):
        return CoreArticulation(self._prims, path, self._native)

    def bodies(self, paths):
        return CoreBodies(self._prims, paths, self._native)


class CoreBodies:
    """Rigid bodies by path, in that order: arrays `[bodies, …]`."""

    def __init__(self, prims, paths, native):
        # by default it would rewrite the prims: their transforms, and contact sensors on them
        self._prim = prims.RigidPrim(paths, reset_xform_properties=False, prepare_contact_sensors=False)
        self._prim.initialize()
        self._native = native

    def poses(self):
        return _copies(self._prim.get_world_poses())

    def velocities(self):
        both = to_numpy(self._prim.get_velocities())
        return both[:, :3].copy(), both[:, 3:].copy()

    def com_offsets(self):
        return to_numpy(self._prim.get_coms()[0]).reshape(-1, 3).copy()

    def write(self, pos, quat, linear, angular):
        self._prim.set_world_poses(self._native(pos), self._native(quat))
        self._prim.set_velocities(self._native(np.concatenate([linear, angular], -1)))


class CoreArticulation:
    """One articulation: arrays `[1, …]`."""

    def __init__(self, prims, path, native):
        self._prim = prim = prims.Articulation(path)
        prim.initialize()
        self._native = native
        self.joint_names, self.body_names = list(prim.dof_names), list(prim.body_names)
        self.link_paths = None
        self.slides = [kind.name == "Translation" for kind in prim.get_dof_types()]
        self.limits = to_numpy(prim.get_dof_limits())[0].copy()
        self.fixed_base = bool(prim._physics_view.shared_metatype.fixed_base)

    def poses(self):
        return _copies(self._prim.get_world_poses())

    def velocities(self):
        both = to_numpy(self._prim.get_velocities())
        return both[:, :3].copy(), both[:, 3:].copy()

    def com_offsets(self):
        return to_numpy(self._prim.get_body_coms()[0])[0].copy()

    def joints(self):
        return _copies((self._prim.get_joint_positions(), self._prim.get_joint_velocities()))

    def targets(self):
        return to_numpy(self._prim.get_applied_actions().joint_positions).copy()

    def set_targets(self, targets):
        self._prim.set_joint_position_targets(self._native(targets))

    def write(self, pos, quat, linear, angular):
        self._prim.set_world_poses(self._native(pos), self._native(quat))
        self._prim.set_velocities(self._native(np.concatenate([linear, angular], -1)))

    def write_joints(self, position, velocity):
        """Sets the position targets to the positions too, as the engine does; the velocity targets stay."""
        targets = to_numpy(self._prim.get_applied_actions().joint_velocities).copy()
        self._prim.set_joint_positions(self._native(position))
        self._prim.set_joint_velocities(self._native(velocity))
        self._prim.set_joint_velocity_targets(self._native(targets))


def _copies(parts):
    return tuple(to_numpy(part).copy() for part in parts)


def _to_torch(device):
    import torch

    return lambda array: torch.as_tensor(array, device=device)
