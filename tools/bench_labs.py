"""From a moved slider to the drawn figures, in each lab of the site as built; and what a lab makes the reader load.

`python -m tools.bench_labs SITE` prints the figures for a folder that holds the built site.
"""

import functools
import gzip
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tools.bench_bank import Figure, Quiet, Server
from tools.bench_python import FLAGS
from tools.browser import on_path

# For each lab: settings that together touch everything that its steps compute.
STEPS: dict[str, list[dict[str, str]]] = {
    "pruning": [
        *(
            {"kind": kind, "sparsity": str(level)}
            for kind in ("global", "layer", "units")
            for level in range(5, 100, 10)
        )
    ],
    "quantization": [
        *(
            {"scale": scale, "range": codes, "bits": str(bits), "keep": keep}
            for scale in ("tensor", "channel")
            for codes in ("symmetric", "affine")
            for bits in range(2, 9)
            for keep in ("100", "97")
        )
    ],
    "budget": [
        *(
            {"sparsity": str(level), "bits": str(bits), "keep": "98"}
            for level in range(0, 96, 19)
            for bits in range(2, 9)
        )
    ],
}
DATA = ("network.f32", "digits.u8", "recorded.json")
# Milliseconds from the input event to the frame after the figures were put into the page.
STEP = """settings => new Promise(done => {
  const lab = document.querySelector("quiz-lab"), form = lab.querySelector("form");
  for (const [name, value] of Object.entries(settings)) form.elements.namedItem(name).value = value;
  const start = performance.now();
  const painted = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
  lab.addEventListener("quiz-lab-shown", painted, { once: true });
  form.dispatchEvent(new Event("input", { bubbles: true }));
})"""


def started(browser: Browser, address: str) -> tuple[Page, float]:
    """Open a lab in a new profile and start it; the page, and the seconds from the click to the first result."""
    page = browser.new_context().new_page()
    page.goto(address)
    begun = time.perf_counter()
    page.click("quiz-lab [data-action=start]")
    page.wait_for_selector("quiz-lab[data-state=ready]", timeout=60_000)
    return page, time.perf_counter() - begun


def steps(page: Page, name: str) -> list[float]:
    """Milliseconds of each step; the first ones warm up what the browser compiles while it runs."""
    for settings in STEPS[name][:5]:
        page.evaluate(STEP, settings)
    return [float(page.evaluate(STEP, settings)) for settings in STEPS[name]]


def labs(site: Path) -> Iterator[Figure]:
    """Time every lab's steps, then weigh its files."""
    server = Server(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=on_path(), args=list(FLAGS))
        for name in STEPS:
            page, seconds = started(browser, f"http://127.0.0.1:{server.server_port}/labs/{name}/")
            found = steps(page, name)
            page.context.close()
            yield f"{name} lab: Start to the first result, new profile", seconds, "s"
            yield f"  a step, median of {len(found)}", statistics.median(found), "ms"
            yield "  a step, slowest", max(found), "ms"
        browser.close()
    server.shutdown()
    folder = site / "labs"
    code = sorted(path.name for path in folder.glob("*.py"))
    for what, names in (("weights, digits and records", DATA), ("Python", code)):
        files = [(folder / name).read_bytes() for name in names]
        yield f"labs: {what}", sum(map(len, files)), "B"
        yield f"labs: {what}, gzip", sum(len(gzip.compress(data, 9, mtime=0)) for data in files), "B"


if __name__ == "__main__":
    for what, value, unit in labs(Path(sys.argv[1])):
        print(f"{what:<64}{value:>10,.{2 if unit == 's' else 0}f} {unit}", flush=True)
