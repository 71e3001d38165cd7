"""Reading pages from disk, for the commands and the test collector."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from quiz_plugin.model import Page, Problem, Settings
from quiz_plugin.parse import parse
from quiz_plugin.settings import Project

# As MkDocs has it.
SUFFIXES = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")


def markdown_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The Markdown files among the paths and in folders, each once, sorted; hidden folders are passed over."""
    seen: set[Path] = set()
    for path in _files(paths):
        if (real := path.resolve()) not in seen:
            seen.add(real)
            yield path


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = (p for p in sorted(path.rglob("*")) if p.suffix in SUFFIXES and p.is_file())
            yield from (p for p in found if not any(part[0] == "." for part in p.relative_to(path).parts))
        else:
            yield path


def load_page(path: Path, project: Project) -> Page:
    """One page's model; a file that is no text is a page with that problem."""
    shown = project.relative(path)
    data = path.read_bytes()
    if problem := unreadable(data, lambda: shown):
        return Page(shown, (), Settings(), (), (), (problem,))
    return parse(data.decode("utf-8"), shown)


def unreadable(data: bytes, path: Callable[[], str]) -> Problem | None:
    """What is wrong with a page whose bytes are no text; `path` is asked only then."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"the file is not UTF-8 text (byte {error.start})"
        return Problem(path(), 1, 1, "unreadable-file", message, "save it as UTF-8")
    return None


def load_pages(paths: Iterable[Path], project: Project) -> tuple[Page, ...]:
    """The models of all pages among the paths."""
    return tuple(load_page(path, project) for path in markdown_files(paths))
