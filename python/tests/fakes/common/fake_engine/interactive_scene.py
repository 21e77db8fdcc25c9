"""The scene. Mirrors `interactive_scene.py` of 2.3.2.post1 and 3.0.0, isaac.md 1.6: `get_state` clones without names, `reset_to` needs every asset
that it iterates and sets joint targets too, `is_relative` is about positions only.
"""

from types import SimpleNamespace

import torch
import warp

from .assets import Asset, Collection, IndexWriters, Joints, PlainWriters
from .main_thread import require_main_thread
from .physics_worlds import PhysicsWorlds
from .usd_stage import UsdStage


class InteractiveScene:
    def __init__(self, cfg, sim, flavour):
        entities = {name: (one.spawn.usd_path, one.init_pos, one.rename) for name, one in cfg.entities.items()}
        self.cfg, self.num_envs, self.device, self._flavour = cfg, cfg.num_envs, sim.device, flavour
        self._worlds = sim.worlds = PhysicsWorlds(
            entities, cfg.num_envs, sim.cfg.dt, cfg.env_spacing, depth_first=sim.cfg.newton
        )
        writers = IndexWriters if flavour.arrays == "proxy" else PlainWriters
        kinds = {kind: type(kind.__name__, (writers, kind), {}) for kind in (Asset, Joints)}
        self.articulations, self.rigid_objects, members = {}, {}, {}
        for name, entity in cfg.entities.items():
            if entity.collection:
                members.setdefault(entity.collection, {})[name.removeprefix(f"{entity.collection}_")] = name
            else:
                jointed = bool(self._worlds.robots[name].joints)
                place = self.articulations if jointed else self.rigid_objects
                place[name] = one = kinds[Joints if jointed else Asset](self._worlds, name, flavour, self.device)
                one.cfg = SimpleNamespace(prim_path=f"/World/envs/env_.*/{name[:1].upper()}{name[1:]}")
        self.rigid_object_collections = {
            name: Collection(self._worlds, one, flavour, self.device) for name, one in members.items()
        }
        self.deformable_objects, self.surface_grippers, self.sensors = {}, {}, {}
        self.stage = UsdStage.of_scene(self._worlds, "/World/envs/env_0")
        self.env_origins = torch.Tensor(self._worlds.origins.astype("float32"), self.device)

    @property
    def _assets(self):
        return [*self.articulations.values(), *self.rigid_objects.values()]

    def update(self, dt):
        for thing in (*self._assets, *self.rigid_object_collections.values()):
            thing.data.refresh()

    def write_data_to_sim(self):
        for articulation in self.articulations.values():
            articulation.write_data_to_sim()

    def get_state(self, is_relative=False):
        require_main_thread("scene.get_state()")
        state = {
            "articulation": {
                name: self._root(one.data, is_relative)
                | {"joint_position": self._torch(one.data.joint_pos), "joint_velocity": self._torch(one.data.joint_vel)}
                for name, one in self.articulations.items()
            },
            "deformable_object": {},
            "rigid_object": {name: self._root(one.data, is_relative) for name, one in self.rigid_objects.items()},
            "gripper": {},
        }
        return state | ({"cable_object": {}} if self._flavour.arrays == "proxy" else {})

    def reset_to(self, state, env_ids=None, is_relative=False):
        require_main_thread("scene.reset_to()")
        for name, one in self.articulations.items():
            given = state["articulation"][name]
            position, velocity = given["joint_position"].clone(), given["joint_velocity"].clone()
            self._write_root(one, given, env_ids, is_relative)
            if self._flavour.arrays == "proxy":
                one.write_joint_position_to_sim_index(position=position, env_ids=env_ids)
                one.write_joint_velocity_to_sim_index(velocity=velocity, env_ids=env_ids)
                one.set_joint_position_target_index(target=position, env_ids=env_ids)
                one.set_joint_velocity_target_index(target=velocity, env_ids=env_ids)
            else:
                one.write_joint_state_to_sim(position, velocity, env_ids=env_ids)
                one.set_joint_position_target(position, env_ids=env_ids)
                one.set_joint_velocity_target(velocity, env_ids=env_ids)
        for name, one in self.rigid_objects.items():
            self._write_root(one, state["rigid_object"][name], env_ids, is_relative)
        self.write_data_to_sim()

    def _write_root(self, asset, given, env_ids, is_relative):
        pose, velocity = given["root_pose"].clone(), given["root_velocity"].clone()
        if is_relative:
            pose[:, :3] += self.env_origins[env_ids if env_ids is not None else slice(None)]
        if self._flavour.arrays == "proxy":
            asset.write_root_pose_to_sim_index(root_pose=pose, env_ids=env_ids)
            asset.write_root_velocity_to_sim_index(root_velocity=velocity, env_ids=env_ids)
        else:
            asset.write_root_pose_to_sim(pose, env_ids=env_ids)
            asset.write_root_velocity_to_sim(velocity, env_ids=env_ids)

    def _root(self, data, is_relative):
        pose = self._torch(data.root_pose_w)
        if is_relative:
            pose[:, :3] -= self.env_origins
        return {"root_pose": pose, "root_velocity": self._torch(data.root_vel_w)}

    def _torch(self, value):
        whole = value.torch if hasattr(value, "torch") else value if hasattr(value, "detach") else warp.to_torch(value)
        return whole.clone()
