"""What a detached run has recorded is told and removed only where that is safe."""

from __future__ import annotations

import json
import socket

import pytest

from farsim.bridge.errors import FarsimError
from farsim.bridge.processes.session_files import SessionFiles, forget_old_sessions, known_sessions
from farsim.bridge.verbs.far_recording import forget, list_unfetched, look_at

SESSION = "0123456789ab"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("FARSIM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def recorded(cache, host: str, ended: bool):
    folder = cache / "hosts" / f"{host}-00000000-0000-0000-0000-000000000000" / SESSION / "run"
    (folder / "rounds").mkdir(parents=True)
    (folder / "rounds/000000.mcap").write_bytes(b"a round")
    if ended:
        (folder.parent / "bridge-exit.json").write_text('{"reason": "asked to close", "status": 0}')
    return folder


def ask(what, folder):
    return what(SESSION, json.dumps({"folder": str(folder)}))


def test_what_was_recorded_before_a_restart_of_the_machine_is_still_told(cache):
    answer = ask(look_at, recorded(cache, socket.gethostname(), ended=False))
    assert (answer["running"], answer["ended"]) == (False, None)
    assert [file["name"] for file in answer["files"]] == ["rounds/000000.mcap"]


def test_what_is_known_by_its_session_alone_is_found_with_what_its_client_wrote_of_it(cache):
    folder = recorded(cache, socket.gethostname(), ended=False)
    (folder / "near").mkdir()
    (folder / "near/run.yaml").write_text("version: 1\n")
    (folder / "near/detached.json").write_text('{"simulator": "plant", "began": "2026-11-25T16:06:18Z"}')
    answer = look_at(SESSION, '{"near": true}')
    assert answer["near"]["run.yaml"] == "version: 1\n" and answer["folder"] == str(folder)
    assert [file["name"] for file in answer["files"]] == ["rounds/000000.mcap"]
    about = {"session": SESSION, "name": "plant", "began": "2026-11-25T16:06:18Z", "rounds": 0}
    assert list_unfetched() == [about]
    forget(SESSION, "")
    assert list_unfetched() == []


def test_what_another_machine_may_still_write_is_not_listed(cache):
    recorded(cache, "another-node", ended=False)
    assert list_unfetched() == []


def test_a_session_of_another_machine_with_this_home_is_over_only_when_that_says_so(cache):
    folder = recorded(cache, "another-node", ended=False)
    for what in (look_at, forget):
        with pytest.raises(FarsimError, match="ran on another-node and not on") as caught:
            ask(what, folder)
        assert caught.value.code == "BUSY"
    (folder.parent / "bridge-exit.json").write_text('{"reason": "asked to close", "status": 0}')
    assert ask(look_at, folder)["ended"]["reason"] == "asked to close"
    ask(forget, folder)
    assert not folder.exists() and folder.parent.exists()


@pytest.mark.parametrize(
    "wrong", ["../elsewhere/run", "hosts/x/ba9876543210/run", "hosts/x/0123456789ab/logs"]
)
def test_no_other_folder_is_read_or_removed(cache, wrong):
    folder = cache / wrong
    folder.mkdir(parents=True)
    for what in (look_at, forget):
        with pytest.raises(FarsimError, match="is not where session"):
            ask(what, folder)
    assert folder.exists()


def test_a_session_that_recorded_nothing_is_told_apart(cache):
    with pytest.raises(FarsimError, match="nothing is there") as caught:
        look_at(SESSION, "")
    assert caught.value.code == "SESSION_EXPIRED"


def test_recordings_that_nobody_fetched_outlive_old_logs(cache):
    for number in range(4):
        files = SessionFiles(f"{number:012x}")
        files.create()
        files.write_exit({"reason": "asked to close"})
    SessionFiles(f"{0:012x}").run.mkdir()
    forget_old_sessions(keep=1)
    assert set(known_sessions()) == {f"{0:012x}", f"{3:012x}"}
