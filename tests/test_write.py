"""Parse, write, parse: the model stays the same."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from test_fuzz import ANYTHING, SEEDS, judged

from quiz_plugin.checks import broken_questions
from quiz_plugin.load import load_pages
from quiz_plugin.model import Question
from quiz_plugin.parse import parse
from quiz_plugin.settings import find_project
from quiz_plugin.write import write

ROOT = Path(__file__).parent.parent


def said(question: Question) -> tuple[Any, ...]:
    """All that a question says, without the lines and columns where it says it."""
    return (
        (question.kind, question.id, question.title, question.depth, question.hash),
        [(a.name, a.value) for a in question.attributes],
        question.stem.source,
        [(c.letter, c.correct, c.body.source, c.feedback.source) for c in question.choices],
        [(p.kind, p.body.source) for p in question.parts],
        [(b.id, b.engine, b.code, dict(b.options), b.place) for b in question.blocks],
    )


def sound(source: str) -> list[Question]:
    page, problems = judged(source)
    broken = broken_questions(page, problems)
    return [q for q in page.questions if q.line not in broken]


def again(question: Question) -> Question:
    (found,) = parse(write(question)).questions
    return found


@pytest.mark.parametrize("source", SEEDS)
def test_seeds(source: str) -> None:
    for question in sound(source):
        assert said(again(question)) == said(question)


@example("## Explain { .explain #say }\n<![\n---\n\n- [ ] One\n\n### Explanation\n\nModel.\n")
@given(ANYTHING)
def test_fuzz_parse_write_parse(source: str) -> None:
    for question in sound(source):
        assert said(again(question)) == said(question), write(question)


def test_every_question_of_the_site() -> None:
    pages = load_pages([ROOT / "docs"], find_project(ROOT))
    questions = [q for page in pages for q in page.questions]
    assert len(questions) > 100
    for question in questions:
        assert said(again(question)) == said(question)


def test_what_is_written() -> None:
    source = "Which { .choice #q points=2 }\n---\n\nStem.\n\n* [ ] no\n* [X] yes\n  > why\n\n### Explanation\n\nSo.\n"
    (question,) = parse(source).questions
    assert write(question) == (
        '## Which { .choice #q points="2" }\n\nStem.\n\n- [ ] no\n- [x] yes\n    > why\n\n### Explanation\n\nSo.\n'
    )


def test_a_title_that_ends_in_a_hash_mark() -> None:
    (question,) = parse("C# { .choice #c }\n---\n\n- [x] a\n- [ ] b\n\n### Explanation\n\nE.\n").questions
    assert again(question).title == question.title == "C#"
