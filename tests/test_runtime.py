"""The runtime builder: each failure in its own words with fake programs on the PATH, and one real build, twice."""

import errno
import gzip
import hashlib
import io
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from rendering import Built, Site

import quiz_plugin
from quiz_plugin.evidence.records import digest
from quiz_plugin.runtime import NotBuiltError, Runtime, build, command, kept, npm, pins, tools, wheel
from quiz_plugin.runtime.cache import cache_folder, publish_folder, wheelhouse, workspace
from quiz_plugin.runtime.console import PREPARING
from quiz_plugin.runtime.process import run

ASSETS = Path(quiz_plugin.__file__).parent / "assets"

posix = pytest.mark.skipif(os.name == "nt", reason="the fake programs of this test are POSIX scripts")

CDN_NOTE = ": Python in the page comes from the CDN "
FAILED = "Python for the page could not be prepared: "

FAKE_NPM = """\
import pathlib, shutil, sys
pathlib.Path({log!r}).open("a").write("npm " + " ".join(sys.argv[1:]) + "\\n")
shutil.copyfile({tarball!r}, {name!r})
"""

# Stands in for Node and everything that runs in it: what is "compiled" comes out as it went in.
FAKE_NODE = """\
import pathlib, shutil, sys
pathlib.Path({log!r}).open("a").write("node " + pathlib.Path(sys.argv[1]).name + "\\n")
if sys.argv[1] == "--version":
    print("v20.20.2")
else:
    print("python {python}\\nprogress 0.500\\nprogress 1.000")
    work = pathlib.Path(sys.argv[3])
    shutil.copytree(work / "in", work / "done")
    (work / "done" / {start!r}).write_bytes(b"the start")
    for wheel in (work / "done").glob("*.whl"):
        wheel.rename(wheel.with_suffix(".pack"))
"""


class Bench:
    """A cache, fake programs on the PATH, and small files with the pins to match."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cache, self.bin, self.log = folder / "cache", folder / "bin", folder / "log.txt"
        self.bin.mkdir()
        self.patch = monkeypatch
        monkeypatch.setenv("PATH", str(self.bin))
        monkeypatch.setenv("QUIZPROOF_CACHE", str(self.cache))
        monkeypatch.delenv("QUIZPROOF_WHEELHOUSE", raising=False)
        self.pin_wheel(b"the wheel")
        self.pin_core(folder / "core.tgz")
        self.pin_py_compile(b"the compiler")
        self.program("npm", FAKE_NPM.format(log=str(self.log), tarball=str(self.tarball), name=pins.NPM_FILE))
        self.program("node", FAKE_NODE.format(log=str(self.log), python=pins.PYTHON, start=pins.START_FILE))

    def pin_wheel(self, data: bytes) -> None:
        self.patch.setattr(pins, "WHEEL_SHA256", hashlib.sha256(data).hexdigest())
        self.wheel = self.cache / "wheels" / pins.WHEEL_FILE
        self.wheel.parent.mkdir(parents=True)
        self.wheel.write_bytes(data)

    def pin_core(self, tarball: Path) -> None:
        lock = {"info": pins.CDN_LOCK["info"], "packages": {"numpy": dict(pins.CDN_LOCK["packages"]["numpy"])}}
        lock["packages"]["numpy"] |= {"file_name": pins.WHEEL_FILE, "sha256": pins.WHEEL_SHA256}
        files = {name: name.encode() for name in pins.CORE_FILES} | {pins.LOCK_FILE: json.dumps(lock).encode()}
        with tarfile.open(tarball, "w:gz") as archive:
            for name, data in files.items():
                member = tarfile.TarInfo(f"package/{name}")
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
        self.tarball = tarball
        self.patch.setattr(pins, "NPM_INTEGRITY", npm.integrity(tarball))

    def pin_py_compile(self, data: bytes) -> None:
        self.patch.setattr(pins, "PY_COMPILE_SHA256", hashlib.sha256(data).hexdigest())
        self.tool = self.cache / "tools" / pins.BUILD_WHEEL_FILE
        self.tool.parent.mkdir(parents=True)
        with zipfile.ZipFile(self.tool, "w") as archive:
            archive.writestr(pins.PY_COMPILE_FILE, data)

    def program(self, name: str, source: str) -> None:
        path = self.bin / name
        # By way of sh: a first line cannot hold a path with a space. Python reads the second and third as a string.
        by_sh = f"#!/bin/sh\n'''exec' \"{sys.executable}\" \"$0\" \"$@\"\n' '''\n"
        path.write_text(by_sh + source, encoding="utf-8")
        path.chmod(0o755)

    def calls(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []

    def left_over(self) -> list[str]:
        """What is in the cache beyond whole inputs and whole runtimes."""
        tmp = [path.name for path in (self.cache / "tmp").glob("*")]
        places = {kept.place_of(self.cache, extent) for extent in ("whole", "core")}
        return tmp + [str(path) for path in (self.cache / "runtime").glob("*") if path not in places]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path, monkeypatch)


def fails() -> str:
    """The message of a build that fails, checked to be what `auto` gives as its reason too."""
    with pytest.raises(NotBuiltError) as caught:
        build("self")
    auto = build("auto")
    assert auto.folder is None
    assert auto.manifest["mode"] == "cdn"
    reason = caught.value.reason
    assert auto.note == f"{reason[0].upper()}{reason[1:]}{CDN_NOTE}({caught.value.advice})"
    return str(caught.value)


# --- what works ---


@posix
def test_built_once_then_found(bench: Bench) -> None:
    first = build("self")
    calls = bench.calls()
    assert calls == ["node --version", f"npm pack {pins.NPM_SPEC} {' '.join(npm.OPTIONS)}", "node compile.mjs"]
    assert build("self") == first
    assert build("auto") == first
    assert bench.calls() == calls
    assert bench.left_over() == []


@posix
def test_folder_manifest_and_files_agree(bench: Bench) -> None:
    runtime = build("self")
    assert runtime.folder is not None
    assert runtime.folder.name == runtime.name
    assert {file.name: file.bytes for file in runtime.files} == {
        path.name: path.stat().st_size for path in runtime.folder.iterdir()
    }
    on_disk = json.loads((runtime.folder / runtime.manifest_name).read_text(encoding="utf-8"))
    assert on_disk == runtime.manifest
    numpy = runtime.manifest["packages"]["numpy"]
    locked = runtime.manifest["lock"]["packages"]["numpy"]
    assert (numpy["url"], numpy["sha256"]) == (locked["file_name"], locked["sha256"])
    assert runtime.note == f"Pyodide {pins.PYODIDE} and NumPy are self-hosted: {runtime.bytes / 1e6:.1f} MB"


def test_the_cdn_needs_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "")
    runtime = build("cdn", cache=tmp_path / "never")
    assert runtime.folder is None
    assert runtime.note == "Python in the page comes from the CDN: Pyodide 314.0.4 and NumPy"
    assert {entry["url"] for entry in runtime.manifest["core"].values()} == {
        pins.CDN + name for name in pins.CORE_FILES
    }
    assert runtime.manifest["packages"]["numpy"]["sha256"] == pins.WHEEL_SHA256
    assert [file.name for file in runtime.files] == ["manifest.json"]
    assert not (tmp_path / "never").exists()


def test_folders_of_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("QUIZPROOF_CACHE", "QUIZPROOF_WHEELHOUSE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert cache_folder() == Path.home() / ".cache" / "quizproof"
    assert wheelhouse(tmp_path) == tmp_path / "wheels"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "quizproof"
    monkeypatch.setenv("QUIZPROOF_CACHE", str(tmp_path / "own"))
    monkeypatch.setenv("QUIZPROOF_WHEELHOUSE", str(tmp_path / "house"))
    assert cache_folder() == tmp_path / "own"
    assert wheelhouse(tmp_path) == tmp_path / "house"


@posix
def test_progress_only_grows_and_ends_at_one(bench: Bench) -> None:
    seen: list[tuple[str, float]] = []
    build("self", progress=lambda stage, share: seen.append((stage, share)))
    shares = [share for _, share in seen]
    assert shares == sorted(shares)
    assert seen[0] == ("Fetching NumPy", 0.0)
    assert seen[-1] == ("Done", 1.0)


@posix
def test_builds_at_the_same_time(bench: Bench) -> None:
    with ThreadPoolExecutor(4) as pool:
        built = list(pool.map(lambda _: build("self"), range(4)))
    assert len({runtime.folder for runtime in built}) == 1
    assert bench.left_over() == []
    assert build("self") == built[0]


@posix
def test_a_damaged_runtime_is_built_again(bench: Bench) -> None:
    folder = build("self").folder
    assert folder is not None
    (folder / "pyodide.mjs").write_bytes(b"cut sh")
    again = build("self").folder
    assert again == folder
    assert (folder / "pyodide.mjs").read_bytes() == b"pyodide.mjs"
    assert bench.left_over() == []


@posix
def test_without_the_wheel_only_numpy_is_the_cdns(bench: Bench) -> None:
    bench.wheel.unlink()
    with cdn_serving(bench, status=404, body=b""):
        runtime = build("auto")
        assert build("auto") == runtime
        with pytest.raises(NotBuiltError) as caught:
            build("self")
    house = bench.wheel.parent
    reason = f"the NumPy wheel is not in {house} and could not be downloaded (Not Found)"
    size = f"{runtime.bytes / 1e6:.1f} MB"
    assert runtime.note == f"Pyodide 314.0.4 is self-hosted: {size}; NumPy comes from the CDN: {reason}"
    assert str(caught.value) == (
        f"{FAILED}{reason}. What to do: put {pins.WHEEL_FILE} in {house}, or set `runtime: cdn`."
    )
    assert {file.name for file in runtime.files} == {*pins.CORE_FILES, pins.START_FILE, "manifest.json"}
    assert runtime.manifest["packages"]["numpy"]["url"] == pins.CDN + pins.WHEEL_FILE
    locked = runtime.manifest["lock"]["packages"]["numpy"]
    assert (locked["file_name"], locked["sha256"]) == (pins.CDN + pins.WHEEL_FILE, pins.WHEEL_SHA256)


@posix
def test_the_wheel_from_the_cdn_is_kept(bench: Bench) -> None:
    bench.wheel.unlink()
    with cdn_serving(bench, status=200, body=b"the wheel"):
        runtime = build("self")
    assert bench.wheel.read_bytes() == b"the wheel"
    assert runtime.manifest["packages"]["numpy"]["url"] == pins.PACK_FILE


class cdn_serving:  # noqa: N801 - reads as the statement that it is
    """A CDN on this machine that answers everything alike."""

    def __init__(self, bench: Bench, *, status: int, body: bytes) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Keep the tests' output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        bench.patch.setattr(pins, "CDN", f"http://127.0.0.1:{self.server.server_port}/")

    def __enter__(self) -> None:
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def __exit__(self, *exc: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@posix
def test_a_fallback_is_not_tried_again_at_every_save(bench: Bench) -> None:
    (bench.bin / "npm").unlink()
    first = build("auto")
    calls = bench.calls()
    assert calls == ["node --version"]
    assert build("auto") is first
    assert bench.calls() == calls


# --- what fails, word for word ---


def test_no_node(bench: Bench) -> None:
    (bench.bin / "node").unlink()
    assert fails() == (
        f"{FAILED}Node was not found. What to do: install Node 18+ to host it yourself, or set `runtime: cdn`."
    )
    assert build("auto").note == (
        "Node was not found: Python in the page comes from the CDN (install Node 18+ to host it yourself)"
    )


@posix
@pytest.mark.parametrize(
    ("source", "found"),
    [("print('v16.20.2')", "v16.20.2"), ("raise SystemExit(1)", "no answer to `node --version`")],
)
def test_node_too_old(bench: Bench, source: str, found: str) -> None:
    bench.program("node", source)
    assert fails() == (
        f"{FAILED}Node is too old ({found}). What to do: install Node 18+ to host it yourself, or set `runtime: cdn`."
    )


@posix
def test_no_npm(bench: Bench) -> None:
    (bench.bin / "npm").unlink()
    assert fails() == (
        f"{FAILED}npm was not found. "
        "What to do: install npm, which comes with Node, to host it yourself, or set `runtime: cdn`."
    )


@posix
@pytest.mark.parametrize(
    ("stderr", "line"),
    [
        (
            "npm error code E404\nnpm error 404 Not Found - pyodide\nnpm error A complete log of this run: /x",
            "404 Not Found - pyodide",
        ),
        ("npm ERR! code EAI\nnpm ERR! FetchError: request failed\nnpm ERR! }", "FetchError: request failed"),
        ("a warning\nsh: no such thing\n", "sh: no such thing"),
        ("", "exit code 1"),
    ],
)
def test_npm_fails(bench: Bench, stderr: str, line: str) -> None:
    bench.program("npm", f"import sys; sys.exit({stderr!r} or 1)")
    assert fails() == (
        f"{FAILED}`npm pack pyodide@314.0.4` failed: {line}. "
        "What to do: check the network and npm's registry setting, or set `runtime: cdn`."
    )
    assert not (bench.cache / "npm").exists()


@posix
def test_npm_does_not_answer(bench: Bench) -> None:
    bench.program("npm", "import time; time.sleep(60)")
    bench.patch.setattr(npm, "TIMEOUT_SECONDS", 0.3)
    assert "`npm pack pyodide@314.0.4` failed: no answer in 0.3 s." in fails()


@posix
def test_wrong_hash_of_the_tarball(bench: Bench) -> None:
    expected = "sha512-" + "A" * 86 + "=="
    bench.patch.setattr(pins, "NPM_INTEGRITY", expected)
    assert fails() == (
        f"{FAILED}npm's pyodide-314.0.4.tgz has the wrong hash: "
        f"expected {expected}, found {npm.integrity(bench.tarball)}. "
        "What to do: check which registry npm is set to; nothing of this file was used, or set `runtime: cdn`."
    )
    assert not (bench.cache / "npm").exists()


@posix
def test_wrong_hash_of_the_wheel(bench: Bench) -> None:
    bench.wheel.write_bytes(b"not the wheel")
    found = hashlib.sha256(b"not the wheel").hexdigest()
    with pytest.raises(NotBuiltError) as caught:
        build("self")
    reason = f"{bench.wheel} has the wrong hash: expected {pins.WHEEL_SHA256}, found {found}"
    advice = "remove the file or put the right one in its place"
    assert str(caught.value) == f"{FAILED}{reason}. What to do: {advice}, or set `runtime: cdn`."
    auto = build("auto")
    assert auto.note.endswith(f"; NumPy comes from the CDN: {reason}")
    assert auto.manifest["packages"]["numpy"]["url"] == pins.CDN + pins.WHEEL_FILE


@posix
def test_wrong_hash_of_the_wheel_from_the_cdn(bench: Bench) -> None:
    bench.wheel.unlink()
    with cdn_serving(bench, status=200, body=b"cut sho"), pytest.raises(NotBuiltError) as caught:
        build("self")
    assert f"{pins.CDN}{pins.WHEEL_FILE} has the wrong hash: expected {pins.WHEEL_SHA256}, found" in str(caught.value)
    assert not bench.wheel.exists()


@posix
def test_wrong_numpy_in_the_lock(bench: Bench) -> None:
    lock = {"info": pins.CDN_LOCK["info"], "packages": {"numpy": dict(pins.CDN_LOCK["packages"]["numpy"])}}
    lock["packages"]["numpy"]["sha256"] = "0" * 64
    bench.patch.setattr(kept, "RECIPE", 0)
    original = npm.extract_core

    def extract(tarball: Path, folder: Path) -> None:
        original(tarball, folder)
        (folder / pins.LOCK_FILE).write_text(json.dumps(lock), encoding="utf-8")

    bench.patch.setattr("quiz_plugin.runtime.builder.extract_core", extract)
    assert f"NumPy in Pyodide's own pyodide-lock.json has the wrong hash: expected {pins.WHEEL_SHA256}" in fails()


@posix
@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("import sys; sys.exit('a stack\\nSyntaxError: invalid syntax')", "SyntaxError: invalid syntax"),
        ("raise SystemExit(3)", "exit code 3"),
        ("print('python 3.15.0')", "it ran Python 3.15.0, expected 3.14.2"),
        ("print('nothing of note')", "it ran Python unknown, expected 3.14.2"),
        (
            "print('python 3.14.2')",
            f"it left no {pins.PACK_FILE} and no {pins.START_FILE} and no python_stdlib.zip",
        ),
    ],
)
def test_compiling_fails(bench: Bench, source: str, line: str) -> None:
    bench.program("node", f"import sys\nif sys.argv[1] == '--version':\n  sys.exit(print('v18.0.0'))\n{source}")
    assert fails() == (
        f"{FAILED}compiling Python's files failed: {line}. "
        "What to do: run `quizproof runtime` again, and report this line if it stays, or set `runtime: cdn`."
    )
    assert bench.left_over() == []
    assert not (bench.cache / "runtime").exists()


@posix
@pytest.mark.parametrize("where", ["npm", "node", "python"])
def test_disk_full(bench: Bench, where: str) -> None:
    def full(*args: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if where == "npm":
        bench.program("npm", "import sys; sys.exit('npm error code ENOSPC\\nnpm error nospc no space left')")
    elif where == "node":
        script = "import sys\nif sys.argv[1] == '--version':\n  sys.exit(print('v18.0.0'))\n"
        bench.program("node", script + "sys.exit('OSError: [Errno 51] No space left on device')")
    else:
        bench.patch.setattr(Path, "write_bytes", full)
    assert fails() == (
        f"{FAILED}the disk of {bench.cache} is full. "
        "What to do: free 60 MB there, or set QUIZPROOF_CACHE to another folder, or set `runtime: cdn`."
    )
    assert bench.left_over() == []


@posix
def test_a_cache_that_cannot_be_written(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way", encoding="utf-8")
    bench.patch.setenv("QUIZPROOF_CACHE", str(file))
    bench.patch.setenv("QUIZPROOF_WHEELHOUSE", str(bench.wheel.parent))
    assert fails() == (
        f"{FAILED}{file / 'tmp'} cannot be used: Not a directory. "
        "What to do: set QUIZPROOF_CACHE to a folder that can be written, or set `runtime: cdn`."
    )


# Writes what it is told to into the folder after `--dest`, as `pip download` would.
FAKE_PIP = """\
import pathlib, sys, zipfile
pathlib.Path({log!r}).open("a").write("python " + " ".join(sys.argv[1:]) + "\\n")
folder = pathlib.Path(sys.argv[sys.argv.index("--dest") + 1])
folder.mkdir()
with zipfile.ZipFile(folder / {name!r}, "w") as archive:
    archive.writestr({member!r}, {data!r})
"""


def with_pip(bench: Bench, source: str) -> None:
    """No tool in the cache, and a pip that is this program."""
    bench.tool.unlink()
    bench.program("python", source)
    bench.patch.setattr(sys, "executable", str(bench.bin / "python"))


def fake_pip(bench: Bench, data: bytes) -> str:
    return FAKE_PIP.format(log=str(bench.log), name=pins.BUILD_WHEEL_FILE, member=pins.PY_COMPILE_FILE, data=data)


@posix
def test_py_compile_cannot_be_had(bench: Bench) -> None:
    with_pip(bench, "import sys; sys.exit('ERROR: No matching distribution found')")
    assert fails() == (
        f"{FAILED}pyodide-build could not be had: `pip download --no-deps pyodide-build=={pins.PYODIDE_BUILD}` failed: "
        "ERROR: No matching distribution found. "
        "What to do: check the network and pip's index setting, or set `runtime: cdn`."
    )


@posix
def test_py_compile_comes_from_pip_once_and_is_kept(bench: Bench) -> None:
    with_pip(bench, fake_pip(bench, b"the compiler"))
    build("self")
    (asked,) = [call for call in bench.calls() if call.startswith("python ")]
    assert asked.startswith("python -m pip download --no-deps --only-binary=:all: --python-version=3.14 ")
    assert asked.endswith(f" pyodide-build=={pins.PYODIDE_BUILD}")
    shutil.rmtree(bench.cache / "runtime")
    build("self")
    assert len([call for call in bench.calls() if call.startswith("python ")]) == 1


@posix
def test_wrong_hash_of_pips_py_compile(bench: Bench) -> None:
    with_pip(bench, fake_pip(bench, b"another compiler"))
    found = hashlib.sha256(b"another compiler").hexdigest()
    assert fails() == (
        f"{FAILED}pyodide_build/_py_compile.py of pip's pyodide_build-0.39.2-py3-none-any.whl has the wrong hash: "
        f"expected {pins.PY_COMPILE_SHA256}, found {found}. "
        "What to do: check which index pip is set to, or set `runtime: cdn`."
    )
    assert not bench.tool.exists(), "a wheel that was refused is not kept"
    assert bench.left_over() == []


@posix
def test_pip_does_not_answer(bench: Bench) -> None:
    with_pip(bench, "import time; time.sleep(60)")
    bench.patch.setattr(tools, "TIMEOUT_SECONDS", 0.3)
    assert fails() == (
        f"{FAILED}pyodide-build could not be had: `pip download --no-deps pyodide-build==0.39.2` failed: "
        "no answer in 0.3 s. What to do: check the network and pip's index setting, or set `runtime: cdn`."
    )
    assert bench.left_over() == []


@posix
def test_a_disk_that_pip_fills(bench: Bench) -> None:
    with_pip(bench, "import sys; sys.exit('ERROR: Could not install: [Errno 28] No space left on device')")
    assert fails() == (
        f"{FAILED}the disk of {bench.cache} is full. "
        "What to do: free 60 MB there, or set QUIZPROOF_CACHE to another folder, or set `runtime: cdn`."
    )
    assert bench.left_over() == []


@posix
def test_packaging_is_not_installed(bench: Bench) -> None:
    bench.patch.setitem(sys.modules, "packaging", None)
    assert fails() == (
        f"{FAILED}packaging could not be had: it is not installed. "
        "What to do: pip install packaging, or set `runtime: cdn`."
    )


@posix
def test_pyodide_lock_is_not_installed(bench: Bench) -> None:
    bench.patch.setitem(sys.modules, "pyodide_lock", None)
    message = fails()
    assert message.startswith(f"{FAILED}pyodide-lock could not be had: ")
    assert message.endswith(" What to do: pip install mkdocs-quizproof[runtime], or set `runtime: cdn`.")


# --- interrupted ---


@posix
@pytest.mark.parametrize("stage", ["Fetching NumPy", "Fetching Pyodide", "Compiling", "Checking", "Done"])
def test_interrupted_at_any_stage(bench: Bench, stage: str) -> None:
    def interrupt(now: str, share: float) -> None:
        if now == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build("auto", progress=interrupt)
    assert bench.left_over() == []
    assert build("self").folder is not None


@posix
def test_killed_while_compiling(bench: Bench) -> None:
    marker = bench.cache / "compiling"
    slow = f"import pathlib, sys, time\npathlib.Path({str(marker)!r}).touch()\ntime.sleep(60)"
    script = "import sys\nif sys.argv[1] == '--version':\n  sys.exit(print('v18.0.0'))\n"
    node = (bench.bin / "node").read_text(encoding="utf-8")
    bench.program("node", script + slow)
    names = ("NPM_INTEGRITY", "WHEEL_SHA256", "PY_COMPILE_SHA256")
    pinned = "".join(f"pins.{name} = {getattr(pins, name)!r}; " for name in names)
    code = f"from quiz_plugin.runtime import build, pins; {pinned} build('self')"
    with subprocess.Popen([sys.executable, "-c", code], start_new_session=True) as process:
        wait_for(marker.exists)
        os.killpg(process.pid, signal.SIGKILL)
    left = [path for path in (bench.cache / "tmp").iterdir() if path.name.startswith("build-")]
    assert len(left) == 1
    assert not (bench.cache / "runtime").exists()
    (bench.bin / "node").write_text(node, encoding="utf-8")
    assert build("self").folder is not None
    assert left[0].exists(), "a young folder may be a running build's"
    os.utime(left[0], (0, 0))
    with workspace(bench.cache):
        assert not left[0].exists()


def wait_for(ready: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < until, f"nothing happened in {seconds} s"
        time.sleep(0.02)


def test_a_good_folder_is_not_replaced(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    for folder in (source, target):
        folder.mkdir()
        (folder / "file").write_text(folder.name, encoding="utf-8")
    publish_folder(source, target, good=lambda there: True, trash=tmp_path / "trash")
    assert (target / "file").read_text(encoding="utf-8") == "target"
    publish_folder(source, target, good=lambda there: False, trash=tmp_path / "trash")
    assert (target / "file").read_text(encoding="utf-8") == "source"


# --- the command ---


@posix
def test_command_prints_and_copies(bench: Bench, tmp_path: Path) -> None:
    lines: list[str] = []
    assert command("self", tmp_path / "out", lines.append) == 0
    runtime = build("self")
    assert lines[:2] == [runtime.note, str(tmp_path / "out" / runtime.name)]
    assert [line.split()[0] for line in lines[2:-1]] == [file.name for file in runtime.files]
    assert lines[-1].split() == [f"{runtime.bytes:,}", "bytes"]
    assert sorted(path.name for path in (tmp_path / "out" / runtime.name).iterdir()) == sorted(
        file.name for file in runtime.files
    )


@posix
def test_command_cannot_copy(bench: Bench, tmp_path: Path) -> None:
    lines: list[str] = []
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    assert command("self", tmp_path / "out", lines.append) == 1
    why = f"The runtime could not be copied to {tmp_path / 'out'}: Not a directory. What to do: choose another --out."
    assert lines == [why]


def test_command_writes_the_cdns_manifest(tmp_path: Path) -> None:
    lines: list[str] = []
    assert command("cdn", tmp_path, lines.append) == 0
    runtime = build("cdn")
    assert json.loads((tmp_path / runtime.name / "manifest.json").read_text(encoding="utf-8")) == runtime.manifest


def test_command_fails_with_the_message(bench: Bench) -> None:
    (bench.bin / "node").unlink()
    lines: list[str] = []
    assert command("self", None, lines.append) == 1
    assert lines == [
        f"{FAILED}Node was not found. What to do: install Node 18+ to host it yourself, or set `runtime: cdn`."
    ]


def test_command_stopped_by_the_user(bench: Bench) -> None:
    def stop(*args: object, **options: object) -> Runtime:
        raise KeyboardInterrupt

    bench.patch.setattr("quiz_plugin.runtime.console.build", stop)
    lines: list[str] = []
    assert command("self", None, lines.append) == 130
    assert lines == ["Stopped. Nothing half-built was kept; run it again to start over."]


def test_progress_bar_only_on_a_terminal(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.patch.setattr(sys.stderr, "isatty", lambda: True)
    command("auto", None, lambda line: None)
    seen = capsys.readouterr().err
    assert "\r[######......................]  20% Compiling" in seen or os.name == "nt"
    assert seen.endswith("\r" + " " * 78 + "\r")
    bench.patch.setattr(sys.stderr, "isatty", lambda: False)
    command("auto", None, lambda line: None)
    assert capsys.readouterr().err == ""


# --- in the build of a site ---


class CodeSite(logging.Handler):
    """A site with one runnable block, built with `runtime:` set to a mode; `said` is what the plugin then says."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.site = Site(folder / "a site")
        self.said: list[str] = []
        self.site.write("index.md", '# Home\n\n```python run="python" id="one"\nprint(1)\n```\n')
        row = {"engine": "python", "exception": None, "id": "one", "seconds": 0.1, "stdout": "1\n"}
        row |= {"sha256": digest("print(1)\n"), "versions": {"python": "3.11.7"}}
        record = self.site.root / "precompute" / "records" / "one.json"
        record.parent.mkdir(parents=True)
        record.write_text(json.dumps(row), encoding="utf-8")

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())

    def build(self, mode: str) -> Built:
        """Strictly: no line about where Python comes from is a warning."""
        self.site.plugins = f"[search, {{quizproof: {{runtime: '{mode}'}}}}]"
        self.said.clear()
        return self.site.build(strict=True)

    def served(self, built: Built) -> tuple[dict[str, Any], list[str]]:
        """The manifest that the page names, and all files beside it."""
        assert built.code == 0, built.output
        (script,) = (n for n in built.tree("index.html").all("script") if "/python.js?" in (n.get("src") or ""))
        folder, _, query = (script.get("src") or "").partition("python.js?runtime=")
        manifest = built.site / folder / query
        files = sorted(path.name for path in manifest.parent.iterdir())
        return json.loads(manifest.read_text(encoding="utf-8")), files


@pytest.fixture
def code_site(bench: Bench, tmp_path: Path) -> Iterator[CodeSite]:
    made = CodeSite(tmp_path)
    # Not its parents' handlers: MkDocs' command line takes its log out of pytest's sight.
    plugin = logging.getLogger("mkdocs.plugins.quizproof")
    plugin.addHandler(made)
    yield made
    plugin.removeHandler(made)


@posix
@pytest.mark.parametrize("mode", ["self", "auto"])
def test_a_site_with_its_own_python(code_site: CodeSite, mode: str) -> None:
    manifest, files = code_site.served(code_site.build(mode))
    note = build("self").note
    assert code_site.said == [f"quizproof: {PREPARING}", f"quizproof: {note}"]
    assert manifest["mode"] == "self"
    assert "://" not in json.dumps(manifest)
    assert files == sorted([*pins.CORE_FILES, pins.START_FILE, pins.PACK_FILE, "manifest.json"])
    # What is ready is not announced.
    assert code_site.served(code_site.build(mode)) == (manifest, files)
    assert code_site.said == [f"quizproof: {note}"]


def test_a_site_that_must_have_its_own_python_fails_with_the_reason(bench: Bench, code_site: CodeSite) -> None:
    (bench.bin / "node").unlink()
    built = code_site.build("self")
    reason = f"{FAILED}Node was not found. What to do: install Node 18+ to host it yourself, or set `runtime: cdn`."
    assert (built.code, built.output.count(reason)) == (1, 1), built.output
    assert "Traceback" not in built.output
    assert not list(built.site.rglob("*.html"))


def test_a_site_that_falls_back_says_why_in_one_line(bench: Bench, code_site: CodeSite) -> None:
    (bench.bin / "node").unlink()
    manifest, files = code_site.served(code_site.build("auto"))
    why = "Node was not found: Python in the page comes from the CDN (install Node 18+ to host it yourself)"
    assert code_site.said == [f"quizproof: {why}"]
    assert manifest == build("cdn").manifest
    assert files == ["manifest.json"]


@posix
def test_a_site_without_the_wheel_says_so_in_one_line(bench: Bench, code_site: CodeSite) -> None:
    bench.wheel.unlink()
    with cdn_serving(bench, status=404, body=b""):
        manifest, files = code_site.served(code_site.build("auto"))
        note = build("auto").note
    assert "; NumPy comes from the CDN: the NumPy wheel is not in " in note
    assert code_site.said == [f"quizproof: {PREPARING}", f"quizproof: {note}"]
    assert (manifest["mode"], manifest["packages"]["numpy"]["url"]) == ("self", pins.CDN + pins.WHEEL_FILE)
    assert files == sorted([*pins.CORE_FILES, pins.START_FILE, "manifest.json"])


def test_a_site_that_takes_python_from_the_cdn(bench: Bench, code_site: CodeSite) -> None:
    manifest, files = code_site.served(code_site.build("cdn"))
    assert code_site.said == ["quizproof: Python in the page comes from the CDN: Pyodide 314.0.4 and NumPy"]
    assert manifest == build("cdn").manifest
    assert files == ["manifest.json"]
    assert bench.calls() == []


# --- the real thing ---


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> list[Runtime]:
    """Two builds in caches of their own, at once, from what the user's cache already holds."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no Node here: the runtime cannot be compiled")
    caches = [tmp_path_factory.mktemp("cache") for _ in range(2)]
    for cache in caches:
        for part in ("npm", "tools"):
            if (cache_folder() / part).is_dir():
                shutil.copytree(cache_folder() / part, cache / part)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUIZPROOF_WHEELHOUSE", str(wheelhouse(cache_folder())))
        patch.setattr(wheel, "TIMEOUT_SECONDS", 10)
        with ThreadPoolExecutor(2) as pool:
            runtimes = list(pool.map(lambda cache: build("auto", cache=cache), caches))
    if runtimes[0].folder is None:
        pytest.skip(f"the runtime could not be built: {runtimes[0].note}")
    return runtimes


@pytest.mark.network
def test_same_input_same_bytes(real: list[Runtime]) -> None:
    one, two = real
    assert one.folder != two.folder
    assert one.name == two.name
    assert one.manifest == two.manifest
    for file in one.files:
        assert (one.folder / file.name).read_bytes() == (two.folder / file.name).read_bytes()  # type: ignore[operator]


@pytest.mark.network
def test_pins_agree_with_pyodides_lock(real: list[Runtime]) -> None:
    tarball = real[0].folder.parents[2] / "npm" / pins.NPM_FILE  # type: ignore[union-attr]
    with tarfile.open(tarball) as archive:
        lock = json.load(archive.extractfile(f"package/{pins.LOCK_FILE}"))  # type: ignore[arg-type]
    numpy = lock["packages"]["numpy"]
    assert pins.CDN_LOCK["info"] == lock["info"]
    assert pins.CDN_LOCK["packages"]["numpy"] == numpy | {"file_name": pins.CDN + numpy["file_name"]}
    assert (numpy["file_name"], numpy["sha256"]) == (pins.WHEEL_FILE, pins.WHEEL_SHA256)


def unpacked(path: Path) -> tuple[list[tuple[str, bytes]], list[str]]:
    """The files of a pack, and the libraries that are compiled ahead."""
    line, _, contents = gzip.decompress(path.read_bytes()).partition(b"\n")
    head, place, files = json.loads(line), 0, []
    for name, size in head["files"]:
        files.append((name, contents[place : place + size]))
        place += size
    assert place == len(contents)
    return files, head["compile"]


def first(name: str) -> str:
    """The module or package at the top that a file belongs to."""
    return name.partition("/")[0].partition(".")[0]


@pytest.mark.network
def test_what_a_start_imports_is_bytecode_in_a_pack(real: list[Runtime]) -> None:
    folder = real[0].folder
    assert folder is not None
    files, libraries = unpacked(folder / pins.START_FILE)
    names = [name for name, _ in files]
    # What a start does not import of a package lies beside it as it came: Python looks for a package in one place.
    assert {"typing.pyc", "json/__init__.pyc", "random.pyc", "json/tool.py", "html/entities.py"} <= set(names)
    assert not {"typing.py", "json/__init__.py", "random.py", "mailbox.py", "mailbox.pyc"} & set(names)
    assert (len(names), libraries) == (len(set(names)), [])
    with zipfile.ZipFile(folder / pins.STDLIB_FILE) as archive:
        rest = set(archive.namelist())
        dates = {info.date_time for info in archive.infolist()}
    assert "mailbox.py" in rest
    assert not [name for name in rest if name.endswith(".pyc")]
    assert {first(name) for name in rest}.isdisjoint(map(first, names))
    assert dates == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.network
def test_no_file_of_the_library_is_lost(real: list[Runtime]) -> None:
    folder = real[0].folder
    assert folder is not None
    tarball = folder.parents[2] / "npm" / pins.NPM_FILE
    with tarfile.open(tarball) as archive:
        data = archive.extractfile(f"package/{pins.STDLIB_FILE}").read()  # type: ignore[union-attr]
    with zipfile.ZipFile(io.BytesIO(data)) as stock, zipfile.ZipFile(folder / pins.STDLIB_FILE) as rest:
        expected = {name: stock.read(name) for name in stock.namelist() if not name.endswith("/")}
        served = {name: rest.read(name) for name in rest.namelist() if not name.endswith("/")}
    served |= dict(unpacked(folder / pins.START_FILE)[0])
    assert {name.removesuffix("c") if name.endswith(".pyc") else name for name in served} == expected.keys()
    assert {name: data for name, data in served.items() if not name.endswith(".pyc")}.items() <= expected.items()


@pytest.mark.network
def test_the_pack_is_compiled_trimmed_and_well_formed(real: list[Runtime]) -> None:
    runtime = real[0]
    if "://" in runtime.manifest["packages"]["numpy"]["url"]:
        pytest.skip(runtime.note)
    path = runtime.folder / pins.PACK_FILE  # type: ignore[operator]
    assert path.stat().st_size < pins.WHEEL_BYTES
    files, libraries = unpacked(path)
    names = [name for name, _ in files]
    record = dict(files)[f"numpy-{pins.NUMPY}.dist-info/RECORD"].decode()
    assert [name.split(".")[0] for name in libraries] == [
        "numpy/_core/_multiarray_umath",
        "numpy/linalg/_umath_linalg",
    ]
    assert not [name for name in names if name.endswith((".py", ".pyi", ".h", ".a")) or "/f2py/" in name]
    assert sorted(line.rsplit(",", 2)[0] for line in record.splitlines()) == sorted(names)
    assert f"numpy-{pins.NUMPY}.dist-info/licenses/LICENSE.txt" in names
    assert hashlib.sha256(path.read_bytes()).hexdigest() == runtime.manifest["lock"]["packages"]["numpy"]["sha256"]


RUN_UNDER_NODE = """
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
const [folder, code] = process.argv.slice(2);
const { open, install } = await import(pathToFileURL(code).href);
const { lock } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")).href);
const start = await open(readFileSync(join(folder, "python_start.pack")));
const pyodide = await loadPyodide({
  indexURL: folder, lockFileContents: lock, packageBaseUrl: folder,
  env: { PYTHONPATH: "/lib/python3.14" }, fsInit: async (system) => install(system, "/lib/python3.14", start),
});
const pack = await open(readFileSync(join(folder, lock.packages.numpy.file_name)));
install(pyodide.FS, "/lib/python3.14/site-packages", pack);
pyodide.runPython("import importlib; importlib.invalidate_caches()");
console.log(pyodide.runPython(`
import collections, importlib.metadata, json, mailbox, numpy as np, sys
json.dumps({
    "python": sys.version.split()[0],
    "numpy": importlib.metadata.version("numpy"),
    "int8": np.round(np.array([-1.0, 0.5, 1.0]) * 127).astype(np.int8).tolist(),
    "start": collections.namedtuple.__code__.co_filename,
    "rest": mailbox.__file__,
    "mean": np.mean.__wrapped__.__code__.co_filename,
    "random": np.random.default_rng(0).integers(0, 10, 3).tolist(),
    "fft": np.fft.fft([1.0, 0.0]).real.tolist(),
})`));
"""


@pytest.mark.network
def test_the_built_runtime_runs(real: list[Runtime], tmp_path: Path) -> None:
    runtime = real[0]
    if "://" in runtime.manifest["packages"]["numpy"]["url"]:
        pytest.skip(runtime.note)
    script = tmp_path / "run.mjs"
    script.write_text(RUN_UNDER_NODE, encoding="utf-8")
    code = tmp_path / "python-pack.mjs"
    shutil.copyfile(ASSETS / "python-pack.js", code)
    done = run([shutil.which("node") or "node", str(script), str(runtime.folder), str(code)], timeout=60)
    assert done is not None
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "python": pins.PYTHON,
        "numpy": pins.NUMPY,
        "int8": [-127, 64, 127],
        "start": "/lib/python3.14/collections/__init__.py",
        "rest": "/lib/python314.zip/mailbox.py",
        "mean": "/lib/python3.14/site-packages/numpy/_core/fromnumeric.py",
        "random": [8, 6, 5],
        "fft": [1.0, 1.0],
    }
