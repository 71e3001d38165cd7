"""Runnable fences: `run="ENGINE"` in the header of a code block."""

import re
from collections.abc import Iterable

from quiz_plugin.model import Block
from quiz_plugin.parse.attributes import CURLY, KEY_VALUE, broken_syntax, read_attributes
from quiz_plugin.parse.fences import Fence
from quiz_plugin.parse.scan import Scan
from quiz_plugin.parse.spaces import cut, width
from quiz_plugin.regex import regex

OPTIONS = ("run", "id", "expect", "editable", "timeout", "topics")
RUN = regex(r"(?:^|[\s{])(?:run(?=\s*=|[\s}]|$)|(?i:run)(?=\s*=))")
QUOTED = regex(r"""=\s*(?:"[^"]*"|'[^']*')""")
EXAMPLE = 'for example:  run="numpy" id="an-id"'
OURS = regex(rf"""(?<!\s)\s*(?<![\w-])(?:{"|".join(OPTIONS)})\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'}}]+)""", re.IGNORECASE)
# As KEY_VALUE, but for white space around the = and a quote that is never closed.
MEANT = regex(r"""(?<![\w-])([A-Za-z_][\w-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|["']?([^\s"'{}]*))""")


def is_runnable(fence: Fence) -> bool:
    """Whether the fence's header has `run`, with an engine or without one."""
    return "run" in fence.header.lower() and RUN.search(QUOTED.sub("=", fence.header)) is not None


def plain_header(header: str) -> str:
    """The header without our options, as the site's own highlighter wants it."""
    return OURS.sub("", header).replace("{ }", "").replace("{}", "").strip()


def options_of(header: str) -> dict[str, str]:
    """All `name="value"` options of a fence header, the highlighter's among them."""
    found = {m[1]: next(v for v in m.groups()[1:] if v is not None) for m in KEY_VALUE.finditer(header)}
    return {"run": "", **found}


def read_block(scan: Scan, fence: Fence, place: str = "page", question: str = "", default_id: str = "") -> Block:
    """The block of a runnable fence, its code dedented; a quotation's marks are taken off."""
    options = _options(scan, fence, question)
    code = "\n".join(_code_line(line, fence) for line in scan.lines[fence.first + 1 : fence.last])
    return Block(
        options.get("id", default_id),
        options["run"],
        code + "\n" if code else "",
        options,
        scan.number(fence.first),
        scan.number(fence.last),
        len(fence.lead) + 1,
        place,
        question,
    )


def _options(scan: Scan, fence: Fence, question: str) -> dict[str, str]:
    """The options as they were probably meant; what is wrong with how they are written is reported."""
    start = scan.lines[fence.first].index(fence.header, len(fence.lead) + len(fence.mark)) + 1
    if broken := broken_syntax(read_attributes(fence.header, start)):
        owner, message = broken
        scan.report(fence.first, owner.column, "bad-value", message, EXAMPLE, question)
    found: dict[str, str] = {}
    for match in MEANT.finditer(fence.header):
        written, value, column = match[1], next(v for v in match.groups()[1:] if v is not None), start + match.start()
        name = written.lower() if written.lower() in OPTIONS else written
        if name != written:
            message = f'a runnable block has no option "{written}" (did you mean "{name}"?)'
            scan.report(fence.first, column, "unknown-option", message, f'write  {name}="{value}"', question)
        elif name in found:
            message = f'the option "{name}" stands twice'
            scan.report(fence.first, column, "unknown-option", message, "keep one of the two", question)
        elif not value and name in OPTIONS[1:]:
            scan.report(fence.first, column, "bad-value", f"{name} has no value", EXAMPLE, question)
        elif value.strip(CURLY) != value:
            message = f"{name} has typographic quotes: {value}"
            scan.report(fence.first, column, "bad-value", message, EXAMPLE, question)
        found.setdefault(name, value.strip(CURLY))
    return {"run": "", **found}


def _code_line(line: str, fence: Fence) -> str:
    if ">" in fence.lead:
        line = re.sub(r"^[ \t]*(?:> ?)+", "", line)
        return cut(line, width(fence.lead.rpartition(">")[2].removeprefix(" ")))
    return cut(line, width(fence.lead))


def runnable(fences: Iterable[Fence], first: int, last: int) -> list[Fence]:
    """The runnable fences that begin on the line indexes from `first` up to `last`."""
    return [f for f in fences if first <= f.first < last and is_runnable(f)]
