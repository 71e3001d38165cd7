"""What live Python costs its page: from Stop to ready again, tasks that block it, and memory with NumPy loaded.

`python -m tools.bench_page` prints the figures; `stop_and_memory` yields them for tools/bench.py.
"""

import os
import re
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tools.bench_bank import Figure
from tools.bench_stock import HOLD, RUN, opened, profile, served

ROUNDS = 7
# When a loop is stopped, in milliseconds: by a reader who sees that it does not end, and sooner than anybody sees that.
STOPS = {"a loop of three seconds": 3000, "at once": 0}
LOUD = ("endless-output", "long-line", "many-lines")
STARTED = "document.querySelector('#endless').dataset.state === 'running'"
# Milliseconds from the click on Stop to the output of the next block: a new worker has started Python by then.
STOP = """() => new Promise(done => {
  const press = (name, action) => document.querySelector(`#${name} [data-action=${action}]`).click();
  const next = (name, then) => document.getElementById(name).addEventListener("quiz-code-done", then, { once: true });
  const start = performance.now();
  next("endless", () => press("small", "run"));
  next("small", ({ detail }) => requestAnimationFrame(() => setTimeout(() =>
    done({ ms: performance.now() - start, stdout: detail.stdout }))));
  press("endless", "stop");
})"""
# Milliseconds of the longest task of the page's own thread; what is not over 50 is not told, and counts as 0.
BLOCKED = """name => new Promise(done => {
  const block = document.getElementById(name), tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries()));
  observer.observe({ type: "longtask" });
  block.addEventListener("quiz-code-done", () => setTimeout(() => {
    tasks.push(...observer.takeRecords());
    done(Math.max(0, ...tasks.map((task) => task.duration)));
  }, 300), { once: true });
  block.querySelector("[data-action=run]").click();
})"""


def stopped(page: Page, after: int) -> float:
    """Run an endless loop, stop it after so many milliseconds, run another block."""
    page.evaluate("document.querySelector('#endless [data-action=run]').click()")
    page.wait_for_function(STARTED)
    page.wait_for_timeout(after)
    ran = page.evaluate(STOP)
    if ran["stdout"] != "1\n":
        raise SystemExit(f"bench: after Stop the next block printed {ran['stdout']!r}")
    return float(ran["ms"])


def offspring(process: int) -> Iterator[int]:
    """Every process that this one started, and theirs; none where there is no /proc."""
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, children.read_text(encoding="ascii").split()):
            yield child
            yield from offspring(child)


def renderers() -> Iterator[int]:
    """Proportional memory in bytes of each renderer process of this program's browser."""
    for process in offspring(os.getpid()):
        folder = Path(f"/proc/{process}")
        if b"--type=renderer" in (folder / "cmdline").read_bytes():
            rollup = (folder / "smaps_rollup").read_text(encoding="ascii")
            yield 1024 * int(re.findall(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[0])


def stop_and_memory(_: Path | None = None) -> Iterator[Figure]:
    """One profile for all: the first run of each page is not counted."""
    with served() as address, sync_playwright() as playwright, profile(playwright) as context:
        page = opened(context, f"{address}ours/")
        page.evaluate(RUN)
        own = list(renderers())
        page.wait_for_timeout(HOLD)  # nobody stops a loop sooner, and the browser has kept its compiled code by then
        times: dict[str, list[float]] = {name: [] for name in STOPS}
        for _round in range(ROUNDS):
            for name, after in STOPS.items():
                times[name].append(stopped(page, after))
        page.evaluate("document.querySelector('#endless [data-action=run]').click()")
        page.wait_for_timeout(max(STOPS.values()))  # two of them now
        own += renderers()
        page.evaluate("document.querySelector('#endless [data-action=stop]').click()")
        blocked = {name: [float(page.evaluate(BLOCKED, name)) for _round in range(ROUNDS)] for name in LOUD}
        own += renderers()
    for name, found in times.items():
        yield f"Stop to ready again, {name}, median of {ROUNDS}", statistics.median(found), "ms"
        yield "  slowest", max(found), "ms"
    for name, tasks in blocked.items():
        yield f"longest task of the page's own thread, {name.replace('-', ' ')}, of {ROUNDS} runs", max(tasks), "ms"
    if own:
        yield "memory of the page's process with NumPy loaded, the most of three looks, PSS", max(own) / 1e6, "MB"


def main() -> int:
    """Print the figures."""
    for what, value, unit in stop_and_memory():
        print(f"{what:<72}{value:>14,.2f} {unit}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
