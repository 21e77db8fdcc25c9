"""States survive the way into MuJoCo and back, and mean what the schema says."""

from __future__ import annotations

import numpy as np
import pytest

mujoco = pytest.importorskip("mujoco")

from mujoco_native_adapter import MujocoNativeAdapter  # noqa: E402

from farsim.bridge.engines import rotations  # noqa: E402
from farsim.bridge.engines.mjcf_files import model_files  # noqa: E402
from farsim.bridge.engines.mujoco_actions import describe_controls  # noqa: E402
from farsim.bridge.engines.mujoco_state import MujocoState  # noqa: E402
from farsim.testing import opened  # noqa: E402

# two free bodies whose mass is not at their origin, one free tree with joints, one fixed arm, a mocap body
MODEL = """
<mujoco>
  <compiler angle="radian"/>
  <option timestep="0.002" gravity="0 0 -9.81"/>
  <worldbody>
    <geom type="plane" size="5 5 .1"/>
    <body name="cube" pos="1 0 1"><freejoint/><geom type="box" size=".1 .1 .1" pos=".05 .02 -.03"/></body>
    <body name="arm" pos="0 1 .5" quat=".7 .1 .2 .3">
      <joint name="shoulder" axis="0 1 0" range="-2 2" limited="true"/><geom type="capsule" size=".05 .2" pos="0 0 .2"/>
      <body name="tool" pos="0 0 .4"><joint name="slide" type="slide" axis="0 0 1"/><geom size=".05"/></body>
    </body>
    <body name="walker" pos="-1 0 1"><freejoint/><geom size=".1" pos=".1 0 0"/>
      <body name="leg" pos="0 0 -.2"><joint name="hip" axis="1 0 0"/><geom type="capsule" size=".03 .1" pos="0 .1 0"/></body>
    </body>
    <body name="ball" pos="2 0 1"><freejoint/><geom size=".1" pos="0 .04 0"/></body>
    <body name="target" mocap="true" pos="0 0 2"><geom size=".02" contype="0" conaffinity="0"/></body>
  </worldbody>
  <actuator>
    <position name="servo" joint="shoulder" kp="20" ctrlrange="-1 1"/>
    <motor name="push" joint="slide" gear="3" ctrlrange="-2 2"/>
    <velocity name="spin" joint="hip" kv="2"/>
  </actuator>
  <keyframe><key name="raised" qpos="1 0 1 1 0 0 0  .3 .1  -1 0 1.5 1 0 0 0 .2  2 0 1 1 0 0 0"/></keyframe>
</mujoco>
"""


@pytest.fixture
def model_file(tmp_path):
    path = tmp_path / "models" / "scene.xml"
    path.parent.mkdir()
    path.write_text(MODEL)
    return str(path)


@pytest.fixture
def reader():
    return MujocoState(mujoco, mujoco.MjModel.from_xml_string(MODEL))


def random_state(reader, data, random):
    data.qpos[:] = random.normal(size=reader.model.nq)
    data.qvel[:] = random.normal(size=reader.model.nv)
    for entity in reader.entities:
        if entity.free:
            q = entity.free[0]
            quat = random.normal(size=4)
            data.qpos[q + 3 : q + 7] = quat / np.linalg.norm(quat)


def test_every_tree_is_an_entity_named_by_its_root(reader):
    described = reader.describe()
    assert list(described) == ["cube", "arm", "walker", "ball", "target"]
    assert [described[name]["kind"] for name in described] == [
        "rigid_object", "articulation", "articulation", "rigid_object", "rigid_object",
    ]  # fmt: skip
    assert [described[name]["fixed_base"] for name in described] == [False, True, False, False, True]
    assert described["arm"]["joint_names"] == ["shoulder", "slide"]
    assert described["arm"]["joint_types"] == ["hinge", "slide"]
    assert described["arm"]["joint_limits"] == [[-2.0, 2.0], None]
    assert np.allclose(described["cube"]["root_com_offset"], [0.05, 0.02, -0.03])


@pytest.mark.parametrize("sign", [1, -1])
def test_random_poses_of_both_signs_come_back(reader, sign):
    random = np.random.default_rng(1)
    data, other = mujoco.MjData(reader.model), mujoco.MjData(reader.model)
    for _ in range(300):
        random_state(reader, data, random)
        state = reader.read([data])
        for arrays in state["entities"].values():
            arrays["root_quat"] *= sign
        reader.write(state, 0, other.qpos, other.qvel, (other.mocap_pos, other.mocap_quat))
        again = reader.read([other])
        for name, arrays in state["entities"].items():
            for key, value in arrays.items():
                back = again["entities"][name][key]
                off = np.abs(value - back).max()
                if key.endswith("quat"):
                    off = max(
                        np.minimum(np.abs(value - back).max(-1), np.abs(value + back).max(-1)).reshape(-1)
                    )
                assert off < 1e-6, (name, key, off)


def test_velocities_are_of_the_links_origin_in_world_axes(reader):
    random = np.random.default_rng(2)
    data = mujoco.MjData(reader.model)
    step = 1e-6
    for _ in range(50):
        random_state(reader, data, random)
        before = reader.read([data])
        mujoco.mj_integratePos(reader.model, data.qpos, data.qvel, step)
        after = reader.read([data])
        for name, arrays in before["entities"].items():
            moved = (after["entities"][name]["root_pos"] - arrays["root_pos"]) / step
            assert np.abs(moved - arrays["root_lin_vel"]).max() < 1e-4, name
            turned = rotations.product(
                after["entities"][name]["root_quat"], rotations.conjugate(arrays["root_quat"])
            )
            assert (
                np.abs(2 * turned[..., 1:] * np.sign(turned[..., :1]) / step - arrays["root_ang_vel"]).max()
                < 1e-3
            )


def test_reading_a_state_does_not_touch_the_simulation(reader):
    data = mujoco.MjData(reader.model)
    for _ in range(20):
        mujoco.mj_step(reader.model, data)
    before = (data.xpos.copy(), data.cvel.copy(), data.qacc_warmstart.copy())
    reader.read([data])
    for left, right in zip(before, (data.xpos, data.cvel, data.qacc_warmstart), strict=True):
        assert np.array_equal(left, right)


@pytest.mark.parametrize("envs", [1, 3])
def test_env_subsets_in_any_order_go_to_their_rows(envs, model_file):
    with opened(MujocoNativeAdapter, {"model": model_file, "envs": envs}) as world:
        world.reset()
        rows = np.array([envs - 1, 0][: min(2, envs)], np.int32)
        positions = np.arange(len(rows) * 3.0).reshape(-1, 3)
        world.call("setState", {"envs": rows, "state/ball/root_pos": positions})
        state = world.call("getState")
        for place, env in enumerate(rows):
            assert state["state/ball/root_pos"][env].tolist() == positions[place].tolist()
            assert state["state/cube/root_pos"][env].tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"state/cube/root_pos": np.full((1, 3), np.nan)}, "not finite"),
        ({"state/cube/root_quat": np.full((1, 4), 0.9)}, "norm 1.8"),
        ({"state/cubes/root_pos": np.zeros((1, 3))}, "no entity"),
        ({"state/arm/joint_pos": np.zeros((1, 3))}, "shape"),
        ({"state/arm/root_pos": np.zeros((1, 3))}, "base is fixed"),
    ],
)
def test_a_wrong_state_is_refused_and_changes_nothing(model_file, arrays, sentence):
    with opened(MujocoNativeAdapter, {"model": model_file}) as world:
        world.reset()
        before = world.call("getState")
        with pytest.raises(Exception, match=sentence) as caught:
            world.call("setState", {**arrays, "state/ball/root_pos": np.ones((1, 3))})
        assert caught.value.code == "BAD_STATE"
        after = world.call("getState")
        assert all(np.array_equal(before[key], after[key]) for key in before)


def test_a_quaternion_that_is_nearly_unit_is_normalised(model_file):
    with opened(MujocoNativeAdapter, {"model": model_file}) as world:
        world.reset()
        world.call("setState", {"state/cube/root_quat": np.array([[1.05, 0, 0, 0]])})
        assert np.allclose(world.call("getState")["state/cube/root_quat"], [[1, 0, 0, 0]])


def test_a_reset_begins_at_the_keyframe_and_moves_named_bodies_by_the_seed(model_file):
    config = {"model": model_file, "envs": 2, "keyframe": "raised", "noise": {"cube": [0.2, 0.1]}}
    with opened(MujocoNativeAdapter, config) as world:
        first = world.reset(seed=1)
        assert np.allclose(first["state/arm/joint_pos"], [[0.3, 0.1]] * 2)
        moved = first["state/cube/root_pos"] - [1, 0, 1]
        assert (np.abs(moved) <= [0.2, 0.1, 0]).all() and (moved[0] != moved[1])[:2].all()
        assert np.array_equal(first["obs/qpos"], world.reset(seed=1)["obs/qpos"])
        assert np.allclose(world.reset(seed=None)["state/cube/root_pos"], [[1, 0, 1]] * 2)


def test_controls_say_what_they_move(model_file):
    with opened(MujocoNativeAdapter, {"model": model_file}) as world:
        space = world.spec["actions"][""]
        kinds = [(term["name"], term["kind"], term.get("entity"), term["joints"]) for term in space["terms"]]
        assert kinds == [
            ("servo", "joint_position", "arm", ["shoulder"]),
            ("push", "joint_effort", "arm", ["slide"]),
            ("spin", "joint_velocity", "walker", ["hip"]),
        ]
        assert space["low"][:2] == [-1, -2] and space["high"][2] > 1e300
        assert [term.get("clip") for term in space["terms"]] == [[[-1, 1]], [[-6, 6]], None]


def test_a_model_travels_with_its_files_and_reloads_the_same(tmp_path, model_file):
    folder = tmp_path / "models"
    (folder / "parts").mkdir()
    (folder / "meshes").mkdir()
    mesh = "".join(f"v {x} {y} {z}\n" for x in (0, 1) for y in (0, 1) for z in (0, 1)) + "f 1 2 3\nf 2 3 4\n"
    (folder / "meshes/box.obj").write_text(mesh)
    (folder / "parts/worldpart.xml").write_text(
        '<mujoco><worldbody><body pos="0 0 3"><freejoint/><geom type="mesh" mesh="box"/></body></worldbody></mujoco>'
    )
    main = folder / "parts/main.xml"
    main.write_text(
        '<mujoco><compiler meshdir="../meshes"/><asset><mesh name="box" file="box.obj" inertia="shell"/></asset>'
        '<include file="worldpart.xml"/></mujoco>'
    )
    entry, files = model_files(str(main))
    assert sorted(files) == ["meshes/box.obj", "parts/main.xml", "parts/worldpart.xml"]
    copy = tmp_path / "copy"
    for path, data in files.items():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_bytes(data)
    first = mujoco.MjModel.from_xml_path(str(main))
    second = mujoco.MjModel.from_xml_path(str(copy / entry))
    assert np.array_equal(first.mesh_vert, second.mesh_vert) and first.nq == second.nq == 7


@pytest.mark.parametrize("named", ["/etc/passwd", "../../../../../../../../etc/passwd", "link.obj"])
def test_a_model_that_names_a_file_outside_its_folders_is_refused(tmp_path, named):
    folder = tmp_path / "deep" / "model"
    folder.mkdir(parents=True)
    (folder / "link.obj").symlink_to("/etc/passwd")
    model = folder / "bad.xml"
    model.write_text(f'<mujoco><asset><mesh name="m" file="{named}"/></asset></mujoco>')
    with pytest.raises(Exception, match="leaves") as caught:
        model_files(str(model))
    assert caught.value.code == "PATH_REFUSED"


COUPLED = """
<mujoco>
  <worldbody><body name="hand">
    <body name="left"><joint name="left" type="slide" axis="0 1 0"/><geom size=".01"/></body>
    <body name="right"><joint name="right" type="slide" axis="0 -1 0"/><geom size=".01"/></body>
  </body></worldbody>
  <tendon><fixed name="split"><joint joint="left" coef=".5"/><joint joint="right" coef=".5"/></fixed></tendon>
  <equality><joint joint1="left" joint2="right" polycoef="0 2 0 0 0"/></equality>
  <actuator>
    <general name="grip" tendon="split" gainprm=".02" biastype="affine" biasprm="1 -100 -10" ctrlrange="0 255"/>
  </actuator>
</mujoco>
"""


def test_a_tendons_servo_says_which_joints_it_commands_and_a_coupled_joint_its_leader():
    state = MujocoState(mujoco, mujoco.MjModel.from_xml_string(COUPLED))
    hand = state.describe()["hand"]
    assert hand["joint_rest"] == [0.0, 0.0]
    assert hand["joint_mimics"] == [
        {"joint": "left", "leader": "right", "coefficients": [0.0, 2.0, 0.0, 0.0, 0.0]},
        {"joint": "right", "leader": "left", "coefficients": [0.0, 0.5, 0.0, 0.0, 0.0]},
    ]
    (term,) = describe_controls(mujoco, state)["terms"]
    assert term["kind"] == "tendon" and term["joints"] == ["left", "right"] and term["weights"] == [0.5, 0.5]
    assert np.isclose(term["scale"], 0.02 / 100) and np.isclose(term["offset"], 1 / 100)
    assert np.allclose(term["clip"], [[1 / 100, (0.02 * 255 + 1) / 100]])


def test_a_control_that_the_engine_does_not_hold_in_its_range_commands_beyond_it():
    free = COUPLED.replace("<mujoco>", '<mujoco><option><flag clampctrl="disable"/></option>')
    (term,) = describe_controls(mujoco, MujocoState(mujoco, mujoco.MjModel.from_xml_string(free)))["terms"]
    assert "clip" not in term


def test_an_equality_that_is_switched_off_couples_nothing():
    loose = COUPLED.replace('<joint joint1="left"', '<joint active="false" joint1="left"')
    assert "joint_mimics" not in MujocoState(mujoco, mujoco.MjModel.from_xml_string(loose)).describe()["hand"]
