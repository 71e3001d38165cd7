"""Source text to questions, with lines and columns. Knows nothing of `markdown` or `mkdocs`."""

import re
from collections.abc import Container
from dataclasses import replace

from quiz_plugin.links import definitions
from quiz_plugin.model import KINDS, PARTS, Page, Problem, Question, Settings
from quiz_plugin.parse.attributes import values
from quiz_plugin.parse.blocks import is_runnable, read_block, runnable
from quiz_plugin.parse.fences import is_readable
from quiz_plugin.parse.front_matter import not_read, read_settings, split_front_matter
from quiz_plugin.parse.labs import is_lab, read_lab, report_misplaced_labs
from quiz_plugin.parse.misplaced import report_misplaced
from quiz_plugin.parse.question import kind_of, read_question
from quiz_plugin.parse.scan import Heading, Scan, scan
from quiz_plugin.parse.spaces import without_marks
from quiz_plugin.parse.suspects import report_suspects

KIND_BELOW = re.compile(rf"\{{[^{{}}\n]*\b(?:{'|'.join(KINDS)})\b")
SUSPICIONS = ("unknown-kind", "unclassed-question", "included-question")


def parse(text: str, path: str = "<text>", *, offset: int = 0, settings: Settings | None = None) -> Page:
    """The page's model. `offset`: source lines before `text`, whose front matter was then taken off by the caller."""
    source = without_marks(text).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    problems: list[Problem] = []
    if settings is None:
        front, offset = split_front_matter(source)
        settings, problems = read_settings(path, front) if front else (Settings(), not_read(path, source))
        source = "\n".join(source.split("\n")[offset:])
    seen = scan(path, source.split("\n"), offset)
    questions = _questions(seen, settings)
    if "]:" in source and (addresses := definitions(seen.lines)):
        questions = tuple(replace(question, addresses=addresses) for question in questions)
    report_suspects(seen, questions)
    report_misplaced(seen)
    _report_headers(seen)
    inside = {b.line for q in questions for b in q.blocks}
    page_fences = [f for f in runnable(seen.fences, 0, len(seen.lines)) if seen.number(f.first) not in inside]
    blocks = tuple(read_block(seen, f) for f in page_fences)
    asked = {line for q in questions for line in range(q.line, q.end_line + 1)}
    labs = tuple(read_lab(seen, f) for f in report_misplaced_labs(seen, asked, [f for f in seen.fences if is_lab(f)]))
    if not questions and not blocks and not labs:
        # A page that asks and runs nothing is none of our business, but for what almost made a question.
        swallows = ("unclosed-html", "unclosed-fence") if KIND_BELOW.search(source) else ()
        seen.problems = [p for p in seen.problems if p.code in (*SUSPICIONS, *swallows, "bad-lab")]
    found = sorted([*problems, *seen.problems], key=lambda p: (p.line, p.column))
    return Page(path, tuple(seen.lines), settings, questions, blocks, tuple(found), offset + 1, labs)


def _report_headers(seen: Scan) -> None:
    """Of fences that are not ours: those are written out with a header that Markdown reads."""
    for fence in seen.fences:
        if not is_readable(fence.header) and not is_runnable(fence) and not is_lab(fence):
            shown = f"{fence.mark}{fence.header[:40]}"
            message = f"the code fence {shown} has a header that Markdown does not read, and so is none"
            hint = f'write a language, and options with their values in quotes:  {fence.mark}python title="…"'
            seen.report(fence.first, len(fence.lead) + len(fence.mark) + 1, "unclosed-fence", message, hint)


def _questions(seen: Scan, settings: Settings) -> tuple[Question, ...]:
    starts = [n for n, heading in enumerate(seen.headings) if kind_of(heading)]
    found = []
    for start, following in zip(starts, [*starts[1:], len(seen.headings)], strict=False):
        heading = seen.headings[start]
        stop = _next_heading(seen, start, following)
        after = seen.headings[stop] if stop < len(seen.headings) else None
        end = after.first if after else len(seen.lines)
        found.append(read_question(seen, heading, seen.headings[start + 1 : stop], end, settings))
        if after and after.depth > heading.depth:
            _report_nested(seen, heading, after)
    return tuple(found)


def _next_heading(seen: Scan, start: int, most: int) -> int:
    parts = () if kind_of(seen.headings[start]) == "flashcard" else PARTS
    depth = seen.headings[start].depth
    return next((n for n in range(start + 1, most) if _ends(seen.headings[n], depth, parts)), most)


def _ends(heading: Heading, depth: int, parts: Container[str]) -> bool:
    """Whether a heading ends a question; one at its level that is named like a part was meant to stand below it."""
    return heading.depth < depth or (
        heading.depth == depth and (heading.title not in parts or bool(heading.attributes))
    )


def _report_nested(seen: Scan, outer: Heading, inner: Heading) -> None:
    outer_id = next(iter(values(outer.attributes, "#")), "")
    message = f'the question "{inner.title}" stands inside the question "{outer.title}"'
    hint = f"give both the same level:  {'#' * outer.depth}{seen.lines[inner.first].lstrip('#')}"
    seen.report(inner.first, 1, "unknown-part", message, hint, outer_id)
