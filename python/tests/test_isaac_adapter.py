"""IsaacAdapter against the contract fakes of every generation, by itself and through the real bridge."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from bridge_client import OP, Client, events_until
from fake_isaac import LAB_FLAVOURS, fake_env
from session_words import WANT_STATE, close, crash_of, ended, ready

from farsim.bridge.errors import FarsimError

pytest.importorskip("mujoco")
pytest.importorskip("gymnasium")

HERE = Path(__file__).resolve().parent
ADAPTERS = HERE.parents[1] / "plugins/sim-isaac/adapters"
KINDS = [(flavour, task) for flavour in LAB_FLAVOURS for task in ("Isaac-Crab", "Isaac-Crab-Direct")]
BODIES = {**WANT_STATE, "bodies": 2}

TRUTH = """
import sys, numpy as np
from isaac_adapter import IsaacAdapter
from farsim.testing import check_adapter, opened, wanted
CONFIG = {"task": %(task)r, "envs": 3, "seed": 1, "device": %(device)r, "overrides": ["env.episode_length_s=0.3"]}
"""


def alone(flavour: str, task: str, script: str, device: str = "cuda:0", **options) -> str:
    """What the script says, run with the adapter and the farsim package beside the fakes."""
    env = fake_env(flavour, close="return", **options)
    env["PYTHONPATH"] = os.pathsep.join([env["PYTHONPATH"], str(ADAPTERS), str(HERE.parent)])
    finished = subprocess.run(
        [sys.executable, "-c", TRUTH % {"task": task, "device": device} + script],
        env={**os.environ, **env}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stdout[-2000:] + finished.stderr[-4000:]
    return finished.stdout


@pytest.fixture
def isaac(start):
    """Starts a session of the adapter in which that generation seems to be installed."""

    def begin(flavour: str, task="Isaac-Crab", accept=True, options=None, extra_path="", **config):
        limits = {"start": config.pop("start")} if "start" in config else {}
        given = {"task": task, "envs": 3, "seed": 1, "device": "cuda:0", "accept_eula": accept, **config}
        env = fake_env(flavour, accept=False, **(options or {}))
        env["PYTHONPATH"] = os.pathsep.join(filter(None, [env["PYTHONPATH"], extra_path]))
        path = [str(ADAPTERS)]
        return start("isaac_adapter:IsaacAdapter", adapterPath=path, config=given, env=env, **limits)

    return begin


def log_of(bridge) -> str:
    return bridge.verb("logs", bridge.session, "-n", "2000").stdout


@pytest.mark.parametrize(("flavour", "task"), KINDS)
def test_the_adapter_keeps_the_contract(flavour, task):
    assert "kept" in alone(flavour, task, "check_adapter(IsaacAdapter, CONFIG, steps=30)\nprint('kept')")


@pytest.mark.parametrize(
    ("flavour", "options"),
    [("two", {}), ("two", {"without": ["root_link_vel_w", "joint_pos_limits"], "stale_poses": True}), ("beta", {}), ("three", {})],
)
def test_states_are_what_the_physics_has(flavour, options):
    """Against MuJoCo's own numbers, which are exact: origins, links' velocities, order of joints, frames of bodies."""
    script = """
with opened(IsaacAdapter, CONFIG) as world:
    world.reset(seed=3)
    random = np.random.default_rng(1)
    for _ in range(4): world.call("step", world.action(3, random))
    state = {key: np.asarray(value, float) for key, value in world.call("getState").items()}
    physics = world.adapter.base.scene._worlds
    assert np.allclose(world.spec["env_origins"], physics.origins)
    for name in ("robot", "crane", "object"):
        robot, pose = physics.robots[name], physics.root_pose(name)
        assert np.abs(state[f"state/{name}/root_pos"] - (pose[:, :3] - physics.origins)).max() < 2e-6
        assert np.abs(state[f"state/{name}/root_quat"] - pose[:, 3:]).max() < 1e-6
        bodies = physics.body_poses(name)
        assert np.abs(state[f"state/{name}/body_pos"] - bodies[..., :3] + physics.origins[:, None]).max() < 2e-6
        assert np.abs(state[f"state/{name}/body_quat"] - bodies[..., 3:]).max() < 1e-6
        if robot.fixed_base: continue
        qvel = np.stack([data.qvel[robot.free_qvel:robot.free_qvel + 3] for data in physics.datas])
        assert np.abs(state[f"state/{name}/root_lin_vel"] - qvel).max() < 2e-6, name
        assert np.abs(state[f"state/{name}/root_ang_vel"] - physics.root_com_velocity(name)[:, 3:]).max() < 2e-6
    for row, data in enumerate(physics.datas):
        for place, joint in enumerate(world.spec["entities"]["robot"]["joint_names"]):
            told = data.joint(f"robot/{joint}")
            assert abs(state["state/robot/joint_pos"][row, place] - told.qpos[0]) < 1e-6
            assert abs(state["state/robot/joint_vel"][row, place] - told.qvel[0]) < 1e-5
    assert np.abs(state["state/pebbles.red/root_pos"] - state["state/object/root_pos"]).max() > 0.1
print("true")
"""
    assert "true" in alone(flavour, "Isaac-Crab", script, **options)


@pytest.mark.parametrize("flavour", LAB_FLAVOURS)
def test_a_state_that_was_read_is_put_back_to_the_last_bit_but_one(flavour):
    """In single precision, in which origins are added and taken away: 1.2e-7 m."""
    script = """
with opened(IsaacAdapter, CONFIG) as world:
    world.reset(seed=3)
    random = np.random.default_rng(1)
    for _ in range(6): world.call("step", world.action(3, random))
    before = world.call("getState")
    world.call("setState", {key: value for key, value in before.items() if "/body_" not in key})
    after = world.call("getState")
    print("worst", max((float(np.abs(after[key].astype(float) - value).max()), key) for key, value in before.items()))
    for key, value in before.items(): assert np.abs(after[key].astype(float) - value).max() <= 2.5e-7, key
print("same")
"""
    said = alone(flavour, "Isaac-Crab", script)
    assert "same" in said, said


@pytest.mark.parametrize("flavour", LAB_FLAVOURS)
def test_a_state_that_is_put_moves_the_physics_there(flavour):
    script = """
with opened(IsaacAdapter, CONFIG) as world:
    world.reset(seed=3)
    physics = world.adapter.base.scene._worlds
    untouched = physics.root_pose("object").copy()
    quat = np.array([[.5, .5, -.5, .5], [.8, 0, .6, 0]], np.float32)
    given = {"root_pos": [[.1, .2, 1.5], [.3, -.2, 1.1]], "root_quat": quat, "root_lin_vel": [[1, 2, 3], [0, -1, 1]],
             "root_ang_vel": [[2, 3, -1], [1, 0, 2]], "joint_pos": np.full((2, 6), .02), "joint_vel": np.full((2, 6), .3)}
    arrays = {f"state/robot/{key}": np.asarray(value, np.float32) for key, value in given.items()}
    world.call("setState", {**arrays, "envs": np.array([2, 0], np.int32)})
    robot = physics.robots["robot"]
    for place, row in enumerate((2, 0)):
        data = physics.datas[row]
        assert np.abs(data.qpos[:3] - given["root_pos"][place]).max() < 1e-6, data.qpos[:3]
        assert np.abs(data.qpos[3:7] - quat[place]).max() < 1e-6
        assert np.abs(data.qvel[:3] - given["root_lin_vel"][place]).max() < 1e-5, data.qvel[:3]
        assert np.abs(physics.root_com_velocity("robot")[row, 3:] - given["root_ang_vel"][place]).max() < 1e-6
        assert np.allclose(data.qpos[robot.qpos], .02) and np.allclose(data.qvel[robot.qvel], .3)
    assert np.abs(physics.root_pose("object") - untouched).max() < 1e-6
print("put")
"""
    assert "put" in alone(flavour, "Isaac-Crab", script)


def test_joints_are_what_the_prims_of_their_own_robot_say():
    script = """
from isaac_joint_types import read_joint_types
with opened(IsaacAdapter, CONFIG) as world:
    scene = world.adapter.base.scene
    robot, crane = scene.articulations["robot"], scene.articulations["crane"]
    d6 = lambda free: {f"limit:{axis}:physics:{end}": value for axis in ("transX", "transY", "transZ", "rotX", "rotY", "rotZ")
                       if axis not in free for end, value in (("low", 1.), ("high", -1.))}
    for joint, free in (("ball:0", "rotX rotY"), ("rail", "transY"), ("both", "rotX transX")):
        scene.stage.put(f"/World/envs/env_0/Robot/instance/{joint.partition(':')[0]}", "PhysicsJoint", d6(free))
    scene.stage.put("/World/envs/env_0/Crane/joints/rail", "PhysicsRevoluteJoint")
    for art, names in ((robot, ["ball:0", "ball:1", "rail", "both", "unheard"]), (crane, ["rail"])):
        art.joint_names = names
    assert read_joint_types(scene.stage, robot) == {"ball:0": "hinge", "ball:1": "hinge", "rail": "slide"}
    assert read_joint_types(scene.stage, crane) == {"rail": "hinge"}
    told = world.adapter.known_types({"robot": read_joint_types(scene.stage, robot), "crane": {"rail": "hinge"}})
    assert told == {"value": "hinges, as no prim says else: robot/both, robot/unheard", "known": "assumed"}, told
print("told")
"""
    assert "told" in alone("three", "Isaac-Crab", script)


@pytest.mark.parametrize("flavour", LAB_FLAVOURS)
def test_another_task_is_made_in_what_was_started(flavour):
    script = """
with opened(IsaacAdapter, CONFIG) as world:
    world.reset(seed=3)
    first = world.adapter.base
    world.remake(task="Isaac-Crab-Direct", envs=2)
    assert world.adapter.base is not first and world.spec["task"].startswith("Isaac-Crab-Direct")
    assert len(world.reset(seed=3)["tick"]) == 2
    world.call("step", world.action(2, np.random.default_rng(1)))
    assert np.asarray(world.call("getState")["state/robot/joint_pos"]).shape[0] == 2
    try: world.remake(task="Isaac-Nothing")
    except Exception as error: assert error.code == "CONFIG_INVALID", error
    print("made")
"""
    assert "made" in alone(flavour, "Isaac-Crab", script)


@pytest.mark.parametrize(("flavour", "task"), KINDS)
def test_a_session_from_start_to_close(isaac, flavour, task):
    bridge = isaac(flavour, task, overrides=["env.episode_length_s=0.3"], kit_args=["--/app/x=1"])
    control = bridge.control()
    events = events_until(control, "phase", "ready")
    texts = [event["text"] for event in events]
    assert [text for text in texts if text in ("launching", "creating", "probing", "ready")] == [
        "launching", "creating", "probing", "ready",
    ]  # fmt: skip
    client = Client(bridge.data())
    spec = client.spec
    order = {"two": "wxyz", "beta": "xyzw", "three": "xyzw"}[flavour]
    assert spec["native"]["quat"] == {"value": order, "known": "probed"}
    assert (
        spec["native"]["arrays"]["value"] == {"two": "torch", "beta": "warp", "three": "proxy"}[flavour]
    )
    assert (spec["step_dt"], spec["physics_dt"], spec["num_envs"]) == (0.02, 0.005, 3)
    assert spec["entities"]["crane"]["fixed_base"] and not spec["entities"]["robot"]["fixed_base"]
    assert spec["entities"]["robot"]["joint_types"][-1] == "slide"
    assert spec["entities"]["crane"]["joint_limits"][0] is None
    assert np.allclose(spec["entities"]["robot"]["root_com_offset"], [0.06, -0.03, 0.02])
    if task == "Isaac-Crab":
        legs, claws = spec["actions"][""]["terms"]
        assert (legs["kind"], legs["entity"], legs["scale"], legs["offset"]) == (
            "joint_position", "robot", 0.5, [0.0] * 6,
        )  # fmt: skip
        assert (claws["kind"], claws["open"]) == ("binary", pytest.approx([0.04, 0.04]))
    width = spec["actions"][""]["shape"][0]
    first = client.call("reset", {"seed": np.array([5], np.uint32)}, want=BODIES)
    action = np.zeros((3, width), np.float32)
    action[1, 0] = 2.0
    rounds = []
    for _ in range(20):
        outcome = client.call("step", {"action": action}, want=BODIES)
        rounds.append(outcome)
        if outcome["terminated"].any():
            break
    assert outcome["terminated"].tolist() == [False, True, False]
    assert outcome["final/envs"].tolist() == [1]
    assert outcome["final/state/robot/joint_pos"][0, 0] > 0.6 > abs(outcome["state/robot/joint_pos"][1, 0])
    assert np.allclose(outcome["reward"][1], outcome["final/state/robot/joint_pos"][0].sum(), atol=1e-5)
    assert outcome["tick"].tolist() == [len(rounds), 0, len(rounds)]
    held = [np.array(one["state/robot/root_pos"]) for one in rounds]
    outcomes = client.call("stepMany", *[{"action": action}] * 5, want=BODIES)
    assert len(outcomes) == 5
    # what was sent before does not change with the engine's buffers
    assert all(
        np.array_equal(before, one["state/robot/root_pos"]) for before, one in zip(held, rounds, strict=True)
    )
    again = client.call("reset", {"seed": np.array([5], np.uint32)}, want=BODIES)
    # body poses come after forward kinematics of a reset state, so all is the same to the bit
    for name in ("obs/policy", "state/robot/root_pos", "state/object/root_pos", "state/crane/body_pos"):
        assert np.array_equal(first[name], again[name]), name
    assert close(control)
    report = ended(bridge)
    assert (report["reason"], report["status"]) == ("asked to close", 0)
    log = next((Path(bridge.env["FARSIM_CACHE"]) / "hosts").glob(f"*/{bridge.session}/simulator.log")).read_text()
    assert "Simulation App Shutting Down" in log
    assert "arguments: --/app/x=1" in log
    assert "fake:" not in log


@pytest.mark.parametrize("flavour", LAB_FLAVOURS)
def test_without_the_licence_nothing_starts(isaac, flavour):
    bridge = isaac(flavour, accept=False)
    crash = crash_of(bridge.control())
    assert crash["code"] == "EULA_REQUIRED", crash


def test_newton_needs_no_licence_and_no_kit(isaac):
    bridge = isaac("three", accept=False, physics="newton_mjwarp", device="cpu")
    ready(bridge)
    client = Client(bridge.data())
    assert client.spec["entities"]["robot"]["joint_names"][:2] == ["left_hip_joint", "left_knee_joint"]
    assert "Loading experience file" not in log_of(bridge)


def test_a_close_that_hangs_is_ended_and_leaves_nothing(isaac):
    """With the interpreter's lock held, too, so that no thread of Python's could do it."""
    ways = [("two", "hang"), ("three", "hang_holding_gil"), ("two", "return")]
    bridges = [isaac(flavour, options={"close": way}) for flavour, way in ways]
    controls = [ready(bridge) for bridge in bridges]
    for bridge in bridges:
        Client(bridge.data()).call("reset")
    began = time.monotonic()
    for control in controls:
        control.send("request", {"seq": 1, "op": OP["close"]})
    for bridge, control in zip(bridges, controls, strict=True):
        while (received := control.receive(25)) is not None:
            if received[0] == "reply":
                assert json.loads(received[1]["value"]) == {"left": []}
        assert ended(bridge)["reason"] == "asked to close"
    assert time.monotonic() - began < 25


@pytest.mark.parametrize("flavour", LAB_FLAVOURS)
def test_a_task_that_is_not_there_is_named_with_the_nearest(isaac, flavour):
    crash = crash_of(isaac(flavour, task="Isaac-Crap-v0").control())
    assert crash["code"] == "CONFIG_INVALID"
    assert "Isaac-Crab" in crash["message"]


@pytest.mark.parametrize("flavour", LAB_FLAVOURS)
def test_a_task_of_several_agents_is_refused_before_its_envs_are_made(isaac, flavour):
    crash = crash_of(isaac(flavour, task="Isaac-Crabs-Direct").control())
    assert crash["code"] == "UNSUPPORTED"
    assert "several agents" in crash["message"]


@pytest.mark.parametrize("flavour", LAB_FLAVOURS)
def test_a_missing_asset_is_named(isaac, flavour):
    crash = crash_of(isaac(flavour, task="Isaac-Nobody").control())
    assert crash["code"] == "FILE_NOT_FOUND"
    assert "nobody.usd" in crash["message"]


@pytest.mark.parametrize("flavour", ["beta", "three"])
def test_isaac_sim_that_is_missing_is_named_with_the_way_out(isaac, flavour):
    crash = crash_of(isaac(flavour, options={"no_isaac_sim": True}).control())
    assert crash["code"] == "PACKAGE_MISSING"
    assert "Isaac Sim" in crash["message"] and "newton_mjwarp" in json.dumps(crash["suggestions"])


@pytest.mark.parametrize("flavour", LAB_FLAVOURS)
def test_an_override_of_nothing_is_named(isaac, flavour):
    crash = crash_of(isaac(flavour, overrides=["env.decimatoin=2"]).control())
    assert crash["code"] == "CONFIG_INVALID"
    assert "decimatoin" in crash["message"]


@pytest.mark.parametrize("flavour", LAB_FLAVOURS)
def test_wrong_actions_and_states_do_not_reach_the_engine(isaac, flavour):
    bridge = isaac(flavour)
    ready(bridge)
    client = Client(bridge.data())
    client.call("reset")
    with pytest.raises(FarsimError) as caught:
        client.call("step", {"action": np.full((3, 7), np.nan, np.float32)})
    assert caught.value.code == "BAD_ACTION"
    with pytest.raises(FarsimError) as caught:
        client.call("setState", {"state/robot/joint_pos": np.zeros((3, 5), np.float32)})
    assert caught.value.code == "BAD_STATE"
    assert client.call("step", {"action": np.zeros((3, 7), np.float32)})["tick"].tolist() == [1, 1, 1]


@pytest.mark.parametrize("flavour", LAB_FLAVOURS)
def test_the_first_picture_is_not_black(isaac, flavour):
    bridge = isaac(flavour, task="Isaac-Crab-Camera", cameras=True)
    ready(bridge)
    client = Client(bridge.data())
    assert client.spec["cameras"]["camera"]["width"] == 32
    want = {**WANT_STATE, "cameras": ["camera"], "every": 1}
    picture = client.call("reset", want=want)["image/camera"]
    assert picture.shape == (3, 24, 32, 3)
    assert picture[..., 0].max() == 200 and picture[:, 0, 0, 2].tolist() == [10, 11, 12]


def test_a_camera_without_cameras_says_which_key(isaac):
    crash = crash_of(isaac("two", task="Isaac-Crab-Camera").control())
    assert "cameras" in json.dumps(crash["message"])


@pytest.mark.parametrize("flavour", LAB_FLAVOURS)
def test_what_the_config_names_is_imported_and_run(isaac, flavour, tmp_path):
    (tmp_path / "own_tasks.py").write_text(
        "from fake_engine.task_cfgs import crab\nimport gymnasium\n"
        "gymnasium.register(id='Own-Crab', entry_point='isaaclab.envs:ManagerBasedRLEnv', disable_env_checker=True,"
        " kwargs={'env_cfg_entry_point': crab})\n"
    )
    (tmp_path / "edit.py").write_text("def slower(cfg):\n    cfg.decimation = 8\n")
    bridge = isaac(
        flavour, task="Own-Crab", extra_path=str(tmp_path), imports=["own_tasks"],
        configure=f"{tmp_path}/edit.py:slower", envs=1,
    )  # fmt: skip
    ready(bridge)
    spec = Client(bridge.data()).spec
    assert (spec["task"], spec["step_dt"], spec["num_envs"]) == ("Own-Crab", 0.04, 1)


def test_a_slow_start_that_shows_progress_is_no_stall(isaac):
    """Kit's own lines come a second apart, for twice the stall limit."""
    began = time.monotonic()
    ready(isaac("two", options={"start_seconds": 4.0}, start={"stall": 2.0}))
    assert time.monotonic() - began > 4


def test_final_observations_where_three_gives_them(isaac):
    bridge = isaac("three", final_observations=True, overrides=["env.episode_length_s=0.1"])
    ready(bridge)
    client = Client(bridge.data())
    assert "finalObservations" in client.spec["capabilities"]
    client.call("reset")
    action = np.zeros((3, 7), np.float32)
    for _ in range(5):
        outcome = client.call("step", {"action": action}, want=BODIES)
    assert outcome["final/envs"].tolist() == [0, 1, 2]
    joints = outcome["final/state/robot/joint_pos"]
    assert np.array_equal(outcome["final/obs/policy"][:, : joints.shape[1]], joints)
    assert not np.array_equal(outcome["obs/policy"][:, : joints.shape[1]], joints)


@pytest.mark.parametrize("flavour", LAB_FLAVOURS)
def test_idle_keeps_kit_alive_and_physics_still(flavour):
    script = """
from fake_engine.kit_process import KitProcess
with opened(IsaacAdapter, {**CONFIG, "idle_pump": True}) as world:
    world.reset()
    before, updates = world.call("getState"), KitProcess.updates
    assert 0.1 < world.adapter.idle() <= 1.0
    assert KitProcess.updates == updates + 1
    for key, value in world.call("getState").items(): assert np.array_equal(value, before[key]), key
print("alive")
"""
    assert "alive" in alone(flavour, "Isaac-Crab", script)
