"""HTML that a piece of a question opens and never closes, or closes and never opened: it would swallow other pieces."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser

from quiz_plugin.model import Page, Question, Text
from quiz_plugin.parse.scan import section_end, unclosed_section
from quiz_plugin.plain import PARAGRAPH_END, without_code
from quiz_plugin.regex import regex
from quiz_plugin.settings import Project

Found = Iterator[tuple[int, int, str, str, str]]

# Void elements (br, img …) are in none of the lists.
_BLOCKS = """
address article aside audio blockquote body button canvas datalist details dialog div dl fieldset figcaption
figure footer form h1 h2 h3 h4 h5 h6 head header hgroup html iframe legend main map math menu nav noembed
noframes noscript object ol picture plaintext pre script search section select style summary svg table
template textarea title ul video xmp
"""
_PHRASES = """a abbr b bdi bdo cite code data del dfn em i ins kbd label mark meter output progress q ruby s samp small
span strong sub sup time u var"""
BLOCKS = frozenset(_BLOCKS.split())
PHRASES = frozenset(_PHRASES.split())
# HTML lets authors leave their end tags out. Where a line begins with one, Markdown takes all up to it as it is.
_OPTIONAL = "center colgroup dd dt group li option p tbody td tfoot th thead tr"
OPTIONAL = frozenset(_OPTIONAL.split())
SECTION = regex(r"<\?|<!\[CDATA\[|<!doctype|<!(?!--)", re.IGNORECASE)
COMMENT = regex(r"<!--.*?-->", re.DOTALL)
NOT_A_LINE_END = regex(r"[^\n]")
FOREIGN = ("math", "svg")
HINT = "open and close an element in the same piece; to show a tag as text, write it as a code span"

Place = tuple[str, int, int]


class _Stack(HTMLParser):
    """The elements that are open, and the end tags that closed none, with line (from 1) and column.

    `lines` is what will be fed, `inline` whether its first line is text to Markdown whatever it begins with.
    """

    def __init__(self, lines: Sequence[str], inline: bool = False) -> None:
        super().__init__(convert_charrefs=False)
        self.lines = lines
        self.inline = inline
        self.open: list[Place] = []
        self.counts: Counter[str] = Counter()
        self.stray: list[Place] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if _counts(tag) or (tag in OPTIONAL and (self._begins_line() or any(map(_is_block, self.open)))):
            line, column = self.getpos()
            self.open.append((tag, line, column + 1))
            self.counts[tag] += 1

    def _begins_line(self) -> bool:
        line, column = self.getpos()
        return column <= 3 and not self.lines[line - 1][:column].strip() and not (self.inline and line == 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # To a browser `<div/>` is `<div>`.
        if tag not in FOREIGN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self.counts[tag]:
            closed = ""
            while closed != tag:
                closed = self.open.pop()[0]
                self.counts[closed] -= 1
        elif _counts(tag):
            line, column = self.getpos()
            self.stray.append((tag, line, column + 1))


def _counts(tag: str) -> bool:
    return tag in BLOCKS or tag in PHRASES or ("-" in tag and tag.replace("-", "").isalnum())


def _is_block(place: Place) -> bool:
    return place[0] in BLOCKS or place[0] in OPTIONAL


def unclosed(question: Question, project: Project) -> Found:
    """The first element of each piece that is opened and not closed, or closed and not opened."""
    choices = [t for choice in question.choices for t in (choice.body, choice.feedback)]
    pieces = [question.stem, *choices, *(p.body for p in question.parts)]
    if "<" in question.title:
        pieces.insert(0, Text((question.title,), (question.line,)))
    inline = {question.line, *(choice.line for choice in question.choices)}
    for piece in pieces:
        if "<" in piece.source:
            yield from _first(piece, piece.line in inline)


def is_closed(text: str) -> bool:
    """Whether a line of Markdown closes what it opens, and nothing else."""
    return not any(_first(Text((text,), (1,)), inline=True))


def _first(piece: Text, inline: bool) -> Found:
    text, section = _without_sections(_without_code(piece.lines))
    stack = _Stack(text.split("\n"), inline)
    if section:
        line, column, opening = section
        yield piece.numbers[line], column + 1, "unclosed-html", *unclosed_section(opening)
        return
    stack.feed(text)
    for tag, line, column in stack.open[:1]:
        message = f"<{tag}> is opened and never closed in this piece of the question"
        yield piece.numbers[line - 1], column, "unclosed-html", message, f"close it with </{tag}> before the next piece"
        return
    for tag, line, column in stack.stray[:1]:
        message = f"</{tag}> closes nothing in this piece of the question"
        yield piece.numbers[line - 1], column, "unclosed-html", message, HINT


def around(page: Page, project: Project) -> Found:
    """Questions that stand inside an HTML element of the page, which would show them as raw text."""
    if not page.questions or not any("<" in line for line in page.lines):
        return
    lines = _without_sections(_without_code(page.lines))[0].split("\n")
    stack, done = _Stack(lines), 0
    for question in page.questions:
        start = question.line - page.first_line
        stack.feed("\n".join(lines[done:start]) + "\n" * (start - done > 0))
        blocks = [place for place in stack.open if _is_block(place)]
        if blocks:
            tag, line, _ = blocks[-1]
            place = f"<{tag}>, which is open since line {line + page.first_line - 1}"
            message = f'question "{question.id}" stands inside {place}'
            hint = f"close it before the question:  </{tag}>"
            yield question.line, 1, "unclosed-html", message, hint
        done = question.end_line - page.first_line + 1
        stack.feed("\n" * (done - start))


def _without_code(source: Iterable[str]) -> str:
    text = without_code(source)
    # Markdown shows a comment that is never closed as text, and goes on behind it.
    after = text.rfind("-->") + 1
    return text[:after] + text[after:].replace("<!--", "    ")


def _without_sections(text: str) -> tuple[str, tuple[int, int, str] | None]:
    """The text without `<? … ?>` and its like, and the first that is still open at a blank line: where, and what.

    Markdown sees them where a line begins and behind a tag; elsewhere they are text.
    """
    if "<?" not in text and "<!" not in text:
        return text, None
    bare = COMMENT.sub(_blank, text)
    out, last, line_end, tag, unclosed = list[str](), 0, -1, -1, None
    for match in SECTION.finditer(bare):
        start = match.start()
        if start < last:
            continue
        if start >= line_end:
            line_start = bare.rfind("\n", 0, start) + 1
            line_end = (bare.find("\n", start) + 1 or len(bare) + 1) - 1
            tag = bare.find(">", line_start, line_end)
        end = match.end()
        begins = (start - line_start <= 3 and not bare[line_start:start].strip()) or -1 < tag < start
        if begins and match[0] != "<!":
            blank = PARAGRAPH_END.search(bare, end)
            closing = section_end(match[0])
            at = bare.find(closing, end, blank.start() if blank else len(bare))
            if at < 0:
                unclosed = unclosed or (bare.count("\n", 0, start), start - line_start, match[0])
            else:
                end = at + len(closing)
        out += [text[last:start], NOT_A_LINE_END.sub(" ", text[start:end])]
        last = end
    return "".join([*out, text[last:]]), unclosed


def _blank(match: re.Match[str]) -> str:
    return NOT_A_LINE_END.sub(" ", match[0])
