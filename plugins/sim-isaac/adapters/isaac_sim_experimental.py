"""Isaac Sim 6: `isaacsim.core.experimental`. Warp arrays, quaternions wxyz, velocities of centres of mass."""

import numpy as np


class ExperimentalSim:
    """The open stage and its physics. Raises ImportError or AttributeError where this is not there."""

    name = "isaacsim.core.experimental"

    def __init__(self):
        import isaacsim.core.experimental.prims as prims
        import isaacsim.core.experimental.utils.stage as stage
        from isaacsim.core.simulation_manager import SimulationManager

        # 5.x has some of the prims, and steps another way
        SimulationManager.setup_simulation  # noqa: B018
        self._prims, self._stage, self._manager = prims, stage, SimulationManager

    def open(self, usd):
        """The stage, or None."""
        opened, stage = self._stage.open_stage(usd)
        return stage if opened else None

    def is_loading(self):
        return bool(self._stage.is_stage_loading())

    def play(self, app, dt, device, drawn):
        """Begins physics. `drawn`: its poses can be brought to the renderer."""
        import omni.timeline

        self._manager.setup_simulation(dt=dt, device=device)
        if drawn:
            # once physics has begun it would know of no body
            self._manager.enable_fabric(True)
        omni.timeline.get_timeline_interface().play()
        app.update()

    def step(self, count):
        self._manager.step(steps=count)

    def refresh(self):
        """Brings links to where the joints are, after a write."""
        self._manager.get_physics_simulation_view().update_articulations_kinematic()

    def articulation(self, path):
        return ExperimentalArticulation(self._prims, path)

    def bodies(self, paths):
        return ExperimentalBodies(self._prims, paths)


class ExperimentalBodies:
    """Rigid bodies by path, in that order: arrays `[bodies, …]`."""

    def __init__(self, prims, paths):
        self._prim = prims.RigidPrim(paths)

    def poses(self):
        return tuple(part.numpy().copy() for part in self._prim.get_world_poses())

    def velocities(self):
        return tuple(part.numpy().copy() for part in self._prim.get_velocities())

    def com_offsets(self):
        return self._prim.get_coms()[0].numpy().reshape(-1, 3).copy()

    def write(self, pos, quat, linear, angular):
        self._prim.set_world_poses(pos, quat)
        self._prim.set_velocities(linear, angular)


class ExperimentalArticulation:
    """One articulation: arrays `[1, …]`."""

    def __init__(self, prims, path):
        self._prim = prim = prims.Articulation(path)
        self.joint_names, self.body_names = list(prim.dof_names), list(prim.link_names)
        self.link_paths = list(prim.link_paths[0])
        self.slides = [kind.name == "Translation" for kind in prim.dof_types]
        self.limits = np.stack([bound.numpy()[0] for bound in prim.get_dof_limits()], -1)
        self.fixed_base = bool(prim._physics_articulation_view.shared_metatype.fixed_base)

    def poses(self):
        return tuple(part.numpy().copy() for part in self._prim.get_world_poses())

    def velocities(self):
        return tuple(part.numpy().copy() for part in self._prim.get_velocities())

    def com_offsets(self):
        return self._prim.get_link_coms()[0].numpy()[0].copy()

    def joints(self):
        return self._prim.get_dof_positions().numpy().copy(), self._prim.get_dof_velocities().numpy().copy()

    def targets(self):
        return self._prim.get_dof_position_targets().numpy().copy()

    def set_targets(self, targets):
        self._prim.set_dof_position_targets(targets)

    def write(self, pos, quat, linear, angular):
        self._prim.set_world_poses(pos, quat)
        self._prim.set_velocities(linear, angular)

    def write_joints(self, position, velocity):
        """Sets the position targets to the positions too, as the engine does; the velocity targets stay."""
        targets = self._prim.get_dof_velocity_targets().numpy().copy()
        self._prim.set_dof_positions(position)
        self._prim.set_dof_velocities(velocity)
        self._prim.set_dof_velocity_targets(targets)
