"""What a reader's result is stored under: the content hash, and what changes it."""

from collections.abc import Callable

import pytest
from rendering import question

from quiz_plugin.parse import parse

# The identity of `question()`. If this literal has to change, every reader loses the verdicts they have stored.
PINNED = "331afc7c24f8"


def digest(source: str) -> str:
    (found,) = parse(source).questions
    return found.hash


def test_the_hash_is_pinned() -> None:
    assert digest(question()) == PINNED


KEEPS: dict[str, Callable[[], str]] = {
    "explanation": lambda: question(explanation="Another reason."),
    "feedback": lambda: question(first="    > Another word."),
    "no feedback": lambda: question(first=""),
    "new part": lambda: question(rest="\n### Steps\n\n1. One.\n"),
    "id": lambda: question(attributes=".choice #another skill=concept level=beginner"),
    "level and topics": lambda: question(attributes=".choice #q skill=tune level=expert topics=tools"),
    "place on the page": lambda: question(before="# Page\n\nText.\n\n"),
    "depth": lambda: question().replace("### ", "#### ").replace("## What", "### What"),
    "line ends": lambda: question().replace("\n", "\r\n"),
    "spaces at line ends": lambda: question().replace("\n", "  \n"),
    "bullet": lambda: question().replace("- [", "+ ["),
    "blank lines": lambda: question(stem="\nA layer is pruned.\n"),
    "capital X": lambda: question().replace("[x]", "[X]"),
    "indentation of blocks": lambda: question(first="  > They are the important ones."),
}
CHANGES: dict[str, Callable[[], str]] = {
    "kind": lambda: question(attributes=".explain #q"),
    "title": lambda: question(title="What does quantization remove?"),
    "stem": lambda: question(stem="Another layer is pruned."),
    "choice": lambda: question(choice="The activations"),
    "key's text": lambda: question(key="The smallest absolute weights"),
    "key": lambda: question().replace("[x]", "[-]").replace("[ ] The biases", "[x] The biases").replace("[-]", "[ ]"),
    "order": lambda: question(key="The biases", choice="The smallest weights"),
    "one more choice": lambda: question(choice="The biases\n- [ ] Nothing"),
    "code in the stem": lambda: question(stem="```python\nx = 1\n```"),
}


@pytest.mark.parametrize("change", KEEPS)
def test_what_the_answer_does_not_depend_on_keeps_the_hash(change: str) -> None:
    assert digest(KEEPS[change]()) == PINNED


def test_what_the_answer_depends_on_changes_the_hash() -> None:
    found = {name: digest(make()) for name, make in CHANGES.items()}
    assert PINNED not in found.values()
    assert len(set(found.values())) == len(found), found


def test_choices_that_move_between_fields_are_another_question() -> None:
    joined = digest(question(key="a", choice="b"))
    assert joined != digest(question(key="a\n- [ ] b", choice="c"))
    assert digest(question(stem="a\n\nb")) != digest(question(stem="a", title="What does pruning remove? b"))
