"""A simulator without physics: adds each action once and reports the sums, so that a lost or doubled step
shows.

Standard library only. Its faults are what a real simulator does at its worst, on request.
"""

import os
import signal
import sys
import time
from array import array


class CounterAdapter:
    """Config: `envs`, `size` (numbers in an action), `payload_bytes` (of one env's `pad` observation),
    `step_time`, `reset_time` (seconds), `episode_steps` (truncated then; 0: never), `autoreset`, and the
    faults: `say` (a line for its log), `slow_start` (seconds in launch), `quiet_start` (the same without a
    line or CPU time), `fail_import` (a module's name), `fail_launch`, `fail_create`, `fail_reset`; at the
    k-th step since the start `raise_at`, `exit_at` (with `exit_code`), `kill_at`, `hang_at` (for `hang_time`
    seconds), `hold_at` (holds the interpreter's lock for `hold_time` seconds, as a native call does),
    `stop_at` (SIGSTOP to itself), `nan_at`, `print_fatal`, `log_bytes_at` (fills the log with `log_bytes`);
    `ignore_signals`, `fork_twice` (leaves a grandchild of another session), `hang_close`.
    """

    def launch(self, config, progress):
        self.config = config
        self.envs = config.get("envs", 1)
        self.size = config.get("size", 1)
        self.payload_bytes = config.get("payload_bytes", 0)
        self.episode_steps = config.get("episode_steps", 0)
        self.autoreset = config.get("autoreset", "disabled")
        self.step_time = config.get("step_time", 0)
        if config.get("ignore_signals"):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        if config.get("fork_twice"):
            leave_grandchild()
        if config.get("say"):
            print(config["say"], flush=True)
        if config.get("fail_import"):
            __import__(config["fail_import"])
        if config.get("fail_launch"):
            raise RuntimeError("the counter was told to fail in launch")
        for second in range(int(config.get("slow_start", 0) * 10)):
            progress(f"counting slowly: {second / 10:.1f} s")
            time.sleep(0.1)
        time.sleep(config.get("quiet_start", 0))

    def remake(self, config):
        """As many envs of such a size as another config says."""
        self.launch(config, lambda line: None)
        self.create()

    def create(self):
        if self.config.get("fail_create"):
            raise RuntimeError("the counter was told to fail in create")
        self.sums = [[0.0] * self.size for _ in range(self.envs)]
        self.ticks = [0] * self.envs
        self.pending = [False] * self.envs
        self.steps = 0
        self.ready = {}
        pad = bytes(self.payload_bytes * self.envs)
        self.pad = memoryview(pad).cast("B", shape=(self.envs, self.payload_bytes)) if pad else None

    def describe(self):
        vector = {"dtype": "f64", "shape": [self.size]}
        joints = [f"count_{i}" for i in range(self.size)]
        observations = {"": vector}
        if self.pad is not None:
            observations = {
                "sum": vector,
                "pad": {"dtype": "u8", "shape": [self.payload_bytes]},
            }
        return {
            "sim": "counter",
            "versions": {"python": ".".join(map(str, sys.version_info[:3]))},
            "task": "count",
            "num_envs": self.envs,
            "env_origins": [[0.0, 0.0, 0.0]] * self.envs,
            "step_dt": 0.01,
            "physics_dt": 0.01,
            "autoreset": self.autoreset,
            "actions": {"": vector},
            "observations": observations,
            "entities": {
                "counter": {
                    "kind": "articulation",
                    "fixed_base": True,
                    "root_body": "counter",
                    "joint_names": joints,
                    "joint_types": ["slide"] * self.size,
                    "joint_limits": [None] * self.size,
                    "body_names": ["counter"],
                    "root_com_offset": [0.0, 0.0, 0.0],
                }
            },
            "cameras": {},
            "capabilities": [
                "partialReset",
                "perEnvSeed",
                "resetState",
                "finalState",
                "finalObservations",
                "finalInfo",
                "deterministic",
            ],
            "native": {},
        }

    def reset(self, seed=None, envs=None, state=None, options=None):
        if self.config.get("fail_reset"):
            raise ValueError("the counter was told to fail in reset")
        time.sleep(self.config.get("reset_time", 0))
        rows = self.rows(envs)
        for env in rows:
            self.begin(env)
        if state is not None:
            self.put(state, rows)
        if options and "start" in options:
            for env in rows:
                self.sums[env] = [float(options["start"])] * self.size
        return {
            "observations": self.observe(rows),
            "info": {"seeds": list(seed)} if seed else {},
        }

    def step(self, action, envs=None):
        self.steps += 1
        if self.step_time:
            time.sleep(self.step_time)
        self.fault(self.steps)
        rows = self.rows(envs)
        rewards, ended = [], []
        for row, env in enumerate(rows):
            if self.pending[env]:
                self.begin(env)
                rewards.append(0.0)
                ended.append(False)
                continue
            sums = self.sums[env]
            reward = 0.0
            for i in range(self.size):
                number = action[row, i]
                sums[i] += number
                reward += number
            self.ticks[env] += 1
            rewards.append(reward)
            ended.append(0 < self.episode_steps <= self.ticks[env])
        outcome = {
            "reward": memoryview(array("d", rewards)),
            "terminated": memoryview(bytes(len(rows))).cast("?"),
            "truncated": memoryview(bytes(ended)).cast("?"),
        }
        over = [env for env, end in zip(rows, ended, strict=True) if end]
        if over and self.autoreset == "same_step":
            outcome["final"] = {
                "envs": over,
                "observations": self.observe(over),
                "state": self.get_state(over),
                "info": {"sum": self.vectors([self.sums[env] for env in over])},
            }
            for env in over:
                self.begin(env)
        for env in over:
            self.pending[env] = self.autoreset == "next_step"
        outcome["observations"] = self.observe(rows)
        if self.config.get("nan_at") == self.steps:
            outcome["reward"] = memoryview(array("d", [float("nan")] * len(rows)))
        return outcome

    def send(self, action, envs):
        for row, env in enumerate(envs):
            self.ready[env] = [action[row, i] for i in range(self.size)]

    def recv(self, least):
        if least > len(self.ready):
            error = ValueError(f"{least} envs are waited for and {len(self.ready)} have work")
            error.code = "BAD_ARGUMENT"
            raise error
        rows = sorted(self.ready)
        action = self.vectors([self.ready[env] for env in rows])
        self.ready = {}
        return {**self.step(action, rows), "envs": rows}

    def get_state(self, envs=None, bodies=True):
        rows = self.rows(envs)
        return {"entities": {"counter": {"joint_pos": self.vectors([self.sums[env] for env in rows])}}}

    def set_state(self, state, envs=None):
        rows = self.rows(envs)
        self.put(state, rows)
        return {"observations": self.observe(rows)}

    def snapshot(self):
        numbers = [
            *self.ticks,
            *self.pending,
            *(number for sums in self.sums for number in sums),
        ]
        return array("d", map(float, numbers)).tobytes()

    def restore(self, snapshot):
        numbers = array("d")
        numbers.frombytes(snapshot)
        count = self.envs
        self.ticks = [int(number) for number in numbers[:count]]
        self.pending = [bool(number) for number in numbers[count : 2 * count]]
        for env in range(count):
            start = 2 * count + env * self.size
            self.sums[env] = list(numbers[start : start + self.size])

    def close(self):
        if self.config.get("hang_close"):
            time.sleep(3600)

    def begin(self, env):
        self.sums[env] = [0.0] * self.size
        self.ticks[env] = 0
        self.pending[env] = False

    def put(self, state, rows):
        sums = state["entities"].get("counter", {}).get("joint_pos")
        if sums is None:
            return
        for row, env in enumerate(rows):
            self.sums[env] = [float(sums[row, i]) for i in range(self.size)]

    def rows(self, envs):
        return range(self.envs) if envs is None else envs

    def observe(self, rows):
        sums = self.vectors([self.sums[env] for env in rows])
        if self.pad is None:
            return sums
        pad = self.pad
        if len(rows) != self.envs:
            size = len(rows) * self.payload_bytes
            pad = pad.cast("B")[:size].cast("B", shape=(len(rows), self.payload_bytes))
        return {"sum": sums, "pad": pad}

    def vectors(self, rows):
        flat = array("d", [number for row in rows for number in row])
        return memoryview(flat).cast("B").cast("d", shape=(len(rows), self.size))

    def fault(self, step):
        config = self.config
        if config.get("raise_at") == step:
            raise ValueError(f"the counter was told to fail at step {step}")
        if config.get("exit_at") == step:
            os._exit(config.get("exit_code", 42))
        if config.get("kill_at") == step:
            os.kill(os.getpid(), signal.SIGKILL)
        if config.get("hang_at") == step:
            time.sleep(config.get("hang_time", 3600))
        if config.get("hold_at") == step:
            hold_interpreter(config.get("hold_time", 60))
        if config.get("stop_at") == step:
            os.kill(os.getpid(), signal.SIGSTOP)
        if config.get("print_fatal") == step:
            print("CUDA error: an illegal memory access was encountered", flush=True)
        if config.get("log_bytes_at") == step:
            line = "x" * 1023 + "\n"
            for _ in range(config["log_bytes"] // len(line)):
                sys.stdout.write(line)
            sys.stdout.flush()


def hold_interpreter(seconds):
    """No other thread of this process runs Python meanwhile."""
    import ctypes

    ctypes.PyDLL(None).usleep(int(seconds * 1e6))


def leave_grandchild():
    """Forks twice into a session of its own with an emptied environment: what a daemon does to escape."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        os.execve(sys.executable, [sys.executable, "-c", "import time; time.sleep(3600)"], {})
    os._exit(0)
