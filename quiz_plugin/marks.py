"""Marks in the page's text: where each piece of a question begins, so that one Markdown pass renders the whole page.

A question is written out flat: its heading, then a mark and the dedented lines of each piece. The marks are blocks of
private-use characters, which the extension turns into elements and finds again in the tree. Boxes (`[x]`) are not
written out, so no failure further down can publish a key.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple

from quiz_plugin.model import Block, Lab, Page, Question, Text
from quiz_plugin.parse.blocks import plain_header
from quiz_plugin.parse.spaces import MARK_CHARACTERS

OPEN, CLOSE, INLINE = tuple(MARK_CHARACTERS)


class Mark(NamedTuple):
    """What a mark stands for: `role` is begin, choice, feedback, part, end, block, block-end, lab or problem.

    After a question's heading comes its stem, or its back, without a mark of its own.
    """

    role: str
    owner: Question | Block | Lab
    at: int = 0


@dataclass
class Woven:
    """The text that goes on to Markdown, and its marks in order; `labs`: each line of a lab, the lab at its first."""

    lines: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    labs: dict[int, Lab | None] = field(default_factory=dict)

    def mark(self, mark: Mark, lead: str = "") -> None:
        self.lines += [lead.rstrip(), f"{lead}{OPEN}{len(self.marks)}{CLOSE}", lead.rstrip()]
        self.marks.append(mark)


def weave(page: Page, broken: Container[int], stop: int | None = None) -> Woven:
    """The page with its questions written out flat; a question whose line is in `broken` leaves only a mark.

    Of the text around questions, what stands from source line `stop` on is left out.
    """
    woven = Woven()
    for lab in page.labs:
        woven.labs |= dict.fromkeys(range(lab.line, lab.end_line + 1)) | {lab.line: lab}
    fences = {b.line: b for b in page.all_blocks}
    last_lines = {b.end_line: b for b in fences.values()}
    first = page.first_line
    most = len(page.lines) if stop is None else stop - first
    position = 0
    for question, next_one in zip_longest(page.questions, page.questions[1:]):
        start = question.line - first
        _plain(woven, page.lines[position : min(start, most)], position + first, fences, last_lines)
        if question.line in broken:
            woven.mark(Mark("problem", question))
        else:
            _question(woven, question, fences, last_lines)
        position = question.end_line - first + 1
        between = page.lines[position : next_one.line - first] if next_one else ("the end",)
        if question.line not in broken and any(map(str.strip, between)):
            woven.mark(Mark("end", question))
    _plain(woven, page.lines[position:most], position + first, fences, last_lines)
    return woven


Lines = dict[int, Block]


def _question(woven: Woven, question: Question, fences: Lines, last_lines: Lines) -> None:
    woven.mark(Mark("begin", question))
    woven.lines.append(f"{'#' * question.depth} {INLINE}{question.title}")
    woven.lines.append("")
    _text(woven, question.stem, fences, last_lines)
    for n, choice in enumerate(question.choices):
        woven.mark(Mark("choice", question, n))
        _text(woven, choice.body, fences, last_lines, inline=choice.line)
        if choice.feedback:
            woven.mark(Mark("feedback", question, n))
            _text(woven, choice.feedback, fences, last_lines)
    for n, part in enumerate(question.parts):
        woven.mark(Mark("part", question, n))
        _text(woven, part.body, fences, last_lines)


def _text(woven: Woven, text: Text, fences: Lines, last_lines: Lines, inline: int = 0) -> None:
    if not fences and not woven.labs:
        # The first line of a list item is inline text, whatever it starts with.
        first = INLINE if text and text.line == inline and text.lines[0] else ""
        woven.lines += [f"{first}{text.lines[0]}", *text.lines[1:]] if first else text.lines
        return
    for line, number in zip(text.lines, text.numbers, strict=True):
        # The first line of a list item is inline text, whatever it starts with.
        shown = f"{INLINE}{line}" if number == inline and line else line
        _line(woven, shown, number, fences, last_lines)


def _plain(woven: Woven, lines: Iterable[str], number: int, fences: Lines, last_lines: Lines) -> None:
    for n, line in enumerate(lines, number):
        _line(woven, line, n, fences, last_lines)


def _line(woven: Woven, line: str, number: int, fences: Lines, last_lines: Lines) -> None:
    if number in woven.labs:
        if lab := woven.labs[number]:
            woven.mark(Mark("lab", lab))
    elif block := fences.get(number):
        lead = line[: len(line) - len(line.lstrip(" \t>"))]
        woven.mark(Mark("block", block), lead)
        fence = line[len(lead) :]
        mark = fence[: len(fence) - len(fence.lstrip(fence[0]))]
        woven.lines.append(f"{lead}{mark}{plain_header(fence[len(mark) :])}")
    elif block := last_lines.get(number):
        woven.lines.append(line)
        lead = line[: len(line) - len(line.lstrip(" \t>"))]
        woven.mark(Mark("block-end", block), lead)
    else:
        woven.lines.append(line)
