"""The task list of a question: its items, their blocks, their feedback."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from quiz_plugin.model import LETTERS, Choice, Text
from quiz_plugin.parse.boxes import BOX, Meant, guessed_box, near_box, unusual_item
from quiz_plugin.parse.scan import Scan
from quiz_plugin.parse.spaces import cut, indent_of, width

ITEM = re.compile(r"([ \t]*)([-*+]|\d{1,9}[.)])([ \t]+|$)")
QUOTE = re.compile(r" {0,3}> ?")
ANY = 1_000_000
NO_TEXT = Text()


@dataclass
class Item:
    """A list item while it is read; `kind` is box, plain, number, or a kind of `Meant`, from which comes what it says.

    `first` is the text of its line, `rest` has the indexes of its other lines.
    """

    index: int
    kind: str
    correct: bool = False
    column: int = 1
    found: str = ""
    first: str = ""
    rest: list[int] = field(default_factory=list)
    note: str = ""
    guessed: bool = False


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

    @property
    def is_sure(self) -> bool:
        """Whether any of it is a list of boxes beyond doubt."""
        return not all(item.guessed for item in self.items)


def item_at(scan: Scan, index: int, most: int = 3, among: bool = False) -> Item | None:
    """The list item on this line, if it is indented by at most `most` columns; `among`: choices are being read."""
    line = scan.lines[index]
    if scan.opaque[index] or scan.sealed[index] or not line.strip():
        return None
    match = ITEM.match(line)
    if match is None:
        # Most lines of text end here.
        meant = unusual_item(line, among) if "]" in line or "］" in line or ") " in line else None
        indent = indent_of(line) if meant else 0
        return _meant(index, indent + 1, meant) if meant and indent <= most else None
    if width(match[1]) > most:
        return None
    body, column = line[match.end() :], match.end() + 1
    box, is_number = BOX.match(body), match[2][0].isdigit()
    if box and is_number:
        text = body[box.end() :].strip()
        return Item(index, "number", box[1] in "xX", match.start(2) + 1, f"{match[2]} {box[0]}", text)
    if box:
        return Item(index, "box", box[1] in "xX", column, box[0], body[box.end() :].strip())
    meant = (None if is_number else near_box(body)) or (guessed_box(body) if among else None)
    if meant:
        return _meant(index, column, meant)
    return Item(index, "plain", False, match.start(2) + 1, f"{match[2]} {body}".strip()[:40], body)


def _meant(index: int, column: int, meant: Meant) -> Item:
    return Item(
        index, meant.kind, meant.correct, column, meant.found, meant.text, note=meant.note, guessed=meant.guessed
    )


def find_list(scan: Scan, start: int, end: int, among: bool = False) -> tuple[int | None, list[Item]]:
    """The line index of the first box (or near box) at the section's level, and plain items of the same list above."""
    above: list[Item] = []
    index = start
    while index < end:
        if fence := scan.fence_at(index):
            if not fence.lead.strip() and width(fence.lead) < 2:
                above = []
            index = fence.last + 1
            continue
        item = item_at(scan, index, among=among)
        if item and item.kind != "plain":
            first = index if among else _run_up(scan, start, index)
            return first, [item for item in above if item.index < first]
        if item:
            above.append(item)
        elif _ends_list(scan, index, start):
            above = []
        index += 1
    return None, above


def _run_up(scan: Scan, start: int, first: int) -> int:
    """The line index of the first line above a list that was meant for an item of it and runs into it."""
    found, apart = first, False
    for index in range(first - 1, start - 1, -1):
        line = scan.lines[index]
        item = item_at(scan, index, among=True)
        if item and item.kind != "plain" and not (apart and line.lstrip().startswith("[")):
            # A line that begins with a box, and a blank line: text about the box.
            found = index
        elif line.strip() and item is None and indent_of(line) < 2:
            break
        apart = not line.strip() or (apart and item is None)
    return found


def _ends_list(scan: Scan, index: int, start: int) -> bool:
    line = scan.lines[index]
    if not line.strip() or indent_of(line) >= 2:
        return False
    return index == start or not scan.lines[index - 1].strip() or line.startswith(("#", ">"))


def read_choices(scan: Scan, start: int, end: int) -> Reading | None:
    """Every choice between two line indexes; where something splits the list, reading goes on behind it."""
    first, above = find_list(scan, start, end)
    if first is None:
        first, above = find_list(scan, start, end, among=True)
    if first is None:
        return None
    items, after = read_items(scan, first, end)
    gaps: list[Gap] = []
    while True:
        following, _ = find_list(scan, after, end, among=True)
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
        item = item_at(scan, index, base + 1, among=True)
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
        return Choice(letter(position), item.correct, Text((item.first,), (line,)), NO_TEXT, line, item.column)
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
