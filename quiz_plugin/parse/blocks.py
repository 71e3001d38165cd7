"""Runnable fences: `run="ENGINE"` in the header of a code block."""

import re
from collections.abc import Iterable

from quiz_plugin.model import Block
from quiz_plugin.parse.attributes import KEY_VALUE
from quiz_plugin.parse.fences import Fence
from quiz_plugin.parse.scan import Scan
from quiz_plugin.parse.spaces import cut, width

OPTIONS = ("run", "id", "expect", "editable", "timeout", "topics")
RUN = re.compile(r"(?:^|[\s{])run(?=\s*=|[\s}]|$)")
QUOTED = re.compile(r"""=\s*(?:"[^"]*"|'[^']*')""")
OURS = re.compile(rf"""(?<!\s)\s*\b(?:{"|".join(OPTIONS)})=(?:"[^"]*"|'[^']*'|[^\s"'}}]+)""")


def is_runnable(fence: Fence) -> bool:
    """Whether the fence's header has `run`, with an engine or without one."""
    return "run" in fence.header and RUN.search(QUOTED.sub("=", fence.header)) is not None


def plain_header(header: str) -> str:
    """The header without our options, as the site's own highlighter wants it."""
    return OURS.sub("", header).replace("{ }", "").replace("{}", "").strip()


def options_of(header: str) -> dict[str, str]:
    """All `name="value"` options of a fence header, the highlighter's among them."""
    found = {m[1]: next(v for v in m.groups()[1:] if v is not None) for m in KEY_VALUE.finditer(header)}
    return {"run": "", **found}


def read_block(scan: Scan, fence: Fence, place: str = "page", question: str = "", default_id: str = "") -> Block:
    """The block of a runnable fence, its code dedented; a quotation's marks are taken off."""
    options = options_of(fence.header)
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


def _code_line(line: str, fence: Fence) -> str:
    if ">" in fence.lead:
        line = re.sub(r"^[ \t]*(?:> ?)+", "", line)
        return cut(line, width(fence.lead.rpartition(">")[2].removeprefix(" ")))
    return cut(line, width(fence.lead))


def runnable(fences: Iterable[Fence], first: int, last: int) -> list[Fence]:
    """The runnable fences that begin on the line indexes from `first` up to `last`."""
    return [f for f in fences if first <= f.first < last and is_runnable(f)]
