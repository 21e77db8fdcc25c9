"""What a simulator must be for the bridge: one class, every call on the main thread.

Arrays have the rows of the call first (`[n, …]`, n envs in the order of `envs`, N = 1 included), in their
source's dtype.
What a method returns must stay unchanged until the next call only: the bridge copies what it keeps. An
optional method that
is left out means that the capability is missing. The bridge, not the adapter, does tick, time, episode,
`repeat`, stepMany,
`want`, action and state checks, and the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeAlias

from .errors import FarsimError

Array: TypeAlias = Any
"""A numpy array, or a memoryview with a shape where numpy is not there."""
Tree: TypeAlias = Any
"""An array, or a dict of trees by name."""
Outcome: TypeAlias = dict[str, Any]
"""`observations`: tree; after a step also `reward` [n], `terminated` [n] and `truncated` [n]; optionally
`info`: dict, `envs`:
the rows when they are not those of the call, `final`: `{"envs": [m], "observations"?, "state"?, "info"?}` for
rows that a
same-step autoreset ended, as they were at their end."""
State: TypeAlias = dict[str, Any]
"""Schema `simstate/1`: `{"entities": {name: {"root_pos": [n, 3], …}}}`, optionally `env_origin` [n, 3]."""


class AdapterError(FarsimError):
    """Raised by an adapter to answer with a code of its own choice, such as UNSUPPORTED or BAD_STATE."""


class Adapter(Protocol):
    """Called in this order: launch, create, describe, then reset and the rest, and close at last."""

    def launch(
        self, config: Mapping[str, Any], progress: Callable[[str], None]
    ) -> AbstractContextManager[Any] | None:
        """Imports the engine. All else runs inside the context manager that it may return. `progress` shows a
        line.
        """

    def create(self) -> None:
        """Makes the N worlds."""

    def describe(self) -> dict[str, Any]:
        """The WorldSpec: `sim, versions, task, num_envs, env_origins, step_dt, physics_dt, autoreset,
        actions, observations,
        entities, cameras, capabilities, native`. Capabilities that follow from the methods are added by the
        bridge.

        `autoreset` declares what a step does to an env that ended: `next_step`: the env's next step resets
        it, ignores its
        action and has reward 0; `same_step`: the outcome's observations are the next episode's first, and
        `final` holds the
        end; `disabled`: the env must be reset, stepping it before is BAD_ACTION.
        """

    def reset(
        self,
        seed: Sequence[int] | None = None,
        envs: Sequence[int] | None = None,
        state: State | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Begins new episodes. `seed` has one for each row (the client's one seed became seed + i for env
        i).
        """

    def step(self, action: Tree, envs: Sequence[int] | None = None) -> Outcome:
        """Applies a checked action, in the spec's dtypes and the adapter's to keep, for one control step of
        `step_dt` seconds.
        """

    def close(self) -> None:
        """Lets go of the engine. The process ends afterwards."""


class OptionalMethods(Protocol):
    """What an adapter may have besides."""

    def get_state(self, envs: Sequence[int] | None = None, bodies: bool = True) -> State:
        """The state of the rows; without `bodies`, `body_pos` and `body_quat` may be left out."""

    def set_state(self, state: State, envs: Sequence[int] | None = None) -> Outcome:
        """Puts a checked state's rows into the envs; what it leaves out stays. Gives their observations."""

    def send(self, action: Tree, envs: Sequence[int]) -> None:
        """Gives work to some envs."""

    def recv(self, least: int) -> Outcome:
        """Waits until at least `least` envs have finished, and names them in `envs`."""

    def images(
        self,
        cameras: Sequence[Any],
        envs: Sequence[int] | None = None,
        width: int | None = None,
        height: int | None = None,
    ) -> dict[str, Array]:
        """`[n, height, width, 3]` u8, sRGB, top row first, by camera: one of the spec's, or a dict for a free
        one (`free`).
        """

    def snapshot(self) -> bytes:
        """Everything that decides the future, for the same engine and version."""

    def restore(self, snapshot: bytes) -> None:
        """Goes back to a snapshot exactly."""

    def model(self) -> tuple[str, dict[str, bytes]]:
        """The path to open, and the MJCF with all its assets by relative path."""

    def visuals(self) -> dict[str, Any]:
        """What env 0 looks like: `{"shapes": [...]}`, each a dict of `body type size pos quat rgba`, and
        `name vertices indices` where there are any.

        `body` is `entity/body` or `world` (never moves; the pose is then env-local), `type` one of box sphere
        capsule cylinder ellipsoid plane mesh, `size` as in MJCF (half lengths; none for a mesh), `pos` metres
        and `quat` wxyz in the body's frame, `rgba` sRGB 0 to 1. Meshes: `vertices` f32 `[V, 3]` metres,
        `indices` u32 `[T, 3]`, numpy arrays; one that several shapes share is sent once.
        """

    def probe(self) -> dict[str, Any]:
        """Finds out the engine's conventions; runs in the phase `probing` and fills `native`."""

    def remake(self, config: Mapping[str, Any]) -> None:
        """Makes the N worlds of another config in the engine that was launched, and lets go of those before;
        `describe` and `probe` follow. The config differs in the keys that the plugin's `remakes` names.
        """

    def idle(self) -> float | None:
        """Runs while no request is there; gives the seconds until it wants to run again (None: 0.05)."""
