"""Runs inside Pyodide, under Node: bytecode must be made by the Python that will read it.

Started by compile.mjs. The folder `/work` holds `in/` (archives) and `tools/` (pyodide-build's py-compile and what it
imports); what the site serves is left in `done/`. Nothing else of the host's Python can be imported here.
"""

import base64
import csv
import gzip
import hashlib
import importlib
import io
import json
import logging
import os
import py_compile
import re
import sys
import types
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

WORK = Path("/work")
SCRATCH = Path("/scratch")

# Where Pyodide's own Python has its library.
STDLIB_PREFIX = "/lib/python314.zip/"
# Where the browser's Python finds what is compiled: tracebacks and warnings compare these paths.
START_PREFIX = "/lib/python3.14/"
WHEEL_PREFIX = START_PREFIX + "site-packages/"

# The modules of the library that a start imports: files in place, where no archive is opened, read and inflated.
START_FILE = "python_start.pack"

# Not imported by a first run, but by what pages are likely to show.
LIKELY = ("base64.py", "bisect.py", "fractions.py", "html/__init__.py", "random.py", "statistics.py", "textwrap.py")

# Of a wheel, what only compilers, type checkers and test runs read.
UNREAD_SUFFIXES = (".pyi", ".pxd", ".pyx", ".a", ".h", ".typed")
UNREAD_PATHS = re.compile(
    r"/(tests|include|f2py|_pyinstaller|_examples|npy-pkg-config|pkgconfig)/|^numpy/conftest[.]py$",
)

Members = dict[str, bytes]


class Parts(NamedTuple):
    """An archive's files: to compile, to pack with them, to leave in the archive."""

    sources: Members
    plain: Members
    rest: Members


def main(modules: Iterable[str]) -> None:
    """Compile the archives of `in/`; given are the files of the modules that a page's first run imports."""
    used = set(modules)
    # py_compile then writes a hash of the source into the bytecode instead of the time of day.
    os.environ["SOURCE_DATE_EPOCH"] = "315532800"
    SCRATCH.mkdir()
    (WORK / "done").mkdir()
    compiler = load_py_compile()
    hot = {path.removeprefix(STDLIB_PREFIX) for path in used} | set(LIKELY)
    jobs = {archive: split(archive, hot) for archive in sorted((WORK / "in").iterdir())}
    with reported(sum(name.endswith(".py") for parts in jobs.values() for name in parts.sources)) as prefix:
        for archive, (sources, plain, rest) in jobs.items():
            wheel = archive.suffix == ".whl"
            prefix[:] = [WHEEL_PREFIX if wheel else START_PREFIX]
            pack = packed(compiled(compiler, archive.name, sources) | plain, used)
            (WORK / "done" / (archive.with_suffix(".pack").name if wheel else START_FILE)).write_bytes(pack)
            if not wheel:
                (WORK / "done" / archive.name).write_bytes(zipped(rest))


def split(archive: Path, hot: set[str]) -> Parts:
    """Sort an archive's files; a package of the library stays together, for Python looks for it in one place."""
    members = read(archive)
    if archive.suffix == ".whl":
        return Parts({name: data for name, data in members.items() if not unread(name)}, {}, {})
    tops = {top(name) for name in hot}
    sources = {name: data for name, data in members.items() if name in hot}
    near = {name: data for name, data in members.items() if top(name) in tops}
    plain = {name: data for name, data in near.items() if name not in sources}
    return Parts(sources, plain, {name: data for name, data in members.items() if name not in near})


def top(name: str) -> str:
    """Name the module or package at the top that a file belongs to."""
    return name.partition("/")[0].removesuffix(".py")


def unread(name: str) -> bool:
    """Tell whether no page ever reads this file of a wheel."""
    return name.endswith(UNREAD_SUFFIXES) or UNREAD_PATHS.search(name) is not None


def read(archive: Path) -> Members:
    """Read every member of a zip file."""
    with zipfile.ZipFile(archive) as file:
        return {name: file.read(name) for name in file.namelist()}


def load_py_compile() -> Any:
    """Import pyodide-build's py-compile alone: the rest of its package needs a whole build environment."""
    sys.path.insert(0, str(WORK / "tools"))
    stand_in("pyodide_build", __path__=[str(WORK / "tools" / "pyodide_build")])
    stand_in("pyodide_build.common", _get_sha256_checksum=None, _zip_compression=zip_compression)
    stand_in("pyodide_build.logger", logger=logging.getLogger("py-compile"), set_log_level=unlogged)
    return importlib.import_module("pyodide_build._py_compile")


def stand_in(name: str, **members: object) -> None:
    """Put a module of that name in the way of the real one."""
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module


def zip_compression(level: int) -> int:
    """Name the method for a level, as pyodide_build.common does."""
    return zipfile.ZIP_DEFLATED if level > 0 else zipfile.ZIP_STORED


@contextmanager
def unlogged(logger: logging.Logger, level: int | bool) -> Iterator[None]:
    """Leave the log level alone."""
    yield


@contextmanager
def reported(total: int) -> Iterator[list[str]]:
    """Report files as they are compiled, each named by the prefix in the list: py-compile itself knows neither."""
    original = py_compile.compile
    prefix: list[str] = []
    done = 0

    def compile_one(file: str, cfile: str, dfile: str, doraise: bool) -> str | None:
        nonlocal done
        done += 1
        print(f"progress {done / total:.3f}")  # noqa: T201 - read by the host
        return original(file, cfile=cfile, dfile=prefix[0] + dfile, doraise=doraise)

    py_compile.compile = compile_one  # type: ignore[assignment]
    try:
        yield prefix
    finally:
        py_compile.compile = original


def compiled(compiler: Any, name: str, sources: Members) -> Members:
    """Compile files, by way of an archive of that name."""
    scratch = SCRATCH / name
    with zipfile.ZipFile(scratch, "w") as file:
        for member, data in sources.items():
            file.writestr(member, data)
    return read(compiler._py_compile_archive(scratch, keep=False, verbose=False, compression_level=0))


def zipped(members: Members) -> bytes:
    """Make an archive in order and with one date, so that the same input gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in sorted(members):
            file.writestr(entry(name), members[name], compresslevel=9)
    return buffer.getvalue()


def packed(members: Members, used: set[str]) -> bytes:
    """Make a pack: a head in one line, then the files, compressed as one; assets/python-pack.js reads it.

    The head's `compile` are the libraries that the package's import loads.
    """
    for record in [name for name in members if name.endswith(".dist-info/RECORD")]:
        members[record] = record_of(members, record)
    names = sorted(name for name in members if not name.endswith("/"))
    libraries = [name for name in names if name.endswith(".so") and WHEEL_PREFIX + name in used]
    head = {"files": [[name, len(members[name])] for name in names], "compile": libraries}
    text = json.dumps(head, separators=(",", ":")).encode() + b"\n"
    return gzip.compress(text + b"".join(members[name] for name in names), 9, mtime=0)


def entry(name: str) -> zipfile.ZipInfo:
    """Describe a member: a plain file or folder of 1 January 1980, the first day that zip files know."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system = 3
    is_folder = name.endswith("/")
    info.external_attr = (0o40755 << 16 | 0x10) if is_folder else (0o100644 << 16)
    info.compress_type = zipfile.ZIP_STORED if is_folder else zipfile.ZIP_DEFLATED
    return info


def record_of(members: Members, record: str) -> bytes:
    """List a wheel's files as they are now."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for name in sorted(members.keys() - {record}):
        digest = base64.urlsafe_b64encode(hashlib.sha256(members[name]).digest()).rstrip(b"=").decode()
        writer.writerow([name, f"sha256={digest}", len(members[name])])
    writer.writerow([record, "", ""])
    return text.getvalue().encode()
