"""Names of Newton's joints, whose axes are joints of their own elsewhere."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "adapters"))

from newton_entities import axis_names, axis_suffix, depth_first, short_names
from newton_scene import mjcf_joint_names

HIP = {"right_hip_x", "right_hip_z", "right_hip_y", "right_knee"}


@pytest.mark.parametrize(
    ("label", "count", "known", "names"),
    [
        ("/ant/joints/hip_1", 1, set(), ["hip_1"]),
        ("a/right_hip_x_right_hip_z_right_hip_y", 3, HIP, ["right_hip_x", "right_hip_z", "right_hip_y"]),
        ("ball", 2, {"b", "all"}, ["ball_0", "ball_1"]),
        ("a_b_c", 2, {"a", "b_c", "a_b", "c"}, ["a_b_c_0", "a_b_c_1"]),
    ],
)
def test_axes_get_back_their_own_names_where_there_is_one_way_only(label, count, known, names):
    assert axis_names(label, count, known) == names


def test_axes_end_as_the_engines_export_ends_them():
    assert [axis_suffix(axis, 1, 2) for axis in range(3)] == ["lin", "ang0", "ang1"]
    assert axis_suffix(0, 0, 1) == "ang"


def test_joints_come_parents_first_in_the_order_of_the_file_without_those_that_close_loops():
    parents, children = [-1, 0, 0, 1, 3], [0, 1, 2, 3, 2]
    assert depth_first(parents, children, left_out=[4]) == [0, 1, 3, 2]


def test_only_unique_names_are_shortened():
    assert short_names(["a/left/foot", "a/right/foot", "a/torso"]) == ["a/left/foot", "a/right/foot", "torso"]


def test_joint_names_of_an_mjcf_are_those_of_its_includes_too(tmp_path):
    (tmp_path / "arm.xml").write_text('<mujoco><joint name="a"/><include file="hand.xml"/></mujoco>')
    (tmp_path / "hand.xml").write_text('<mujoco><joint name="b"/></mujoco>')
    assert mjcf_joint_names(str(tmp_path / "arm.xml")) == {"a", "b"}
    assert mjcf_joint_names(str(tmp_path / "arm.urdf")) == set()
