"""HTML elements that a piece of a question opens and never closes: they would swallow the pieces after it."""

from collections.abc import Iterator
from html.parser import HTMLParser

from quiz_plugin.model import Question, Text
from quiz_plugin.plain import CODE_SPAN
from quiz_plugin.settings import Project

NAMES = """address article aside audio blockquote details dialog div dl fieldset figure footer form header iframe
main nav object ol p pre section svg table ul video"""
BLOCKS = frozenset(NAMES.split())


class _Stack(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[tuple[str, int, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            line, column = self.getpos()
            self.open.append((tag, line, column + 1))

    def handle_endtag(self, tag: str) -> None:
        for n in range(len(self.open) - 1, -1, -1):
            if self.open[n][0] == tag:
                del self.open[n:]
                return


def unclosed(question: Question, project: Project) -> Iterator[tuple[int, int, str, str, str]]:
    """The first unclosed block element of each piece."""
    pieces = [question.stem, *(c.body for c in question.choices), *(c.feedback for c in question.choices)]
    for piece in [*pieces, *(p.body for p in question.parts)]:
        if any("<" in line for line in piece.lines):
            yield from _unclosed(piece)


def _unclosed(piece: Text) -> Iterator[tuple[int, int, str, str, str]]:
    stack = _Stack()
    stack.feed(_without_code(piece))
    for tag, line, column in stack.open:
        if tag == "p":
            continue
        message = f"<{tag}> is opened and never closed in this piece of the question"
        yield piece.numbers[line - 1], column, "unclosed-html", message, f"close it with </{tag}> before the next piece"
        return


def _without_code(piece: Text) -> str:
    lines, fence = [], ""
    for line in piece.lines:
        bare = line.strip()
        if fence:
            fence = "" if bare == fence else fence
            lines.append("")
        elif bare.startswith(("```", "~~~")):
            fence = bare[: len(bare) - len(bare.lstrip(bare[0]))]
            lines.append("")
        else:
            lines.append(line)
    return CODE_SPAN.sub(lambda m: "".join(c if c == "\n" else " " for c in m[0]), "\n".join(lines))
