"""Measures what the project promises: `make bench` prints one table.

A measurement is a function that yields (what, value, unit); add it to MEASUREMENTS.
"""

import gzip
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

from tools.bench_bank import Figure, first_question
from tools.bench_builds import builds, check_speed, parse_speed
from tools.bench_check import check_to_feedback
from tools.bench_labs import labs
from tools.bench_lighthouse import performance
from tools.bench_page import stop_and_memory
from tools.bench_python import click_to_numpy
from tools.bench_serve import save_to_problem
from tools.bench_stock import beside_stock
from tools.bench_store import kept_progress

Measurement = Callable[[Path], Iterator[Figure]]

BUILDS = 5
# What is weighed: a page, and what its elements import from the beginning of the mode to its end.
PAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "Without questions": ("contribute/decisions", ()),
    "Self-check": ("quizzes/self-check", ()),
    "Explain it": ("quizzes/explain", ("explain.js", "explain.css")),
    "Practice": ("quizzes/practice", ("player.js", "player.css")),
    "Flashcards": ("flashcards", ("player.js", "player.css", "card.js", "schedule.js")),
    "Timed challenge": ("quizzes/challenge", ("player.js", "player.css", "challenge.js", "share.js")),
    "Strength test": ("quizzes/strength", ("player.js", "player.css", "bank.js", "strength.js")),
    "Review": ("review", ("player.js", "player.css", "bank.js", "review.js", "card.js", "explain.js", "explain.css")),
    "Reference": ("reference", ()),
    "Progress": ("progress", ("player.css", "schedule.js")),
    # A reader without answers does not load the scheduler.
    "A count of what is due": (".", ("schedule.js", "bank.js")),
    "A lab": ("labs/pruning", ()),
}
# Files of runnable code and labs, by how their names begin.
FOR_CODE = ("code", "lab", "protocol", "python")


def build(site: Path) -> float:
    """Build the site into `site`; return the seconds it took, interpreter start included."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(site)]
    if subprocess.run(command, check=False).returncode:
        raise SystemExit("bench: the site does not build (see above)")
    return time.perf_counter() - start


class Assets(HTMLParser):
    """The scripts and style sheets of ours that a page loads."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.page, self.files = page, set[Path]()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one script or style sheet of the plugin."""
        values = dict(attrs)
        reference = values.get("src") if tag == "script" else values.get("href") if tag == "link" else None
        if reference and "assets/quizproof-" in reference:
            self.files.add((self.page.parent / reference.split("?")[0]).resolve())


def imported(file: Path, known: set[Path]) -> set[Path]:
    """Add the modules that `file` imports statically, and theirs."""
    if file in known:
        return known
    known.add(file)
    if file.suffix == ".js":
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith(("import ", "export ", "} from ")) and '"./' in line:
                imported((file.parent / line.split('"')[1]).resolve(), known)
    return known


def gzipped(file: Path) -> int:
    """Return the bytes of a file as a server sends it."""
    return len(gzip.compress(file.read_bytes(), 9, mtime=0))


def compressed(page: Path, later: tuple[str, ...]) -> dict[str, int]:
    """Return gzipped bytes by file name of all that the plugin makes the page load before anything is run."""
    files: set[Path] = set()
    entries = Assets(page).files
    folder = next((entry.parent for entry in entries), page.parent)
    for file in [*entries, *(folder / name for name in later)]:
        imported(file, files)
    return {file.name: gzipped(file) for file in sorted(files)}


def build_time(site: Path) -> Iterator[Figure]:
    """Time builds; the first one, which may make the browser runtime, was before."""
    seconds = [build(site) for _ in range(BUILDS)]
    yield f"build, median of {BUILDS}", statistics.median(seconds), "s"
    yield "build, slowest", max(seconds), "s"


def weights(site: Path, name: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return what the plugin makes one of PAGES load: for questions, and for code, by file name."""
    page, later = PAGES[name]
    sizes = compressed(site / page / "index.html", later)
    code = {file: size for file, size in sizes.items() if file.startswith(FOR_CODE)}
    return {file: size for file, size in sizes.items() if file not in code}, code


def page_weight(site: Path) -> Iterator[Figure]:
    """Weigh what some pages make the reader load: ours only, the theme's own left out."""
    every: dict[str, int] = {}
    for name, (page, _later) in PAGES.items():
        questions, code = weights(site, name)
        yield f"{name}: JS + CSS of questions, gzip", sum(questions.values()), "B"
        yield f"{name}: JS + CSS of runnable code, gzip", sum(code.values()), "B"
        yield f"{name}: HTML, gzip", gzipped(site / page / "index.html"), "B"
        every |= questions | code
    for file, size in sorted(every.items()):
        yield f"  {file}", size, "B"


MEASUREMENTS: tuple[Measurement, ...] = (
    build_time,
    page_weight,
    click_to_numpy,
    beside_stock,
    stop_and_memory,
    labs,
    first_question,
    kept_progress,
    save_to_problem,
    check_speed,
    parse_speed,
    builds,
    check_to_feedback,
    performance,
)


def main() -> int:
    """Print every figure."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder, "site")
        build(site)
        for measurement in MEASUREMENTS:
            for what, value, unit in measurement(site):
                shown = f"{value:,.2f}" if unit in ("s", "x") else f"{value:,.0f}"
                print(f"{what:<64}{shown:>10} {unit}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
