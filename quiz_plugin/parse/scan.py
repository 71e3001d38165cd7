"""First look at a page's lines: what is code or comment, where the fences and headings are."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

from quiz_plugin.model import KINDS, PARTS, Attribute, Problem
from quiz_plugin.parse.attributes import Attributes, read_attributes
from quiz_plugin.parse.fences import Closings, Fence, fence_in_item, fence_start, resumes
from quiz_plugin.parse.kinds import Kind, find_kinds
from quiz_plugin.parse.spaces import indent_of

RAW = {"<!--": "-->", "<script": "</script", "<style": "</style", "<pre": "</pre", "<textarea": "</textarea"}
RAW_START = re.compile(r" {0,3}(<!--|<(?:script|style|pre|textarea)\b)", re.IGNORECASE)
# To Markdown they go on to their end, over blank lines.
SECTION_START = re.compile(r" {0,3}(<\?|<!\[CDATA\[|<!doctype)", re.IGNORECASE)
UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*$")
NO_TITLE = re.compile(r"[ \t>#]|[-*+](?:[ \t]|$)|([-*_])(?:[ \t]*\1){2,}[ \t]*$")
BRACES = re.compile(r"\{:?([^{}]*)\}[ \t]*$")
OPEN_BRACE = re.compile(r"\{[^{}]*$")
INDENTED = re.compile(r"( {1,3})(#{2,6})(?!#)")
BLOCK_FENCE = re.compile(r"(/{3,})[ \t]*(\S?)")
BOX_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[[ xX]\]")


class Heading(NamedTuple):
    """A heading at the page's own level: line indexes, 1 to 6, text without attributes, the attributes.

    `open_brace`: it has a brace without its partner. `indent`: columns before it; more than 0 is a mistake.
    `cuts`: it is none, but ends the question before: another one was meant to begin here.
    """

    first: int
    last: int
    depth: int
    title: str
    attributes: Attributes
    open_brace: bool = False
    indent: int = 0
    cuts: bool = False


@dataclass
class Scan:
    """The lines of a page and what was seen in them.

    `opaque[i]` is 1 for the lines of code and comments, `sealed[i]` for those of a `///` block. `kinds` are the kind
    classes that make no question.
    """

    path: str
    lines: list[str]
    offset: int = 0
    opaque: bytearray = field(default_factory=bytearray)
    sealed: bytearray = field(default_factory=bytearray)
    fences: list[Fence] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)
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
        if not self.opaque[index]:
            return None
        at = bisect_right(self.fences, index, key=lambda fence: fence.first) - 1
        return self.fences[at] if at >= 0 and index <= self.fences[at].last else None


def scan(path: str, lines: list[str], offset: int = 0) -> Scan:
    """Walk the lines once; `offset` is the number of source lines before the first."""
    seen = Scan(path, lines, offset, bytearray(len(lines)), bytearray(len(lines)))
    closings = Closings(lines)
    index, block, opened = 0, "", 0
    candidates = []
    while index < len(lines):
        line, start = lines[index], index
        if ("```" in line or "~~~" in line) and (match := fence_start(line) or fence_in_item(line)):
            index = _take_fence(seen, closings, index, match)
        elif "<" in line and (raw := RAW_START.match(line)):
            index = _take_raw(seen, index, raw)
        elif "<" in line and (section := SECTION_START.match(line)):
            index = _take_section(seen, index, section)
        else:
            _take_heading(seen, index)
            if "{" in line or "<" in line:
                candidates.append(index)
            index += 1
        was = block
        if line[:3] == "///":
            block = _block_after(line, block)
            opened = opened if was else start
        if block or was:
            seen.sealed[start:index] = b"\1" * (index - start)
    if block:
        seen.sealed[opened:] = bytes(len(lines) - opened)
        message = f'the block "{lines[opened].strip()[:40]}" is never closed'
        seen.report(opened, 1, "unclosed-html", message, f"close it with a line that holds only {block}")
    if candidates:
        _take_kinds(seen, candidates)
    return seen


def _block_after(line: str, block: str) -> str:
    """The marks of the outermost `/// name` block that is open after this line."""
    match = BLOCK_FENCE.match(line)
    if match is None:
        return block
    if match[2]:
        return block or match[1]
    return "" if match[1] == block else block


def _take_fence(seen: Scan, closings: Closings, index: int, match: re.Match[str]) -> int:
    lead, mark, header = match.groups()
    if mark[0] in header:  # `` ```inline``` `` on one line is a code span
        return index + 1
    in_item = lead.strip(" \t>") != ""
    found = closings.find(index, mark, lead)
    shown = f"the code fence {mark}{header.rstrip()[:40]}"
    if in_item:
        message = f"{shown} stands on the line of a list item, where Markdown does not see it"
        hint = "put it on a line of its own below, indented by four spaces"
        seen.report(index, len(lead) + 1, "unclosed-fence", message, hint)
        index += 1
    elif found.closed:
        seen.fences.append(Fence(index, found.line, lead, mark, header.strip()))
    else:
        what = f"when another one opens in line {seen.number(found.line)}" if found.opens else "at the end"
        message = f"{shown} is still open {what}" if found.opens else f"{shown} is never closed"
        hint = f"close it with a line that holds only {mark}, indented like the first"
        seen.report(index, len(lead) + 1, "unclosed-fence", message, hint)
    last = found.line if found.closed else _guess_end(seen, index, found.line)
    seen.opaque[index : last + 1] = b"\1" * (last + 1 - index)
    return last + 1


def _guess_end(seen: Scan, index: int, most: int) -> int:
    """The last line of an unclosed fence, as far as what follows looks like Markdown of a question."""
    return next((at - 1 for at in range(index + 1, most) if resumes(seen.lines[at])), most - 1)


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


def _take_section(seen: Scan, index: int, match: re.Match[str]) -> int:
    closing = section_end(match[1])
    for at in range(index, len(seen.lines)):
        line = seen.lines[at]
        if not line.strip():
            break
        if closing in (line[match.end() :] if at == index else line):
            if at > index:
                seen.opaque[index : at + 1] = b"\1" * (at + 1 - index)
            return at + 1
    seen.report(index, match.start(1) + 1, "unclosed-html", *unclosed_section(match[1]))
    return index + 1


def unclosed_section(opening: str) -> tuple[str, str]:
    """Message and hint for one that does not end before a blank line."""
    message = f"{opening} is opened and not closed before the next blank line"
    return message, f"close it with {section_end(opening)}; to show it as text, write it as a code span"


def section_end(opening: str) -> str:
    """What closes a processing instruction, a CDATA section or a document type."""
    return "?>" if opening == "<?" else "]]>" if "[" in opening else ">"


def _take_heading(seen: Scan, index: int) -> None:
    line = seen.lines[index]
    if line.startswith("#"):
        depth = len(line) - len(line.lstrip("#"))
        if depth <= 6:
            seen.headings.append(_heading((index, index), depth, line[depth:], depth))
    elif line[:1] in "=-" and index and UNDERLINE.match(line) and _is_setext(seen, index):
        seen.headings.append(_heading((index - 1, index), 1 if line[0] == "=" else 2, seen.lines[index - 1], 0))
    elif line[:1] == " " and (match := INDENTED.match(line)):
        # Markdown sees no heading here; the part that was meant must not end up as text.
        lead, marks = match.groups()
        heading = _heading((index, index), len(marks), line[match.end() :], match.end(), len(lead))
        if heading.title in PARTS:
            seen.headings.append(heading)


def _is_setext(seen: Scan, index: int) -> bool:
    above = seen.lines[index - 1]
    if not above.strip() or seen.opaque[index - 1] or NO_TITLE.match(above):
        return False
    return index < 2 or not seen.lines[index - 2].strip()


def _heading(place: tuple[int, int], depth: int, text: str, start: int, indent: int = 0) -> Heading:
    bare = text.rstrip().rstrip("#") if start else text
    match = BRACES.search(bare) if "{" in bare else None
    body = bare[: match.start()] if match else bare
    column = start + match.start(1) + 1 if match else 1
    attributes = read_attributes(match[1], column) if match else ()
    brace = match is None and OPEN_BRACE.search(text) is not None
    title = body.strip().rstrip("#").rstrip() if start else body.strip()
    return Heading(*place, depth, title, attributes, brace, indent)


def is_question(heading: Heading) -> bool:
    """Whether the heading has a kind class."""
    return any(a.name == "." and a.value in KINDS for a in heading.attributes)


def class_attributes(heading: Heading) -> list[Attribute]:
    """Those written class="…" that name a kind; on a question they are reported as what they are."""
    if is_question(heading):
        return []
    return [a for a in heading.attributes if a.name == "class" and not set(KINDS).isdisjoint(a.value.split())]


def _take_kinds(seen: Scan, candidates: list[int]) -> None:
    known = {index: is_question(h) for h in seen.headings for index in range(h.first, h.last + 1)}
    seen.kinds = find_kinds(seen.lines, seen.opaque, candidates, known)
    if not seen.kinds:
        return
    questions = [h for h in seen.headings if is_question(h)]
    ends: dict[int, int] = {}
    cuts = []
    for kind in seen.kinds:
        at = bisect_left(questions, kind.index, key=lambda heading: heading.first) - 1
        if at < 0 or kind.index in known or not _is_at_page_level(kind):
            continue
        if at not in ends:
            end = questions[at + 1].first if at + 1 < len(questions) else len(seen.lines)
            ends[at] = _first_box(seen, questions[at], end)
        if kind.index > ends[at]:
            first = kind.index - (not kind.before.strip() and seen.lines[kind.index - 1].strip() != "")
            if first > ends[at] and first not in known:
                cuts.append(Heading(first, kind.index, 1, "", (), cuts=True))
    seen.headings = sorted([*seen.headings, *cuts], key=lambda heading: heading.first)


def _is_at_page_level(kind: Kind) -> bool:
    return indent_of(kind.before) < 4 and (kind.is_html or kind.before.lstrip()[:1] not in (*">-*+:",))


def _first_box(seen: Scan, heading: Heading, end: int) -> int:
    """The line index of the first choice, or of a flashcard's first text."""
    is_card = any(a.value == "flashcard" for a in heading.attributes if a.name == ".")
    for index in range(heading.last + 1, end):
        line = seen.lines[index]
        if line.strip() and not seen.opaque[index] and (is_card or BOX_ITEM.match(line)):
            return index
    return end
