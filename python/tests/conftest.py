"""What the tests share: adapters on the path, one packed bridge, sessions that never outlive a test."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from bridge_client import Bridge, is_running  # noqa: E402
from bridge_zip import SHIPPED, pack_bridge  # noqa: E402

sys.path[:0] = [str(adapter.parent) for adapter in SHIPPED]


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    return pack_bridge(tmp_path_factory.mktemp("bridge") / "bridge.pyz")


@pytest.fixture
def start(archive, tmp_path):
    """Starts sessions of an adapter (the counter when none is named); ends them afterwards."""
    started: list[Bridge] = []

    def begin(
        adapter: str = "counter_adapter:CounterAdapter", python: str = sys.executable, **order
    ) -> Bridge:
        env = {"FARSIM_CACHE": str(tmp_path / "cache")}
        bridge = Bridge(archive, {"adapter": adapter, **order}, python, env)
        started.append(bridge)
        return bridge

    yield begin
    for bridge in started:
        if bridge.session and is_running(bridge.line["pid"]):
            bridge.verb("down", bridge.session)
            if is_running(bridge.line["pid"]):
                os.kill(bridge.line["pid"], signal.SIGKILL)
                pytest.fail("the supervisor had to be killed")


@pytest.fixture(scope="session")
def ant_model():
    gymnasium = pytest.importorskip("gymnasium")
    return str(Path(gymnasium.__file__).parent / "envs/mujoco/assets/ant.xml")
