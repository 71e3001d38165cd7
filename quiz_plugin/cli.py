"""The `quizproof` command."""

import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from typing import Any

import click

from quiz_plugin import __version__
from quiz_plugin.analyse import analyse
from quiz_plugin.checks import check_page, check_site
from quiz_plugin.evidence import book
from quiz_plugin.evidence.engines import ENGINES
from quiz_plugin.evidence.includes import IncludeError
from quiz_plugin.evidence.proof import Finding
from quiz_plugin.evidence.run import MissingEngineError, RunError, stop_all
from quiz_plugin.listing import Draft, describe, skeleton, summary, taken_ids
from quiz_plugin.load import SUFFIXES, load_pages
from quiz_plugin.model import KINDS, LEVELS, SKILLS, Page, Problem
from quiz_plugin.parse import parse
from quiz_plugin.problems import CODES, did_you_mean
from quiz_plugin.settings import Project, SettingsError, find_project
from quiz_plugin.write import write

INCLUDES = "paths are counted from the folder of mkdocs.yml"
PATHS = click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="quizproof")
def main() -> None:
    """Questions in plain Markdown whose answer keys are proved by code."""


main.add_command(analyse)


def _project(start: Path) -> Project:
    try:
        return find_project(start)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


def _load(paths: tuple[Path, ...]) -> tuple[tuple[Page, ...], Project]:
    project = _project(paths[0] if paths else Path.cwd())
    if not paths and not project.docs.is_dir():
        raise click.UsageError(f"there is no folder {project.relative(project.docs)}: name the pages to read")
    return load_pages(paths or (project.docs,), project), project


@main.command()
@PATHS
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Fail for warnings too.")
def check(paths: tuple[Path, ...], form: str, strict: bool) -> None:
    """Find every problem of every page, without running anything."""
    pages, project = _load(paths)
    whole = not paths or project.docs.resolve() in {path.resolve() for path in paths}
    problems = [p for page in pages for p in check_page(page, project)] + list(check_site(pages, project, whole))
    WRITERS[form](problems, project)
    if form == "text":
        questions = sum(len(page.questions) for page in pages)
        click.echo(f"{_some(questions, 'question')} on {_some(len(pages), 'page')}: {_count(problems)}", err=True)
    failing = problems if strict else [p for p in problems if p.severity == "error"]
    sys.exit(1 if failing else 0)


def _count(problems: list[Problem]) -> str:
    errors = sum(p.severity == "error" for p in problems)
    return f"{_some(errors, 'error')}, {_some(len(problems) - errors, 'warning')}"


def _some(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _write_text(problems: list[Problem], project: Project) -> None:
    for problem in problems:
        click.echo(str(problem))


def _write_json(problems: list[Problem], project: Project) -> None:
    names = ("path", "line", "column", "severity", "code", "message", "hint", "question")
    click.echo(json.dumps([{n: getattr(p, n) for n in names} for p in problems], indent=2, ensure_ascii=False))


def _write_github(problems: list[Problem], project: Project) -> None:
    # An annotation names its file from the repository's folder, which the site need not be.
    top = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
    for p in problems:
        text = _escape(f"{p.message}\n{p.hint}")
        path = (project.root / p.path).resolve()
        shown = path.relative_to(top).as_posix() if path.is_relative_to(top) else p.path
        place = f"file={_escape_property(shown)},line={p.line},col={p.column},title={_escape_property(p.code)}"
        click.echo(f"::{p.severity} {place}::{text}")


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")


WRITERS: dict[str, Callable[[list[Problem], Project], None]] = {
    "text": _write_text,
    "json": _write_json,
    "github": _write_github,
}


LISTS = ["text", "json", "markdown", "summary"]


@main.command("list")
@PATHS
@click.option("--format", "form", type=click.Choice(LISTS), default="text", show_default=True)
def list_questions(paths: tuple[Path, ...], form: str) -> None:
    """Name every question, with what is known of it; `summary` counts them, as JSON."""
    pages, project = _load(paths)
    if form == "markdown":
        click.echo("\n".join(write(question) for page in pages for question in page.questions), nl=False)
        return
    rows = [describe(page, question, project) for page in pages for question in page.questions]
    if form != "text":
        data = rows if form == "json" else summary(rows, project)
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
        return
    for row in rows:
        known = " ".join(str(row[n] or "-") for n in ("kind", "level", "skill", "proof", "record"))
        click.echo(f"{row['path']}:{row['line']}  {row['id']}  {known}  {','.join(row['topics']) or '-'}")


def _chosen(ids: tuple[str, ...], engine: str | None, docs: Path | None) -> tuple[list[book.Job], Project]:
    pages, project = _load((docs,) if docs else ())
    found = list(book.jobs(pages, project))
    known = sorted({job.id for job in found})
    for name in sorted(set(ids) - set(known)):
        raise click.UsageError(f'there is no block or program "{name}"{did_you_mean(name, known)}')
    wanted = [j for j in found if j.id in ids] if ids else [j for j in found if docs is None or j.block]
    return [j for j in wanted if engine is None or j.engine == engine], project


ENGINE = click.option("--engine", type=click.Choice(list(ENGINES)), help="Only blocks of this engine.")
DOCS = click.option(
    "--docs", type=click.Path(exists=True, path_type=Path), help="The pages to read (default: the site's)."
)
IDS = click.argument("ids", nargs=-1)
JOBS = click.option(
    "--jobs", "most", type=click.IntRange(min=1), default=1, show_default=True, help="How many may run at once."
)
Act = Callable[[book.Job], list[Finding]]


@main.command()
@IDS
@ENGINE
@DOCS
@JOBS
@click.option("--all", "everything", is_flag=True, help="Run again what is up to date as well.")
def record(ids: tuple[str, ...], engine: str | None, docs: Path | None, most: int, everything: bool) -> None:
    """Run blocks and programs and write their records; without IDs, what is stale or missing.

    With --docs only the blocks of those pages; programs are left out unless IDs name them.
    """
    chosen, project = _chosen(ids, engine, docs)
    recorded = failures = 0
    # A record can make a program stale that reads it, and a program's artifacts a block that includes them: what to do
    # with these is seen after the others.
    for jobs in (
        [j for j in chosen if j.program and not j.program.reads],
        [j for j in chosen if j.program and j.program.reads],
        [j for j in chosen if j.block],
    ):
        todo = jobs if ids or everything else [j for j in jobs if not book.is_current(j, project)]
        failed = _work(todo, lambda job: book.record(job, project), "Recording", most) if todo else 0
        recorded, failures = recorded + len(todo) - failed, failures + failed
    current = len(chosen) - recorded - failures
    click.echo(f"{recorded} recorded, {current} up to date, {failures} failed", err=True)
    sys.exit(1 if failures else 0)


@main.command()
@IDS
@ENGINE
@DOCS
@JOBS
@click.option("--twice", is_flag=True, help="Run each block twice and compare: it must not depend on chance.")
def prove(ids: tuple[str, ...], engine: str | None, docs: Path | None, most: int, twice: bool) -> None:
    """Run blocks and programs again and compare with their records and keys."""
    chosen, project = _chosen(ids, engine, docs)
    failures = _work(chosen, lambda job: book.prove(job, project, twice=twice), "Proving", most)
    click.echo(f"{len(chosen) - failures} proved, {failures} failed", err=True)
    sys.exit(1 if failures else 0)


def _work(todo: list[book.Job], act: Act, label: str, most: int) -> int:
    """Run the jobs under a progress bar; print what went wrong, in their order, and return how many failed."""
    twice = {job.id for number, job in enumerate(todo) if job.id in {other.id for other in todo[:number]}}
    places = range(len(todo))
    # Two of one id would write one record.
    alone = [n for n in places if todo[n].id in twice or _measures_time(todo[n])]
    together = [n for n in places if n not in alone]
    found: dict[int, list[Finding]] = {}
    bar: Any = click.progressbar(
        length=len(todo), label=label, file=sys.stderr, item_show_func=lambda ids: ", ".join(ids or [])
    )

    def started(running: Iterable[int]) -> None:
        bar.current_item = [todo[n].id for n in running]
        bar.render_progress()

    def ended(place: int, findings: list[Finding]) -> None:
        found[place] = findings
        bar.update(1)

    with bar:
        for numbers, width in ((together, most), (alone, 1)):
            _at_once({n: partial(_findings, act, todo[n]) for n in numbers}, width, started, ended)
    failed = [n for n in places if found[n]]
    for n in failed:
        click.echo("\n".join(str(_problem(todo[n], finding)) for finding in found[n]))
    return len(failed)


def _measures_time(job: book.Job) -> bool:
    return job.program is not None and job.program.alone


def _at_once(
    work: dict[int, Callable[[], list[Finding]]],
    width: int,
    started: Callable[[Iterable[int]], None],
    ended: Callable[[int, list[Finding]], None],
) -> None:
    """Do all of it, so many pieces at a time; say what is running whenever one starts, and what each has found."""
    waiting, running = deque(work), dict[Future[list[Finding]], int]()
    with ThreadPoolExecutor(width) as pool:
        try:
            while waiting or running:
                while waiting and len(running) < width:
                    place = waiting.popleft()
                    running[pool.submit(work[place])] = place
                    started(running.values())
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    ended(running.pop(future), future.result())
        finally:
            # Any left? Then it was Ctrl-C, or a bug. A run that is only about to begin is stopped in a later round.
            while running and wait(running, timeout=0.1).not_done:
                stop_all()


def _findings(act: Act, job: book.Job) -> list[Finding]:
    try:
        return act(job)
    except IncludeError as error:
        return [Finding("bad-include", f'"{job.id}": {error}', INCLUDES)]
    except (MissingEngineError, RunError) as error:
        return [Finding("not-run", f'"{job.id}": {error}', "")]


def _problem(job: book.Job, finding: Finding) -> Problem:
    severity = CODES[finding.code].severity
    return Problem(job.path, job.line, 1, finding.code, finding.message, finding.hint, severity)


@main.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("title")
@click.option("--kind", type=click.Choice(KINDS), default="choice", show_default=True)
@click.option("--level", type=click.Choice(LEVELS), default="beginner", show_default=True)
@click.option("--skill", type=click.Choice(SKILLS), default="concept", show_default=True)
@click.option("--topics", default="", help="Space-separated topics of the site.")
def new(  # noqa: PLR0913, PLR0917  (click passes every option by its name)
    path: Path, title: str, kind: str, level: str, skill: str, topics: str
) -> None:
    """Append a correct skeleton with a fresh id to the page PATH (made if it is not there)."""
    project = _project(path.parent if path.parent.is_dir() else Path.cwd())
    title = " ".join(title.split())
    if not title:
        raise click.UsageError("the title is empty")
    if path.suffix not in SUFFIXES:
        raise click.UsageError(f"{path} is no Markdown page: its name must end with .md")
    for topic in topics.split() if project.topics else ():
        if topic not in project.topics:
            raise click.UsageError(f'the site has no topic "{topic}"{did_you_mean(topic, list(project.topics))}')
    before = path.read_bytes() if path.exists() else f"# {_heading(path)}\n".encode()
    try:
        page = parse(before.decode("utf-8"), str(path))
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{path} is not UTF-8 text") from error
    broken = next((p for p in page.problems if p.code.startswith("unclosed-")), None)
    if broken:
        raise click.ClickException(f"mend this first, it would swallow the new question:\n{broken}")
    pages = load_pages([project.docs] if project.docs.is_dir() else [], project)
    depth = page.questions[-1].depth if page.questions else 2
    draft = Draft(title, kind, level, skill, tuple(topics.split()), depth)
    identifier, text = skeleton(draft, taken_ids((*pages, page), project))
    line = _append(path, before, text)
    click.echo(f"{path}:{line}: added {identifier}")


def _heading(path: Path) -> str:
    return path.stem.replace("-", " ").replace("_", " ").capitalize()


def _append(path: Path, before: bytes, text: str) -> int:
    """Write `text` behind what the page has, with its line ends; the line where it begins."""
    end = b"\r\n" if b"\r\n" in before else b"\n"
    kept = before.rstrip(b"\r\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(kept + end * 2 + text.encode().replace(b"\n", end))
    return kept.count(b"\n") + 3


@main.command()
@click.option("--mode", type=click.Choice(["auto", "self", "cdn"]), default="self", show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Copy the folder here as well.")
def runtime(mode: str, out: Path | None) -> None:
    """Build (or find in the cache) the Python that runs in the page."""
    from quiz_plugin.runtime import command  # noqa: PLC0415  (the other commands need none of it)

    sys.exit(command(mode, out, click.echo))  # type: ignore[arg-type]


SCHEMAS = {"front-matter": "front-matter.schema.json", "progress": "assets/progress.schema.json"}


@main.command()
@click.argument("name", type=click.Choice(list(SCHEMAS)), default="front-matter")
def schema(name: str) -> None:
    """Print a JSON schema: of a page's front matter, for editors, or of a reader's exported progress."""
    click.echo((Path(__file__).parent / SCHEMAS[name]).read_text(encoding="utf-8"), nl=False)
