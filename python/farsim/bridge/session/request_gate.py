"""The numbers of one session's requests: order, kept replies and chains (docs/protocol.md, "Requests")."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..wire.limits import KEPT_BYTES

_BREAK = 1


class Verdict(NamedTuple):
    """`apply`, `replay` (with the kept reply) or `refuse`; `uses`: the refusal uses up the seq and is kept as
    its reply.
    """

    kind: str
    reply: Any = None
    code: str = ""
    message: str = ""
    uses: bool = False


_APPLY = Verdict("apply")


class RequestGate:
    """Never touches the simulator. Kept replies are never evicted, only acknowledged."""

    def __init__(self) -> None:
        self.applied = 0
        self._kept: dict[int, tuple[Any, int]] = {}
        self._kept_bytes = 0
        self._ack = 0
        self._broken_chain = 0

    @property
    def first_kept(self) -> int:
        """The first seq whose reply is kept, 0 when none is."""
        return next(iter(self._kept), 0)

    @property
    def may_start(self) -> bool:
        """False while so much is unacknowledged that no new request may start."""
        return not self._kept or self._kept_bytes < KEPT_BYTES

    def acknowledge(self, ack: int) -> None:
        """Frees replies up to `ack`."""
        last = min(ack, self.applied)
        for seq in range(self._ack + 1, last + 1):
            kept = self._kept.pop(seq, None)
            if kept:
                self._kept_bytes -= kept[1]
        self._ack = max(self._ack, last)

    def begin_client(self) -> None:
        """A client that does not resume begins: what its predecessor left is freed, and its chains are
        forgotten.
        """
        self.acknowledge(self.applied)
        self._broken_chain = 0

    def judge(self, request: dict[str, Any], waited: float) -> Verdict:
        """`waited`: seconds since the request arrived."""
        if request["ack"] > self._ack:
            self.acknowledge(request["ack"])
        seq, chain, deadline = request["seq"], request["chain"], request["deadline"]
        if seq <= self.applied:
            kept = self._kept.get(seq)
            if kept:
                return Verdict("replay", kept[0])
            return Verdict(
                "refuse", None, "REPLY_GONE", f"the reply to request {seq} was acknowledged and freed"
            )
        if seq > self.applied + 1:
            return Verdict("refuse", None, "SEQ_GAP", f"request {seq} came where {self.applied + 1} was due")
        if chain <= self._broken_chain:
            message = f"request {seq} was skipped: chain {chain} broke before it"
            return Verdict("refuse", None, "SKIPPED", message, True)
        if deadline is not None and waited >= deadline:
            self.break_chain(chain)
            message = f"request {seq} was skipped: its deadline of {deadline:g} s passed before it began"
            return Verdict("refuse", None, "SKIPPED", message, True)
        return _APPLY

    def keep(self, request: dict[str, Any], reply: Any, size: int, failed: bool, ended_an_env: bool) -> None:
        """Keeps the reply, of `size` bytes, of the request that used up the next seq."""
        self.applied = request["seq"]
        self._kept[self.applied] = (reply, size)
        self._kept_bytes += size
        if failed or (ended_an_env and request["onEnd"] == _BREAK):
            self.break_chain(request["chain"])

    def break_chain(self, chain: int) -> None:
        self._broken_chain = max(self._broken_chain, chain)
