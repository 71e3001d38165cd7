"""pyodide-build's py-compile, as text: it is run by Pyodide's Python, never by this one.

Its current releases ask for Python 3.12. On older hosts it cannot be installed, so there it comes as a wheel from pip.
"""

import errno
import importlib.metadata
import importlib.util
import os
import shutil
import sys
import zipfile
from pathlib import Path

from quiz_plugin.runtime import pins
from quiz_plugin.runtime.cache import publish_file, sha256
from quiz_plugin.runtime.errors import HashError, ToolMissingError
from quiz_plugin.runtime.process import run

TIMEOUT_SECONDS = 120


def gather_tools(cache: Path, work: Path, folder: Path) -> None:
    """Put into `folder` what inside.py imports: py-compile, and the host's `packaging` for it."""
    target = folder / pins.PY_COMPILE_FILE
    target.parent.mkdir(parents=True)
    target.write_bytes(py_compile_source(cache, work))
    spec = importlib.util.find_spec("packaging")
    if spec is None or not spec.submodule_search_locations:
        raise ToolMissingError("packaging", "it is not installed", "pip install packaging")
    source = spec.submodule_search_locations[0]
    shutil.copytree(source, folder / "packaging", ignore=shutil.ignore_patterns("__pycache__"))


def py_compile_source(cache: Path, work: Path) -> bytes:
    """Read the pinned release's file: installed, kept in the cache, or fetched by pip."""
    installed = _installed()
    if sha256(installed) == pins.PY_COMPILE_SHA256:
        return installed
    kept = cache / "tools" / pins.BUILD_WHEEL_FILE
    data = _member(kept)
    if sha256(data) == pins.PY_COMPILE_SHA256:
        return data
    fresh = pip_download(work)
    data = _member(fresh)
    if sha256(data) != pins.PY_COMPILE_SHA256:
        what = f"{pins.PY_COMPILE_FILE} of pip's {pins.BUILD_WHEEL_FILE}"
        raise HashError(what, pins.PY_COMPILE_SHA256, sha256(data), "check which index pip is set to")
    publish_file(fresh, kept)
    return data


def _installed() -> bytes:
    try:
        found = importlib.metadata.distribution("pyodide-build")
        return Path(str(found.locate_file(pins.PY_COMPILE_FILE))).read_bytes()
    except (importlib.metadata.PackageNotFoundError, OSError):
        return b""


def _member(wheel: Path) -> bytes:
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(pins.PY_COMPILE_FILE)
    except (OSError, KeyError, zipfile.BadZipFile):
        return b""


def pip_download(work: Path) -> Path:
    """Fetch pyodide-build's wheel without installing it, for the Python that will read it."""
    folder = work / "pip"
    options = ["--no-deps", "--only-binary=:all:", "--python-version=3.14", "--quiet", "--disable-pip-version-check"]
    spec = f"pyodide-build=={pins.PYODIDE_BUILD}"
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), spec]
    done = run(command, timeout=TIMEOUT_SECONDS)
    if done is None:
        raise _pip_failed(f"no answer in {TIMEOUT_SECONDS} s")
    fresh = folder / pins.BUILD_WHEEL_FILE
    if done.returncode == 0 and fresh.is_file():
        return fresh
    if "No space left" in done.stderr:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    lines = done.stderr.strip().splitlines()
    raise _pip_failed(lines[-1] if lines else f"exit code {done.returncode}")


def _pip_failed(why: str) -> ToolMissingError:
    command = f"pip download --no-deps pyodide-build=={pins.PYODIDE_BUILD}"
    return ToolMissingError("pyodide-build", f"`{command}` failed: {why}", "check the network and pip's index setting")
