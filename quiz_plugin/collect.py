"""The pytest plugin: every question of a page is a test that proves its key."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quiz_plugin.checks import check_page
from quiz_plugin.evidence import book
from quiz_plugin.evidence.run import MissingEngineError, RunError, missing_package
from quiz_plugin.load import load_page
from quiz_plugin.model import Page, Problem, Question
from quiz_plugin.settings import Project, find_project, plugin_options, read_config


class ProofError(Exception):
    """A question whose proof does not hold, as text for the report."""


def pytest_configure(config: pytest.Config) -> None:
    """The marker that `-m torch` selects by."""
    config.addinivalue_line("markers", "torch: runs PyTorch")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Markdown pages of a site that uses the plugin, where they hold questions or runnable blocks."""
    if file_path.suffix != ".md" or not _may_ask(file_path):
        return None
    project = find_project(file_path)
    if not file_path.resolve().is_relative_to(project.docs.resolve()) or not _uses_plugin(project):
        return None
    collector: PageFile = PageFile.from_parent(parent, path=file_path)
    collector.project = project
    return collector


def _may_ask(path: Path) -> bool:
    data = path.read_bytes()
    return (b"{" in data and b"." in data) or b"run=" in data


def _uses_plugin(project: Project) -> bool:
    return plugin_options(read_config(project.root)) is not None


class PageFile(pytest.File):
    """A page; its items are its questions, then the runnable blocks outside them."""

    project: Project

    def collect(self) -> Iterator[pytest.Item]:
        page = load_page(self.path, self.project)
        problems = check_page(page, self.project)
        for question in page.questions:
            item = QuestionItem.from_parent(self, name=question.id or f"line-{question.line}")
            item.setup_for(page, self.project, question, problems)
            yield item
        for job in book.jobs([page], self.project):
            if job.block and not job.block.question and job.program is None:
                block_item = BlockItem.from_parent(self, name=job.id)
                block_item.setup_for(job, self.project)
                yield block_item


class ProofItem(pytest.Item):
    """Proves a list of jobs."""

    jobs: tuple[book.Job, ...] = ()
    project: Project
    line = 1

    def prove(self) -> list[str]:
        found = []
        for job in self.jobs:
            if package := missing_package(job.engine):
                pytest.skip(f"{job.id} needs {package}, which is not installed")
            try:
                findings = book.prove(job, self.project)
            except (MissingEngineError, RunError) as error:
                raise ProofError(f"{job.path}:{job.line}: {error}") from None
            found += [f"{job.path}:{job.line}: {f.code}: {f.message}\n    {f.hint}" for f in findings]
        return found

    def runtest(self) -> None:
        failures = self.prove()
        if failures:
            raise ProofError("\n".join(failures))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: str | None = None) -> str:
        if isinstance(excinfo.value, ProofError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.line - 1, self.name


class QuestionItem(ProofItem):
    """One question: its problems, then its proof."""

    problems: tuple[Problem, ...] = ()
    question: Question

    def setup_for(self, page: Page, project: Project, question: Question, problems: tuple[Problem, ...]) -> None:
        self.project, self.question, self.line = project, question, question.line
        inside = (p for p in problems if question.line <= p.line <= question.end_line)
        self.problems = tuple(p for p in inside if p.severity == "error")
        self.jobs = tuple(j for j in book.jobs([page], project) if j.block in question.blocks)
        if any(job.engine == "torch" for job in self.jobs):
            self.add_marker("torch")

    def runtest(self) -> None:
        if self.problems:
            raise ProofError("\n".join(map(str, self.problems)))
        super().runtest()


class BlockItem(ProofItem):
    """One runnable block outside a question."""

    def setup_for(self, job: book.Job, project: Project) -> None:
        self.project, self.jobs, self.line = project, (job,), job.line
        if job.engine == "torch":
            self.add_marker("torch")
