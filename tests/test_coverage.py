"""The bank covers what it promises: each row of the maps in tests/coverage has questions, each question an outcome."""

import json
import re
from collections import Counter
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from quiz_plugin.listing import describe
from quiz_plugin.load import load_pages
from quiz_plugin.settings import Project, find_project

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
MAPS = sorted((ROOT / "tests" / "coverage").glob("*.json"))
KINDS = {"choice", "explain", "flashcard"}
# How many rows each part of the plan has, so that none is dropped by mistake.
PARTS = {"set 1": 5, "set 2": 17, "set 4": 13, "set 5": 20, "sheet": 10, "beyond": 36}
LINK = re.compile(r"\]\(([\w/-]+)\.md#([a-z0-9-]+)\)")


@cache
def project() -> Project:
    return find_project(ROOT)


@cache
def bank() -> dict[str, dict[str, Any]]:
    """Every question of the site by its id, as `quizproof list` describes it."""
    pages = load_pages((DOCS,), project())
    return {q.id: describe(page, q, project()) for page in pages for q in page.questions}


@cache
def maps() -> dict[str, dict[str, list[str]]]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in MAPS}


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [question for question in bank().values() if question["kind"] == kind]


def share(*proofs: str) -> float:
    """The share of the choice questions whose key is known in one of these ways."""
    choices = of_kind("choice")
    return sum(question["proof"] in proofs for question in choices) / len(choices)


@pytest.mark.parametrize("path", MAPS, ids=lambda path: path.stem)
def test_each_row_of_a_map_has_questions(path: Path) -> None:
    rows = maps()[path.stem]
    assert rows
    assert [name for name, ids in rows.items() if not ids] == []


@pytest.mark.parametrize("path", MAPS, ids=lambda path: path.stem)
def test_each_id_of_a_map_is_a_question_and_named_once_in_its_row(path: Path) -> None:
    for name, ids in maps()[path.stem].items():
        assert [i for i in ids if i not in bank()] == [], name
        assert {bank()[i]["kind"] for i in ids} <= KINDS, name
        assert [i for i, times in Counter(ids).items() if times > 1] == [], name


def test_no_row_of_the_plan_is_missing() -> None:
    # These two maps hold the plan in full; the others go into more detail on their own subject.
    rows = [*maps()["sets"], *maps()["training"]]
    assert Counter(row.partition(":")[0] for row in rows) == PARTS


def test_each_row_of_the_sets_can_be_practised() -> None:
    """A row that only flashcards serve is read, not tried; the cards of set 2 are cards on purpose."""
    rows = chain.from_iterable(part.items() for part in maps().values())
    only_cards = [name for name, ids in rows if {bank()[i]["kind"] for i in ids} == {"flashcard"}]
    assert [name for name in only_cards if not name.startswith("set 2: card, ")] == []


def test_the_bank_is_as_large_as_promised() -> None:
    assert len(of_kind("choice")) >= 100
    assert len(of_kind("flashcard")) >= 40
    assert len(of_kind("explain")) >= 12


def test_most_keys_are_computed_and_few_are_only_cited() -> None:
    assert share("decided", "computed") >= 0.70
    assert share("cited") <= 0.15
    assert share("none") == 0


@pytest.mark.parametrize("kind", ["choice", "explain"])
def test_each_question_serves_an_outcome(kind: str) -> None:
    assert [question["id"] for question in of_kind(kind) if not question["outcomes"]] == []


def test_each_outcome_has_questions_for_two_strength_tests() -> None:
    """A verdict needs two questions, and the next test brings others."""
    asked = Counter(name for question in of_kind("choice") for name in question["outcomes"])
    assert list(project().outcomes) == [name for name in project().outcomes if asked[name] >= 4]


def test_the_page_has_the_outcomes_in_order_and_a_place_for_each() -> None:
    text = (DOCS / "outcomes.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == list(project().outcomes.values())
    assert re.findall(r'^<div data-quiz-outcome="(.+)"></div>$', text, re.MULTILINE) == list(project().outcomes)


def test_each_topic_has_a_page_of_its_own() -> None:
    pages = sorted((DOCS / "topics").glob("*.md"))
    assert sorted(project().topics) == [page.stem for page in pages]
    for page in pages:
        assert f'\n<div data-quiz-topic="{page.stem}"></div>\n' in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", ["experiments", "labs"])
def test_each_page_of_these_says_what_it_is_about(folder: str) -> None:
    """So that the pages of topics list it: `quiz: {topics: [pruning]}` in its front matter."""
    pages = {Path(page.path).stem: page for page in load_pages((DOCS / folder,), project())}
    assert [name for name, page in pages.items() if name != "index" and not page.settings.topics] == []


def test_each_snippet_says_what_it_is_about() -> None:
    (page,) = load_pages((DOCS / "snippets",), project())
    assert [block.id for block in page.blocks if not block.options.get("topics")] == []


def test_the_glossary_is_alphabetical_and_each_term_leads_to_a_question() -> None:
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    entries = re.findall(r"^(\S[^\n]*)\n:   (.+?)(?=\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    terms = [term for term, _ in entries]
    assert len(terms) >= 45
    assert terms == sorted(terms, key=str.lower)
    for term, meaning in entries:
        found = LINK.findall(meaning)
        assert len(found) == 1, term
        page, question = found[0]
        assert bank()[question]["path"] == f"docs/{page}.md", term
