"""Build times side by side: the same text as plain Markdown lists, with Quizproof, and with mkdocs-quiz.

Each kind of site is built in turn, round after round, so that a machine whose speed drifts drifts for all of them.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from markdown import Markdown

from quiz_plugin.checks import check_page
from quiz_plugin.parse import parse
from quiz_plugin.settings import make_project

ROUNDS = 5
SIZES = ((100, 10), (100, 100))
PEER = "mkdocs-quiz==1.7.1"
KINDS = ("plain", "quizproof", "mkdocs-quiz")


def question(number: int, kind: str) -> str:
    """One question with four choices and an explanation, in the words of `kind`."""
    title = f"What does layer {number} of the network keep after pruning?"
    choices = [f"About {20 * n + number % 7} per cent of its `weights`, in *every* row" for n in range(1, 5)]
    explanation = f"Pruning layer {number} by magnitude keeps the largest weights and sets the others to **zero**."
    if kind == "plain":
        rows = "\n".join(f"- {choice}" for choice in choices)
        return f"## {title}\n\n{rows}\n\n### Explanation\n\n{explanation}\n"
    boxes = "\n".join(f"- [{'x' if n == number % 4 else ' '}] {choice}" for n, choice in enumerate(choices))
    if kind == "mkdocs-quiz":
        return f"<quiz>\n{title}\n{boxes}\n\n{explanation}\n</quiz>\n"
    return f"## {title} {{ .choice #layer-{number} ignore=no-proof }}\n\n{boxes}\n\n### Explanation\n\n{explanation}\n"


def make_site(folder: Path, kind: str, pages: int, questions: int) -> Path:
    """Write a site with Material's theme; returns its configuration file."""
    docs = folder / "docs"
    docs.mkdir(parents=True)
    for page in range(pages):
        body = "\n".join(question(page * questions + n, kind) for n in range(questions))
        (docs / f"page-{page}.md").write_text(f"# Page {page}\n\n{body}", encoding="utf-8")
    (docs / "index.md").write_text("# Home\n", encoding="utf-8")
    plugins = {"plain": "", "quizproof": ", quizproof", "mkdocs-quiz": ", mkdocs_quiz"}[kind]
    config = folder / "mkdocs.yml"
    config.write_text(
        f"site_name: {kind}\nsite_url: http://127.0.0.1/\ntheme: {{name: material, font: false}}\n"
        f"plugins: [search{plugins}]\nmarkdown_extensions: [attr_list, pymdownx.superfences, toc]\n",
        encoding="utf-8",
    )
    return config


def compiled(folder: Path) -> dict[str, str]:
    """An environment in which Python finds bytecode from the second run on, as it does of an installed package.

    Some machines forbid Python to write it; a package that is installed in editable mode then compiles at each start.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder)}


def build(python: Path, config: Path, environment: dict[str, str] | None = None) -> float:
    """Seconds of one build, interpreter start included."""
    command = [str(python), "-m", "mkdocs", "build", "--quiet", "--config-file", str(config)]
    start = time.perf_counter()
    subprocess.run(command, check=True, env=environment)
    return time.perf_counter() - start


def peer_python(folder: Path) -> Path | None:
    """A Python with mkdocs-quiz in a venv of its own; None, with the reason printed, where it cannot be had."""
    python = folder / "bin" / "python"
    pins = Path(__file__).parent.parent / "constraints.txt"
    commands = (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "-qq", "-c", str(pins), PEER, "mkdocs", "mkdocs-material"],
    )
    try:
        for command in commands:
            subprocess.run(command, check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        last = (error.stderr or "").strip().splitlines()[-1:] or ["no reason given"]
        print(f"{PEER} is left out: {last[0]}")
        return None
    return python


def pythons(folder: Path) -> dict[str, Path]:
    """For each kind of site the Python that builds it; the peer's is made in `folder`, if it can be had."""
    found = {"plain": Path(sys.executable), "quizproof": Path(sys.executable)}
    peer = peer_python(folder)
    return {**found, "mkdocs-quiz": peer} if peer else found


def measure(by_kind: dict[str, Path], pages: int, questions: int) -> dict[str, list[float]]:
    """All rounds of all kinds for one size; one before them, not counted, leaves the bytecode."""
    found: dict[str, list[float]] = {kind: [] for kind in by_kind}
    with tempfile.TemporaryDirectory() as folder:
        configs = {kind: make_site(Path(folder, kind), kind, pages, questions) for kind in by_kind}
        environment = compiled(Path(folder, "bytecode"))
        for _ in range(1 + ROUNDS):
            for kind, python in by_kind.items():
                found[kind].append(build(python, configs[kind], environment))
                shutil.rmtree(configs[kind].parent / "site")
    return {kind: seconds[1:] for kind, seconds in found.items()}


def builds(_site: Path) -> Iterator[tuple[str, float, str]]:
    """Medians of the rounds, and the ratio to plain lists, round by round."""
    with tempfile.TemporaryDirectory() as folder:
        by_kind = pythons(Path(folder, "peer"))
        for pages, questions in SIZES:
            yield from _figures(measure(by_kind, pages, questions), f"{pages} pages x {questions} questions")


def _figures(found: dict[str, list[float]], size: str) -> Iterator[tuple[str, float, str]]:
    for kind, seconds in found.items():
        yield f"build, {size}, {kind}", statistics.median(seconds), "s"
        if kind != "plain":
            ratio = statistics.median(s / p for s, p in zip(seconds, found["plain"], strict=True))
            yield f"  ratio to plain lists, {kind}, median of {ROUNDS}", ratio, "x"


def check_speed(_site: Path) -> Iterator[tuple[str, float, str]]:
    """`quizproof check` of 1 000 questions on 100 pages, as a command and without the interpreter's start."""
    with tempfile.TemporaryDirectory() as folder:
        make_site(Path(folder), "quizproof", 100, 10)
        command = [sys.executable, "-m", "quiz_plugin", "check", str(Path(folder, "docs"))]
        seconds = _times(command, compiled(Path(folder, "bytecode")))
        yield "check of 1 000 questions on 100 pages, median of 5", statistics.median(seconds), "s"


def parse_speed(_site: Path) -> Iterator[tuple[str, float, str]]:
    """A page of one megabyte: what `quizproof check` does with it, for which the goal is 2 s, and its rendering.

    The goal covers parsing and checking. Rendering is Python-Markdown's work for the most part, so it stands beside the
    same text as plain lists.
    """
    source, lists = ("\n".join(question(number, kind) for number in range(3_000)) for kind in ("quizproof", "plain"))
    project = make_project(Path.cwd(), "docs", {})
    ours, plain = (Markdown(extensions=["attr_list", "fenced_code", *more]) for more in (["quizproof"], []))
    jobs: dict[str, Callable[[], object]] = {
        "parse": lambda: parse(source),
        "parse and check": lambda: check_page(parse(source), project),
        "quizproof": lambda: ours.reset().convert(source),
        "plain lists": lambda: plain.reset().convert(lists),
    }
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            seconds[name].append(time.perf_counter() - start)
    page = f"one page of {len(source) / 1e6:.1f} MB"
    for name in ("parse", "parse and check"):
        yield f"{name}, {page}, median of {ROUNDS}", statistics.median(seconds[name]), "s"
    for name in ("quizproof", "plain lists"):
        yield f"Markdown to HTML, {page}, {name}", statistics.median(seconds[name]), "s"
    ratio = statistics.median(s / p for s, p in zip(seconds["quizproof"], seconds["plain lists"], strict=True))
    yield "  ratio to plain lists", ratio, "x"


def _times(command: list[str], environment: dict[str, str]) -> list[float]:
    def once() -> float:
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment)
        return time.perf_counter() - start

    run: Callable[[], float] = once
    run()
    return [run() for _ in range(ROUNDS)]
