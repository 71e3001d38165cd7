"""Kind classes outside of question headings, where they make no question."""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from quiz_plugin.model import KINDS
from quiz_plugin.parse.spaces import ODD_CHARACTERS, indent_of
from quiz_plugin.plain import blank_code
from quiz_plugin.regex import regex

NAMED = tuple(f".{kind}" for kind in KINDS)
GROUP = regex(r"\{([^{}]*)\}")
HTML_HEADING = regex(r"<h[1-6]\b[^<>]*>", re.IGNORECASE)
HTML_CLASS = regex(r"""\bclass\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
# Lines that hold the indented lines below them: list items, admonitions, tabs, definitions, footnotes.
HOLDER = regex(r"(?:[-*+]|\d{1,9}[.)]|!!!|\?\?\?\+?|===[!+]?|:|\[\^[^\]\s]+\]:|///)(?:[ \t]|$)")
NEAR = 40
# A link, an image, a tag or a piece of code: attributes that touch it are its own. Behind the end of an HTML block
# Markdown begins another one.
BLOCK = "h[1-6]|p|div|section|article|aside|header|footer|main|nav|figure|details|table|[uod]l|pre|blockquote|form"
TOUCHED = regex(rf"(?:\][(\[][^()\[\]]*[)\]]|<(?!/(?:{BLOCK})\b)[a-zA-Z/][^<>]*>|`)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind class on a line: what stands before its braces, in them, and behind.

    `is_html`: it is the class of an HTML heading, whose whole tag is `inside`.
    """

    index: int
    before: str
    inside: str
    behind: str = ""
    is_html: bool = False


class Shown:
    """Tells text from code spans; each paragraph is looked at once."""

    def __init__(self, lines: list[str], opaque: bytearray) -> None:
        self.lines = lines
        self.opaque = opaque
        self.first = self.last = 0
        self.texts: list[str] = []

    def has(self, index: int, at: int) -> bool:
        """Whether the character at an index of a line, which is no space, is no code."""
        if not self.first <= index < self.last:
            self._read(index)
        return self.texts[index - self.first][at : at + 1] != " "

    def _read(self, index: int) -> None:
        first, last = index, index + 1
        while first and self._goes_on(first):
            first -= 1
        while last < len(self.lines) and self._goes_on(last):
            last += 1
        self.first, self.last = first, last
        self.texts = blank_code("\n".join(self.lines[first:last])).split("\n")

    def _goes_on(self, index: int) -> bool:
        """Whether a line belongs to the paragraph of the line above it."""
        if self.opaque[index - 1] or self.opaque[index]:
            return False
        pair = self.lines[index - 1 : index + 1]
        bare = [line.lstrip(" \t>") for line in pair]
        quoted = [line.lstrip(" \t").startswith(">") for line in pair]
        return all(bare) and quoted[0] == quoted[1] and not any(text.startswith("#") for text in bare)


def names_kind(inside: str) -> bool:
    """Whether the text between two braces names a kind."""
    return not set(NAMED).isdisjoint(inside.removeprefix(":").split())


def find_kinds(lines: list[str], opaque: bytearray, candidates: list[int], headings: Mapping[int, bool]) -> list[Kind]:
    """Those on the lines of `candidates`; `headings` has the line indexes of headings, true where it is a question."""
    shown = Shown(lines, opaque)
    return [
        kind
        for index in candidates
        if not headings.get(index, False)
        for kind in _on_line(lines, index, index in headings)
        if shown.has(index, len(kind.before)) and not is_indented_code(lines, index)
    ]


def _on_line(lines: list[str], index: int, is_heading: bool) -> Iterator[Kind]:
    """At most one."""
    line = lines[index]
    if any(name in line for name in NAMED):
        yield from _anywhere(index, line) if is_heading else _at_end(index, line)
    elif "<h" in line or "<H" in line:
        yield from _in_html(lines, index)


def _anywhere(index: int, line: str) -> Iterator[Kind]:
    match = next((m for m in GROUP.finditer(line) if names_kind(m[1])), None)
    if match:
        yield Kind(index, line[: match.start()], match[1], line[match.end() :])


def _at_end(index: int, line: str) -> Iterator[Kind]:
    before, inside = _braces_at_end(line)
    if names_kind(inside) and ("#" in inside or not TOUCHED.search(before)):
        yield Kind(index, before, inside)


def ends_in_kind(text: str) -> bool:
    """Whether the text ends in braces that name a kind."""
    return names_kind(_braces_at_end(text)[1])


def _braces_at_end(text: str) -> tuple[str, str]:
    """What stands before the last braces, and in them; they may be doubled."""
    before, brace, inside = text.rstrip(f" \t\n#{ODD_CHARACTERS}").rpartition("{")
    return (before, inside.rstrip("}")) if brace and inside.endswith("}") else (text, "")


def _in_html(lines: list[str], index: int) -> Iterator[Kind]:
    # A tag may go on in the lines below.
    text = lines[index] if ">" in lines[index] else " ".join(lines[index : index + 5])
    for tag in HTML_HEADING.finditer(text):
        classes = HTML_CLASS.search(tag[0])
        if classes and not set(KINDS).isdisjoint(class_of(classes).split()):
            yield Kind(index, text[: tag.start()], tag[0], text[tag.end() :], is_html=True)
            return


def class_of(match: re.Match[str]) -> str:
    """The value that `HTML_CLASS` found."""
    return next(value for value in match.groups() if value is not None)


def is_indented_code(lines: list[str], index: int) -> bool:
    """Whether the line's indentation makes it code, as far as the lines above tell."""
    return _is_code(lines, index, max(-1, index - NEAR - 1))


def _is_code(lines: list[str], index: int, floor: int) -> bool:
    indent = indent_of(lines[index])
    if indent < 4:
        return False
    near = range(index - 1, floor, -1)
    held_by = next((at for at in near if lines[at].strip() and indent_of(lines[at]) < indent), None)
    if held_by is None:
        return floor < 0
    # The first line of its paragraph may be an item's, and it a lazy one of that.
    paragraph = list(itertools.takewhile(lambda at: lines[at].strip(), range(held_by, floor, -1)))
    if indent_of(lines[held_by]) >= 4 or any(HOLDER.match(lines[at].lstrip()) for at in paragraph):
        return False
    # A paragraph that begins in an item is the item's, up to its last line, and so is what is indented below it.
    return indent_of(lines[paragraph[-1]]) < 4 or _is_code(lines, paragraph[-1], floor)
