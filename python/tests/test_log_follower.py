"""What a simulator's log says is heard, however fast it comes."""

from __future__ import annotations

from farsim.bridge.supervisor.log_follower import LogFollower

USUAL = b"[INFO] step 1234, and some words that mean nothing\n"


def test_a_fatal_line_in_a_flood_is_found(tmp_path):
    log = tmp_path / "log"
    log.write_bytes(b"begun\n")
    follower = LogFollower(str(log))
    assert follower.poll() == []
    with log.open("ab") as file:
        file.write(USUAL * 2_000 + b"RuntimeError: CUDA error: no kernel\n" + USUAL * 30_000 + b"CUDA err")
    (found,) = follower.poll()
    assert found == ("SIMULATOR_CRASHED", "its log says: RuntimeError: CUDA error: no kernel")
    assert follower.bytes_seen == log.stat().st_size and follower.last_line == USUAL.decode().strip()
    with log.open("ab") as file:
        file.write(b"or: another one\n" + USUAL * 10_000)
    (found,) = follower.poll()
    assert found[1] == "its log says: CUDA error: another one"


def test_a_fatal_line_on_the_edge_of_what_is_only_skimmed_is_found_once(tmp_path):
    log = tmp_path / "log"
    line = b"Fatal Python error: Segmentation fault\n"
    for before in (262_100, 262_130, 262_160):
        log.write_bytes(USUAL * 100 + line + b"x" * before + b"\n")
        follower = LogFollower(str(log))
        assert [code for code, _ in follower.poll()] == ["SIMULATOR_CRASHED"], before
