"""Question headings where no question can stand: quoted, in a list, indented. Their key would show as plain text."""

import re

from quiz_plugin.model import KINDS
from quiz_plugin.parse.scan import Scan
from quiz_plugin.parse.spaces import indent_of, width

LEAD = re.compile(r"((?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])))*[ \t]*)(#+)")
# Lines that hold the indented lines below them: list items, admonitions, tabs, definitions, footnotes.
HOLDER = re.compile(r"(?:[-*+]|\d{1,9}[.)]|!!!|\?\?\?\+?|===[!+]?|:|\[\^[^\]\s]+\]:|///)(?:[ \t]|$)")
NEAR = 40


def report_misplaced(seen: Scan) -> None:
    """Report each of them; one that is code is what the page is about."""
    for index, line in enumerate(seen.lines):
        if "{" not in line or "#" not in line or seen.opaque[index] or not (match := LEAD.match(line)):
            continue
        lead, marks = match.groups()
        title, _, attributes = line[match.end() :].rstrip(" \t#").rpartition("{")
        kinds = {f".{kind}" for kind in KINDS} & set(attributes.removesuffix("}").removeprefix(":").split())
        if not kinds or attributes[-1] != "}" or not (lead or len(marks) > 6) or _is_indented_code(seen, index, lead):
            continue
        what = "stands in a quotation or list, or is indented" if lead else f"begins with {len(marks)} #"
        message = f'the question "{title.strip()}" {what}'
        hint = f"a question stands at the page's own level:  {marks[:6]} {title.strip()} {{{attributes}"
        seen.report(index, len(lead) + 1, "included-question", message, hint)


def _is_indented_code(seen: Scan, index: int, lead: str) -> bool:
    if lead.strip() or width(lead) < 4:
        return False
    near = seen.lines[max(0, index - NEAR) : index]
    holder = next((line for line in reversed(near) if line.strip() and indent_of(line) < width(lead)), None)
    if holder is None:
        return index <= NEAR
    return indent_of(holder) < 4 and HOLDER.match(holder.lstrip()) is None
