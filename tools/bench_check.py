"""From Check to the feedback on the screen: 200 questions on one page, the processor slowed down four times.

Beside it stands what the theme alone takes on the same text as plain lists until a note that opens is on the screen.
"""

import functools
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tools.bench_bank import Figure, Quiet, Server
from tools.bench_builds import build, make_site
from tools.browser import on_path

QUESTIONS, CHECKS, SLOWER = 200, 21, 4
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
# Choose, and let all that follows from it be over.
CHOOSE = """at => new Promise(done => {
  const question = document.querySelectorAll('quiz-question')[at];
  question.scrollIntoView({ block: 'center' });
  question.querySelectorAll('.quiz-choice > label > input')[at % 4].click();
  setTimeout(() => requestAnimationFrame(() => setTimeout(done)), 200);
})"""
# From the press to the frame that shows the feedback. A message sent in the frame's callback comes after the painting.
CHECK = """at => new Promise(done => {
  const question = document.querySelectorAll('quiz-question')[at];
  const start = performance.now(), { port1, port2 } = new MessageChannel();
  question.querySelector('[data-action=check]').click();
  const worked = performance.now() - start;
  if (!question.querySelector('.quiz-status').textContent) throw new Error('no feedback');
  port1.onmessage = () => done([worked, performance.now() - start]);
  requestAnimationFrame(() => port2.postMessage(0));
})"""
# A closed note below each list, as tall as an answer when it is open.
NOTES = """() => {
  for (const heading of document.querySelectorAll('article h3')) {
    const note = document.createElement('details');
    note.append(document.createElement('summary'), ...Array.from({ length: 4 }, () => document.createElement('p')));
    for (const part of note.children) part.textContent = 'A line of text';
    heading.before(note);
  }
}"""
SEE = """at => new Promise(done => {
  document.querySelectorAll('article details')[at].scrollIntoView({ block: 'center' });
  setTimeout(() => requestAnimationFrame(() => setTimeout(done)), 200);
})"""
OPEN = """at => new Promise(done => {
  const start = performance.now(), { port1, port2 } = new MessageChannel();
  document.querySelectorAll('article details')[at].open = true;
  port1.onmessage = () => done(performance.now() - start);
  requestAnimationFrame(() => port2.postMessage(0));
})"""


def one(page: Page, at: int) -> tuple[float, float]:
    """Of one check: milliseconds in the script, and to the painted feedback."""
    page.evaluate(CHOOSE, at)
    worked, total = page.evaluate(CHECK, at)
    return worked, total


def note(page: Page, at: int) -> float:
    """Of one note: milliseconds until it is painted."""
    page.evaluate(SEE, at)
    return float(page.evaluate(OPEN, at))


def _slow_page(browser: Browser, folder: Path, kind: str) -> Page:
    config = make_site(folder / kind, kind, 1, QUESTIONS)
    build(Path(sys.executable), config)
    server = Server(("127.0.0.1", 0), functools.partial(Quiet, directory=str(config.parent / "site")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/page-0/", wait_until="networkidle")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


def check_to_feedback(_site: Path | None = None) -> Iterator[Figure]:
    """Medians over questions from all over the page, each answered once."""
    places = [at * QUESTIONS // CHECKS for at in range(CHECKS)]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=on_path(), args=list(FLAGS))
        page = _slow_page(browser, Path(folder), "quizproof")
        # The first check of a page compiles what the others only run.
        first, *others = [one(page, at) for at in places]
        page.close()
        page = _slow_page(browser, Path(folder), "plain")
        page.evaluate(NOTES)
        notes = [note(page, at) for at in places][1:]
        browser.close()
    scripts, totals = zip(*others, strict=True)
    what = f"Check to feedback, {QUESTIONS} questions, CPU slowed {SLOWER}x"
    yield f"{what}, median of {len(others)}", statistics.median(totals), "ms"
    yield "  of that in the script", statistics.median(scripts), "ms"
    yield "  fastest", min(totals), "ms"
    yield "  slowest", max(totals), "ms"
    yield "  the very first", first[1], "ms"
    yield "  the theme alone: a note opened in the same text as lists", statistics.median(notes), "ms"


def main() -> int:
    """Print the figures."""
    for what, value, unit in check_to_feedback():
        print(f"{what:<64}{value:>10,.1f} {unit}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
