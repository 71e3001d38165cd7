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

Figure = tuple[str, float, str]
Measurement = Callable[[Path], Iterator[Figure]]

BUILDS = 5
PAGE = Path("quizzes/challenge/index.html")
PLAIN_PAGE = Path("contribute/decisions/index.html")


def build(site: Path) -> float:
    """Build the site into `site`; return the seconds it took, interpreter start included."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(site)]
    subprocess.run(command, check=True)
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


def compressed(page: Path) -> dict[str, int]:
    """Return bytes by file name, gzipped, of all that the plugin makes the page load."""
    files: set[Path] = set()
    for file in Assets(page).files:
        imported(file, files)
    return {file.name: len(gzip.compress(file.read_bytes(), 9, mtime=0)) for file in sorted(files)}


def build_time(site: Path) -> Iterator[Figure]:
    """Time builds; the first one, which may make the browser runtime, was before."""
    seconds = [build(site) for _ in range(BUILDS)]
    yield f"build, median of {BUILDS}", statistics.median(seconds), "s"
    yield "build, slowest", max(seconds), "s"


def page_weight(site: Path) -> Iterator[Figure]:
    """Weigh what a page with questions and code, and one without, make the reader load."""
    sizes = compressed(site / PAGE)
    code = {name for name in sizes if name.startswith(("python", "code", "protocol"))}
    yield (
        f"JS + CSS for the questions of {PAGE.parent}, gzip",
        sum(sizes[name] for name in sizes if name not in code),
        "B",
    )
    yield "JS + CSS for its runnable code, gzip", sum(sizes[name] for name in code), "B"
    for name, size in sizes.items():
        yield f"  {name}", size, "B"
    yield f"JS + CSS of ours on {PLAIN_PAGE.parent}, gzip", sum(compressed(site / PLAIN_PAGE).values()), "B"
    yield f"HTML of {PAGE.parent}, gzip", len(gzip.compress((site / PAGE).read_bytes(), 9, mtime=0)), "B"


MEASUREMENTS: tuple[Measurement, ...] = (build_time, page_weight)


def main() -> int:
    """Print every figure."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder, "site")
        build(site)
        for measurement in MEASUREMENTS:
            for what, value, unit in measurement(site):
                shown = f"{value:,.2f}" if unit == "s" else f"{value:,.0f}"
                print(f"{what:<64}{shown:>10} {unit}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
