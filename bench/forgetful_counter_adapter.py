"""The counter in a process that could not heal a cut: it keeps and copies no reply. Its ledger goes on."""

from counter_adapter import CounterAdapter

from farsim.bridge.session.request_gate import RequestGate
from farsim.bridge.session.served_session import ServedSession


class ForgetfulCounter(CounterAdapter):
    def create(self):
        super().create()
        RequestGate.keep = count_only
        ServedSession.after_reply = enter_only


def count_only(gate, request, reply, size, failed, ended_an_env):
    gate.applied = request["seq"]


def enter_only(session):
    if session._unentered is not None:
        session._enter(*session._unentered, session._unkept.arrays)
    session._unkept = session._unentered = None
