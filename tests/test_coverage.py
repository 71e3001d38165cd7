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
STRENGTH_TEST = "docs/quizzes/strength.md"
# Each row of the plan by its part, written out, so that none is dropped, renamed or put in another's place unseen.
PLAN = {
    "set 1": (
        "pruning-effect",
        "int8-codes",
        "start-percentage",
        "accuracy-drop",
        "debug-threshold",
    ),
    "set 2": (
        "card, what pruning is",
        "card, what quantization is",
        "card, how pruning helps",
        "card, trade-off of quantization",
        "card, two kinds of pruning",
        "self-check, what pruning removes",
        "self-check, what quantization usually changes",
        "self-check, a benefit of pruning",
        "self-check, a cost of quantization",
        "self-check, what structured pruning removes",
        "explain, deploying on phones",
        "explain, trade-offs",
        "practice, goal-of-pruning",
        "practice, tflite-default",
        "practice, l1-twenty-percent",
        "practice, old-tensorflow",
        "practice, phone-recipe",
        "strength test",
    ),
    "set 3": (
        "card, what pruning is",
        "card, what quantization is",
        "card, how pruning helps",
        "card, trade-off of quantization",
        "card, two kinds of pruning",
        "self-check, what pruning removes",
        "self-check, what quantization usually changes",
        "self-check, a benefit of pruning",
        "self-check, a cost of quantization",
        "self-check, what structured pruning removes",
    ),
    "set 4": (
        "aim of pruning",
        "what quantization is",
        "speed on hardware that supports it",
        "cost of aggressive pruning",
        "name for zeroing single weights",
        "why quantization suits the edge",
        "pruning against overfitting",
        "side effect of quantization",
        "post-training quantization",
        "what both share",
        "correction, activation pruning",
        "correction, debugging is harder",
        "correction, storage always falls",
    ),
    "beyond": (
        "affine and symmetric quantization",
        "zero-point",
        "per-tensor and per-channel",
        "calibration (min-max, percentile, entropy)",
        "clipping against rounding error",
        "SQNR per bit",
        "int8 products with int32 accumulation",
        "requantization",
        "fake quantization and the straight-through estimator",
        "QAT against PTQ",
        "dynamic, static and weight-only",
        "outliers",
        "4-bit groups",
        "NF4",
        "FP8",
        "bfloat16 against float16",
        "lottery tickets",
        "iterative against one-shot",
        "global against local",
        "movement pruning",
        "N:M (2:4) sparsity",
        "sparse formats and their break-even",
        "filter norms",
        "removing a filter and the next layer",
        "batch-norm folding",
        "FLOPs and MACs",
        "roofline",
        "Amdahl for partial speed-ups",
        "knowledge distillation (temperature)",
        "low-rank factors",
        "energy of a memory access against a multiply",
        "Han et al. 2015",
        "Deep Compression",
        "Jacob et al. 2018",
        "Frankle and Carbin 2019",
        "Gholami et al. 2021",
    ),
    "set 5": (
        "step size of gradient descent",
        "penalty on large weights",
        "hardware for matrix products",
        "primary goal of pruning",
        "inference latency",
        "larger batches",
        "cure for underfitting",
        "mixed precision",
        "magnitude pruning",
        "32-bit to 8-bit",
        "throughput against latency",
        "first and second moments",
        "grid search",
        "AMP in PyTorch",
        "early stopping watches",
        "sparsity-promoting penalty",
        "float16's trouble",
        "depthwise separable convolutions",
        "Bayesian search",
        "200 to 100 ms and 5 to 10 requests per second",
        "outcome, effect of hyperparameters",
        "outcome, over- and underfitting",
        "outcome, hardware and software acceleration",
        "outcome, pruning and quantization",
        "outcome, latency and throughput",
        "outcome, choosing an optimizer",
    ),
    "sheet": (
        "hyperparameter tuning",
        "search methods",
        "over- and underfitting",
        "regularization",
        "pruning and quantization",
        "hardware acceleration",
        "toolkits",
        "latency and throughput",
        "optimizers",
        "accuracy against efficiency",
    ),
}
# What readers can do, in the words of the plan, and the outcome of the site that says the same.
OUTCOMES = {
    "outcome, effect of hyperparameters": "settings",
    "outcome, over- and underfitting": "fitting",
    "outcome, hardware and software acceleration": "hardware",
    "outcome, pruning and quantization": "compression",
    "outcome, latency and throughput": "speed",
    "outcome, choosing an optimizer": "optimizers",
}
PAPER = re.compile(r"\]\(https?://[^)]*(?:arxiv|doi\.org|proceedings|papers\.|jmlr|openreview|deeplearningbook)[^)]*\)")
PLACE = re.compile(r"\b(?:section|table|figure|equation|algorithm|page|appendix|appendices|abstract|chapter)s?\b")
FACT = re.compile(r"\b[12]\d{3}\b[^(]*\([^()]{15,}")
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


def says_nothing(line: str) -> bool:
    """Whether a source names a paper, and neither a place in it nor, in brackets after the year, a fact of it."""
    rest = re.sub(r"\[[^\]]*\]\([^)]*\)", "", line)
    return bool(PAPER.search(line)) and not PLACE.search(rest) and not FACT.search(rest)


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
        if ids == [STRENGTH_TEST]:
            continue
        assert [i for i in ids if i not in bank()] == [], name
        assert {bank()[i]["kind"] for i in ids} <= KINDS, name
        assert [i for i, times in Counter(ids).items() if times > 1] == [], name


def test_the_rows_are_those_of_the_plan() -> None:
    # These two maps hold the plan in full; the others go into more detail on their own subject.
    rows = [*maps()["sets"], *maps()["training"]]
    assert sorted(rows) == sorted(f"{part}: {name}" for part, names in PLAN.items() for name in names)
    others = [row for path in MAPS for row in maps()[path.stem] if row.startswith("set ")]
    assert [row for row in others if row not in rows] == []


def test_each_question_is_in_a_row() -> None:
    mapped = set(chain.from_iterable(chain.from_iterable(part.values() for part in maps().values())))
    assert [name for name in bank() if name not in mapped] == []


def test_the_row_of_an_outcome_has_questions_that_serve_it() -> None:
    assert sorted(OUTCOMES.values()) == sorted(project().outcomes)
    for row, outcome in OUTCOMES.items():
        ids = maps()["training"][f"set 5: {row}"]
        assert len(ids) >= 4
        assert [i for i in ids if outcome not in bank()[i]["outcomes"]] == [], row


def test_the_strength_test_draws_ten_over_the_levels_and_can_do_so_twice() -> None:
    assert [row for row, ids in maps()["sets"].items() if ids == [STRENGTH_TEST]] == ["set 2: strength test"]
    (page,) = load_pages((ROOT / STRENGTH_TEST,), project())
    assert page.settings.mode == "strength"
    there = Counter(question["level"] for question in of_kind("choice"))
    draw = page.settings.draw
    assert sum(draw["levels"].values()) == draw["count"] == 10
    assert {"beginner", "intermediate", "advanced"} <= set(draw["levels"])
    assert [level for level, count in draw["levels"].items() if there[level] < 2 * count] == []


def test_each_row_of_the_sets_can_be_practised() -> None:
    """A row that only flashcards serve is read, not tried; the cards of sets 2 and 3 are cards on purpose."""
    rows = chain.from_iterable(part.items() for part in maps().values())
    only_cards = [name for name, ids in rows if {bank()[i]["kind"] for i in ids if i in bank()} == {"flashcard"}]
    assert [name for name in only_cards if not re.match("set [23]: card, ", name)] == []


def test_set_3_asks_what_set_2_asks() -> None:
    rows = maps()["sets"]
    second = {row[7:]: ids for row, ids in rows.items() if re.match("set 2: (card|self-check), ", row)}
    assert {row[7:]: ids for row, ids in rows.items() if row.startswith("set 3: ")} == second


def test_the_bank_is_as_large_as_promised() -> None:
    assert len(of_kind("choice")) >= 100
    assert len(of_kind("flashcard")) >= 40
    assert len(of_kind("explain")) >= 12


def test_most_keys_are_computed_and_few_are_only_cited() -> None:
    assert share("decided", "computed") >= 0.70
    assert share("cited") <= 0.15
    assert share("none") == 0


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_question_serves_an_outcome(kind: str) -> None:
    assert [question["id"] for question in of_kind(kind) if not question["outcomes"]] == []


def test_each_paper_is_cited_with_a_place_or_a_fact() -> None:
    found = []
    for page in load_pages((DOCS,), project()):
        for question in page.questions:
            for part in question.parts:
                if part.kind == "Source":
                    lines = re.split(r"\n(?=- )", part.body.source.strip())
                    found += [(question.id, line) for line in lines if says_nothing(line)]
    assert found == []


@pytest.mark.parametrize(
    ("line", "nothing"),
    [
        ("- A. Author, [The table of a page](https://arxiv.org/abs/1234.56789), 2020", True),
        ("- A. Author, [Title](https://doi.org/10.1/2), 2020 (the paper)", True),
        ("- A. Author, [Title](https://doi.org/10.1/2) (a whole sentence in brackets), 2020", True),
        ("- A. Author, [Title](https://arxiv.org/abs/1234.56789), 2020, section 3.2", False),
        ("- A. Author, *Title*, 2nd edition, 2003, section 3.4 ([doi](https://doi.org/10.1/2))", False),
        ("- A. Author, [Title](https://www.jmlr.org/papers/v1.html), 2020 (half the weights at the same error)", False),
        ("- [Documentation](https://docs.example.org/page.html)", False),
    ],
)
def test_a_bare_citation_is_found(line: str, nothing: bool) -> None:
    assert says_nothing(line) == nothing


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
