"""Boxes of a question that are not its choices': under a choice, in a part, in a flashcard.

A box inside a fence, prose, a quotation, an admonition or a tab is none of our business. Code that is only indented
is: in a stem it may be choices that were indented too far.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from quiz_plugin.parse.choices import ANY, Item, item_at
from quiz_plugin.parse.scan import Scan
from quiz_plugin.parse.spaces import indent_of

HOLDER = re.compile(r"[ \t]*(?:!!!|\?\?\?\+?|===[!+]?|\[\^[^\]\s]+\]:|:(?=[ \t])|>)")


class Level(NamedTuple):
    """A line that deeper ones may belong to: `kind` is item, code, sealed (quotation, admonition, tab) or text."""

    indent: int
    kind: str


def boxes(scan: Scan, start: int, end: int, code: bool = False, among: int = 0) -> Iterator[Item]:
    """Every list item with a box, or almost one, between two line indexes, at any depth of lists.

    With `code` also those in indented code. `among`: below this indentation, which is no list's, a box without a bullet
    of Markdown counts as well.
    """
    levels: list[Level] = []
    if not any("[" in line for line in scan.lines[start:end]):
        return
    for index in range(start, end):
        line = scan.lines[index]
        if not line.strip() or scan.opaque[index]:
            continue
        indent = indent_of(line)
        while levels and levels[-1].indent >= indent:
            levels.pop()
        item = item_at(scan, index, ANY, among=indent < among)
        if item and item.guessed and item.kind == "bad":
            item = item_at(scan, index, ANY)
        kind = _kind(scan, index, levels, item)
        levels.append(Level(indent, kind))
        if (kind == "item" or (code and kind == "code")) and item and item.kind != "plain":
            yield item


def _kind(scan: Scan, index: int, levels: list[Level], item: Item | None) -> str:
    parent = levels[-1] if levels else Level(0, "text")
    if parent.kind == "code":
        return "code"
    if parent.kind == "sealed" or HOLDER.match(scan.lines[index]):
        return "sealed"
    depth = indent_of(scan.lines[index]) - parent.indent
    apart = index == 0 or not scan.lines[index - 1].strip()
    if depth >= (8 if parent.kind == "item" else 4):
        return "code" if apart else "text"
    return "item" if item else "text"
