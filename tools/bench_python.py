"""From the click on Run to NumPy's output, on the site as built: a new browser profile each time, then a second run."""

import functools
import statistics
import threading
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tools.bench_bank import Figure, Quiet, Server
from tools.browser import on_path

ROUNDS = 7
PAGE, BLOCK = "cheat-sheet/", "#cheat-quantize"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
# Milliseconds from the click, without a pointer that would hover first and so load ahead, to the painted output.
RUN = """selector => new Promise(done => {
  const block = document.querySelector(selector), start = performance.now();
  const painted = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
  block.addEventListener("quiz-code-done", painted, { once: true });
  block.querySelector("[data-action=run]").click();
})"""


def run_twice(browser: Browser, address: str) -> tuple[float, float]:
    """Milliseconds from click to output in a fresh profile, and again on the same page."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address + PAGE)
    page.wait_for_selector(f"{BLOCK} [data-action=run]")
    first, second = (float(page.evaluate(RUN, BLOCK)) for _ in range(2))
    context.close()
    return first, second


def click_to_numpy(site: Path) -> Iterator[Figure]:
    """Medians of ROUNDS."""
    server = Server(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=on_path(), args=list(FLAGS))
        rounds = [run_twice(browser, f"http://127.0.0.1:{server.server_port}/") for _ in range(ROUNDS)]
        browser.close()
    server.shutdown()
    yield (
        f"click on Run to NumPy's output, first visit, median of {ROUNDS}",
        statistics.median(r[0] for r in rounds),
        "ms",
    )
    yield "  the same block again", statistics.median(r[1] for r in rounds), "ms"
