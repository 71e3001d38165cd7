"""What can only be seen with all pages at hand."""

from collections.abc import Iterator

from quiz_plugin.evidence.programs import find_programs
from quiz_plugin.model import Page
from quiz_plugin.settings import Project


def duplicate_ids(pages: tuple[Page, ...], project: Project) -> Iterator[tuple[str, int, int, str, str, str]]:
    """An id that two questions share, or two records (of blocks and programs); both places are named."""
    for what, places in (("question", _question_ids(pages)), ("record", _record_ids(pages, project))):
        seen: dict[str, str] = {}
        for identifier, path, line, column in places:
            if identifier in seen:
                message = f'{what} "{identifier}" stands twice, first in {seen[identifier]}'
                hint = "give one of them another id; ids are unique in the whole site"
                yield path, line, column, "duplicate-id", message, hint
            seen.setdefault(identifier, f"{path}:{line}")


Places = Iterator[tuple[str, str, int, int]]


def _question_ids(pages: tuple[Page, ...]) -> Places:
    for page in pages:
        for q in page.questions:
            if q.id:
                yield q.id, page.path, q.line, q.column_of("#")


def _record_ids(pages: tuple[Page, ...], project: Project) -> Places:
    for program in find_programs(project.programs):
        yield program.id, project.relative(program.path), 1, 1
    for page in pages:
        for block in page.all_blocks:
            if block.id:
                yield block.id, page.path, block.line, block.column
