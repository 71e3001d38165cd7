"""Headings that are almost questions: without the class, with a misspelt one, with a brace that is never closed."""

import difflib
import re

from quiz_plugin.model import FUTURE_KINDS, KINDS, PARTS, Attribute, Question
from quiz_plugin.parse.choices import read_choices
from quiz_plugin.parse.scan import Heading, Scan, class_attributes
from quiz_plugin.problems import did_you_mean, one_of

QUIZ_ATTRIBUTES = {"level", "topics", "skill", "points", "seconds", "shuffle"}
# What other quiz tools call a question with choices.
SYNONYMS = dict.fromkeys(("multiple-choice", "single-choice", "mcq", "question", "quiz", "radio", "checkbox"), "choice")
LOOSE_KIND = re.compile(rf"\{{[^{{}}]*\.(?:{'|'.join(KINDS)})\b")


def report_suspects(seen: Scan, questions: tuple[Question, ...]) -> None:
    """Report every heading outside the questions that was probably meant to be one."""
    position = 0
    misplaced = {kind.index for kind in seen.kinds}
    for n, heading in enumerate(seen.headings):
        line = seen.number(heading.first)
        while position < len(questions) and questions[position].end_line < line:
            position += 1
        if position < len(questions) and questions[position].line <= line:
            continue
        if not misplaced.isdisjoint(range(heading.first, heading.last + 2)) or class_attributes(heading):
            continue  # `report_misplaced` reports it
        following = seen.headings[n + 1] if n + 1 < len(seen.headings) else None
        _report(seen, heading, following, bool(questions))


def _report(seen: Scan, heading: Heading, following: Heading | None, page_has_questions: bool) -> None:
    end = following.first if following else len(seen.lines)
    reading = read_choices(seen, heading.last + 1, end)
    if reading and not reading.is_sure:
        reading = None
    asks = any(a.name in QUIZ_ATTRIBUTES for a in heading.attributes)
    has_part = following is not None and following.depth == heading.depth + 1 and following.title in PARTS
    for attribute in heading.attributes:
        if message := _misspelt(attribute, asks, reading is not None, has_part):
            hint = f"the kinds are {one_of(['.' + k for k in KINDS])}"
            seen.report(heading.first, attribute.column, "unknown-kind", message, hint)
            return
    if heading.open_brace and LOOSE_KIND.search(seen.lines[heading.first]):
        message = f'the heading "{_before_brace(heading.title)}" opens a brace that is never closed'
        hint = f"close it at the end of the line:  {seen.lines[heading.first].rstrip()} }}"
        column = seen.lines[heading.first].rindex("{") + 1
        seen.report(heading.first, column, "unclassed-question", message, hint)
        return
    if reading is None or not any(item.correct and not item.guessed for item in reading.items):
        return
    over = all(not line.strip() for line in seen.lines[heading.last + 1 : reading.first])
    asking = over or heading.title.endswith("?")
    if has_part or asks or heading.open_brace or (page_has_questions and asking):
        message = f'the heading "{heading.title}" stands over a list with [x] but has no kind class'
        hint = f"make it a question:  {'#' * heading.depth} {_before_brace(heading.title)} {{ .choice #an-id }}"
        seen.report(heading.first, 1, "unclassed-question", message, hint)


def _misspelt(attribute: Attribute, asks: bool, boxes: bool, has_part: bool) -> str:
    if attribute.name in KINDS and not attribute.value:
        return f'"{attribute.name}" has no dot (did you mean ".{attribute.name}"?)'
    if attribute.name != ".":
        return ""
    name = attribute.value
    near = did_you_mean(name, KINDS, SYNONYMS)
    if name in FUTURE_KINDS and (asks or boxes or has_part):
        return f'".{name}" questions are not there yet'
    if asks or (near and (boxes or _very_near(name))):
        return f'".{name}" is not a kind of question{near}'
    return ""


def _before_brace(title: str) -> str:
    return title.partition("{")[0].strip()


def _very_near(name: str) -> bool:
    return any(difflib.SequenceMatcher(None, name.lower(), k).ratio() >= 0.8 for k in KINDS)
