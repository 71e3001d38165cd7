"""The links of a piece of Markdown: for Source parts, which must have one."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from quiz_plugin.model import Text
from quiz_plugin.plain import without_code
from quiz_plugin.regex import regex

BRACKET = regex(r"\\.|!?\[|\]")
PAREN = regex(r"\\.|[()]")
TITLE = regex(r"""\s(?:"[^"]*"|'[^']*')\s*\Z""")
AUTO = regex(r"<([a-z]+:[^\s<>]*)>")
BARE = regex(r"""(?<![(<\w"'=])(https?://[^\s<>)\]]+)""")
ANCHOR = regex(r"""<a\b[^<>]*?\shref\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""", re.IGNORECASE)
DEFINITION = regex(r"^ {0,3}\[([^\[\]\n^][^\[\]\n]*)\]:[ \t]*(?:\n[ \t]*)?<?([^\s<>]+)[^\n]*", re.MULTILINE)
# More than any name has: brackets in brackets are then not read again and again.
LONGEST_NAME = 1000
# What stands where a host would, in an address without https:// before it.
HOST = regex(r"(?:https?//|www\.|(?:[a-z0-9-]+\.)+[a-z]{2,}/(?!\S*\.md\b))", re.IGNORECASE)


class Link(NamedTuple):
    """A link's address, its source line and column. Where `url` is None, no definition gives `name` one."""

    url: str | None
    line: int
    column: int
    name: str = ""


def definitions(lines: Iterable[str]) -> dict[str, str]:
    """The addresses that a page gives to names:  [name]: address."""
    return _defined(without_code(lines))


def _defined(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in DEFINITION.finditer(text):
        found[_folded(match[1])] = match[2]
    return found


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def links(text: Text, named: Mapping[str, str] | None = None) -> list[Link]:
    """Every link of a piece in order, but those in code; `named`: the page's definitions."""
    if not any("[" in line or "<" in line or "://" in line for line in text.lines):
        return []
    bare = without_code(text.lines)
    known = {**(named or {}), **_defined(bare)}
    bare = DEFINITION.sub(_blank, bare)
    starts = [0, *(match.end() for match in re.finditer("\n", bare))]
    found = []
    for at, url, name in sorted(_found(bare, known), key=lambda row: row[0]):
        row = bisect_right(starts, at) - 1
        found.append(Link(url, text.numbers[row], at - starts[row] + 1, name))
    return found


def _found(text: str, known: Mapping[str, str]) -> Iterator[tuple[int, str | None, str]]:
    rest, last = list[str](), 0
    for start, end, url, name in _bracketed(text, known):
        yield start, url, name
        rest += [text[last:start], " " * (end - start)]
        last = end
    outside = "".join([*rest, text[last:]])
    for match in ANCHOR.finditer(outside):
        yield match.start(), next(group for group in match.groups() if group is not None), ""
    for pattern in (AUTO, BARE):
        yield from ((match.start(), match[1], "") for match in pattern.finditer(outside))


def _bracketed(text: str, known: Mapping[str, str]) -> Iterator[tuple[int, int, str | None, str]]:
    """Start, end, address and name of `[text](address)`, `[text][name]` and `[name]`; an image is none."""
    closing = _pairs(PAREN, text)
    ends = _pairs(BRACKET, text)
    done = 0
    for start, end in sorted(ends.items()):
        if start < done or text[start] == "!":
            continue
        after, label = end + 1, text[start + 1 : end] if end - start <= LONGEST_NAME else ""
        second = after + text[after : after + 1].isspace()
        name = text[second + 1 : ends[second]][:LONGEST_NAME] or label if second in ends and text[second] == "[" else ""
        if after in closing:
            done = closing[after] + 1
            yield start, done, _address(text[after + 1 : closing[after]]), ""
        elif name and name[0] != "^" and (second == after or _folded(name) in known):
            done = ends[second] + 1
            yield start, done, known.get(_folded(name)), name
        elif _folded(label) in known:
            done = after
            yield start, done, known[_folded(label)], label


def _pairs(pattern: re.Pattern[str], text: str) -> dict[int, int]:
    """Where each opening bracket of a paragraph is closed; what a backslash stands before is none."""
    pairs: dict[int, int] = {}
    at = 0
    for paragraph in text.split("\n\n"):
        waiting: list[int] = []
        for match in pattern.finditer(paragraph):
            if match[0][-1] in "[(" and match[0][0] != "\\":
                waiting.append(at + match.start())
            elif match[0] in ")]" and waiting:
                pairs[waiting.pop()] = at + match.start()
        at += len(paragraph) + 2
    return pairs


def _address(inside: str) -> str:
    """What stands between the parentheses, without a title."""
    address = TITLE.sub("", inside).strip()
    return address[1:-1] if address[:1] == "<" and address[-1:] == ">" else address


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def is_whole(url: str) -> bool:
    """Whether an address has all it needs; MkDocs checks those inside the site."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if any(c.isspace() for c in url) or HOST.match(url):
        return False
    if not parts.scheme and not parts.netloc:
        return bool(parts.path or parts.fragment)
    return parts.scheme in ("http", "https") and "." in parts.netloc
