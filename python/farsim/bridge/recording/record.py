"""`record`: an environment whose resets and steps also go into a run's folder."""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import Any

from ..gymnasium_envs.env_adapter import adapter_of
from .run_recorder import RunRecorder


def record(
    env: Any, path: str | os.PathLike[str], *, doctor: str | os.PathLike[str] | None = None
) -> Any:
    """`env` with every reset and step recorded in the folder `path`, which must be absent or empty: rounds of
    MCAP, an index, and where there is one the model, for `farsim replay` and `farsim data`.

    `env`: a Gymnasium Env or VectorEnv (what is given back is one again), or an adapter object. It behaves as
    before; nothing listens. A reset of all envs begins a round. States are kept where the env is of
    Gymnasium's MuJoCo kind or the adapter has get_state. Leaving the `with` block seals the recording and
    leaves the env open; `close()` does both. Rows reach the file by 64 KiB or 150 ms. Raises FarsimError
    PACKAGE_MISSING without the package mcap, BAD_ARGUMENT for a folder that holds something,
    RECORDING_FAILED when the disk takes no more.

    `doctor`: the `doctor.json` that `farsim doctor` wrote of this env. Where its conventions are those of the
    env, the recording holds what its probes found; where they are not, what differs is said on stderr and the
    recording holds what the env says of itself, as without it. Raises FILE_NOT_FOUND, and BAD_ARGUMENT for
    another file.
    """
    adapter = adapter_of(env, pictures=False)
    run = RunRecorder(adapter, path, doctor)
    if adapter is env:
        return RecordedAdapter(env, run)
    gymnasium = sys.modules["gymnasium"]
    from .gymnasium_recording import RecordedEnv, RecordedVectorEnv

    is_vector = isinstance(env, gymnasium.vector.VectorEnv)
    return (RecordedVectorEnv if is_vector else RecordedEnv)(env, run, adapter)


class RecordedAdapter:
    """An adapter object that records; all else is the adapter's own."""

    def __init__(self, adapter: Any, run: RunRecorder) -> None:
        self._adapter = adapter
        self._run = run

    def reset(self, seed: Any = None, envs: Any = None, state: Any = None, options: Any = None) -> Any:
        outcome = self._adapter.reset(seed=seed, envs=envs, state=state, options=options)
        self._run.reset(outcome, envs, seed, options)
        return outcome

    def step(self, action: Any, envs: Any = None) -> Any:
        outcome = self._adapter.step(action, envs)
        self._run.step(action, outcome, envs)
        return outcome

    def close(self) -> None:
        self._run.close()
        self._adapter.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)

    def __enter__(self) -> RecordedAdapter:
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: TracebackType | None) -> None:
        self._run.close(error)
