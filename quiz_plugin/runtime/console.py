"""`quizproof runtime`: build the folder, show what is in it, copy it if asked."""

import sys
from collections.abc import Callable
from pathlib import Path

from quiz_plugin.runtime.builder import LONG_STAGE, Mode, Progress, build
from quiz_plugin.runtime.errors import NotBuiltError
from quiz_plugin.runtime.manifest import Runtime

Echo = Callable[[str], object]

WIDTH = 28
PREPARING = "Preparing Python for the browser, once: about 20 s, and its downloads"


def command(mode: Mode, out: Path | None, echo: Echo) -> int:
    """Build, and return the exit code: 0, 1 when the runtime could not be built, 130 when stopped by the user."""
    bar = Bar()
    try:
        runtime = build(mode, progress=bar)
        folder = runtime.copy_to(out) if out else runtime.folder
    except OSError as error:
        bar.clear()
        echo(f"The runtime could not be copied to {out}: {error.strerror or error}. What to do: choose another --out.")
        return 1
    except NotBuiltError as failure:
        bar.clear()
        echo(str(failure))
        return 1
    except KeyboardInterrupt:
        bar.clear()
        echo("Stopped. Nothing half-built was kept; run it again to start over.")
        return 130
    bar.clear()
    for line in report(runtime, folder):
        echo(line)
    return 0


def report(runtime: Runtime, folder: Path | None) -> list[str]:
    """List the note, where the folder is, and its files with their bytes."""
    width = max(len(file.name) for file in runtime.files)
    rows = [f"  {file.name:<{width}}  {file.bytes:>12,} bytes" for file in runtime.files]
    total = f"  {'':<{width}}  {runtime.bytes:>12,} bytes"
    return [runtime.note, str(folder or runtime.name), *rows, total]


def announcing(echo: Echo) -> Progress:
    """Where there is no bar: one line, before the wait."""

    def progress(stage: str, share: float) -> None:
        if stage == LONG_STAGE:
            echo(PREPARING)

    return progress


class Bar:
    """A progress bar on standard error, when that is a terminal."""

    def __init__(self) -> None:
        self.seen = sys.stderr.isatty()

    def __call__(self, stage: str, share: float) -> None:
        """Draw the bar over itself."""
        if self.seen:
            done = round(share * WIDTH)
            line = f"\r[{'#' * done}{'.' * (WIDTH - done)}] {share:4.0%} {stage}"
            self._write(f"{line:<78}")

    def clear(self) -> None:
        """Leave an empty line."""
        if self.seen:
            self._write("\r" + " " * 78 + "\r")

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
