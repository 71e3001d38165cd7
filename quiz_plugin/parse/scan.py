"""First look at a page's lines: what is code or comment, where the fences and headings are."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from quiz_plugin.model import Problem
from quiz_plugin.parse.attributes import Attributes, read_attributes

FENCE = re.compile(r"([ \t>]*)(`{3,}|~{3,})([^\n]*)")
RAW = {"<!--": "-->", "<script": "</script", "<style": "</style", "<pre": "</pre", "<textarea": "</textarea"}
RAW_START = re.compile(r" {0,3}(<!--|<(?:script|style|pre|textarea)\b)", re.IGNORECASE)
UNDERLINE = re.compile(r"(=+|-+) *$")
BRACES = re.compile(r"(?:^|[ \t])\{:?([^{}]*)\}[ \t]*$")


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced code block: line indexes (from 0) of its two fences, what stands before the opening one, its header."""

    first: int
    last: int
    lead: str
    mark: str
    header: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading at the page's own level: line indexes, 1 to 6, text without attributes, the attributes."""

    first: int
    last: int
    depth: int
    title: str
    attributes: Attributes
    open_brace: bool = False


@dataclass
class Scan:
    """The lines of a page and what was seen in them; `opaque[i]` is true for code and comment lines."""

    path: str
    lines: list[str]
    offset: int = 0
    opaque: bytearray = field(default_factory=bytearray)
    fences: list[Fence] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def number(self, index: int) -> int:
        """The source line number, from 1, of a line index."""
        return index + 1 + self.offset

    def report(  # noqa: PLR0913, PLR0917  (what a problem is made of)
        self, index: int, column: int, code: str, message: str, hint: str, question: str = ""
    ) -> None:
        """Note an error at a line index and a column from 1."""
        self.problems.append(Problem(self.path, self.number(index), column, code, message, hint, "error", question))

    def fence_at(self, index: int) -> Fence | None:
        """The fence that this line is part of."""
        at = bisect_right(self.fences, index, key=lambda fence: fence.first) - 1
        return self.fences[at] if at >= 0 and index <= self.fences[at].last else None


def width(text: str) -> int:
    """Columns that white space takes, tabs to multiples of four as Python-Markdown expands them."""
    return len(text.expandtabs(4))


def indent_of(line: str) -> int:
    """Columns of white space that the line starts with."""
    return width(line[: len(line) - len(line.lstrip(" \t"))])


def cut(line: str, columns: int) -> str:
    """The line without its first `columns` columns of white space, or without all that it has."""
    body = line.lstrip(" \t")
    return " " * max(0, indent_of(line) - columns) + body


def scan(path: str, lines: list[str], offset: int = 0) -> Scan:
    """Walk the lines once; `offset` is the number of source lines before the first."""
    seen = Scan(path, lines, offset, bytearray(len(lines)))
    closings = _Closings(lines)
    index = 0
    while index < len(lines):
        line = lines[index]
        if ("```" in line or "~~~" in line) and (match := FENCE.match(line)):
            index = _take_fence(seen, closings, index, match)
        elif "<" in line and (raw := RAW_START.match(line)):
            index = _take_raw(seen, index, raw)
        else:
            _take_heading(seen, index)
            index += 1
    return seen


class _Closings:
    """Finds closing fences; remembers what it saw, so that a page of unclosed fences stays linear."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.none_until: dict[tuple[str, int], int] = {}

    def find(self, index: int, mark: str, lead: str) -> int | None:
        indent = width(lead.replace(">", " "))
        if index < self.none_until.get((mark, indent), -1):
            return None
        end = len(self.lines)
        for at in range(index + 1, len(self.lines)):
            line = self.lines[at]
            body = line.lstrip(" \t>")
            before = width(line[: len(line) - len(body)].replace(">", " "))
            if body.rstrip() == mark and before <= indent:
                return at
            if body and before < indent:
                end = at
                break
        self.none_until[mark, indent] = end
        return None


def _take_fence(seen: Scan, closings: _Closings, index: int, match: re.Match[str]) -> int:
    lead, mark, header = match.groups()
    if mark[0] in header:  # `` ```inline``` `` on one line is a code span
        return index + 1
    last = closings.find(index, mark, lead)
    if last is None:
        seen.report(
            index,
            len(lead) + 1,
            "unclosed-fence",
            f"the code fence {mark}{header.rstrip()[:40]} is never closed",
            f"close it with a line that holds only {mark}, indented like the first",
        )
        return index + 1
    seen.fences.append(Fence(index, last, lead, mark, header.strip()))
    seen.opaque[index : last + 1] = b"\1" * (last + 1 - index)
    return last + 1


def _take_raw(seen: Scan, index: int, match: re.Match[str]) -> int:
    opening = match[1].lower()
    closing = RAW[opening]
    for at in range(index, len(seen.lines)):
        line = seen.lines[at].lower()
        if closing in (line[match.end() :] if at == index else line):
            if at > index or opening == "<!--":
                seen.opaque[index : at + 1] = b"\1" * (at + 1 - index)
            return at + 1
    what = "comment" if opening == "<!--" else f"element {opening}>"
    ending = closing if opening == "<!--" else f"{closing}>"
    seen.report(
        index,
        match.start(1) + 1,
        "unclosed-html",
        f"the HTML {what} is never closed: all that follows would vanish from the page",
        f"close it with {ending}",
    )
    return len(seen.lines)


def _take_heading(seen: Scan, index: int) -> None:
    line = seen.lines[index]
    if line.startswith("#"):
        depth = len(line) - len(line.lstrip("#"))
        if depth <= 6:
            seen.headings.append(_heading((index, index), depth, line[depth:], depth))
    elif line[:1] in "=-" and index and UNDERLINE.match(line) and _is_setext(seen, index):
        seen.headings.append(_heading((index - 1, index), 1 if line[0] == "=" else 2, seen.lines[index - 1], 0))


def _is_setext(seen: Scan, index: int) -> bool:
    above = seen.lines[index - 1]
    if not above.strip() or seen.opaque[index - 1] or above[:1] in " \t>#-*+|":
        return False
    return index < 2 or not seen.lines[index - 2].strip()


def _heading(place: tuple[int, int], depth: int, text: str, start: int) -> Heading:
    match = BRACES.search(text) if "{" in text else None
    body = text[: match.start()] if match else text
    column = start + match.start(1) + 1 if match else 1
    attributes = read_attributes(match[1], column) if match else ()
    brace = match is None and re.search(r"\{[^{}]*$", text) is not None
    title = body.strip().rstrip("#").rstrip() if start else body.strip()
    return Heading(*place, depth, title, attributes, brace)
