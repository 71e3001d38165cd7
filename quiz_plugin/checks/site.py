"""What can only be seen with all pages at hand."""

from collections.abc import Iterator

from quiz_plugin.evidence.programs import find_programs
from quiz_plugin.model import Page
from quiz_plugin.settings import Project

Place = tuple[str, str, int, int]


def duplicate_ids(pages: tuple[Page, ...], project: Project) -> Iterator[tuple[str, int, int, str, str, str]]:
    """An id that two questions or blocks share, or two records (of blocks and programs); both places are named."""
    reported: set[Place] = set()
    for what, places in (("id", _ids(pages)), ("record id", _record_ids(pages, project))):
        seen: dict[str, str] = {}
        for place in places:
            identifier, path, line, column = place
            if identifier in seen and place not in reported:
                message = f'the {what} "{identifier}" stands twice, first in {seen[identifier]}'
                hint = "give one of them another id; ids are unique in the whole site"
                yield path, line, column, "duplicate-id", message, hint
                reported.add(place)
            seen.setdefault(identifier, f"{path}:{line}")


def _ids(pages: tuple[Page, ...]) -> Iterator[Place]:
    """Ids of elements: those of questions and labs, and of blocks that do not just have their question's."""
    for page in pages:
        places = [(q.id, page.path, q.line, q.column_of("#")) for q in page.questions if q.id]
        blocks = [b for b in page.all_blocks if b.id and b.id != b.question]
        places += [(b.id, page.path, b.line, b.column) for b in blocks]
        places += [(lab.id, page.path, lab.line, 1) for lab in page.labs if lab.id]
        yield from sorted(places, key=lambda place: place[2])


def _record_ids(pages: tuple[Page, ...], project: Project) -> Iterator[Place]:
    """Ids of records; two questions with one id are reported as such, and not for their records as well."""
    for program in find_programs(project.programs):
        yield program.id, project.relative(program.path), 1, 1
    asked: set[str] = set()
    for page in pages:
        for block in page.all_blocks:
            default = block.id == block.question
            if block.id and not (default and block.id in asked):
                yield block.id, page.path, block.line, block.column
            if default:
                asked.add(block.id)
