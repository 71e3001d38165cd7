"""Runs a block or program in a fresh process: time limit, no network, a temporary working folder."""

import importlib.util
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quiz_plugin.evidence.engines import ENGINES

RUNNER = Path(__file__).with_name("runner.py")
PROGRAM_SECONDS = 900.0


class EngineMissing(RuntimeError):
    """The engine's package is not installed here; says which and how to get it."""


class RunFailed(RuntimeError):
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
    artifacts: dict[str, str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


def missing_package(engine: str) -> str:
    """The first package that the engine needs and this Python lacks, or an empty string."""
    return next((p for p in ENGINES[engine].packages if importlib.util.find_spec(p) is None), "")


def run_block(engine: str, code: str, seconds: float | None = None) -> Outcome:
    """Run a block's code. Raises EngineMissing and RunFailed."""
    _need(engine)
    job = {"code": code, "packages": ENGINES[engine].packages}
    return _run(job, seconds or ENGINES[engine].seconds)


def run_program(program: Path, recorded: Any = None) -> Outcome:
    """Run a program's `build()`, and compare with recorded data where given. Raises EngineMissing and RunFailed."""
    _need("torch")
    job = {"program": str(program.resolve()), "packages": ENGINES["torch"].packages, "recorded": recorded}
    return _run(job, PROGRAM_SECONDS)


def _need(engine: str) -> None:
    if package := missing_package(engine):
        raise EngineMissing(f'engine "{engine}" needs {package}, which is not installed: pip install {package}')


def _run(job: dict[str, Any], seconds: float) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="quizproof-", ignore_cleanup_errors=True) as folder:
        question, answer, work = (Path(folder) / name for name in ("job.json", "result.json", "work"))
        work.mkdir()
        question.write_text(json.dumps(job), encoding="utf-8")
        command = [sys.executable, "-I", "-X", "utf8", str(RUNNER), str(question), str(answer)]
        try:
            done = _process(command, work, seconds)
        except subprocess.TimeoutExpired:
            raise RunFailed(f"it ran for more than {seconds:g} s and was stopped") from None
        if not answer.exists():
            raise RunFailed(_last_words(done))
        return Outcome(**json.loads(answer.read_text(encoding="utf-8")))


def _process(command: list[str], work: Path, seconds: float) -> subprocess.CompletedProcess[bytes]:
    # -I ignores PYTHONHASHSEED, so the runner's sets of strings would change order from run to run; a block that prints
    # one is caught by `prove --twice`.
    nothing = subprocess.DEVNULL
    return subprocess.run(command, cwd=work, stdin=nothing, capture_output=True, timeout=seconds, check=False)


def _last_words(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return f"its process ended with code {done.returncode}: {lines[-1] if lines else 'it said nothing'}"
