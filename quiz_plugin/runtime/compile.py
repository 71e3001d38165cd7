"""Compiling Python's archives: Node runs compile.mjs, which runs inside.py in Pyodide."""

import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from quiz_plugin.runtime import pins
from quiz_plugin.runtime.errors import CompileError, DiskFullError

COMPILE_SCRIPT = Path(__file__).with_name("compile.mjs")
INSIDE_SCRIPT = Path(__file__).with_name("inside.py")
TIMEOUT_SECONDS = 600


def compile_archives(node: str, core: Path, work: Path, cache: Path, progress: Callable[[float], None]) -> Path:
    """Compile what lies in `work/in`, with the tools in `work/tools`; returns the folder of the results."""
    errors = work / "errors.txt"
    command = [node, str(COMPILE_SCRIPT), str(core), str(work), str(INSIDE_SCRIPT)]
    with errors.open("w", encoding="utf-8") as sink:
        code, python = _run(command, sink.fileno(), progress)
    if code != 0:
        text = errors.read_text(encoding="utf-8", errors="replace")
        if "ENOSPC" in text or "No space left" in text:
            raise DiskFullError(cache)
        raise CompileError((text.strip().splitlines() or [f"exit code {code}"])[-1])
    if python != pins.PYTHON:
        raise CompileError(f"it ran Python {python or 'unknown'}, expected {pins.PYTHON}")
    expected = {pins.PACK_FILE if path.name == pins.WHEEL_FILE else path.name for path in (work / "in").iterdir()}
    expected.add(pins.START_FILE)
    missing = [name for name in expected if not (work / "done" / name).is_file()]
    if missing:
        raise CompileError(f"it left no {' and no '.join(sorted(missing))}")
    return work / "done"


def _run(command: list[str], errors: int, progress: Callable[[float], None]) -> tuple[int, str]:
    """Exit code, and the version of the Python that did the work."""
    python = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, encoding="utf-8") as process:
        timer = threading.Timer(TIMEOUT_SECONDS, process.kill)
        timer.start()
        try:
            for line in process.stdout or ():
                word, _, rest = line.strip().partition(" ")
                if word == "progress":
                    progress(float(rest))
                elif word == "python":
                    python = rest
        except BaseException:
            process.kill()
            raise
        finally:
            timer.cancel()
    return process.returncode, python
