"""Every example of the page that teaches the language is a case: the checker says what the page says it says."""

import re
from pathlib import Path

import pytest

from quiz_plugin.checks import check_page
from quiz_plugin.evidence import book
from quiz_plugin.parse import parse
from quiz_plugin.settings import make_project

PAGE = Path(__file__).parent.parent / "docs" / "contribute" / "questions.md"
EXAMPLE = re.compile(
    r'^````markdown title="page\.md"\n(.*?)^````\n(?:\n```text\n(.*?)^```\n)?', re.MULTILINE | re.DOTALL
)
EXAMPLES = [(match[1], match[2] or "") for match in EXAMPLE.finditer(PAGE.read_text(encoding="utf-8"))]


def test_every_example_of_the_page_is_found():
    text = PAGE.read_text(encoding="utf-8")
    assert len(EXAMPLES) == text.count("\n````markdown") > 8


@pytest.mark.parametrize(("source", "expected"), EXAMPLES)
def test_the_checker_says_what_the_page_says(source, expected, tmp_path):
    project = make_project(tmp_path, "docs", {})
    page = parse(source, "page.md")
    for job in book.jobs([page], project):
        assert book.record(job, project) == []
    assert "".join(f"{problem}\n" for problem in check_page(page, project)) == expected


def test_the_smallest_question_is_one():
    page = parse(EXAMPLES[0][0])
    assert [(q.kind, q.id, q.key) for q in page.questions] == [("choice", "magnitude-first", ("B",))]


def test_a_task_list_under_a_plain_heading_is_no_question():
    assert parse(EXAMPLES[1][0]).questions == ()
