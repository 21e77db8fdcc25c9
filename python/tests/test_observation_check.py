"""What an adapter's describe() promises is held against its first frames."""

from __future__ import annotations

import pytest

from farsim.bridge.errors import FarsimError
from farsim.bridge.wire.message_fields import ENUMS
from farsim.bridge.world.world import World
from farsim.bridge.world.world_spec import complete_spec

np = pytest.importorskip("numpy")


class Adapter:
    """Describes one f32 vector of 2 numbers, and gives what it was told to."""

    def __init__(self, at_reset, at_step=None):
        self.at_reset, self.at_step = at_reset, at_step

    def describe(self):
        return {
            "sim": "told",
            "task": "told",
            "num_envs": 2,
            "step_dt": 0.1,
            "actions": {"": {"dtype": "f64", "shape": [1]}},
            "observations": {"policy": {"dtype": "f32", "shape": [2]}},
        }

    def reset(self, **_):
        return {"observations": self.at_reset}

    def step(self, action, envs=None):
        none = [False, False]
        return {"observations": self.at_step, "reward": [0.0, 0.0], "terminated": none, "truncated": none}


GOOD = {"policy": np.zeros((2, 2), np.float32)}


def frames(at_reset, at_step=GOOD):
    adapter = Adapter(at_reset, at_step)
    outcomes = World(adapter, complete_spec(adapter.describe(), adapter))._outcomes
    want = {"state": False, "cameras": (), "envs": ()}
    zeros = np.zeros(2)
    outcomes.block(adapter.reset(), None, want, reward=zeros, at_reset=True)
    outcomes.book.begin(None)
    outcomes.block(adapter.step(None), None, want)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (
            {"polcy": GOOD["policy"]},
            r"observations after reset: 'obs/polcy', where its describe\(\) says 'obs/policy'",
        ),
        (GOOD["policy"], "observations after reset: 'obs', where"),
        ({**GOOD, "more": GOOD["policy"]}, "'obs/more', 'obs/policy', where"),
        (
            {"policy": np.zeros((2, 3), np.float32)},
            r"'obs/policy' after reset: shape \[3\] for each env, where its describe\(\) says \[2\]",
        ),
    ],
)
def test_other_names_and_shapes_than_described_are_refused_at_the_first_frame(given, text):
    with pytest.raises(FarsimError, match=text) as caught:
        frames(given)
    assert caught.value.code == "SIMULATOR_FAILED"


def test_the_first_step_is_held_against_it_too():
    with pytest.raises(FarsimError, match=r"'obs/policy' after step: shape \[4\]"):
        frames(GOOD, {"policy": np.zeros((2, 4), np.float32)})


def test_another_dtype_and_nan_are_noted(capfd):
    frames({"policy": np.zeros((2, 2))}, {"policy": np.full((2, 2), np.nan, np.float32)})
    said = capfd.readouterr().err
    assert "farsim note: the adapter's 'obs/policy' is f64 after reset, and describe() says f32\n" in said
    assert "farsim note: the adapter's 'obs/policy' holds numbers that are not finite after step\n" in said


def test_a_dtype_that_the_wire_has_not_is_told_with_those_that_it_has():
    adapter = Adapter(GOOD)
    spec = {**adapter.describe(), "observations": {"": {"dtype": "float32", "shape": [2]}}}
    with pytest.raises(FarsimError, match=f"'float32' is no dtype of the wire: {', '.join(ENUMS['Dtype'])}"):
        complete_spec(spec, adapter)
