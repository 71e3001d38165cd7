"""Python in the page beside stock Pyodide: the same code, server, headers and compression, turn by turn in one run.

Stock is npm's package as it is, with NumPy's official wheel, used as Pyodide's documentation shows for a worker.
`python -m tools.bench_stock [ROUNDS]` prints the figures; `beside_stock` yields them for tools/bench.py.
"""

import functools
import gzip
import http.server
import shutil
import statistics
import sys
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from playwright.sync_api import BrowserContext, Page, sync_playwright

from quiz_plugin.runtime import build
from quiz_plugin.runtime.cache import cache_folder, workspace
from quiz_plugin.runtime.npm import fetch_core
from quiz_plugin.runtime.wheel import fetch_wheel
from tools.bench_bank import ASSETS, Figure, Server
from tools.browser import on_path

ROUNDS = 7
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
# Milliseconds after a visit in which the browser writes compiled code into its cache, and before a click.
HOLD, SETTLE = 2_500, 300

CODE = """\
import numpy as np

weights = np.array([0.9, -1.2, 0.3, 2.7])
codes = np.round(weights / 0.1).astype(np.int8)
print(codes.tolist())
"""
HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Bench</title>'
STOCK_PAGE = f"""{HEAD}<button data-action="run">Run</button><script type="module">
let worker;
document.querySelector("button").onclick = () => {{
  worker ??= new Worker("worker.js", {{ type: "module" }});
  worker.onmessage = ({{ data }}) => document.dispatchEvent(new CustomEvent("quiz-code-done", {{ detail: data }}));
  worker.postMessage({CODE!r});
}};
</script></html>
"""
STOCK_WORKER = """\
import { loadPyodide } from "./pyodide.mjs";
let stdout = "";
const ready = (async () => {
  const pyodide = await loadPyodide({ stdout: (line) => (stdout += `${line}\\n`) });
  await pyodide.loadPackage("numpy");
  stdout = "";
  return pyodide;
})();
onmessage = async ({ data }) => {
  await (await ready).runPythonAsync(data);
  postMessage({ stdout });
  stdout = "";
};
"""
BLOCK = """<quiz-code id="{name}" data-block="{name}" data-engine="{engine}" data-state="idle" data-timeout="{seconds}">
<div data-part="source"><pre><code>{code}</code></pre></div><p data-part="status" role="status"></p></quiz-code>
"""
OUR_BLOCKS = {
    "numpy": CODE,
    "endless": "while True: pass",
    "small": "print(1)",
    # What tools/bench_page.py holds against the page's own thread; the first one is ended by its time limit.
    "endless-output": "while True: print('x' * 20)",
    "long-line": "print('x' * 100_000)",
    "many-lines": "for number in range(10_000): print(number)",
}


def our_block(name: str, code: str) -> str:
    """The HTML of one block."""
    seconds = 2 if name == "endless-output" else 60
    return BLOCK.format(name=name, engine="numpy" if name == "numpy" else "python", code=code, seconds=seconds)


OUR_PAGE = f"""{HEAD}<link rel="stylesheet" href="../assets/code.css">
<script type="module" src="../assets/python.js?runtime=../runtime/manifest.json"></script>
<main>{"".join(our_block(name, code) for name, code in OUR_BLOCKS.items())}</main></html>
"""
# From the click, without a pointer that would hover first and so load ahead, to the painted output.
RUN = """() => new Promise(done => {
  const tasks = [], start = performance.now();
  new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: "longtask" });
  const shown = ({ detail }) => requestAnimationFrame(() => setTimeout(() => done({
    ms: performance.now() - start, stdout: detail.stdout, blocked: Math.max(0, ...tasks.map((task) => task.duration)),
  })));
  document.addEventListener("quiz-code-done", shown, { once: true });
  document.querySelector("[data-action=run]").click();
})"""


@functools.cache
def compressed(path: Path) -> tuple[bytes, bool]:
    """What is sent of a file, and whether that is compressed."""
    data = path.read_bytes()
    small = gzip.compress(data, 9, mtime=0)
    return (small, True) if len(small) < len(data) else (data, False)


class Compressed(http.server.SimpleHTTPRequestHandler):
    """Files as a static host serves them: compressed where that helps, kept by the browser."""

    protocol_version = "HTTP/1.1"
    sent: ClassVar[dict[str, int]] = {}

    def do_GET(self) -> None:
        """Answer with the whole file."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        body, smaller = compressed(path)
        self.sent[self.path] = len(body)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-cache" if path.suffix == ".html" else "max-age=3600")
        if smaller:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base's name)
        """Say nothing."""


@dataclass
class Visits:
    """Milliseconds from click to output: on a first visit, on a second page load, and once more on that page."""

    first: list[float] = field(default_factory=list)
    second: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    blocked: list[float] = field(default_factory=list)


def lay_out(folder: Path) -> None:
    """Write both pages and what they load."""
    build("self").copy_to(folder).rename(folder / "runtime")
    shutil.copytree(ASSETS, folder / "assets")
    (folder / "ours").mkdir()
    (folder / "ours" / "index.html").write_text(OUR_PAGE, encoding="utf-8")
    cache = cache_folder()
    with workspace(cache) as work:
        with tarfile.open(fetch_core(cache, work)) as archive:
            archive.extractall(work, filter="data")
        shutil.copytree(work / "package", folder / "stock")
        shutil.copy(fetch_wheel(cache, work), folder / "stock")
    (folder / "stock" / "index.html").write_text(STOCK_PAGE, encoding="utf-8")
    (folder / "stock" / "worker.js").write_text(STOCK_WORKER, encoding="utf-8")


@contextmanager
def served() -> Iterator[str]:
    """The address of a server with both pages."""
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder))
        for path in (path for path in Path(folder).rglob("*") if path.is_file()):
            compressed(path)  # before the first request, which would wait for it
        server = Server(("127.0.0.1", 0), functools.partial(Compressed, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextmanager
def profile(playwright: Any) -> Iterator[BrowserContext]:
    """Open a browser with a new profile on disk, as a reader's is: a private window keeps no compiled code."""
    with tempfile.TemporaryDirectory() as folder:
        context = playwright.chromium.launch_persistent_context(folder, executable_path=on_path(), args=list(FLAGS))
        context.set_default_timeout(120_000)
        yield context
        context.close()


def opened(context: BrowserContext, address: str) -> Page:
    """A page whose Run can be pressed."""
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("[data-action=run]")
    page.wait_for_timeout(SETTLE)
    return page


def visit(playwright: Any, address: str, visits: Visits) -> None:
    """One new profile: a first visit, a second page load, and a second run there."""
    with profile(playwright) as context:
        for times in (visits.first, visits.second):
            page = opened(context, address)
            ran = page.evaluate(RUN)
            if ran["stdout"] != "[9, -12, 3, 27]\n":
                raise SystemExit(f"bench: {address} printed {ran['stdout']!r}")
            times.append(ran["ms"])
            visits.blocked.append(ran["blocked"])
            if times is visits.second:
                visits.again.append(page.evaluate(RUN)["ms"])
            else:
                page.wait_for_timeout(HOLD)
            page.close()


def beside_stock(_: Path | None = None, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Medians of both, and the share of stock's."""
    ours, stock = Visits(), Visits()
    with served() as address, sync_playwright() as playwright:
        for _round in range(rounds):
            visit(playwright, f"{address}stock/", stock)
            visit(playwright, f"{address}ours/", ours)
    for what, mine, theirs in (
        ("first visit", ours.first, stock.first),
        ("second page load", ours.second, stock.second),
    ):
        yield f"click to NumPy's output, {what}, stock, median of {rounds}", statistics.median(theirs), "ms"
        yield "  this site's", statistics.median(mine), "ms"
        # Of the two runs of a turn, which a busy machine slows alike.
        yield "  share of stock's", statistics.median(a / b for a, b in zip(mine, theirs, strict=True)), "x"
    yield f"second run on a page, median of {rounds}", statistics.median(ours.again), "ms"
    yield "longest task of the page's own thread, click to output", max(ours.blocked), "ms"
    yield from on_the_wire(Compressed.sent)


def on_the_wire(sent: dict[str, int]) -> Iterator[Figure]:
    """Bytes of all that a first visit fetched, from the page on."""
    stock = sum(size for path, size in sent.items() if path.startswith("/stock/"))
    ours = sum(size for path, size in sent.items() if not path.startswith("/stock/"))
    yield "bytes on the wire, gzip, stock", stock, "B"
    yield "  this site's", ours, "B"
    yield "  share of stock's", ours / stock, "x"


def main() -> int:
    """Print the figures."""
    for what, value, unit in beside_stock(rounds=int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS):
        print(f"{what:<72}{value:>14,.2f} {unit}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
