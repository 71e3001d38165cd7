"""Places that the plugin fills with what there is on a topic or an outcome, and blocks and pages that name topics."""

import re
from collections.abc import Iterator

from quiz_plugin.model import PLACES, Page
from quiz_plugin.parse.scan import scan
from quiz_plugin.problems import did_you_mean, one_of
from quiz_plugin.settings import Project

Found = Iterator[tuple[int, int, str, str, str]]
START = re.compile(r"<div\b[^<>]*\sdata-quiz-([\w-]+)")
WHOLE = re.compile(r'<div data-quiz-[\w-]+="([^"]*)"></div>\s*')


def names(page: Page, project: Project) -> Found:
    """Places that are written as the plugin finds them, for topics and outcomes that there are."""
    if not any("data-quiz-" in line for line in page.lines):
        return
    opaque = scan(page.path, list(page.lines)).opaque
    known = {"topic": tuple(project.topics), "outcome": tuple(project.outcomes)}
    for n, line in enumerate(page.lines):
        start, whole = START.match(line), WHOLE.fullmatch(line)
        if opaque[n] or not start:
            continue
        at, kind = page.first_line + n, start[1]
        if kind not in PLACES:
            message = f'there is no place "data-quiz-{kind}"{did_you_mean(f"data-quiz-{kind}", _shown())}'
            yield at, start.start(1) - 9, "unknown-attribute", message, f"the places are {one_of(_shown())}"
        elif not whole:
            message = f"data-quiz-{kind} is not written as one empty element"
            yield at, 1, "bad-value", message, f'write  <div data-quiz-{kind}="{_first(known[kind])}"></div>'
        elif known[kind] and whole[1] not in known[kind]:
            message = f'data-quiz-{kind} names "{whole[1]}"{did_you_mean(whole[1], known[kind])}'
            yield at, whole.start(1) + 1, "bad-value", message, f"one of {one_of(known[kind])}"


def _shown() -> list[str]:
    return [f"data-quiz-{kind}" for kind in PLACES]


def _first(known: tuple[str, ...]) -> str:
    return known[0] if known else "name"


def blocks(page: Page, project: Project) -> Found:
    """Topics of runnable blocks outside of questions; those of a question are the question's."""
    known = tuple(project.topics)
    for block in page.all_blocks:
        if "topics" not in block.options:
            continue
        value = block.options["topics"]
        column = page.lines[block.line - page.first_line].find("topics") + 1
        if block.question:
            message = f'a block of question "{block.question}" has topics of its own'
            yield block.line, column, "unknown-option", message, "leave them out; the question's heading names them"
        for word in value.split() if known and not block.question else ():
            if word not in known:
                message = f'topics names "{word}"{did_you_mean(word, known)}'
                yield block.line, column, "bad-value", message, f"any of {one_of(known)}"
