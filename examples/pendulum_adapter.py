"""A far simulator in one file, standard library only: 1 kg on a massless rod of 1 m, driven by a torque."""

import math
import random

ROD = {"kind": "articulation", "fixed_base": True, "root_body": "rod", "root_com_offset": [0.0, 0.0, -1.0]}
HINGE = {"joint_names": ["hinge"], "joint_types": ["hinge"], "joint_limits": [None], "body_names": ["rod"]}


class PendulumAdapter:
    """Hangs at angle 0. Euler's method at 1 ms; 20 of them make a control step."""

    def launch(self, config, progress):
        self.torque_limit = config.get("torque_limit", 5.0)

    def create(self):
        self.angle = self.speed = 0.0

    def describe(self):
        limits = {"low": -self.torque_limit, "high": self.torque_limit}
        return {
            "sim": "pendulum",
            "task": "swing",
            "num_envs": 1,
            "step_dt": 0.02,
            "physics_dt": 0.001,
            "actions": {"": {"dtype": "f64", "shape": [1], **limits}},
            "observations": {"": {"dtype": "f64", "shape": [3]}},
            "entities": {"pendulum": ROD | HINGE},
        }

    def reset(self, seed=None, envs=None, state=None, options=None):
        start = random.Random(seed[0] if seed else 0)
        self.angle, self.speed = start.uniform(-0.1, 0.1), 0.0
        return self.outcome(0.0)

    def step(self, action, envs=None):
        for _ in range(20):
            self.speed += (float(action[0, 0]) - 9.81 * math.sin(self.angle)) * 0.001
            self.angle += self.speed * 0.001
        return self.outcome(-math.cos(self.angle))

    def get_state(self, envs=None, bodies=True):
        return {"entities": {"pendulum": {"joint_pos": [[self.angle]], "joint_vel": [[self.speed]]}}}

    def set_state(self, state, envs=None):
        given = state["entities"]["pendulum"]
        self.angle = float(given["joint_pos"][0, 0]) if "joint_pos" in given else self.angle
        self.speed = float(given["joint_vel"][0, 0]) if "joint_vel" in given else self.speed
        return self.outcome(0.0)

    def outcome(self, reward):
        seen = [[math.cos(self.angle), math.sin(self.angle), self.speed]]
        return {"observations": seen, "reward": [reward], "terminated": [False], "truncated": [False]}

    def close(self):
        pass
