"""The task list of a question: its items, their blocks, their feedback."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from quiz_plugin.model import LETTERS, Choice, Text
from quiz_plugin.parse.scan import Scan
from quiz_plugin.parse.spaces import cut, indent_of, width

ITEM = re.compile(r"([ \t]*)([-*+]|\d{1,9}[.)])([ \t]+|$)")
BOX = re.compile(r"\[([ xX])\](?=[ \t]|$)")
# What people write when they mean a box; a link, a footnote or a reference is none of these.
NEAR_BOX = re.compile(r"\[( ?[xXyYvV✓✔✗✘*oO√] ?|[ \t]*)\](?![(\[:])")
TIGHT_ITEM = re.compile(r"([ \t]*)([-*+])(\[[ xX]\])")
# Bullets of word processors, which Markdown does not know; within the list also a box without any bullet.
ODD_BULLET = re.compile(r"([ \t]*)([–—•‣◦●▪·][ \t]*)\[[ xX]\](?=[ \t])")
NO_BULLET = re.compile(r"([ \t]*)()\[[ xX]\](?=[ \t])")
QUOTE = re.compile(r" {0,3}> ?")
MEANT = re.compile(r"[xXyYvV✓✔√]")
ANY = 1_000_000


@dataclass
class Item:
    """A list item while it is read; `kind` is box, bad, plain, number or loose (a box without a bullet)."""

    index: int
    kind: str
    correct: bool = False
    column: int = 1
    found: str = ""
    first: str = ""
    rest: list[int] = field(default_factory=list)


class Gap(NamedTuple):
    """Lines that split the list: the index of the first, and the item before."""

    start: int
    after: Item


class Reading(NamedTuple):
    """All choices of a body: `above` are plain items that run into them, `end` is the line index after the last."""

    first: int
    above: list[Item]
    items: list[Item]
    gaps: list[Gap]
    end: int


def item_at(scan: Scan, index: int, most: int = 3, inside: bool = False) -> Item | None:
    """The list item on this line, if it is indented by at most `most` columns; `inside`: a list is being read."""
    line = scan.lines[index]
    if scan.opaque[index] or scan.sealed[index] or not line.strip():
        return None
    match = ITEM.match(line)
    if match is None:
        item = _without_space(line, index) or _without_bullet(line, index, inside)
        return item if item and indent_of(line) <= most else None
    if width(match[1]) > most:
        return None
    body, column = line[match.end() :], match.end() + 1
    box, near = BOX.match(body), NEAR_BOX.match(body)
    if match[2][0].isdigit() and box:
        text = body[box.end() :].strip()
        return Item(index, "number", box[1] in "xX", match.start(2) + 1, f"{match[2]} {box[0]}", text)
    if box:
        return Item(index, "box", box[1] in "xX", column, box[0], body[box.end() :].strip())
    if near and not match[2][0].isdigit():
        return Item(
            index, "bad", bool(MEANT.search(near[0])), column, _word(body, near.end()), body[near.end() :].strip()
        )
    return Item(index, "plain", False, match.start(2) + 1, f"{match[2]} {body}".strip()[:40], body)


def _without_space(line: str, index: int) -> Item | None:
    match = TIGHT_ITEM.match(line)
    if match is None:
        return None
    text = line[match.end() :].strip()
    return Item(index, "bad", "[ ]" not in match[3], match.start(2) + 1, line.strip()[:20], text)


def _without_bullet(line: str, index: int, inside: bool) -> Item | None:
    match = ODD_BULLET.match(line) or (NO_BULLET.match(line) if inside else None)
    if match is None:
        return None
    return Item(
        index, "loose", "[ ]" not in match[0], len(match[1]) + 1, line.strip()[:40], line[match.end() :].strip()
    )


def _word(body: str, end: int) -> str:
    """The near box with what is stuck to it."""
    if body[end : end + 1] == "\u00a0":
        return f"{body[:end]} and a no-break space"
    return body[:end] + body[end:].split(maxsplit=1)[0][:12] if body[end : end + 1].strip() else body[:end]


def find_list(scan: Scan, start: int, end: int, inside: bool = False) -> tuple[int | None, list[Item]]:
    """The line index of the first box (or near box) at the section's level, and plain items of the same list above."""
    above: list[Item] = []
    index = start
    while index < end:
        if fence := scan.fence_at(index):
            if not fence.lead.strip() and width(fence.lead) < 2:
                above = []
            index = fence.last + 1
            continue
        item = item_at(scan, index, inside=inside)
        if item and item.kind != "plain":
            return index, above
        if item:
            above.append(item)
        elif _ends_list(scan, index, start):
            above = []
        index += 1
    return None, above


def _ends_list(scan: Scan, index: int, start: int) -> bool:
    line = scan.lines[index]
    if not line.strip() or indent_of(line) >= 2:
        return False
    return index == start or not scan.lines[index - 1].strip() or line.startswith(("#", ">"))


def read_choices(scan: Scan, start: int, end: int) -> Reading | None:
    """Every choice between two line indexes; where something splits the list, reading goes on behind it."""
    first, above = find_list(scan, start, end)
    if first is None:
        first, above = find_list(scan, start, end, inside=True)
    if first is None:
        return None
    items, after = read_items(scan, first, end)
    gaps: list[Gap] = []
    while True:
        following, _ = find_list(scan, after, end, inside=True)
        if following is None:
            return Reading(first, above, items, gaps, after)
        text = first_text(scan, after, following + 1)
        if text is not None and (text < following or text == after):
            gaps.append(Gap(text, items[-1]))
        more, after = read_items(scan, following, end)
        items += more


def first_text(scan: Scan, start: int, end: int) -> int | None:
    """The first line index that is neither blank nor an HTML comment."""
    index = start
    while index < end:
        line = scan.lines[index].strip()
        if line and not (line.startswith("<!--") and scan.opaque[index] and scan.fence_at(index) is None):
            return index
        while line and index + 1 < end and "-->" not in scan.lines[index]:
            index += 1
        index += 1
    return None


def read_items(scan: Scan, start: int, end: int) -> tuple[list[Item], int]:
    """The items of the list that starts at `start`, and the line index after it."""
    base = indent_of(scan.lines[start])
    items: list[Item] = []
    index = start
    while index < end:
        fence = scan.fence_at(index)
        if fence:
            if width(fence.lead.replace(">", " ")) < base + 2:
                break
            items[-1].rest.extend(range(index, fence.last + 1))
            index = fence.last + 1
            continue
        item = item_at(scan, index, base + 1, inside=True)
        if item:
            items.append(item)
        elif not items or not _continues(scan, index, base):
            break
        else:
            items[-1].rest.append(index)
        index += 1
    return items, _trim(scan, items, index)


def _continues(scan: Scan, index: int, base: int) -> bool:
    line = scan.lines[index]
    if not line.strip() or indent_of(line) >= base + 2:
        return True
    # A lazy line of the paragraph above, as Markdown has it; a quotation or a comment is not.
    previous = scan.lines[index - 1]
    lazy = previous.strip() and not scan.opaque[index] and not scan.opaque[index - 1]
    return bool(lazy and not line.lstrip().startswith((">", "<!--")))


def _trim(scan: Scan, items: list[Item], index: int) -> int:
    for item in items:
        while item.rest and not scan.lines[item.rest[-1]].strip():
            item.rest.pop()
    while index > 0 and not scan.lines[index - 1].strip():
        index -= 1
    return index


def make_choice(scan: Scan, item: Item, position: int) -> Choice:
    """The choice that an item stands for; its letter follows its position."""
    if not item.rest and item.first:  # most choices are one line
        line = scan.number(item.index)
        return Choice(letter(position), item.correct, Text((item.first,), (line,)), Text(), line, item.column)
    body, feedback = _split_feedback(scan, item)
    first = ([item.first], [scan.number(item.index)])
    lines, numbers = first[0] + [t for t, _ in body], first[1] + [n for _, n in body]
    return Choice(
        letter(position),
        item.correct,
        _text(lines, numbers),
        _text([t for t, _ in feedback], [n for _, n in feedback]),
        scan.number(item.index),
        item.column,
    )


def letter(position: int) -> str:
    """The letter of the choice at a position, from 0."""
    return LETTERS[position] if position < len(LETTERS) else "?"


Numbered = list[tuple[str, int]]


def _text(lines: list[str], numbers: list[int]) -> Text:
    first, last = 0, len(lines)
    while last > first and not lines[last - 1].strip():
        last -= 1
    while first < last and not lines[first].strip():
        first += 1
    return Text(tuple(lines[first:last]), tuple(numbers[first:last]))


def make_text(scan: Scan, start: int, end: int) -> Text:
    """The lines of a range of line indexes as they stand, without blank ends."""
    return _text(scan.lines[start:end], list(range(scan.number(start), scan.number(end))))


def _split_feedback(scan: Scan, item: Item) -> tuple[Numbered, Numbered]:
    base = indent_of(scan.lines[item.index])
    depth = _content_depth(scan, item, base)
    body: Numbered = []
    feedback: Numbered = []
    lazy = False
    for index in item.rest:
        line = cut(scan.lines[index], depth)
        quote = QUOTE.match(line)
        if quote and not _in_plain_fence(scan, index):
            if feedback and not lazy:
                feedback.append(("", scan.number(index)))
            feedback.append((line[quote.end() :], scan.number(index)))
            lazy = True
        elif lazy and line.strip() and not scan.opaque[index]:
            feedback.append((line, scan.number(index)))
        else:
            lazy = False
            body.append((line, scan.number(index)))
    return body, feedback


def _in_plain_fence(scan: Scan, index: int) -> bool:
    fence = scan.fence_at(index)
    return fence is not None and ">" not in fence.lead


def _content_depth(scan: Scan, item: Item, base: int) -> int:
    deep = [indent_of(scan.lines[i]) for i in item.rest if scan.lines[i].strip()]
    first = next((d for d in deep if d >= base + 2), base + 4)
    # Deeper than any style of list has it: code, indented below the usual four.
    return first if first <= base + 6 else base + 4
