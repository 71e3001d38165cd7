"""Measures the bank at 10 000 questions: bytes of the index, and how soon the first drawn question shows.

`python -m tools.bench_bank` prints the figures; `first_question` yields them for tools/bench.py.
"""

import functools
import gzip
import http.server
import random
import shutil
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from quiz_plugin import bank
from quiz_plugin.model import LEVELS, Attribute, Question
from quiz_plugin.reference import Entry
from tools.browser import on_path

Figure = tuple[str, float, str]

ASSETS = Path(__file__).parent.parent / "quiz_plugin" / "assets"
COUNT, A_PAGE, RUNS = 10_000, 20, 7
TOPICS = ("pruning", "quantization", "deployment", "measurement", "tools", "training")
WORDS = ("prune", "scale", "mask", "layer", "channel", "latency", "sparse", "weight", "tensor", "range", "bits", "cost")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Strength test</title>
<link rel="stylesheet" href="../assets/quizproof-bench/quiz.css">
<script type="module" src="../assets/quizproof-bench/quiz.js"></script>
<main><quiz-set data-mode="strength" data-state="ready" data-bank="NAME" data-set="strength"></quiz-set></main></html>
"""
# From the start of navigation to the first question painted; the click on Start is the script's, as soon as it can be.
FIRST = """() => new Promise(done => {
  const look = () => {
    const start = document.querySelector('quiz-set [data-action=start]');
    if (start?.checkVisibility()) start.click();
    const shown = document.querySelector('quiz-question:not([hidden]) [data-action=check]');
    if (!shown) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => done(performance.now())));
  };
  look();
})"""


def entry(number: int, rng: random.Random) -> Entry:
    """A question of about the size that questions of this site have."""
    id_ = f"{'-'.join(rng.sample(WORDS, 3))}-{number}"
    values = {"level": rng.choice(LEVELS), "topics": " ".join(rng.sample(TOPICS, 2))}
    attributes = tuple(Attribute(name, value, 1) for name, value in values.items())
    question = Question("choice", id_, f"Question {number}?", 2, 1, 9, attributes)
    choices = "".join(
        f'<div class="quiz-choice" data-letter="{x}"><label><input type="radio" name="{id_}" value="{x}">'
        f'<span class="quiz-letter">{x}</span><span class="quiz-text">choice {x}</span></label></div>'
        for x in "ABCD"
    )
    text = f"<p>{' '.join(rng.choices(WORDS, k=150))}</p>"
    html = (
        f'<quiz-question id="{id_}" data-kind="choice" data-state="unanswered" data-hash="{question.hash}">'
        f'<form><fieldset><legend><h2 class="quiz-title" data-quiz-id="{id_}">{question.title}</h2></legend>{text}'
        f'<div class="quiz-choices">{choices}</div></fieldset><quiz-hidden data-search-exclude="">'
        f'<details data-part="answer" data-key="B"><summary>Answer</summary><p class="quiz-key"><strong>B</strong></p>'
        f'<div data-part="explanation">{text}{text}</div></details></quiz-hidden>'
        '<p class="quiz-status" role="status"></p></form></quiz-question>'
    )
    return Entry(question, f"Page {number // A_PAGE}", f"quizzes/{number // A_PAGE}/", html)


def write(site: Path, count: int = COUNT) -> bank.Bank:
    """Write a site with a bank and a strength test into the folder; return the bank."""
    rng = random.Random(1)  # noqa: S311  (the same bank each time)
    subjects = bank.Subjects({name: name.title() for name in TOPICS}, {}, {})
    made = bank.build([entry(n, rng) for n in range(count)], subjects)
    folder = site / "assets" / made.name
    folder.mkdir(parents=True)
    for name, text in made.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    shutil.copytree(ASSETS, site / "assets" / "quizproof-bench")
    (site / "strength").mkdir()
    (site / "strength" / "index.html").write_text(PAGE.replace("NAME", made.name), encoding="utf-8")
    return made


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Static files, without a line for each."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base's name)
        """Say nothing."""


class Server(http.server.ThreadingHTTPServer):
    """A loopback server to which a browser that closes early is no error."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


def first_question(_: Path | None = None) -> Iterator[Figure]:
    """Time a fresh browser context from navigation to the first drawn question."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        made = write(Path(folder))
        index = made.files["index.json"].encode()
        yield f"bank of {COUNT:,}: index, gzip, a question", len(gzip.compress(index, 9)) / COUNT, "B"
        server = Server(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=on_path(), args=["--no-sandbox", "--disable-gpu"])
        times = []
        # The browser's own start is none of the bank's.
        browser.new_page().goto(f"http://127.0.0.1:{server.server_port}/assets/quizproof-bench/quiz.css")
        for _run in range(RUNS):
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{server.server_port}/strength/", wait_until="commit")
            times.append(float(page.evaluate(FIRST)))
            page.close()
        browser.close()
        server.shutdown()
        yield f"bank of {COUNT:,}: first drawn question, median of {RUNS}", statistics.median(times), "ms"
        yield f"bank of {COUNT:,}: first drawn question, fastest", min(times), "ms"
        yield f"bank of {COUNT:,}: first drawn question, slowest", max(times), "ms"


def main() -> int:
    """Print the figures."""
    for what, value, unit in first_question():
        print(f"{what:<64}{value:>10,.1f} {unit}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
