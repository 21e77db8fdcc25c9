"""Holds the names that the Isaac adapters and the fake of Isaac Lab 2.x use against the sources in its wheel,
which are read, not run. Usage: check_names.py WHEEL_FOLDER. Prints what is not there, and ends with 1 then.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADAPTERS = ROOT / "plugins/sim-isaac/adapters"
ENGINE = ROOT / "python/tests/fakes/common/fake_engine"

USED = {
    "AppLauncher": ["app"],
    "ManagerBasedRLEnv": [
        "_reset_idx", "action_manager", "close", "device", "num_envs", "observation_manager",
        "physics_dt", "reset", "scene", "seed", "sim", "single_action_space", "step", "step_dt",
    ],
    "DirectRLEnv": [
        "_get_observations", "_reset_idx", "close", "device", "num_envs", "physics_dt", "reset",
        "scene", "seed", "sim", "single_action_space", "step", "step_dt",
    ],
    "InteractiveScene": [
        "articulations", "deformable_objects", "device", "env_origins", "get_state", "reset_to",
        "rigid_object_collections", "rigid_objects", "sensors", "stage", "surface_grippers",
        "write_data_to_sim",
    ],
    "Articulation": [
        "body_names", "cfg", "data", "is_fixed_base", "joint_names", "set_joint_position_target",
        "set_joint_velocity_target",
    ],
    "ArticulationData": [
        "body_com_pos_b", "body_link_pose_w", "joint_limits", "joint_pos", "joint_pos_limits",
        "joint_pos_target", "joint_vel", "joint_vel_target", "root_link_pose_w", "root_link_vel_w",
        "root_pose_w", "root_state_w", "root_vel_w", "body_pose_w", "body_state_w",
    ],
    "RigidObject": ["body_names", "cfg", "data"],
    "RigidObjectData": [
        "body_com_pos_b", "body_link_pose_w", "root_link_pose_w", "root_link_vel_w", "root_vel_w",
    ],
    "RigidObjectCollection": [
        "data", "object_names", "write_object_com_velocity_to_sim",
        "write_object_link_pose_to_sim",
    ],
    "RigidObjectCollectionData": [
        "object_com_pos_b", "object_com_vel_w", "object_link_pose_w", "object_link_vel_w",
    ],
    "Camera": ["data", "image_shape", "update"],
    "CameraData": ["intrinsic_matrices", "output"],
    "SimulationContext": ["forward", "render"],
    "ActionManager": ["action_term_dim", "active_terms", "get_term"],
    "ObservationManager": ["_group_obs_term_history_buffer", "compute", "reset"],
    "FrameTransformerData": ["target_pos_w"],
    "RayCasterData": ["ray_hits_w"],
    "JointPositionAction": ["_joint_names", "_offset", "_scale", "cfg"],
    "BinaryJointPositionAction": ["_close_command", "_joint_names", "_open_command", "cfg"],
}  # fmt: skip
FUNCTIONS = {
    "isaaclab/source/isaaclab/isaaclab/utils/math.py": {"quat_apply": ["quat", "vec"]},
    "isaaclab/source/isaaclab_tasks/isaaclab_tasks/utils/parse_cfg.py": {
        "parse_env_cfg": ["task_name", "device", "num_envs"]
    },
}
RECEIVERS = {
    "base": ("ManagerBasedRLEnv", "DirectRLEnv"),
    "env": ("ManagerBasedRLEnv",),
    "scene": ("InteractiveScene",),
    "_scene": ("InteractiveScene",),
    "art": ("Articulation",),
    "thing": ("Articulation", "RigidObject"),
    "data": ("ArticulationData", "RigidObjectData", "CameraData"),
    "collection": ("RigidObjectCollection",),
    "sensor": ("Camera",),
    "sim": ("SimulationContext",),
    "manager": ("ActionManager", "ObservationManager"),
}
"""Variables of the adapters by what they hold; an attribute of one that is not in `USED` is told."""
OTHERS = {
    "unwrapped", "device", "describe", "first_origins", "left_out", "origins", "owner", "read", "write",
    "num_envs", "set_joint_position_target_index", "body_names", "write_body_link_pose_to_sim_index",
}  # fmt: skip
"""What those variables have besides: gymnasium's, farsim's own, and names that only Isaac Lab 3 has."""
FAKES = {
    "interactive_scene.py": {"InteractiveScene": "InteractiveScene"},
    "assets.py": {"Asset": "RigidObject", "Joints": "Articulation", "PlainWriters": "Articulation"},
    "rl_env.py": {"RlEnv": "DirectRLEnv"},
    "env_kinds.py": {"ManagerBased": "ManagerBasedRLEnv", "Direct": "DirectRLEnv"},
    "simulation.py": {"SimulationContext": "SimulationContext"},
    "camera.py": {"Camera": "Camera"},
    "action_terms.py": {
        "JointPositionAction": "JointPositionAction",
        "BinaryJointPositionAction": "BinaryJointPositionAction",
        "ActionManager": "ActionManager",
    },
}
FAKES_OWN = {
    "cameras_enabled", "flavour", "intrinsic_matrices", "output", "renders", "robot", "scene", "worlds",
}  # fmt: skip


def main(folder: str) -> int:
    sources = Path(folder, "isaaclab/source/isaaclab/isaaclab").rglob("*.py")
    classes = {name: node for path in sources for name, node in defined(path, ast.ClassDef).items()}
    wrong = [
        f"{owner}.{name} is not in the wheel"
        for owner, names in USED.items()
        for name in names
        if name not in members(classes, owner)
    ]
    wrong += [*wrong_functions(Path(folder)), *untold(), *invented(classes)]
    print("\n".join(wrong) or f"{sum(map(len, USED.values()))} names of {len(USED)} classes are there")
    return 1 if wrong else 0


def defined(path: Path, kind: type) -> dict:
    """The classes or functions of a file by name."""
    return {node.name: node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kind)}


def members(classes: dict[str, ast.ClassDef], name: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """Methods, properties, fields and `self.…` of a class and of those that it is made of."""
    node = classes.get(name)
    if node is None:
        return set()
    # Isaac Sim has classes of the same name, which are not here
    seen |= {name}
    parents = {ast.unparse(parent).rpartition(".")[2] for parent in node.bases} - seen
    found = {member for parent in parents for member in members(classes, parent, seen)}
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef):
            found.add(part.name)
        elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            found.add(part.target.id)
        elif isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store):
            found |= {part.attr} if ast.unparse(part.value) == "self" else set()
    return found


def wrong_functions(folder: Path) -> list[str]:
    wrong = []
    for file, functions in FUNCTIONS.items():
        there = defined(folder / file, ast.FunctionDef)
        for name, arguments in functions.items():
            taken = [argument.arg for argument in there[name].args.args] if name in there else []
            if taken[: len(arguments)] != arguments:
                wrong.append(f"{name}({', '.join(arguments)}) is {name}({', '.join(taken)}) in the wheel")
    return wrong


def untold() -> list[str]:
    """What the adapters take of Isaac's objects, but `USED` does not say."""
    wrong = []
    for file in sorted(ADAPTERS.glob("isaac_*.py")):
        if file.name.startswith("isaac_sim_"):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Attribute):
                continue
            holder = getattr(node.value, "id", getattr(node.value, "attr", ""))
            told = {name for owner in RECEIVERS.get(holder, ()) for name in USED[owner]}
            if holder in RECEIVERS and node.attr not in told | OTHERS:
                wrong.append(f"{file.name}:{node.lineno} {holder}.{node.attr} is not held against the wheel")
    return wrong


def invented(classes: dict[str, ast.ClassDef]) -> list[str]:
    """What the fake of 2.x has and the real one has not."""
    wrong = []
    for file, pairs in FAKES.items():
        own = defined(ENGINE / file, ast.ClassDef)
        for fake, real in pairs.items():
            known = members(classes, real) | FAKES_OWN
            extra = {name for name in members({fake: own[fake]}, fake) - known if not name.startswith("_")}
            wrong += [f"the fake {fake}.{name} is nothing of {real}" for name in sorted(extra)]
    data = ast.parse((ENGINE / "live_data.py").read_text())
    buffers = {
        key.value
        for node in ast.walk(data)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and "_" in str(key.value)
    }
    extra = sorted(buffers - members(classes, "ArticulationData"))
    return wrong + [f"the fake data.{name} is nothing of ArticulationData" for name in extra]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
