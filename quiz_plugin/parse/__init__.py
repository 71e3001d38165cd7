"""Source text to questions, with lines and columns. Knows nothing of `markdown` or `mkdocs`."""

import difflib
import re

from quiz_plugin.model import FUTURE_KINDS, KINDS, Page, Problem, Question, Settings
from quiz_plugin.parse.attributes import values
from quiz_plugin.parse.blocks import read_block, runnable
from quiz_plugin.parse.choices import find_list, read_items
from quiz_plugin.parse.front_matter import read_settings, split_front_matter
from quiz_plugin.parse.misplaced import report_misplaced
from quiz_plugin.parse.question import kind_of, nested_pairs, read_question
from quiz_plugin.parse.scan import Heading, Scan, scan
from quiz_plugin.problems import did_you_mean, one_of

KIND_BELOW = re.compile(rf"^#{{1,6}}[^\n]*\{{[^{{}}\n]*\.(?:{'|'.join(KINDS)})\b", re.MULTILINE)
SUSPICIONS = ("unknown-kind", "unclassed-question", "included-question")
QUIZ_ATTRIBUTES = {"level", "topics", "skill", "points", "seconds", "shuffle"}


def parse(text: str, path: str = "<text>", *, offset: int = 0, settings: Settings | None = None) -> Page:
    """The page's model. `offset`: source lines before `text`, whose front matter was then taken off by the caller."""
    source = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    problems: list[Problem] = []
    if settings is None:
        front, offset = split_front_matter(source)
        settings, problems = read_settings(path, front) if front else (Settings(), [])
        source = "\n".join(source.split("\n")[offset:])
    seen = scan(path, source.split("\n"), offset)
    questions = _questions(seen, settings)
    _report_suspects(seen, questions)
    report_misplaced(seen)
    inside = {b.line for q in questions for b in q.blocks}
    page_fences = [f for f in runnable(seen.fences, 0, len(seen.lines)) if seen.number(f.first) not in inside]
    blocks = tuple(read_block(seen, f) for f in page_fences)
    if not questions and not blocks:
        # A page that asks and runs nothing is none of our business, but for what almost made a question.
        swallows = ("unclosed-html",) if KIND_BELOW.search(source) else ()
        seen.problems = [p for p in seen.problems if p.code in (*SUSPICIONS, *swallows)]
    found = sorted([*problems, *seen.problems], key=lambda p: (p.line, p.column))
    return Page(path, tuple(seen.lines), settings, questions, blocks, tuple(found), offset + 1)


def _questions(seen: Scan, settings: Settings) -> tuple[Question, ...]:
    starts = [n for n, heading in enumerate(seen.headings) if kind_of(heading)]
    found = []
    for position, start in enumerate(starts):
        heading = seen.headings[start]
        stop = _next_heading(seen, start, starts[position + 1] if position + 1 < len(starts) else len(seen.headings))
        end = seen.headings[stop].first if stop < len(seen.headings) else len(seen.lines)
        found.append(read_question(seen, heading, seen.headings[start + 1 : stop], end, settings))
    _report_nested(seen, [seen.headings[n] for n in starts])
    return tuple(found)


def _next_heading(seen: Scan, start: int, most: int) -> int:
    depth = seen.headings[start].depth
    return next((n for n in range(start + 1, most) if seen.headings[n].depth <= depth), most)


def _report_nested(seen: Scan, headings: list[Heading]) -> None:
    between = {h.first: h.depth for h in seen.headings}
    for outer, inner in nested_pairs(headings):
        if any(outer.first < first < inner.first and depth <= outer.depth for first, depth in between.items()):
            continue
        outer_id = next(iter(values(outer.attributes, "#")), "")
        marks = "#" * outer.depth
        message = f'the question "{inner.title}" stands inside the question "{outer.title}"'
        seen.report(
            inner.first, 1, "unknown-part", message, f"give both the same level:  {marks} {inner.title}", outer_id
        )


def _report_suspects(seen: Scan, questions: tuple[Question, ...]) -> None:
    covered = [(q.line, q.end_line) for q in questions]
    position = 0
    for n, heading in enumerate(seen.headings):
        line = seen.number(heading.first)
        while position < len(covered) and covered[position][1] < line:
            position += 1
        if position < len(covered) and covered[position][0] <= line:
            continue
        end = seen.headings[n + 1].first if n + 1 < len(seen.headings) else len(seen.lines)
        _report_suspect(seen, heading, end, bool(questions))


def _report_suspect(seen: Scan, heading: Heading, end: int, page_has_questions: bool) -> None:
    classes = [a for a in heading.attributes if a.name == "."]
    asks = any(a.name in QUIZ_ATTRIBUTES for a in heading.attributes)
    boxes, marked = _boxes(seen, heading.last + 1, end)
    for attribute in classes:
        near = did_you_mean(attribute.value, KINDS)
        if attribute.value in FUTURE_KINDS and (asks or boxes):
            message = f'".{attribute.value}" questions are not there yet'
        elif near and (asks or boxes or _very_near(attribute.value)):
            message = f'".{attribute.value}" is not a kind of question{near}'
        elif asks:
            message = f'".{attribute.value}" is not a kind of question'
        else:
            continue
        hint = f"the kinds are {one_of(['.' + k for k in KINDS])}"
        seen.report(heading.first, attribute.column, "unknown-kind", message, hint)
        return
    if marked and (page_has_questions or asks or heading.open_brace):
        what = "opens a brace that is never closed" if heading.open_brace else "has no kind class"
        message = f'the heading "{heading.title}" stands over a list with [x] but {what}'
        hint = f"make it a question:  {'#' * heading.depth} {_before_brace(heading.title)} {{ .choice #an-id }}"
        seen.report(heading.first, 1, "unclassed-question", message, hint)


def _before_brace(title: str) -> str:
    return title.partition("{")[0].strip()


def _very_near(name: str) -> bool:
    return any(difflib.SequenceMatcher(None, name.lower(), k).ratio() >= 0.8 for k in KINDS)


def _boxes(seen: Scan, start: int, end: int) -> tuple[bool, bool]:
    first, _ = find_list(seen, start, end)
    if first is None:
        return False, False
    items, _ = read_items(seen, first, end)
    return True, any(item.mark == "x" for item in items)
