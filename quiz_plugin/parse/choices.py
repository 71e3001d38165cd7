"""The task list of a question: its items, their blocks, their feedback."""

import re
from dataclasses import dataclass, field

from quiz_plugin.model import LETTERS, Choice, Text
from quiz_plugin.parse.scan import Scan, cut, indent_of, width

ITEM = re.compile(r"([ \t]*)([-*+]|\d{1,9}[.)])([ \t]+|$)")
BOX = re.compile(r"\[([ xX])\](?=[ \t]|$)")
# What people write when they mean a box; a link, a footnote or a reference is none of these.
NEAR_BOX = re.compile(r"\[( ?[xXyYvV✓✔✗✘*oO√] ?|[ \t]*)\](?![(\[:])")
TIGHT_ITEM = re.compile(r"([ \t]*)([-*+])(\[[ xX]\])")
QUOTE = re.compile(r" {0,3}> ?")


@dataclass
class Item:
    """A list item while it is read; `kind` is box, bad, plain or number."""

    index: int
    kind: str
    mark: str = ""
    column: int = 1
    found: str = ""
    first: str = ""
    rest: list[int] = field(default_factory=list)


def item_at(scan: Scan, index: int, most: int = 3) -> Item | None:
    """The list item that starts on this line, if it is indented by at most `most` columns."""
    line = scan.lines[index]
    if scan.opaque[index] or not line.strip():
        return None
    if tight := TIGHT_ITEM.match(line):
        return None if width(tight[1]) > most else Item(index, "bad", "", tight.start(3) + 1, line.strip()[:20])
    match = ITEM.match(line)
    if match is None or width(match[1]) > most:
        return None
    body, column = line[match.end() :], match.end() + 1
    box, near = BOX.match(body), NEAR_BOX.match(body)
    if match[2][0].isdigit():
        return Item(
            index, "number" if box else "plain", "", column, f"{match[2]} {body[:3]}" if box else match[2], body
        )
    if box:
        return Item(index, "box", box[1].lower(), column, box[0], body[box.end() :].strip())
    if near:
        return Item(index, "bad", "", column, near[0], body)
    return Item(index, "plain", "", match.start(2) + 1, match[2], body)


def find_list(scan: Scan, start: int, end: int) -> tuple[int | None, list[Item]]:
    """The line index of the first box (or near box) at the section's level, and plain items of the same list above."""
    above: list[Item] = []
    index = start
    while index < end:
        if fence := scan.fence_at(index):
            if not fence.lead.strip() and width(fence.lead) < 2:
                above = []
            index = fence.last + 1
            continue
        item = item_at(scan, index)
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
        item = item_at(scan, index, base + 1)
        if item:
            items.append(item)
        elif not items or not _continues(scan, index, base, items[-1]):
            break
        else:
            items[-1].rest.append(index)
        index += 1
    return items, _trim(scan, items, index)


def _continues(scan: Scan, index: int, base: int, item: Item) -> bool:
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
    body, feedback = _split_feedback(scan, item)
    first = ([item.first], [scan.number(item.index)])
    lines, numbers = first[0] + [t for t, _ in body], first[1] + [n for _, n in body]
    letter = LETTERS[position] if position < len(LETTERS) else "?"
    line = scan.number(item.index)
    return Choice(letter, item.mark == "x", _text(lines, numbers), _text(*_unzip(feedback)), line, item.column)


Numbered = list[tuple[str, int]]


def _unzip(rows: Numbered) -> tuple[list[str], list[int]]:
    return [t for t, _ in rows], [n for _, n in rows]


def _text(lines: list[str], numbers: list[int]) -> Text:
    while lines and not lines[-1].strip():
        lines, numbers = lines[:-1], numbers[:-1]
    while lines and not lines[0].strip():
        lines, numbers = lines[1:], numbers[1:]
    return Text(tuple(lines), tuple(numbers))


def make_text(scan: Scan, start: int, end: int) -> Text:
    """The lines of a range of line indexes as they stand, without blank ends."""
    return _text(scan.lines[start:end], [scan.number(i) for i in range(start, end)])


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
    return min(max(first, base + 2), base + 6)
