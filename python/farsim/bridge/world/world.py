"""An adapter with all that every simulator has in common: row numbers, ticks, episodes, checks, repeat and
wishes.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import FarsimError
from ..wire.layouts import NamedArray
from ..wire.lift_arrays import lift_arrays
from ..wire.limits import HEADER_BYTES, TENSORS_PER_LAYOUT
from ..wire.message_fields import ENUMS
from ..wire.named_tree import escape
from ..wire.number_rows import add, bools, copied, u8, zeros
from .abilities import Abilities
from .action_check import ActionCheck
from .episode_book import ends_any
from .image_tensors import ENCODINGS, image_arrays
from .outcome_blocks import NO_WANT, Block, OutcomeBlocks, outcome_rows, with_finite
from .outcome_tensors import reward_array
from .row_choice import RowChoice
from .state_tensors import check_state, read_state, state_arrays

_BREAK = ENUMS["OnEnd"]["break"]
_LONGEST_VALUE = HEADER_BYTES // 2


class Applied:
    """What a request gave. `error` is what stopped it; `reached` says that the simulator was touched by what
    failed.
    """

    def __init__(self, blocks: Sequence[Block] = (), value: str = "", ended: bool = False) -> None:
        self.blocks = list(blocks)
        self.value = value
        self.ended = ended
        self.error: Exception | None = None
        self.reached = False


class World:
    """Every call on the thread that made it; calls from another raise. Raises what the adapter raises, and
    FarsimError.
    """

    def __init__(self, adapter: Any, spec: dict[str, Any]) -> None:
        self._adapter = adapter
        self.spec = spec
        self.num_envs: int = spec["num_envs"]
        self._can = Abilities(adapter, spec)
        self._rows = RowChoice(self.num_envs, self._can.has("perEnvSeed"))
        self._outcomes = OutcomeBlocks(adapter, spec)
        self._book = self._outcomes.book
        self._actions = ActionCheck(spec["actions"])
        self._want = NO_WANT
        self._thread = threading.get_ident()
        self.reached = False
        operations = ENUMS["Op"]
        self._operations: dict[int, Callable[[dict[str, Any], list[list[NamedArray]]], Applied]] = {
            operations["reset"]: self._reset,
            operations["step"]: self._step,
            operations["stepMany"]: self._step_many,
            operations["send"]: self._send,
            operations["recv"]: self._recv,
            operations["getState"]: self._get_state,
            operations["setState"]: self._set_state,
            operations["render"]: self._render,
            operations["snapshot"]: self._snapshot,
            operations["restore"]: self._restore,
            operations["model"]: self._model,
            operations["visuals"]: self._visuals,
            operations["probe"]: self._probe,
        }

    def put_info_in_json(self) -> None:
        """Sends no array of `info` any more: their layouts would be too many."""
        self._outcomes.info_as_json = True

    def apply(self, request: dict[str, Any], blocks: list[list[NamedArray]]) -> Applied:
        """Does what a request asks. `reached` is True afterwards when the simulator was touched."""
        if threading.get_ident() != self._thread:
            raise FarsimError("INTERNAL", "simulator calls belong on the main thread")
        self.reached = False
        operation = self._operations.get(request["op"])
        if operation is None:
            raise FarsimError("UNSUPPORTED", f"op {request['op']} does not belong on the data channel")
        return operation(request, blocks)

    def idle(self) -> float | None:
        """Lets the adapter run while nothing is asked; seconds until it wants to again, None when it never
        does.
        """
        idle = getattr(self._adapter, "idle", None)
        if idle is None:
            return None
        wait = idle()
        return 0.05 if wait is None else wait

    def model_files(self) -> tuple[str, dict[str, bytes]] | None:
        """The model's entry and files, where the simulator has one."""
        return self._adapter.model() if self._can.has("model") else None

    def close(self) -> None:
        self._adapter.close()

    def _reset(self, request: dict[str, Any], blocks: list[list[NamedArray]]) -> Applied:
        arrays = blocks[0] if blocks else []
        rows = self._rows.read(arrays)
        if rows is not None and len(rows) != self.num_envs and not self._can.has("partialReset"):
            raise FarsimError(
                "UNSUPPORTED", f"this simulator can only reset all its {self.num_envs} envs together"
            )
        count = self._outcomes.count(rows)
        seed = self._rows.seeds(arrays, rows)
        state = read_state(arrays)
        if state is not None:
            if not self._can.has("resetState"):
                raise FarsimError("UNSUPPORTED", "this simulator cannot be reset to a state")
            state = check_state(state, self.spec["entities"], count)
        options = _parse_options(request["options"])
        if request["want"] is not None:
            self._want = self.checked_want(request["want"])
        self.reached = True
        outcome = self._adapter.reset(seed=seed, envs=rows, state=state, options=options)
        self._book.begin(rows)
        if rows is None:
            self._outcomes.frames = 0
        return self._told(outcome, rows, self._want, reward=zeros(count), at_reset=True)

    def _step(self, request: dict[str, Any], blocks: list[list[NamedArray]]) -> Applied:
        want = self._want if request["want"] is None else self.checked_want(request["want"])
        return self._step_once(blocks[0] if blocks else [], request["repeat"] or 1, want)

    def _step_many(self, request: dict[str, Any], blocks: list[list[NamedArray]]) -> Applied:
        want = self._want if request["want"] is None else self.checked_want(request["want"])
        applied = Applied()
        for arrays in blocks:
            # the adapter may use its arrays again
            if applied.blocks:
                applied.blocks[-1] = applied.blocks[-1].copied()
            self.reached = False
            try:
                one = self._step_once(arrays, request["repeat"] or 1, want)
            except Exception as error:
                applied.error = error
                break
            applied.blocks += one.blocks
            applied.ended = applied.ended or one.ended
            if applied.ended and request["onEnd"] == _BREAK:
                break
        return applied

    def _step_once(self, arrays: list[NamedArray], repeat: int, want: dict[str, Any]) -> Applied:
        rows = self._rows.read(arrays) if len(arrays) > 1 else None
        action = self._actions.check(arrays, self.num_envs if rows is None else len(rows))
        self._book.require_running(rows)
        self.reached = True
        step = self._adapter.step
        outcome = step(action, rows)
        if repeat == 1 and "envs" not in outcome:
            return self._told(outcome, rows, want)
        return self._repeat(outcome, step, action, rows, repeat, want)

    def _repeat(
        self, outcome: Any, step: Any, action: Any, rows: Any, repeat: int, want: dict[str, Any]
    ) -> Applied:
        total = None
        for left in range(repeat - 1, -1, -1):
            of = outcome_rows(outcome, rows)
            reward = reward_array(outcome["reward"], self._outcomes.count(of))
            total = copied(reward) if total is None else add(total, reward)
            if left == 0 or ends_any(bools(outcome["terminated"]), bools(outcome["truncated"])):
                break
            self._book.step(of, bools(outcome["terminated"]), bools(outcome["truncated"]))
            self._outcomes.frames += 1
            outcome = step(action, rows)
        return self._told(outcome, rows, want, reward=total)

    def _send(self, request: dict[str, Any], blocks: list[list[NamedArray]]) -> Applied:
        self._can.need("send", "sendRecv")
        arrays = blocks[0] if blocks else []
        rows = self._rows.read(arrays)
        rows = list(range(self.num_envs)) if rows is None else rows
        action = self._actions.check(arrays, len(rows))
        self._book.require_running(rows)
        self.reached = True
        self._adapter.send(action, rows)
        return Applied()

    def _recv(self, request: dict[str, Any], blocks: list[list[NamedArray]]) -> Applied:
        self._can.need("recv", "sendRecv")
        self.reached = True
        outcome = self._adapter.recv(request["min"])
        return self._told(outcome, None, self._want)

    def _get_state(self, request: dict[str, Any], blocks: list[list[NamedArray]]) -> Applied:
        self._can.need("get_state", "getState")
        rows = self._rows.read(blocks[0] if blocks else [])
        state = dict(self._adapter.get_state(rows, True))
        if rows is not None and "envs" not in state:
            state["envs"] = rows
        return Applied([Block(with_finite(state_arrays(state), self._outcomes.count(rows)))])

    def _set_state(self, request: dict[str, Any], blocks: list[list[NamedArray]]) -> Applied:
        self._can.need("set_state", "setState")
        arrays = blocks[0] if blocks else []
        state = read_state(arrays)
        if state is None:
            raise FarsimError("BAD_STATE", "setState holds no state")
        rows = self._rows.read(arrays)
        if rows is None and "envs" in state:
            rows = self._rows.check(state["envs"])
        count = self._outcomes.count(rows)
        state = check_state(state, self.spec["entities"], count)
        self.reached = True
        outcome = self._adapter.set_state(state, rows)
        return self._told(outcome, rows, self._want, reward=zeros(count), at_reset=True)

    def _render(self, request: dict[str, Any], blocks: list[list[NamedArray]]) -> Applied:
        self._can.need("images", "render")
        view = _parse_options(request["options"]) or {}
        rows = self._rows.read(blocks[0] if blocks else [])
        camera = view.get("camera") or next(iter(self.spec["cameras"]), None) or {}
        encoding = ENCODINGS.get(view.get("encoding", "raw"))
        if encoding is None:
            raise FarsimError("BAD_ARGUMENT", f"{view['encoding']!r} is no encoding: raw, jpeg or png")
        images = self._adapter.images([camera], rows, view.get("width"), view.get("height"))
        return Applied([Block(image_arrays(images, encoding))])

    def _snapshot(self, request: dict[str, Any], blocks: list[list[NamedArray]]) -> Applied:
        self._can.need("snapshot", "snapshot")
        book = self._book.dump()
        data = len(book).to_bytes(4, "little") + book + self._adapter.snapshot()
        return Applied([Block([NamedArray("snapshot", u8(data), True)])])

    def _restore(self, request: dict[str, Any], blocks: list[list[NamedArray]]) -> Applied:
        self._can.need("restore", "snapshot")
        data = next(
            (array.tobytes() for name, array, _ in (blocks[0] if blocks else []) if name == "snapshot"), None
        )
        if data is None or len(data) < 4:
            raise FarsimError("BAD_ARGUMENT", "restore holds no snapshot")
        size = 4 + int.from_bytes(data[:4], "little")
        self._book.check(data[4:size])
        self.reached = True
        self._adapter.restore(data[size:])
        self._book.load(data[4:size])
        return Applied()

    def _model(self, request: dict[str, Any], blocks: list[list[NamedArray]]) -> Applied:
        self._can.need("model", "model")
        entry, files = self._adapter.model()
        arrays = [NamedArray(f"file/{escape(path)}", u8(files[path]), True) for path in sorted(files)]
        return Applied(_in_blocks(arrays), json.dumps({"entry": entry}))

    def _visuals(self, request: dict[str, Any], blocks: list[list[NamedArray]]) -> Applied:
        self._can.need("visuals", "visuals")
        value, arrays = lift_arrays(self._adapter.visuals())
        if len(value) > _LONGEST_VALUE:
            arrays.insert(0, NamedArray("scene", u8(value.encode()), True))
            value = ""
        return Applied(_in_blocks(arrays), value)

    def _probe(self, request: dict[str, Any], blocks: list[list[NamedArray]]) -> Applied:
        self._can.need("probe", "probe")
        return Applied([], json.dumps(self._adapter.probe()))

    def _told(self, outcome: Any, rows: Any, want: dict[str, Any], **more: Any) -> Applied:
        block, ended = self._outcomes.block(outcome, rows, want, **more)
        return Applied([block], ended=ended)

    def checked_want(self, want: dict[str, Any]) -> dict[str, Any]:
        """The want as it is. Raises UNSUPPORTED or BAD_ARGUMENT for what this simulator cannot give."""
        return self._can.check_want(want, self._rows)


def _in_blocks(arrays: list[NamedArray]) -> list[Block]:
    """As many as the arrays need: one layout has no more of them."""
    most = TENSORS_PER_LAYOUT
    return [Block(arrays[i : i + most]) for i in range(0, len(arrays), most)]


def _parse_options(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        raise FarsimError("BAD_ARGUMENT", f"options are no JSON: {error}") from error
