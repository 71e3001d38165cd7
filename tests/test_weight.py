"""What the plugin makes readers load is at most what docs/contribute/own-site.md says."""

import os
import re
from pathlib import Path

import pytest
from rendering import ROOT

from tools.bench import FOR_CODE, PAGES, Assets, build, weights

COST = (ROOT / "docs" / "contribute" / "own-site.md").read_text(encoding="utf-8").partition("## What it costs")[2]
# In bytes: a kB is a thousand of them.
STATED = {name: 1000 * int(size) for name, size in re.findall(r"^\| ([\w -]+) \| (\d+) \|$", COST, re.MULTILINE)}
INLINE = re.compile(r"<(?:script|style)(?![^>]*\ssrc=)[^>]*>", re.DOTALL)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site; QUIZPROOF_SITE names a folder that holds it already."""
    if there := os.environ.get("QUIZPROOF_SITE"):
        return Path(there)
    folder = tmp_path_factory.mktemp("weighed-site")
    build(folder)
    return folder


def test_a_weight_is_stated_for_every_mode() -> None:
    assert list(STATED) == [name for name in PAGES if name != "A lab"]
    assert (STATED["Without questions"], STATED["Self-check"]) == (0, 10_000)


@pytest.mark.parametrize("name", STATED)
def test_a_page_weighs_at_most_what_is_stated(built: Path, name: str) -> None:
    questions, _ = weights(built, name)
    assert sum(questions.values()) <= STATED[name], questions
    if STATED[name]:
        assert sum(questions.values()) > 0, "nothing was weighed"


def test_a_page_without_questions_gets_nothing(built: Path) -> None:
    assert weights(built, "Without questions") == ({}, {})
    assert "quizproof-" not in (built / "contribute" / "decisions" / "index.html").read_text(encoding="utf-8")


def test_runnable_code_adds_what_is_stated(built: Path) -> None:
    found = re.search(r"Runnable code adds (\d+) kB", COST)
    assert found
    for name in ("Self-check", "Reference", "Review"):
        _, code = weights(built, name)
        assert 0 < sum(code.values()) <= 1000 * int(found[1]), code


def test_all_of_it_is_in_files_that_a_browser_keeps(built: Path) -> None:
    """A page with questions has the inline scripts and styles of a page without any, and no more."""
    pages = [(built / PAGES[name][0] / "index.html").read_text(encoding="utf-8") for name in PAGES]
    inline = {name: sorted(INLINE.findall(page)) for name, page in zip(PAGES, pages, strict=True)}
    assert {name: found for name, found in inline.items() if found != inline["Without questions"]} == {}


def test_pages_that_can_have_no_runnable_code_load_nothing_of_it(built: Path) -> None:
    """Drawn questions may bring some along; all other pages hold theirs."""
    may, without = re.compile(r"<quiz-(?:code|lab|set)\b"), 0
    for page in sorted(built.rglob("index.html")):
        if may.search(page.read_text(encoding="utf-8")):
            continue
        without += 1
        assert [file.name for file in Assets(page).files if file.name.startswith(FOR_CODE)] == [], page
    assert without > 10
