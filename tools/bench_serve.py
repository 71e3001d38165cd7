"""From saving a mistake to its problem in the open browser page, under the real `mkdocs serve`, on a copy of this site.

`python -m tools.bench_serve` prints the figures; `save_to_problem` yields them for tools/bench.py.
"""

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tools.bench_bank import Figure
from tools.browser import on_path
from tools.serving import ROOT, Serving

ROUNDS = 5
COPIED = ("docs", "precompute", "snippets", "tools", "quiz_plugin/assets")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
MENDED = "!document.querySelector('.quiz-problem') && document.querySelector('[data-action=check]')"
SOURCE, ADDRESS = "quizzes/self-check.md", "quizzes/self-check/"


def rounds(page: Page, serving: Serving, source: Path) -> Iterator[tuple[float, float]]:
    """Seconds from a save to the problem on the page, and from the next save to the question in its place."""
    good = source.read_text(encoding="utf-8")
    bad = good.replace("- [x] ", "- [y] ", 1)
    for _ in range(ROUNDS):
        serving.settle()
        start = time.perf_counter()
        source.write_text(bad, encoding="utf-8")
        page.wait_for_selector(".quiz-problem")
        shown = time.perf_counter() - start
        serving.settle()
        start = time.perf_counter()
        source.write_text(good, encoding="utf-8")
        page.wait_for_function(MENDED)
        yield shown, time.perf_counter() - start


def save_to_problem(_site: Path) -> Iterator[Figure]:
    """Medians of ROUNDS."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for name in COPIED:
            shutil.copytree(ROOT / name, Path(folder, name), ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "mkdocs.yml", folder)
        serving = Serving(Path(folder))
        browser = playwright.chromium.launch(executable_path=on_path(), args=list(FLAGS))
        try:
            page = browser.new_page()
            page.goto(serving.address + ADDRESS)
            found = list(rounds(page, serving, Path(folder, "docs", SOURCE)))
        finally:
            browser.close()
            serving.stop()
    yield f"serve: save to problem on the page, median of {ROUNDS}", statistics.median(f[0] for f in found), "s"
    yield "  slowest", max(f[0] for f in found), "s"
    yield "  save to mended question", statistics.median(f[1] for f in found), "s"


if __name__ == "__main__":
    for what, value, unit in save_to_problem(ROOT):
        print(f"{what:<64}{value:>10,.2f} {unit}")
