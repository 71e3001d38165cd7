"""The home page offers every way to learn, says what each is for and how long it takes, and counts right."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from rendering import ROOT

from quiz_plugin.cli import main

DOCS = ROOT / "docs"
HOME = (DOCS / "index.md").read_text(encoding="utf-8")
CARD = re.compile(
    r"^-   :[\w-]+:\{[^}]*\} \*\*\[(.+?)\]\((.+?)\)\*\*\n\n    ---\n\n((?:    .+\n)+)\n    \*(.+?)\*", re.MULTILINE
)
CARDS = {name: (target, " ".join(about.split()), takes) for name, target, about, takes in CARD.findall(HOME)}
MODES = [
    "Cheat sheet",
    "Flashcards",
    "Self-check",
    "Practice",
    "Timed challenge",
    "Strength test",
    "Code lab",
    "Explain it",
    "Review",
]


def test_every_way_to_learn_is_offered() -> None:
    assert list(CARDS) == [*MODES, "Progress", "Reference"]


def test_each_is_in_the_navigation() -> None:
    """tests/browser/test_keyboard.py follows the links of both on the built site."""
    lines = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").splitlines()
    start = lines.index("nav:")
    nav = yaml.safe_load("\n".join(lines[start : lines.index("", start)]))["nav"]
    assert [target for target, _, _ in CARDS.values() if target not in set(pages(nav))] == []


def pages(entry: object) -> Iterator[str]:
    """Every page of a part of the navigation."""
    if isinstance(entry, str):
        yield entry
    for inner in entry.values() if isinstance(entry, dict) else entry if isinstance(entry, list) else ():
        yield from pages(inner)


@pytest.mark.parametrize("name", CARDS)
def test_each_says_what_it_is_for_and_how_long_it_takes(name: str) -> None:
    target, about, takes = CARDS[name]
    assert (DOCS / target).is_file()
    assert re.search(r"(^|\. )(For |The best place)", about)
    assert re.search(r"minute|As long as you like", takes)


def test_the_numbers_are_those_of_the_site() -> None:
    listed = CliRunner().invoke(main, ["list", str(DOCS), "--format", "json"])
    questions = json.loads(listed.stdout)
    where = [(q["kind"], Path(q["path"]).relative_to("docs").as_posix()) for q in questions]
    cards = [path for kind, path in where if kind == "flashcard"]
    decks = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}[len(set(cards))]
    assert CARDS["Flashcards"][2].startswith(f"{len(cards)} cards in {decks} decks")
    assert CARDS["Explain it"][2].startswith(f"{sum(kind == 'explain' for kind, _ in where)} prompts")
    labs = sorted((DOCS / "labs").glob("*.md"))
    assert CARDS["Code lab"][2].startswith(f"{len(labs) - 1} labs")
    for name, noun in (("Self-check", "questions"), ("Practice", "problems"), ("Timed challenge", "problems")):
        target, _, takes = CARDS[name]
        assert takes.startswith(f"{sum(path == target for _, path in where)} {noun}")
