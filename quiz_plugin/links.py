"""The links of a piece of Markdown: for Source parts, which must have one."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from quiz_plugin.model import Text

INLINE = re.compile(r"(?<!!)\[[^\[\]\n]*\]\(\s*(?:<([^<>\n]*)>|([^\s()]*(?:\([^\s()]*\)[^\s()]*)*))")
AUTO = re.compile(r"<([a-z]+:[^\s<>]*)>")
BARE = re.compile(r"(?<![(<\w])(https?://[^\s<>)\]]+)")
REFERENCE = re.compile(r"(?<!!)\[[^\[\]\n]+\]\[[^\[\]\n]*\]")
DEFINITION = re.compile(r" {0,3}\[[^\[\]\n^]+\]:[ \t]*<?([^\s<>]+)")
SPAN = re.compile(r"(`+)(?!`)[^`\n]*(?<!`)\1(?!`)")


class Link(NamedTuple):
    """A link's address (None for a reference that is defined elsewhere), its source line and column."""

    url: str | None
    line: int
    column: int


def links(text: Text) -> list[Link]:
    """Every link of a piece in order, but those in code."""
    found = []
    for line, number in zip(text.lines, text.numbers, strict=True):
        if "[" not in line and "<" not in line and "://" not in line:
            continue
        bare = SPAN.sub(lambda m: f"{m[1]}{' ' * (len(m[0]) - 2 * len(m[1]))}{m[1]}", line)
        if definition := DEFINITION.match(bare):
            found.append(Link(definition[1], number, definition.start(1) + 1))
            continue
        for match in INLINE.finditer(bare):
            url = match[1] if match[1] is not None else match[2]
            found.append(Link(url, number, match.start() + 1))
        found += [Link(m[1], number, m.start() + 1) for m in AUTO.finditer(bare)]
        found += [Link(m[1], number, m.start() + 1) for m in BARE.finditer(INLINE.sub(_blank, bare))]
        found += [Link(None, number, m.start() + 1) for m in REFERENCE.finditer(bare)]
    return found


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def is_whole(url: str) -> bool:
    """Whether an address has all it needs; MkDocs checks those inside the site."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if not parts.scheme and not parts.netloc:
        return bool(parts.path or parts.fragment)
    return parts.scheme in ("http", "https") and "." in parts.netloc
