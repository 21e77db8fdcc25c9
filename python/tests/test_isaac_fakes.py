"""The fakes of Isaac do what `isaac.md` says of the real ones: they are not quietly lenient."""

from __future__ import annotations

import subprocess

import pytest
from fake_isaac import LAB_FLAVOURS, MODELS, fake_env, play

pytest.importorskip("mujoco")
pytest.importorskip("gymnasium")

ENV = """
import gymnasium, numpy as np, torch
task, cfg = start({task!r})
env = gymnasium.make(task, cfg=cfg)
base = env.unwrapped
observations, _ = env.reset(seed=3)
def zeros(): return torch.zeros(*base.action_space.shape, device=base.device)
def T(x): return np.asarray((x.torch if hasattr(x, "torch") else x if hasattr(x, "detach") else __import__("warp").to_torch(x)).cpu().numpy())
"""
every_lab = pytest.mark.parametrize("flavour", LAB_FLAVOURS)


def said(finished: subprocess.CompletedProcess[str]) -> str:
    return finished.stdout + finished.stderr


def test_two_has_no_tasks_before_kit_runs():
    assert "No module named 'pxr'" in said(play("two", "import isaaclab_tasks"))
    assert "No module named 'pxr'" in said(play("two", "import isaaclab.utils.math"))


@pytest.mark.parametrize("flavour", ["beta", "three"])
def test_a_physx_env_of_three_needs_the_launch(flavour):
    script = """
import gymnasium, isaaclab_tasks
from isaaclab_tasks.utils import resolve_task_config
name = next(name for name in gymnasium.registry if name.startswith("Isaac-Crab"))
cfg, _ = resolve_task_config(name, "")
cfg.scene.num_envs, cfg.sim.device = 1, "cpu"
gymnasium.make(name, cfg=cfg)
"""
    assert "No module named 'omni.physics'" in said(play(flavour, script))


@every_lab
def test_kit_reads_argv(flavour):
    finished = play(flavour, "sys.argv = ['', 'up', '--/a/b=1']\nstart('Isaac-Crab')")
    assert "does not know ['up']" in said(finished) or "Could not override 'up'" in said(finished)


@every_lab
def test_stdout_is_null_and_lab_modules_are_away_while_it_starts(flavour):
    script = """
import io, types
from fake_engine import kit_process
seen = []
kept = kit_process.native_print
kit_process.native_print = lambda line: (seen.append((sys.stdout.name, "farsim_lab" in sys.modules)), kept(line))
sys.modules["farsim_lab"] = types.ModuleType("farsim_lab")
sys.stdout = io.StringIO()
start("Isaac-Crab")
print(set(seen), "farsim_lab" in sys.modules, sys.stdout is sys.__stdout__, flush=True)
"""
    assert "{('/dev/null', False)} True True" in said(play(flavour, script))


def test_kit_refuses_what_was_loaded_too_early():
    script = """
import sys, types
sys.modules["omni.physx"] = types.ModuleType("omni.physx")
from isaacsim import SimulationApp
SimulationApp()
"""
    assert "['omni.physx'] were loaded before SimulationApp was started" in said(play("experimental", script))


@every_lab
def test_another_thread_is_refused(flavour):
    script = f"""
{ENV.format(task="Isaac-Crab")}
import threading
data = base.scene.articulations["robot"].data
calls = [lambda: env.step(zeros()), env.reset, base.scene.get_state, base.sim.forward, lambda: data.joint_pos, env.close]
def other(call):
    try: call()
    except RuntimeError as error: print("told:", error, flush=True)
for call in calls:
    thread = threading.Thread(target=other, args=(call,)); thread.start(); thread.join()
close()
"""
    assert said(play(flavour, script)).count("told: fake: ") == 6


@every_lab
def test_the_licence_is_asked_for(flavour):
    finished = play(flavour, "start('Isaac-Crab')", accept=False)
    assert "Do you accept the EULA? (Yes/No):" in finished.stdout
    assert finished.returncode != 0


@every_lab
def test_close_ends_the_process_with_nothing_after_it(flavour):
    finished = play(flavour, "start('Isaac-Crab')\nclose()\nprint('after')")
    assert finished.returncode == 0
    assert "Simulation App Shutting Down" in finished.stdout
    assert "after" not in finished.stdout


@pytest.mark.parametrize(("way", "beats"), [("hang", True), ("hang_holding_gil", False)])
def test_close_hangs_when_asked_to_with_or_without_the_interpreter_lock(way, beats):
    script = """
import threading, time
start("Isaac-Crab")
def beat():
    time.sleep(0.5); print("alive", flush=True)
threading.Thread(target=beat, daemon=True).start()
close()
"""
    with pytest.raises(subprocess.TimeoutExpired) as hung:
        play("two", script, seconds=4, close=way)
    assert (b"alive" in hung.value.stdout) == beats


@every_lab
@pytest.mark.parametrize("task", ["Isaac-Crab", "Isaac-Crab-Direct"])
def test_an_env_that_ends_is_reset_within_its_step(flavour, task):
    script = f"""
{ENV.format(task=task)}
states = []
kept = base._reset_idx
base._reset_idx = lambda ids: (states.append(T(base.scene.articulations["robot"].data.joint_pos).copy()), kept(ids))[1]
action = zeros(); action[1, 0] = 2.0
for count in range(200):
    observations, reward, terminated, truncated, extras = env.step(action)
    if terminated.any(): break
print("terminated", terminated.tolist(), "before", abs(states[0][1, 0]) > 0.6, "after", abs(observations["policy"][1, 0].item()) < 0.2, "log" in extras, "final_obs" in extras, flush=True)
close()
"""
    assert "terminated [False, True, False] before True after True True False" in said(play(flavour, script))


@every_lab
def test_buffers_live_on(flavour):
    script = f"""
{ENV.format(task="Isaac-Crab")}
held = T(base.scene.articulations["robot"].data.root_pose_w); before = held.copy()
first = env.step(zeros())[1]; was = first.clone()
for _ in range(5): second = env.step(zeros())[1]
print("alias", not np.array_equal(held, before), first is second, flush=True)
close()
"""
    assert "alias True True" in said(play(flavour, script))


@every_lab
@pytest.mark.parametrize("stale", [False, True])
def test_poses_after_a_write(flavour, stale):
    """They are computed anew when they are read; earlier versions had the old ones until `sim.forward()`."""
    script = f"""
{ENV.format(task="Isaac-Crab")}
state = base.scene.get_state()
state["articulation"]["robot"]["root_pose"][:, 2] += 1.0
base.scene.reset_to(state)
data = base.scene.articulations["robot"].data
stale = T(data.body_link_pose_w)[0, 1, 2]
base.sim.forward()
print("later", T(data.body_link_pose_w)[0, 1, 2] - stale > 0.9, flush=True)
close()
"""
    assert f"later {stale}" in said(play(flavour, script, stale_poses=stale))


@every_lab
def test_generations_differ_in_arrays_and_quaternions(flavour):
    script = f"""
{ENV.format(task="Isaac-Crab")}
from isaaclab.utils.math import quat_apply
turned = quat_apply(torch.tensor([[0., 0., 0., 1.]]), torch.tensor([[1., 0., 0.]]))
data = base.scene.articulations["crane"].data
print("is", type(data.root_pose_w).__name__, data.root_pose_w.shape, turned[0, 0].item(), T(data.root_pose_w)[0, 3:].tolist(), flush=True)
close()
"""
    expected = {
        "two": "is Tensor (3, 7) -1.0 [1.0, 0.0, 0.0, 0.0]",
        "beta": "is array (3,) 1.0 [0.0, 0.0, 0.0, 1.0]",
        "three": "is ProxyArray (3,) 1.0 [0.0, 0.0, 0.0, 1.0]",
    }
    assert expected[flavour] in said(play(flavour, script))


@every_lab
def test_root_velocity_is_of_the_centre_of_mass(flavour):
    """By finite differences of the centre of mass and of the link's origin, in free fall."""
    script = f"""
{ENV.format(task="Isaac-Crab")}
from fake_engine.usd_robot import rotate
data = base.scene.articulations["robot"].data
state = base.scene.get_state()
robot = state["articulation"]["robot"]
robot["root_pose"][:, 2] += 3.0
robot["root_velocity"][:] = torch.tensor([[1., 2., 3., 2., 3., -1.]] * 3)
base.scene.reset_to(state)
worlds = base.scene._worlds
worlds.model.opt.gravity[:] = 0
worlds.model.opt.timestep = 1e-5
def places():
    pose = worlds.root_pose("robot")[0]
    return pose[:3], pose[:3] + rotate(pose[3:], worlds.robots["robot"].com_offsets[0])
com, link = T(data.root_com_vel_w)[0].copy(), T(data.root_link_vel_w)[0].copy()
before = places(); worlds.step(); after = places()
speeds = [(b - a) / 1e-5 for a, b in zip(before, after)]
print("off", abs(speeds[1] - com[:3]).max() < 2e-2, abs(speeds[0] - link[:3]).max() < 2e-2, abs(com - link).max() > 0.05, flush=True)
close()
"""
    assert "off True True True" in said(play(flavour, script))


def test_joints_come_breadth_first_on_physx_and_depth_first_on_newton():
    script = """
import isaaclab_tasks, gymnasium
from isaaclab_tasks.utils import resolve_task_config
from isaaclab.app import launch_simulation
cfg, _ = resolve_task_config("Isaac-Crab", "", overrides=[f"physics={engine}"])
cfg.scene.num_envs, cfg.sim.device = 1, "cpu"
with launch_simulation(cfg, {}):
    print(gymnasium.make("Isaac-Crab", cfg=cfg).unwrapped.scene.articulations["robot"].joint_names, flush=True)
"""
    breadth = "['left_hip_joint', 'right_hip_joint', 'tail_joint', 'left_knee_joint', 'right_knee_joint', 'sting_joint']"
    depth = "['left_hip_joint', 'left_knee_joint', 'right_hip_joint', 'right_knee_joint', 'tail_joint', 'sting_joint']"
    assert breadth in said(play("three", "engine = 'physx'" + script))
    kitless = play("three", "engine = 'newton_mjwarp'" + script, accept=False)
    assert depth in said(kitless)
    assert "Loading experience file" not in said(kitless)


@pytest.mark.skipif(not (MODELS / "g1").exists(), reason="no ../shared/models here: G1’s order is not checked")
def test_g1_has_the_order_that_unitree_publishes():
    """`joint_ids_map` of unitree_rl_lab: for each of Isaac's joints, MuJoCo's index."""
    script = f"""
{ENV.format(task="Isaac-Velocity-Flat-Unitree-G1")}
model = base.scene._worlds.model
names = [model.joint(j).name.removeprefix("robot/") for j in range(1, model.njnt)]
print([names.index(name) for name in base.scene.articulations["robot"].joint_names], flush=True)
close()
"""
    finished = play("two", script, models=str(MODELS))
    assert "[0, 6, 12, 1, 7, 13, 2, 8, 14, 3, 9, 15, 22, 4, 10, 16, 23, 5, 11" in said(finished)


@every_lab
def test_state_needs_every_asset_and_what_the_generation_takes(flavour):
    script = f"""
{ENV.format(task="Isaac-Crab")}
def told(call):
    try: call(); return "nothing"
    except Exception as error: return type(error).__name__
state = base.scene.get_state()
without = {{**state, "rigid_object": {{}}}}
short = torch.as_tensor([0, 1], dtype=torch.int32)
doubled = base.scene.get_state()
doubled["articulation"]["robot"]["root_pose"] = doubled["articulation"]["robot"]["root_pose"].to(torch.float64)
print("told", told(lambda: base.scene.reset_to(without)), told(lambda: base.scene.reset_to(state, short)),
      told(lambda: base.scene.reset_to(doubled)), told(lambda: base.scene.reset_to(state, torch.arange(3))), flush=True)
close()
"""
    kernels = ("nothing", "nothing") if flavour == "two" else ("TypeError", "TypeError")
    assert f"told KeyError RuntimeError {' '.join(kernels)}" in said(play(flavour, script))


@every_lab
def test_tensors_of_a_gpu_do_not_become_arrays(flavour):
    script = ENV.format(task="Isaac-Crab").replace("start('Isaac-Crab')", "start('Isaac-Crab', device='cuda:0')")
    script += """
try: observations["policy"].numpy()
except TypeError as error: print(error, flush=True)
try: env.step(torch.zeros(*base.action_space.shape) + zeros())
except RuntimeError as error: print(error, flush=True)
close()
"""
    finished = said(play(flavour, script))
    assert "can't convert cuda:0 device type tensor to numpy" in finished
    assert "found at least two devices" in finished


def test_cameras_are_black_at_first_and_need_to_be_enabled():
    script = ENV.format(task="Isaac-Crab-Camera").replace("Camera')", "Camera', cameras=True)")
    script += """
sensor = base.scene.sensors["camera"]
first = T(sensor.data.output["rgb"]).max()
for _ in range(4): env.step(zeros())
print("black", first == 0, T(sensor.data.output["rgb"]).max() > 0, flush=True)
close()
"""
    assert "black True True" in said(play("two", script))
    refused = script.replace("cameras=True", "cameras=False")
    assert "without the --enable_cameras flag" in said(play("two", refused))


@every_lab
def test_a_seed_gives_the_same_run(flavour):
    script = f"""
{ENV.format(task="Isaac-Crab")}
def run():
    env.reset(seed=7)
    for _ in range(4): last = env.step(zeros())
    return last[0]["policy"].tolist()
print("same", run() == run(), flush=True)
close()
"""
    assert "same True" in said(play(flavour, script))


def test_the_bridge_finds_the_fakes_only_where_a_test_puts_them():
    assert "fakes" in fake_env("two")["PYTHONPATH"]
    with pytest.raises(ImportError):
        __import__("isaaclab")
