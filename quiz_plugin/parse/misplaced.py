"""Reports kind classes that make no question: the key below one would show as plain text."""

import re

from quiz_plugin.model import KINDS
from quiz_plugin.parse.kinds import HTML_CLASS, Kind, class_of
from quiz_plugin.parse.scan import Heading, Scan, class_attributes
from quiz_plugin.parse.spaces import ODD, ODD_CHARACTERS, name_of, trim
from quiz_plugin.problems import one_of
from quiz_plugin.regex import regex

LEAD = regex(r"((?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])|:(?=[ \t])))*[ \t]*)(#*)")
DISGUISE = regex(rf"([{ODD}]*\\?)([#＃]+)")
DISGUISES = {"\\": "a backslash", "＃": "a full-width #"}
UNDERLINE = regex(r"[ \t>]*(?:=+|(-+))[ \t]*$")
STRONG = regex(r"(\*{1,3}|_{1,3})([^*_].*)\1")
HTML_ID = regex(r"""\bid\s*=\s*["']?([^\s"'>]+)""", re.IGNORECASE)
HTML_TAG = regex(r"<[^<>]*>")


def report_misplaced(seen: Scan) -> None:
    """Report each of them; one that is code is what the page is about."""
    headings = {heading.first: heading for heading in seen.headings if not heading.cuts}
    for kind in seen.kinds:
        if kind.is_html:
            _report_html(seen, kind)
        elif heading := headings.get(kind.index):
            _report_not_at_end(seen, kind, heading)
        else:
            _report_no_heading(seen, kind, headings)
    for heading in headings.values():
        if heading.attributes:
            _report_class(seen, heading)


def _report_class(seen: Scan, heading: Heading) -> None:
    for attribute in class_attributes(heading):
        kind = next(word for word in attribute.value.split() if word in KINDS)
        message = f'class="{attribute.value}" makes no question: write .{kind}'
        hint = f"the kinds are {one_of(['.' + k for k in KINDS])}"
        seen.report(heading.first, attribute.column, "unknown-kind", message, hint)


def _report_html(seen: Scan, kind: Kind) -> None:
    title = trim(HTML_TAG.sub("", kind.behind.partition("</h")[0])) or "…"
    match, name = HTML_CLASS.search(kind.inside), HTML_ID.search(kind.inside)
    classes = class_of(match).split() if match else []
    braces = " ".join([*(f".{word}" for word in classes), f"#{name[1] if name else 'an-id'}"])
    message = f'the HTML heading "{title}" has a kind class, and makes no question'
    hint = f"write it in Markdown:  {'#' * int(kind.inside[2])} {title} {{ {braces} }}"
    seen.report(kind.index, len(kind.before) + 1, "unclassed-question", message, hint)


def _report_not_at_end(seen: Scan, kind: Kind, heading: Heading) -> None:
    title, behind = trim(kind.before.strip("#")).rstrip("{ "), kind.behind.rstrip("#")
    written = f"{'#' * heading.depth} {title}"
    if not trim(behind):
        odd = next(c for c in behind if c in ODD_CHARACTERS)
        message = f'behind the braces of the heading "{title}" stands {name_of(odd)}'
        hint = f"delete it:  {written} {_braces(kind.inside)}"
    elif re.fullmatch(r"\s*\{[^{}]*\}\s*", behind):
        message = f'the heading "{title}" has two pairs of braces'
        hint = f"join them:  {written} {_braces(kind.inside, behind.strip()[1:-1])}"
    elif "{" in kind.before or "}" in behind:
        message = f'the heading "{title}" has braces within its braces'
        hint = f"leave them out:  {written} {{ {' '.join(w for w in kind.inside.split() if w[0] in '.#')} }}"
    else:
        message = f'the heading "{title}" goes on behind its braces'
        space = " " if behind[0].isalnum() else ""
        hint = f"put them at its end:  {written}{space}{behind.rstrip()} {_braces(kind.inside)}"
    seen.report(kind.index, len(kind.before) + 1, "unclassed-question", message, hint)


def _braces(*inside: str) -> str:
    words = " ".join(word for text in inside for word in text.removeprefix(":").split())
    return f"{{ {words} }}"


def _report_no_heading(seen: Scan, kind: Kind, headings: dict[int, Heading]) -> None:
    lead, marks = LEAD.match(kind.before).groups()  # type: ignore[union-attr]
    body = kind.before[len(lead) + len(marks) :]
    title, code, column, depth = _title(body), "unclassed-question", len(lead) + 1, 2
    if marks:
        what = "stands in a quotation or list, or is indented" if lead else f"begins with {len(marks)} #"
        code, depth, message = "included-question", min(len(marks), 6), f'the question "{title}" {what}'
        advice = "a question stands at the page's own level"
    elif disguise := DISGUISE.match(body):
        depth = min(len(disguise[2]), 6)
        message = f'the question "{title}" begins with {DISGUISES.get(body[0]) or name_of(body[0])}'
        advice = "begin its line with #"
    elif not title:
        title, depth = _above(seen, kind.index, headings)
        message = (
            f'the braces of "{title}" stand below it' if title else "braces with a kind class belong to no heading"
        )
        advice = "put them at the end of its line" if title else "put them behind one"
    elif kind.index + 1 < len(seen.lines) and (underline := UNDERLINE.match(seen.lines[kind.index + 1])):
        depth = 2 if underline[1] else 1
        message, advice = f'the underlined "{title}" is no heading of the page', "write it with #"
    else:
        message, advice = f'"{title}" has a kind class and is no heading', "make it one"
    hint = f"{advice}:  {'#' * depth} {title or '…'} {_braces(kind.inside)}"
    seen.report(kind.index, column, code, message, hint)


def _above(seen: Scan, index: int, headings: dict[int, Heading]) -> tuple[str, int]:
    """The title that stands above braces, and its depth."""
    if index == 0 or seen.opaque[index - 1]:
        return "", 2
    heading = next(
        (headings[at] for at in (index - 1, index - 2) if at in headings and headings[at].last == index - 1), None
    )
    return (heading.title, heading.depth) if heading else (_title(seen.lines[index - 1]), 2)


def _title(text: str) -> str:
    """The text that the heading was meant to have."""
    bare = DISGUISE.sub("", text[len(LEAD.match(text)[0]) :], count=1)  # type: ignore[index]
    strong = STRONG.fullmatch(trim(bare))
    return strong[2] if strong else trim(bare)
