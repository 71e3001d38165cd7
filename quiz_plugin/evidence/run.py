"""Runs a block or program in a fresh process: time limit, no network, a temporary working folder."""

import base64
import contextlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quiz_plugin.evidence.engines import ENGINES

RUNNER = Path(__file__).with_name("runner.py")
PROGRAM_SECONDS = 900.0
# One thread a run: the order of sums must not depend on how many processors there are, nor on what runs beside it.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

_running: set[subprocess.Popen[bytes]] = set()


class MissingEngineError(RuntimeError):
    """The engine's package is not installed here; says which and how to get it."""


class RunError(RuntimeError):
    """The process itself failed: over its time limit, killed, or out of memory."""


@dataclass(frozen=True)
class Outcome:
    """What a run said; `traceback` is the author's own lines, `dropped` counts characters over the output's limit."""

    stdout: str = ""
    exception: dict[str, str] | None = None
    traceback: str = ""
    answer: Any = None
    verdicts: dict[str, Any] | None = None
    seed: int | None = None
    seconds: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)
    dropped: int = 0
    data: Any = None
    artifacts: dict[str, str | bytes] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


def missing_package(engine: str) -> str:
    """The first package that the engine needs and this Python lacks, or an empty string."""
    return next((p for p in ENGINES[engine].packages if importlib.util.find_spec(p) is None), "")


def run_block(engine: str, code: str, seconds: float | None = None) -> Outcome:
    """Run a block's code. Raises MissingEngineError and RunError."""
    _need(engine)
    job = {**_packages(engine), "code": code}
    return _run(job, seconds or ENGINES[engine].seconds)


def run_program(program: Path, recorded: Any = None) -> Outcome:
    """Run a program's `build()`, and compare with recorded data where given. Raises MissingEngineError and RunError."""
    _need("torch")
    job = {**_packages("torch"), "program": str(program.resolve()), "recorded": recorded}
    return _run(job, PROGRAM_SECONDS)


def _packages(engine: str) -> dict[str, Any]:
    own = ENGINES[engine].packages
    absent = {p for other in ENGINES.values() for p in other.packages} - set(own)
    return {"engine": engine, "packages": own, "absent": sorted(absent)}


def _need(engine: str) -> None:
    if package := missing_package(engine):
        raise MissingEngineError(f'engine "{engine}" needs {package}, which is not installed: pip install {package}')


def _run(job: dict[str, Any], seconds: float) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="quizproof-", ignore_cleanup_errors=True) as folder:
        question, answer, work = (Path(folder) / name for name in ("job.json", "result.json", "work"))
        work.mkdir()
        question.write_text(json.dumps(job), encoding="utf-8")
        # -B: bytecode is known by second and size, so that of a program edited just now would be run again.
        command = [sys.executable, "-I", "-B", "-X", "utf8", str(RUNNER), str(question), str(answer)]
        words = Path(folder, "stderr")
        status = _process(command, work, words, seconds)
        if status is None:
            raise RunError(f"it ran for more than {seconds:g} s and was stopped")
        if not answer.exists():
            raise RunError(f"its process ended with code {status}: {_last_words(words)}")
        result = json.loads(answer.read_text(encoding="utf-8"))
        result["artifacts"] = {name: _unpacked(content) for name, content in result.get("artifacts", {}).items()}
        return Outcome(**result)


def _unpacked(content: str | dict[str, str]) -> str | bytes:
    return content if isinstance(content, str) else base64.b64decode(content["base64"])


def _process(command: list[str], work: Path, words: Path, seconds: float) -> int | None:
    """The exit code, or None when the time is over; what the process writes past Python's stdout is dropped."""
    # -I ignores PYTHONHASHSEED, so sets of strings change their order from run to run; `prove` finds a block that
    # prints one.
    nothing = subprocess.DEVNULL
    with words.open("wb") as errors:
        # A session of its own: when the time is over, its children must go as well.
        child = subprocess.Popen(
            command,
            cwd=work,
            env={**os.environ, **ONE_THREAD},
            stdin=nothing,
            stdout=nothing,
            stderr=errors,
            start_new_session=True,
        )
        _running.add(child)
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _running.discard(child)
            if child.returncode is None:
                _stop(child)


def _stop(child: subprocess.Popen[bytes]) -> None:
    _kill(child)
    child.wait()


def _kill(child: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()


def stop_all() -> None:
    """Stop what runs in other threads at this moment; there RunError is raised."""
    for child in list(_running):
        _kill(child)


def _last_words(file: Path) -> str:
    with file.open("rb") as written:
        written.seek(max(0, file.stat().st_size - 2000))
        lines = written.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
