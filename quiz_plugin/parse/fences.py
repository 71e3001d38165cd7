"""Where a code fence ends."""

import re
from typing import NamedTuple

from quiz_plugin.model import PARTS
from quiz_plugin.parse.kinds import ends_in_kind
from quiz_plugin.parse.spaces import width

FENCE = re.compile(r"([ \t>]*)(`{3,}|~{3,})([^\n]*)")
IN_ITEM = re.compile(r"([ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ \w]\][ \t]+)?)(`{3,}|~{3,})([^\n]*)")
# What `pymdownx.superfences` reads behind the marks: a language; braces, or options whose values are in quotes.
HEADER = re.compile(
    r"""(?:\.?[\w#.+-]+(?=[ \t]|$))?
    (?:[ \t]*\{.*\}|(?:(?:^|[ \t]+)[a-zA-Z][a-zA-Z0-9_]*(?:="[^"]*"|='[^']*')?(?=[ \t]|$))+)?$""",
    re.VERBOSE,
)
# What stands in no code: a box, a heading with braces, a part; and braces with a kind.
RESUMES = re.compile(rf"\s*[-*+] \[[ xX]\]|#{{1,6}}[^{{]*\{{.*\}}|#{{2,6}} +(?:{'|'.join(PARTS)})\s*$")


class Fence(NamedTuple):
    """A fenced code block: line indexes (from 0) of its two fences, what stands before the opening one, its header."""

    first: int
    last: int
    lead: str
    mark: str
    header: str


class Ending(NamedTuple):
    """Where the search for a closing fence stopped: at it, at another opening one, or at the end of its block."""

    line: int
    closed: bool = False
    opens: bool = False


def fence_start(line: str) -> re.Match[str] | None:
    """The groups: what stands before the fence, its marks, its header."""
    return FENCE.match(line)


def fence_in_item(line: str) -> re.Match[str] | None:
    """As `fence_start`, for a fence on the line of a list item."""
    return IN_ITEM.match(line)


def is_readable(header: str) -> bool:
    """Whether Markdown takes a fence with this header for one, and not for text."""
    return HEADER.match(header.strip()) is not None


def resumes(line: str) -> bool:
    """Whether the line looks like Markdown of a question, and not like code."""
    return RESUMES.match(line) is not None or ("{" in line and ends_in_kind(line))


class Closings:
    """Finds closing fences; remembers what it saw, so that a page of unclosed fences stays linear."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.none_until: dict[tuple[str, int], int] = {}

    def find(self, index: int, mark: str, lead: str) -> Ending:
        """The fence that closes the one at `index`, or what is met before; `lead` is what stands before the mark."""
        indent = least = width(lead.replace(">", " "))
        if lead.strip(" \t>"):
            least = width(lead[: len(lead) - len(lead.lstrip(" \t>"))]) + 1
        known = self.none_until.get((mark, least), -1)
        if index < known:
            return Ending(known)
        for at in range(index + 1, len(self.lines)):
            line = self.lines[at]
            body = line.lstrip(" \t>")
            before = width(line[: len(line) - len(body)].replace(">", " "))
            if body.startswith(mark) and before <= indent:
                rest = body[len(mark) :].strip()
                if not rest:
                    return Ending(at, closed=True)
                if before == indent and mark[0] not in rest:
                    return Ending(at, opens=True)
            if body and before < least:
                self.none_until[mark, least] = at
                return Ending(at)
        self.none_until[mark, least] = len(self.lines)
        return Ending(len(self.lines))
