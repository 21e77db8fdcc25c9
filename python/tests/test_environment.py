"""The managed environment where no package index is reached."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

NO_INDEX = {
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple",
    "PIP_RETRIES": "1",
    "UV_HTTP_RETRIES": "0",
    "UV_NO_CACHE": "1",
}


@pytest.fixture(params=["pip", "uv"] if shutil.which("uv") else ["pip"])
def tool(request, monkeypatch):
    """Leaves only that one to install packages with."""
    monkeypatch.setattr("os.environ", {**os.environ, **NO_INDEX})
    if request.param == "pip":
        folders = os.environ["PATH"].split(os.pathsep)
        kept = [folder for folder in folders if not os.path.exists(f"{folder}/uv")]
        os.environ["PATH"] = os.pathsep.join(kept)
    return request.param


def make(archive, cache, requirements):
    """The lines that `environment` says."""
    finished = subprocess.run(
        [sys.executable, str(archive), "environment"],
        input=json.dumps({"requirements": requirements}),
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "FARSIM_CACHE": str(cache)},
    )
    return [json.loads(line) for line in finished.stdout.splitlines()]


def write_wheel(folder):
    """A wheel of the package `tinywheel`."""
    folder.mkdir(parents=True)
    info = "tinywheel-1.0.dist-info"
    with zipfile.ZipFile(folder / "tinywheel-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tinywheel.py", "here = True\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tinywheel\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def test_without_an_index_it_says_which_wheels_it_needs_and_how_to_get_them(archive, tmp_path, tool):
    error = make(archive, tmp_path, ["tinywheel==1.0"])[-1]["error"]
    assert error["code"] == "ENVIRONMENT_FAILED"
    assert "reaches no package index; it needs wheels of tinywheel==1.0" in error["message"]
    download, copy, _ = error["suggestions"]
    assert download.startswith("with internet: pip download --only-binary=:all: --python-version 3.")
    assert download.endswith("--dest wheels tinywheel==1.0")
    assert str(tmp_path / "wheels") in copy
    assert os.listdir(tmp_path / "environments") == [
        name for name in os.listdir(tmp_path / "environments") if name.endswith(".lock")
    ]


def test_wheels_that_were_put_there_need_no_index(archive, tmp_path, tool):
    write_wheel(tmp_path / "wheels")
    python = make(archive, tmp_path, ["tinywheel==1.0"])[-1]["python"]
    assert subprocess.run([python, "-c", "import tinywheel"]).returncode == 0


def test_a_requirement_that_is_none_is_another_error(archive, tmp_path):
    error = make(archive, tmp_path, ["not a requirement"])[-1]["error"]
    assert "reaches no package index" not in error["message"]
