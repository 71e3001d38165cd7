"""The pytest plugin: every question of a page is a test that proves its key."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quiz_plugin.checks import check_page, check_site
from quiz_plugin.evidence import book
from quiz_plugin.evidence.run import MissingEngineError, RunError, missing_package
from quiz_plugin.load import SUFFIXES, load_page, load_pages
from quiz_plugin.model import Page, Problem, Question
from quiz_plugin.plain import plain
from quiz_plugin.settings import Project, SettingsError, config_file, find_project, plugin_options, read_config

PROJECTS = pytest.StashKey[dict[Path, Project | None]]()
SITES = pytest.StashKey[dict[Path, tuple[Problem, ...]]]()


class ProofError(Exception):
    """A question whose proof does not hold, as text for the report."""


def pytest_configure(config: pytest.Config) -> None:
    """The marker that `-m torch` selects by."""
    config.addinivalue_line("markers", "torch: runs PyTorch")
    config.stash[PROJECTS], config.stash[SITES] = {}, {}


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Markdown pages of a site that uses the plugin, where they hold questions or runnable blocks."""
    if file_path.suffix not in SUFFIXES or not _may_ask(file_path):
        return None
    try:
        project = _project(file_path, parent.config.stash[PROJECTS])
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from error
    if project is None or not file_path.resolve().is_relative_to(project.docs.resolve()):
        return None
    collector: PageFile = PageFile.from_parent(parent, path=file_path)
    collector.project = project
    return collector


def _may_ask(path: Path) -> bool:
    data = path.read_bytes()
    return (b"{" in data and b"." in data) or b"run" in data or b"quiz" in data


def _project(path: Path, known: dict[Path, Project | None]) -> Project | None:
    """The project of a page if it uses the plugin; a configuration is read once."""
    folder = next((f for f in path.resolve().parents if f in known or config_file(f)), None)
    if folder is None:
        return None
    if folder not in known:
        known[folder] = find_project(folder) if plugin_options(read_config(folder)) is not None else None
    return known[folder]


def _site_problems(project: Project, known: dict[Path, tuple[Problem, ...]]) -> tuple[Problem, ...]:
    """What only all pages of the site together show; they are read once, whichever of them are collected."""
    if project.root not in known:
        known[project.root] = check_site(load_pages((project.docs,), project), project)
    return known[project.root]


class PageFile(pytest.File):
    """A page; its items are its questions, then the runnable blocks outside them."""

    project: Project

    def collect(self) -> Iterator[pytest.Item]:
        page = load_page(self.path, self.project)
        of_site = _site_problems(self.project, self.config.stash[SITES])
        problems = (*check_page(page, self.project), *(p for p in of_site if p.path == page.path))
        jobs = list(book.page_jobs(page))
        for question in page.questions:
            item = QuestionItem.from_parent(self, name=question.id or f"line-{question.line}")
            item.ask(page, self.project, question, jobs)
            item.problems = tuple(p for p in problems if question.line <= p.line <= question.end_line)
            yield item
        for job in jobs:
            if job.block and not job.block.question:
                block_item = BlockItem.from_parent(self, name=job.id)
                block_item.setup_for(self.project, (job,), job.line)
                yield block_item
        yield from self._between(page, problems)

    def _between(self, page: Page, problems: tuple[Problem, ...]) -> Iterator[pytest.Item]:
        """What is wrong outside the questions has no test of its own, and must not pass for that."""
        inside = [range(q.line, q.end_line + 1) for q in page.questions]
        errors = tuple(p for p in problems if p.severity == "error" and not any(p.line in lines for lines in inside))
        if errors:
            item = PageItem.from_parent(self, name="page")
            item.problems, item.line = errors, errors[0].line
            yield item


class ProofItem(pytest.Item):
    """Shows its problems, else proves a list of jobs."""

    problems: tuple[Problem, ...] = ()
    jobs: tuple[book.Job, ...] = ()
    project: Project
    line = 1
    headline = ""

    def setup_for(self, project: Project, jobs: tuple[book.Job, ...], line: int) -> None:
        self.project, self.jobs, self.line = project, jobs, line
        if any(job.engine == "torch" for job in jobs):
            self.add_marker("torch")

    def runtest(self) -> None:
        errors = [str(p) for p in self.problems if p.severity == "error"]
        missing = {job.id: package for job in self.jobs if (package := missing_package(job.engine))}
        if not errors:
            errors = [text for job in self.jobs if job.id not in missing for text in self._prove(job)]
        if errors:
            raise ProofError("\n".join(([self.headline] if self.headline else []) + errors))
        for name, package in missing.items():
            pytest.skip(f"{name} needs {package}, which is not installed")

    def _prove(self, job: book.Job) -> list[str]:
        where = f"{job.path}:{job.line}"
        try:
            findings = book.prove(job, self.project)
        except (MissingEngineError, RunError) as error:
            return [f"{where}: error[not-run] {error}"]
        return [f"{where}: error[{f.code}] {f.message}\n    {f.hint}" for f in findings]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: str | None = None) -> str:
        if isinstance(excinfo.value, ProofError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.line - 1, self.name


class QuestionItem(ProofItem):
    """One question: its problems, then its proof."""

    def ask(self, page: Page, project: Project, question: Question, jobs: list[book.Job]) -> None:
        mine = tuple(job for job in jobs if job.block in question.blocks)
        self.setup_for(project, mine, question.line)
        key = ", ".join(f"{c.letter}: {plain(c.body.source)[:60]}" for c in question.choices if c.correct)
        self.headline = f"{page.path}:{question.line}: {question.title}" + (f"\n    key {key}" if key else "")


class BlockItem(ProofItem):
    """One runnable block outside a question."""


class PageItem(ProofItem):
    """What is wrong in a page outside its questions."""
