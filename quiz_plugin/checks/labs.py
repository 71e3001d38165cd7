"""Whether the files of a lab are there."""

from collections.abc import Iterator
from pathlib import Path

from quiz_plugin.model import Page
from quiz_plugin.settings import Project


def files(page: Page, project: Project) -> Iterator[tuple[int, int, str, str, str]]:
    """Every file of every lab; a page that is no file (a text on its own) has no folder to look in."""
    path = project.root / page.path
    if not path.is_file():
        return
    for lab in page.labs:
        for name in lab.files:
            if not (path.parent / name).is_file():
                folder = project.relative(path.parent)
                message = f'lab "{lab.id}": there is no file {name} in {folder}'
                yield *_place(page, name, lab.line), "bad-lab", message, "files are named from the page's folder"


def _place(page: Page, name: str, first: int) -> tuple[int, int]:
    lines = page.lines[first - page.first_line :]
    found = ((n, line.find(Path(name).name)) for n, line in enumerate(lines))
    return next(((first + n, column + 1) for n, column in found if column >= 0), (first, 1))
