"""Makes Isaac Lab's cube lift with a Franka run on Newton without Kit and without NVIDIA's assets."""

import isaaclab.sim as sim_utils
from isaaclab_newton.physics import MJWarpSolverCfg, NewtonCfg


def configure(cfg):
    solver = MJWarpSolverCfg(
        njmax=300, nconmax=100, cone="elliptic", impratio=10.0, integrator="implicitfast"
    )
    cfg.sim.physics = NewtonCfg(solver_cfg=solver, num_substeps=4, use_cuda_graph=False)
    scene = cfg.scene
    scene.robot.spawn.variants = None
    scene.replicate_physics = True
    for group in scene.robot.actuators.values():
        group.stiffness = group.damping = None
    fingers = scene.robot.actuators.pop("panda_finger2_passive")
    fingers.joint_names_expr = ["panda_finger_joint.*"]
    scene.robot.actuators["panda_hand"] = fingers
    scene.table.spawn = sim_utils.CuboidCfg(
        size=(0.8, 1.0, 0.4),
        collision_props=sim_utils.UsdPhysicsCollisionCfg(),
        visual_material=sim_utils.PreviewSurfaceCfg(diffuse_color=(0.62, 0.47, 0.33)),
    )
    scene.table.init_state.pos = (0.6, 0.0, -0.2)
    scene.plane.init_state.pos = (0.0, 0.0, -0.4)
    scene.object.spawn = sim_utils.CuboidCfg(
        size=(0.04, 0.04, 0.04),
        rigid_props=sim_utils.UsdPhysicsRigidBodyCfg(),
        mass_props=sim_utils.MassCfg(mass=0.1),
        collision_props=sim_utils.UsdPhysicsCollisionCfg(),
        physics_material=sim_utils.RigidBodyMaterialCfg(static_friction=1.0, dynamic_friction=1.0),
        visual_material=sim_utils.PreviewSurfaceCfg(diffuse_color=(0.1, 0.45, 0.85)),
    )
    scene.object.init_state.pos = (0.5, 0.0, 0.02)
    # the cube begins where the keyframes look for it, turned a little differently each time
    cfg.events.reset_object_position.params["pose_range"] = {"x": (-0.01, 0.01), "y": (-0.01, 0.01)}
