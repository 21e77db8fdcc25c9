"""One session's requests as all its data connections see them: judged, applied, kept, entered into the
ledger.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from ..errors import FarsimError, refused_before_simulator
from ..processes.shared_page import SharedPage
from ..wire import limits
from ..wire.codecs import Codec
from ..wire.dtypes import copy_array
from ..wire.layouts import LayoutWriter, NamedArray
from ..wire.limits import LIVE_LAYOUTS
from ..wire.message_fields import ENUMS
from ..world.outcome_blocks import Block
from ..world.world import Applied, World
from .ledger import (
    digest_outcome,
    digest_recv_request,
    digest_reset_request,
    digest_restore_request,
    digest_step_request,
    digest_text,
)
from .ledger_keeper import LedgerKeeper
from .request_gate import RequestGate
from .simulator_errors import call_error

_OP = ENUMS["Op"]
_LEDGERED = frozenset(
    _OP[name] for name in ("reset", "step", "stepMany", "send", "recv", "setState", "restore")
)
_STEP, _STEP_MANY, _SEND, _RECV, _RESTORE = (
    _OP[name] for name in ("step", "stepMany", "send", "recv", "restore")
)
_SPARE_BYTES = 64
_MESSAGE_CHARACTERS = 10_000
_NOT_REACHED = "not reached"
_STATEFUL = frozenset({_OP["reset"], _OP["setState"]})


class Reply:
    """A reply's fields, its arrays in the order of its blocks, the layouts that they are in, and its header
    as the connection that asked wants it.
    """

    def __init__(self, body: dict[str, Any], arrays: list[Any], layouts: list[int], codec: Codec) -> None:
        self.body = body
        self.arrays = arrays
        self.layouts = layouts
        self.header = codec.encode("reply", body)

    def fault(self) -> str:
        """Why no frame can carry it, '' when one can."""
        size = len(self.header)
        if size > limits.HEADER_BYTES - _SPARE_BYTES:
            return f"a reply with {size} bytes of text is over the limit of {limits.HEADER_BYTES}"
        # every array may need padding
        size += sum(array.nbytes + 8 for array in self.arrays) + 16
        if size > limits.FRAME_BYTES:
            return f"a reply of {size} bytes is over the limit of {limits.FRAME_BYTES}"
        return ""


class ServedSession:
    """Outlives its connections. Every method on the main thread."""

    def __init__(self, world: World, spec_hash: bytes, page: SharedPage, log_path: str) -> None:
        self.gate = RequestGate()
        self.writer = LayoutWriter()
        self._world = world
        self.ledger = LedgerKeeper(spec_hash, page.set_ledger)
        self._page = page
        self._log_path = log_path
        self._unentered: tuple[dict[str, Any], list[list[NamedArray]], Applied, str] | None = None
        self._unkept: Reply | None = None

    def answer(
        self, request: dict[str, Any], blocks: list[list[NamedArray]], received: float, codec: Codec
    ) -> Reply:
        """The reply to a request; whatever fails is an error in it, also that it is larger than a frame may
        be. `received`: monotonic seconds.
        """
        gate = self.gate
        started = time.monotonic()
        verdict = gate.judge(request, started - received)
        if verdict.kind == "replay":
            kept: Reply = verdict.reply
            return Reply({**kept.body, "replayed": True}, kept.arrays, kept.layouts, codec)
        if verdict.kind == "refuse":
            refusal = FarsimError(verdict.code, verdict.message)
            reply = self._reply(request, Applied(), refusal, False, received, started, codec)
            if verdict.uses:
                gate.keep(request, reply, 256, True, False)
                self._page.set_running(0, gate.applied, started)
            return reply
        self._page.set_running(request["seq"], gate.applied, started)
        error: FarsimError | None = None
        world = self._world
        try:
            applied = world.apply(request, blocks)
            if applied.error is not None:
                error = call_error(applied.error, self._log_path)
        except Exception as raised:
            applied = Applied()
            error = call_error(raised, self._log_path)
        reached = error is not None and world.reached and not refused_before_simulator(error.code)
        reply = self._reply(request, applied, error, reached, received, started, codec)
        fault = reply.fault()
        if fault:
            error, reached = self._shortened(request, applied, error, reached, fault)
            applied = Applied()
            reply = self._reply(request, applied, error, reached, received, started, codec)
        size = 256
        for array in reply.arrays:
            size += array.nbytes
        gate.keep(request, reply, size, error is not None, applied.ended)
        # before the reply: whoever has it may ask the supervisor what was applied
        self._page.set_running(0, gate.applied, reply.body["finished"])
        self._unkept = reply
        if request["op"] in _LEDGERED:
            failed = error.code if error is not None and reached else ("" if error is None else _NOT_REACHED)
            self._unentered = (request, blocks, applied, failed)
        return reply

    def after_reply(self) -> None:
        """What waits until a reply was written: copies of what is kept, and the ledger."""
        reply = self._unkept
        if reply is not None:
            reply.header = b""
            reply.arrays = [copy_array(array) for array in reply.arrays]
            if self._unentered is not None:
                self._enter(*self._unentered, reply.arrays)
            self._unkept = self._unentered = None

    def finish(self, seconds: float) -> None:
        """Waits until the ledger is complete, at most so long."""
        self.ledger.close(seconds)

    def _shortened(
        self, request: dict[str, Any], applied: Applied, error: FarsimError | None, reached: bool, fault: str
    ) -> tuple[FarsimError, bool]:
        """The error in place of a reply that no frame can carry, and whether the simulator was reached."""
        if error is not None and not applied.blocks:
            return FarsimError(error.code, error.message[:_MESSAGE_CHARACTERS]), reached
        touched = request["op"] in _LEDGERED and (bool(applied.blocks) or self._world.reached)
        suggestions = ("give numbers as arrays, and long texts by another way",)
        return FarsimError("LIMIT_EXCEEDED", fault, suggestions), touched

    def _reply(
        self, request: dict[str, Any], applied: Applied, error: FarsimError | None, reached: bool,
        received: float, started: float, codec: Codec,
    ) -> Reply:  # fmt: skip
        blocks = []
        arrays: list[Any] = []
        layouts: list[int] = []
        finished = time.monotonic()
        for place, block in enumerate(applied.blocks):
            try:
                layout, lengths = self.writer.write(block.arrays)
            except FarsimError:
                block = applied.blocks[place] = _without_info(block)
                layout, lengths = self.writer.write(block.arrays)
            if layout > LIVE_LAYOUTS * 3 // 4:
                self._world.put_info_in_json()
            layouts.append(layout)
            arrays += [array for _, array, _ in block.arrays]
            blocks.append(
                {"layout": layout, "lengths": lengths, "info": block.info, "finalInfo": block.final_info}
            )
        body = {
            "seq": request["seq"],
            "blocks": blocks,
            "error": None if error is None else error.failure(reached),
            "value": applied.value,
            "received": received,
            "started": started,
            "finished": finished,
        }
        index, head = self.ledger.newest
        if index:
            body["ledgerIndex"], body["ledgerHead"] = index, head
        body["encoded"] = time.monotonic()
        return Reply(body, arrays, layouts, codec)

    def _enter(
        self,
        request: dict[str, Any],
        blocks: list[list[NamedArray]],
        applied: Applied,
        failed: str,
        copies: list[Any],
    ) -> None:
        op = request["op"]
        entry_op = _STEP if op == _STEP_MANY else op
        add = self.ledger.add
        given = [sum(array.nbytes for _, array, _ in arrays) for arrays in blocks] or [0]
        taken = 0
        for place, block in enumerate(applied.blocks):
            kept = []
            size = given[min(place, len(given) - 1)]
            for name, _, is_open in block.arrays:
                kept.append(NamedArray(name, copies[taken], is_open))
                size += copies[taken].nbytes
                taken += 1
            add(
                entry_op,
                partial(_digest_request, request, blocks, place),
                partial(digest_outcome, kept),
                size,
            )
        if failed == _NOT_REACHED:
            return
        after = len(applied.blocks)
        if failed:
            add(
                entry_op,
                partial(_digest_request, request, blocks, after),
                partial(digest_text, failed),
                given[0],
            )
        elif op in (_RESTORE, _SEND):
            reply = partial(digest_text, "") if op == _RESTORE else partial(digest_outcome, [])
            add(entry_op, partial(_digest_request, request, blocks, 0), reply, given[0])


def _digest_request(request: dict[str, Any], blocks: list[list[NamedArray]], place: int) -> bytes:
    op = request["op"]
    arrays = blocks[place] if place < len(blocks) else []
    if op in _STATEFUL:
        return digest_reset_request(arrays, request["options"])
    if op == _RECV:
        return digest_recv_request(request["min"])
    if op == _RESTORE:
        return digest_restore_request(arrays[0].array)
    return digest_step_request(arrays, request["repeat"])


def _without_info(block: Block) -> Block:
    kept = [array for array in block.arrays if not array.name.startswith(("info/", "final/info/"))]
    return block._replace(arrays=kept)
