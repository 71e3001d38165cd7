"""Measures kept progress at its limit of 10 000 attempts: its bytes, and how soon it is read and shown.

`python -m tools.bench_store` prints the figures; `kept_progress` yields them for tools/bench.py.
"""

import functools
import json
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.bench_bank import Figure, Quiet, Server, write
from tools.browser import on_path

COUNT, QUESTIONS, RUNS = 10_000, 900, 9
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Progress</title>
<link rel="stylesheet" href="../assets/quizproof-bench/quiz.css">
<link rel="stylesheet" href="../assets/quizproof-bench/progress.css">
<script type="module" src="../assets/quizproof-bench/progress.js"></script>
<main><quiz-progress data-bank="NAME"></quiz-progress></main></html>
"""
LOAD = """async () => {
  const { Store } = await import('/assets/quizproof-bench/store.js');
  const began = performance.now();
  new Store(() => localStorage, '/.quizproof').latest('none');
  return performance.now() - began;
}"""
SHOWN = """() => new Promise(done => {
  const look = () => {
    if (!document.querySelector('quiz-progress[data-state=ready]')) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => done(performance.now())));
  };
  look();
})"""


def log(ids: list[str]) -> str:
    """As the browser keeps it: the limit of attempts, over as many questions as a large site has."""
    first = 1_790_000_000_000
    rows = [
        [ids[n % len(ids)], "1a2b3c4d5e6f", "B", n % 3 and 1, 0, 12.5, first + n * 60_000, "challenge"]
        for n in range(COUNT)
    ]
    return json.dumps({"version": 1, "attempts": rows}, separators=(",", ":"))


def kept_progress(_: Path | None = None) -> Iterator[Figure]:
    """Read the limit of attempts, each time in a fresh page; then show them."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        made = write(Path(folder), QUESTIONS)
        (Path(folder) / "progress").mkdir()
        (Path(folder) / "progress" / "index.html").write_text(PAGE.replace("NAME", made.name), encoding="utf-8")
        text = log([row[0] for row in json.loads(made.files["index.json"])["questions"]])
        yield f"{COUNT:,} attempts: kept", len(text), "B"
        server = Server(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=on_path(), args=["--no-sandbox", "--disable-gpu"])
        context, address = browser.new_context(), f"http://127.0.0.1:{server.server_port}/"
        page = context.new_page()
        page.goto(f"{address}assets/quizproof-bench/quiz.css")
        page.evaluate("text => localStorage.setItem('/.quizproof', text)", text)
        measured = {"read": ("assets/quizproof-bench/quiz.css", LOAD), "page shown": ("progress/", SHOWN)}
        for what, (path, script) in measured.items():
            times = []
            for _run in range(RUNS):
                page = context.new_page()
                page.goto(address + path, wait_until="commit")
                times.append(float(page.evaluate(script)))
                page.close()
            yield f"{COUNT:,} attempts: {what}, median of {RUNS}", statistics.median(times), "ms"
            yield f"{COUNT:,} attempts: {what}, slowest", max(times), "ms"
        browser.close()
        server.shutdown()


def main() -> int:
    """Print the figures."""
    for what, value, unit in kept_progress():
        print(f"{what:<64}{value:>12,.1f} {unit}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
