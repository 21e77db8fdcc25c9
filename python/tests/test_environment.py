"""The managed environment where no package index is reached."""

from __future__ import annotations

import http.server
import json
import os
import platform
import shutil
import ssl
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from farsim.bridge.verbs.find_python import find_python

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


def make(archive, cache, requirements, **order):
    """The lines that `environment` says."""
    finished = subprocess.run(
        [sys.executable, str(archive), "environment"],
        input=json.dumps({"requirements": requirements, **order}),
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


@pytest.fixture
def untrusted_index(tmp_path):
    """The address of an index whose certificate nobody has signed."""
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", "key.pem", "-out", "certificate.pem"]
    make_certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *files, *subject]
    subprocess.run(make_certificate, cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"https://127.0.0.1:{server.server_address[1]}/simple"
        server.shutdown()


def test_an_index_whose_certificate_is_not_trusted_is_told_apart_from_none(
    archive, tmp_path, tool, untrusted_index
):
    os.environ.update(PIP_INDEX_URL=untrusted_index, UV_DEFAULT_INDEX=untrusted_index)
    error = make(archive, tmp_path, ["tinywheel==1.0"])[-1]["error"]
    assert "does not trust the certificate of its package index" in error["message"]
    assert "`system-certs = true`" in error["suggestions"][0]


def test_wheels_that_were_put_there_need_no_index(archive, tmp_path, tool):
    write_wheel(tmp_path / "wheels")
    python = make(archive, tmp_path, ["tinywheel==1.0"])[-1]["python"]
    assert subprocess.run([python, "-c", "import tinywheel"]).returncode == 0


def test_it_is_made_with_the_variables_of_its_simulator(archive, tmp_path, tool):
    package = tmp_path / "index/tinywheel"
    write_wheel(package)
    wheel = "tinywheel-1.0-py3-none-any.whl"
    (package / "index.html").write_text(f'<a href="{wheel}">{wheel}</a>')
    index = package.parent.as_uri()
    env = {"PIP_INDEX_URL": index, "UV_DEFAULT_INDEX": index}
    python = make(archive, tmp_path, ["tinywheel==1.0"], env=env)[-1]["python"]
    assert subprocess.run([python, "-c", "import tinywheel"]).returncode == 0


def test_packages_that_its_simulator_finds_elsewhere_are_in_it_all_the_same(archive, tmp_path, tool):
    write_wheel(tmp_path / "wheels")
    elsewhere = tmp_path / "elsewhere"
    with zipfile.ZipFile(tmp_path / "wheels/tinywheel-1.0-py3-none-any.whl") as wheel:
        wheel.extractall(elsewhere)
    python = make(archive, tmp_path, ["tinywheel==1.0"], env={"PYTHONPATH": str(elsewhere)})[-1]["python"]
    assert subprocess.run([python, "-c", "import tinywheel"]).returncode == 0


def test_a_requirement_that_is_none_is_another_error(archive, tmp_path):
    error = make(archive, tmp_path, ["not a requirement"])[-1]["error"]
    assert "reaches no package index" not in error["message"]


OTHER = "3.12" if sys.version_info[:2] != (3, 12) else "3.11"
"""A CPython of this machine that is not the one that runs the bridge."""


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A home and a PATH without Pythons, but for those that a test puts there; uv has none of its own."""
    real = sorted(Path.home().glob(f".pyenv/versions/{OTHER}.*/bin/python{OTHER}"))
    real += [Path(found)] if (found := shutil.which(f"python{OTHER}")) else []
    assert real, f"the tests need a CPython {OTHER} of pyenv or on PATH"
    tools = tmp_path / "tools"
    tools.mkdir()
    if uv := shutil.which("uv"):
        (tools / "uv").write_text(f'#!/bin/sh\nHOME={Path.home()} exec {uv} "$@"\n')
        (tools / "uv").chmod(0o755)
    monkeypatch.setattr("os.environ", {**os.environ, **NO_INDEX})
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{tools}:/bin")
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "uv-pythons"))
    for name in ("PYENV_ROOT", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    return real[0].resolve()


def put(real, place):
    place.parent.mkdir(parents=True)
    place.symlink_to(real)


@pytest.mark.parametrize(
    "place",
    [
        f"home/.pyenv/versions/{OTHER}.1/bin/python{OTHER}",
        f"home/miniforge3/envs/sim/bin/python{OTHER}",
        f"opt/listed/bin/python{OTHER}",
    ],
)
def test_the_version_asked_for_is_found_where_people_have_it(tmp_path, elsewhere, place):
    put(elsewhere, tmp_path / place)
    listed = tmp_path / "home/.conda/environments.txt"
    listed.parent.mkdir(parents=True)
    listed.write_text(f"{tmp_path}/opt/listed\n")
    python, version = find_python(OTHER, print)
    assert python == str(tmp_path / place)
    said = subprocess.run([python, "--version"], capture_output=True, text=True).stdout
    assert said.strip() == f"Python {version}"


def test_a_shim_on_the_path_that_does_not_run_is_passed_over(archive, tmp_path, elsewhere):
    shim = tmp_path / f"tools/python{OTHER}"
    shim.write_text("#!/bin/sh\necho pyenv: command not found >&2\nexit 127\n")
    shim.chmod(0o755)
    error = make(archive, tmp_path, [], version=OTHER)[-1]["error"]
    assert error["code"] == "PYTHON_NOT_FOUND"
    assert f"{shim} (pyenv: command not found)" in error["message"]
    put(elsewhere, tmp_path / f"home/.pyenv/versions/{OTHER}.1/bin/python{OTHER}")
    made = make(archive, tmp_path, [], version=OTHER)[-1]
    assert made["pythonVersion"].startswith(f"{OTHER}.")
    said = subprocess.run([made["python"], "--version"], capture_output=True, text=True).stdout
    assert said.strip() == f"Python {made['pythonVersion']}"


def test_the_bridges_own_interpreter_is_taken_when_it_fits(elsewhere):
    own = "{}.{}".format(*sys.version_info[:2])
    assert find_python(own, print) == (sys.executable, platform.python_version())


def test_a_version_that_nobody_has_is_told_with_what_was_tried(archive, tmp_path, elsewhere):
    error = make(archive, tmp_path, [], version="3.99")[-1]["error"]
    assert error["code"] == "PYTHON_NOT_FOUND"
    assert "has no CPython 3.99" in error["message"]
    assert "uv" in error["message"]
    assert "pyenv install 3.99" in error["suggestions"][0]
