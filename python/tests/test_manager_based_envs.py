"""What adapters of manager-based envs share: kept endings, edits of a cfg, action terms."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from farsim.bridge.engines.cfg_edits import configure, import_modules, set_value
from farsim.bridge.engines.ending_states import EndingStates
from farsim.bridge.engines.manager_terms import describe_terms
from farsim.bridge.errors import FarsimError


class FallingEnv:
    """Three envs that fall; one below zero is put up again within the step."""

    def __init__(self):
        self.height = np.array([3.0, 1.0, 5.0])

    def step(self):
        self.height -= 2
        fallen = np.flatnonzero(self.height < 0)
        if len(fallen):
            self._reset_idx(fallen)
        return fallen

    def _reset_idx(self, env_ids=None):
        self.height[slice(None) if env_ids is None else env_ids] = 9.0


@pytest.fixture
def falling():
    env = FallingEnv()
    read = lambda rows: {"entities": {"ball": {"height": env.height[rows].copy()}}}  # noqa: E731
    return env, EndingStates(env, 3, read)


def test_the_state_before_an_autoreset_is_kept_within_the_step(falling):
    env, endings = falling
    with endings.kept():
        fallen = env.step()
        assert fallen.tolist() == [1]
        assert endings.of(fallen)["entities"]["ball"]["height"].tolist() == [-1.0]
        assert env.height.tolist() == [1.0, 9.0, 3.0]


def test_envs_that_end_later_are_kept_in_the_order_that_they_are_asked_for(falling):
    env, endings = falling
    with endings.kept():
        env._reset_idx(np.array([2]))
        env._reset_idx(slice(0, 1))
        assert endings.of([0, 2])["entities"]["ball"]["height"].tolist() == [3.0, 5.0]
        assert endings.of([0, 1]) is None


def test_a_reset_that_was_asked_for_is_no_ending(falling):
    env, endings = falling
    env._reset_idx()
    with endings.kept():
        assert endings.of([0]) is None


@dataclasses.dataclass
class Sim:
    dt: float = 0.01


class Cfg:
    def __init__(self):
        self.sim = Sim()
        self.terms = {"push": Sim()}


@pytest.mark.parametrize(
    ("override", "read"),
    [
        ("env.sim.dt=0.005", lambda cfg: cfg.sim.dt == 0.005),
        ("terms.push.dt=2", lambda cfg: cfg.terms["push"].dt == 2),
        ("terms.push=null", lambda cfg: cfg.terms["push"] is None),
        ("sim.dt=fast", lambda cfg: cfg.sim.dt == "fast"),
    ],
)
def test_overrides_reach_into_objects_and_dicts(override, read):
    cfg = Cfg()
    set_value(cfg, override)
    assert read(cfg)


def test_an_unknown_key_is_refused_with_the_nearest():
    with pytest.raises(FarsimError) as refused:
        set_value(Cfg(), "sim.dtt=1")
    assert refused.value.code == "CONFIG_INVALID"
    assert refused.value.suggestions == ("did you mean 'dt'?",)


def test_configure_runs_the_users_function(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("def faster(cfg):\n    cfg.sim.dt /= 2\n")
    assert configure(Cfg(), f"{file}:faster").sim.dt == 0.005
    with pytest.raises(FarsimError, match="no function 'slower'; it has faster"):
        configure(Cfg(), f"{file}:slower")


def test_a_module_that_is_not_there_is_named():
    with pytest.raises(FarsimError, match="there is no module 'no_such_tasks'"):
        import_modules(["no_such_tasks"])


class JointPositionAction:
    cfg = dataclasses.make_dataclass("TermCfg", ["entity_name"])("robot")
    target_names = ("knee", "hip")
    _scale = np.array([[0.5, 0.25], [0.5, 0.25]])
    _offset = 0.0
    process_actions = apply_actions = print


class EMAJointPositionToLimitsAction:
    """Raises for what it has not, as Isaac Lab's does."""

    _joint_names = ("slide",)
    _scale = 1.0


class BinaryJointPositionAction:
    _joint_names = ("left", "right")
    _open_command = np.array([0.04, 0.04])
    _close_command = np.array([0.0, 0.0])


class LimitedArm:
    """Three envs; its joints are not in the order of the terms."""

    joint_names = ("lift", "turn")
    data = SimpleNamespace(soft_joint_pos_limits=np.array([[[0.0, 0.5], [-2.0, 3.0]]] * 3))


class JointPositionToLimitsAction:
    """Does what Isaac Lab 3.0.0's does, of `envs/mdp/actions/joint_actions_to_limits.py`."""

    _joint_names = ("turn", "lift")

    def __init__(self, clip=None):
        self.cfg = SimpleNamespace(rescale_to_limits=True, clip=clip, asset_name="arm")
        self._asset, self._scale = LimitedArm(), np.array([[2.0, 0.5]] * 3)
        if clip:
            self._clip = np.array([[[-np.inf, np.inf], [-0.25, 0.75]]] * 3)

    def process_actions(self, actions):
        held = actions * self._scale
        if self.cfg.clip:
            held = np.clip(held, self._clip[..., 0], self._clip[..., 1])
        low, high = self._asset.data.soft_joint_pos_limits[:, [1, 0]].transpose(2, 0, 1)
        self.processed_actions = (np.clip(held, -1, 1) + 1) * (high - low) / 2 + low

    def apply_actions(self):
        """Puts `processed_actions` as position targets."""


class SmoothedAction(JointPositionToLimitsAction):
    def process_actions(self, actions):
        self.processed_actions = 0.1 * actions


class Manager:
    def __init__(self, **terms):
        self.terms = terms or {
            "legs": JointPositionAction(),
            "drawer": EMAJointPositionToLimitsAction(),
            "hand": BinaryJointPositionAction(),
        }
        self.active_terms = list(self.terms)
        self.action_term_dim = [2, 1, 1][: len(self.terms)]

    def get_term(self, name):
        return self.terms[name]


def test_action_terms_say_what_each_number_means():
    legs, drawer, hand = describe_terms(Manager())
    assert legs == {
        "name": "legs", "from": 0, "to": 2, "kind": "joint_position", "entity": "robot",
        "joints": ["knee", "hip"], "scale": [0.5, 0.25], "offset": 0.0,
    }  # fmt: skip
    assert drawer == {
        "name": "drawer", "from": 2, "to": 3, "kind": "joint_position", "joints": ["slide"],
        "class": "EMAJointPositionToLimitsAction", "scale": 1.0,
    }  # fmt: skip
    assert (hand["kind"], hand["open"], hand["close"]) == ("binary", [0.04, 0.04], [0.0, 0.0])


@pytest.mark.parametrize("clip", [None, {"lift": (-0.25, 0.75)}])
def test_a_term_that_goes_to_the_joints_limits_is_told_by_what_it_commands(clip):
    term = JointPositionToLimitsAction(clip)
    (told,) = describe_terms(Manager(arm=term))
    assert "class" not in told
    actions = np.random.default_rng(0).uniform(-3, 3, (3, 2))
    term.process_actions(actions)
    low, high = np.array(told["clip"]).T
    targets = np.clip(actions * told["scale"] + told["offset"], low, high)
    np.testing.assert_allclose(targets, term.processed_actions, atol=1e-12)


def test_a_term_that_does_otherwise_than_the_known_ones_is_told_by_its_class():
    (told,) = describe_terms(Manager(arm=SmoothedAction()))
    assert told["class"] == "SmoothedAction"


class OwnOffsets(JointPositionAction):
    _offset = np.array([[0.1, 0.2], [0.1, 0.21]])


class OddScale(JointPositionAction):
    _scale = np.array([0.5, 0.25, 1.0])


class BiasedEncoders(JointPositionAction):
    """mjlab's with its randomised `encoder_bias`."""

    _entity = SimpleNamespace(data=SimpleNamespace(encoder_bias=np.array([[0.0, 0.0], [0.01, 0.0]])))


@pytest.mark.parametrize("term", [OwnOffsets, OddScale, BiasedEncoders])
def test_a_term_whose_numbers_are_not_the_same_in_all_envs_or_not_known_is_told_by_its_class(term):
    (told,) = describe_terms(Manager(arm=term()))
    assert told["class"] == term.__name__


@pytest.mark.parametrize("name", ["AbsBinaryJointPositionAction", "BinaryJointVelocityAction"])
def test_a_binary_term_of_other_thresholds_or_commands_is_no_plain_gripper(name):
    (told,) = describe_terms(
        Manager(hand=type(name, (BinaryJointPositionAction,), {"apply_actions": print})())
    )
    assert told["class"] == name


def test_the_clip_of_a_binary_term_is_one_for_all_its_joints():
    hand = BinaryJointPositionAction()
    hand.cfg = SimpleNamespace(clip={"left": (0.0, 0.02)}, asset_name="robot")
    # as Isaac Lab 3.0.0 makes it: [N, action_dim, 2]
    hand._clip = np.array([[[0.0, 0.02]]] * 3)
    (told,) = describe_terms(Manager(hand=hand))
    assert (told["open"], told["close"]) == ([0.02, 0.02], [0.0, 0.0])


def test_a_clip_that_its_term_passes_over_is_not_told():
    cfg = SimpleNamespace(clip={"knee": (0.0, 1.0)}, asset_name="robot")
    term = type("OperationalSpaceControllerAction", (), {"cfg": cfg, "_joint_names": ("knee",)})()
    (told,) = describe_terms(Manager(arm=term))
    assert "clip" not in told
