"""The parser: what belongs to a question, down to line and column, for every way that people write Markdown."""

import pytest
from growth import grows_with_size

from quiz_plugin.model import Page, Question, Settings
from quiz_plugin.parse import parse

PAGE = """---
title: Page
quiz:
  mode: practice
  defaults: {level: expert, topics: [pruning, tools]}
---

# Page

## Which go first? { .choice #first skill=predict level=beginner }

A stem.

```python run="numpy"
print(1)
```

- [ ] `2`
    > Feedback
    > on two lines.

    A second paragraph.
- [x] `1`

### Hint

Think.

### Explanation

Why.

## What is pruning? { .flashcard #card }

Removing weights.

```python run="python" id="shown"
print(2)
```

## Notes

Text.

```python run="python" id="own" timeout="5"
print(3)
```
"""


def only(page: Page) -> Question:
    assert page.problems == ()
    assert len(page.questions) == 1
    return page.questions[0]


def texts(question: Question) -> list[str]:
    return [choice.body.source for choice in question.choices]


def test_every_piece_knows_its_lines() -> None:
    page = parse(PAGE, "page.md")
    first, card = page.questions
    assert page.problems == ()
    assert (first.kind, first.id, first.title, first.line, first.end_line) == (
        "choice",
        "first",
        "Which go first?",
        10,
        31,
    )
    assert (first.stem.line, first.stem.numbers[-1]) == (12, 16)
    assert [(c.letter, c.correct, c.line, c.column) for c in first.choices] == [("A", False, 18, 3), ("B", True, 23, 3)]
    assert texts(first) == ["`2`\n\nA second paragraph.", "`1`"]
    assert first.choices[0].feedback.source == "Feedback\non two lines."
    assert first.choices[0].feedback.numbers == (19, 20)
    assert [(p.kind, p.line, p.body.source) for p in first.parts] == [
        ("Hint", 25, "Think."),
        ("Explanation", 29, "Why."),
    ]
    assert (card.kind, card.line, card.stem.source.splitlines()[0]) == ("flashcard", 33, "Removing weights.")


def test_attributes_know_their_columns_and_defaults_fill_in() -> None:
    first, card = parse(PAGE).questions
    assert (first.level, first.skill, first.topics) == ("beginner", "predict", ("pruning", "tools"))
    assert (card.level, card.topics) == ("expert", ("pruning", "tools"))
    line = PAGE.splitlines()[9]
    assert [line[a.column - 1 :].split()[0] for a in first.attributes] == [
        ".choice",
        "#first",
        "skill=predict",
        "level=beginner",
    ]
    assert [line[a.value_column - 1 :].split()[0] for a in first.attributes[2:]] == ["predict", "beginner"]


def test_blocks_know_their_place() -> None:
    page = parse(PAGE)
    assert [(b.id, b.engine, b.place, b.question, b.line, b.end_line) for b in page.all_blocks] == [
        ("first", "numpy", "stem", "first", 14, 16),
        ("shown", "python", "back", "card", 37, 39),
        ("own", "python", "page", "", 45, 47),
    ]
    assert [b.dom_id for b in page.all_blocks] == ["first-code", "shown", "own"]
    assert page.blocks[0].code == "print(3)\n"
    assert page.blocks[0].options["timeout"] == "5"


def test_settings_and_where_they_stand() -> None:
    settings = parse(PAGE).settings
    assert settings == Settings(mode="practice", defaults={"level": "expert", "topics": "pruning tools"})
    assert settings.places["defaults.topics"] == (5, 37)


SIMPLE = """## Which? { .choice #a }

- [ ] one
- [x] two
    > right

    ```python
    - [x] code
    ```

### Explanation

Why.
"""


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(SIMPLE.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(SIMPLE.replace("\n", "\r"), id="CR"),
        pytest.param("\ufeff" + SIMPLE, id="BOM"),
        pytest.param(SIMPLE.rstrip("\n"), id="no newline at the end"),
        pytest.param(SIMPLE.replace("    ", "\t"), id="tabs"),
        pytest.param(SIMPLE.replace("    ", "  "), id="two spaces"),
        pytest.param(SIMPLE.replace("\n- [", "\n* ["), id="stars"),
        pytest.param(SIMPLE.replace("- [ ]", "+ [ ]").replace("- [x] two", "+ [X] two"), id="plus and capital X"),
        pytest.param(SIMPLE.replace("\n- [", "\n   - [").replace("    ", "       "), id="list by three"),
        pytest.param(SIMPLE.replace("\n- [", "\n-\t["), id="tab behind the bullet"),
        pytest.param(SIMPLE.replace("{ .choice #a }", "{: .choice #a }"), id="colon"),
        pytest.param(SIMPLE.replace("{ .choice #a }", "{.choice #a}"), id="tight braces"),
        pytest.param(SIMPLE.replace("{ .choice #a }", "{ .choice #a } ##"), id="closing marks"),
        pytest.param(SIMPLE.replace("## Which?", "##Which?"), id="no space behind the marks"),
        pytest.param(SIMPLE.replace("one\n", "one  \n"), id="spaces at the end of a line"),
        pytest.param(SIMPLE.replace("## ", "#### ").replace("##### E", "##### E"), id="deep"),
    ],
)
def test_spellings_of_the_same_question(changed: str) -> None:
    question = only(parse(changed))
    assert [t.rstrip() for t in texts(question)] == ["one", "two\n\n```python\n- [x] code\n```"]
    assert question.key == ("B",)
    assert question.choices[1].feedback.source == "right"
    assert [(p.kind, p.body.source) for p in question.parts] == [("Explanation", "Why.")]


def test_setext_headings() -> None:
    page = parse(
        "# Page\n\nWhich? { .choice #a }\n----------\n\n- [ ] one\n- [x] two\n\n### Explanation\n\nWhy.\n\nNext\n====\n"
    )
    question = only(page)
    assert (question.title, question.depth, question.line, question.end_line) == ("Which?", 2, 3, 11)
    assert texts(question) == ["one", "two"]


def test_no_setext_heading_in_a_table_a_list_or_under_two_lines() -> None:
    page = parse(SIMPLE.replace("Why.", "| a |\n|---|\n\n- a\n---\n\none\ntwo\n---\n"))
    assert only(page).end_line == 21


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("- [ ] one\n\n    para\n\n- [x] two\n", ["one\n\npara", "two"], id="loose"),
        pytest.param("- [ ] one\nlazy\n- [x] two\n", ["one\nlazy", "two"], id="lazy line"),
        pytest.param("- [ ] one\n    - a\n        - b\n- [x] two\n", ["one\n- a\n    - b", "two"], id="nested lists"),
        pytest.param("- [ ] one\n\n    > no\n\n    after\n- [x] two\n", ["one\n\n\nafter", "two"], id="after feedback"),
        pytest.param("- [ ]\n\n    ![a](a.svg)\n- [x] two\n", ["![a](a.svg)", "two"], id="image below the box"),
        pytest.param("- [ ] one <!-- - [x] no -->\n- [x] two\n", ["one <!-- - [x] no -->", "two"], id="comment"),
        pytest.param("- [ ] `[x]` one\n- [x] `[[1, 2]]` -->\n", ["`[x]` one", "`[[1, 2]]` -->"], id="code spans"),
        pytest.param("- [ ] one\n\n        code\n- [x] two\n", ["one\n\n    code", "two"], id="indented code"),
        pytest.param("- [ ] one\n  \n- [x] two\n\n\n", ["one", "two"], id="blank lines"),
    ],
)
def test_choices_of_several_blocks(body: str, expected: list[str]) -> None:
    question = only(parse(f"## Which? {{ .choice #a }}\n\n{body}\n### Explanation\n\nWhy.\n"))
    assert texts(question) == expected


def test_fence_with_a_quotation_mark_is_no_feedback() -> None:
    question = only(parse(SIMPLE.replace("- [x] code", "> prompt")))
    assert "> prompt" in question.choices[1].body.source
    assert question.choices[1].feedback.source == "right"


def test_runnable_code_in_feedback_loses_the_quotation_marks() -> None:
    feedback = ["Run it:", "", '```python run="python"', "if True:", "    print(1)", "```"]
    quoted = "".join(f"    > {line}\n" for line in feedback)
    text = f"## Q? {{ .choice #a }}\n\n- [ ] one\n{quoted}- [x] two\n"
    (block,) = parse(text).all_blocks
    assert (block.code, block.line, block.column, block.place) == ("if True:\n    print(1)\n", 6, 7, "choice")


def test_a_flashcard_has_no_parts_and_ends_at_each_heading_of_its_level() -> None:
    page = parse("## Card { .flashcard #card }\n\nBack.\n\n## Steps\n\n1. No part of it.\n\n## Source\n\nNor this.\n")
    assert [(q.line, q.end_line, q.stem.source.strip()) for q in page.questions] == [(1, 3, "Back.")]
    assert page.problems == ()


def test_a_question_ends_at_the_next_heading_of_its_level() -> None:
    page = parse("### A { .choice #a }\n\n- [x] one\n- [ ] two\n\n#### Hint\n\nh\n\n## Next\n\nDone:\n\n- [x] prose\n")
    assert (page.questions[0].end_line, page.problems) == (8, ())


@pytest.mark.parametrize(
    "header", ['python run="numpy"', "python run=numpy", '{ .python run="numpy" }', "py  run = 'numpy'"]
)
def test_headers_of_runnable_fences(header: str) -> None:
    page = parse(f"``` {header}\nprint(1)\n```\n")
    assert [b.engine for b in page.blocks] == ["numpy"]
    spaced = ['found a space between "run" and "="'] if " = " in header else []
    assert [p.message for p in page.problems] == spaced


@pytest.mark.parametrize("header", ["python", 'python title="run=numpy"', 'python title="how to run"', "pyrun"])
def test_fences_that_are_not_runnable(header: str) -> None:
    assert parse(f"```{header}\nprint(1)\n```\n").blocks == ()


def test_front_matter_taken_off_by_the_caller_keeps_lines() -> None:
    page = parse(SIMPLE, offset=10, settings=Settings())
    assert (page.first_line, page.questions[0].line, page.questions[0].choices[0].line) == (11, 11, 13)


def test_a_page_without_questions_and_code_is_none_of_our_business() -> None:
    page = parse("# Page\n\n```python\nnever closed\n\n<!-- nor this\n\n- [x] done\n- [y] odd\n")
    assert (page.questions, page.blocks, page.problems) == ((), (), ())


Q = "## Q { .choice #a }\n\n"
GROWING = {
    "unclosed fences": ("", "```python\ncode\n\n", ""),
    "fences in fences": ("", "    ```python\n", "```\n"),
    "fences in items": (Q, "- [ ] ```python\n", ""),
    "many choices": (Q, "- [x] a\n    > b\n\n", ""),
    "nested boxes": (f"{Q}- [x] a\n", "    - [ ] b\n", ""),
    "split lists": (f"{Q}- [x] a\n\n", "text\n\n- [ ] b\n\n", ""),
    "many questions": ("", f"{Q}### Hint\n\nh\n\n", ""),
    "nested questions": ("", "# Q { .choice #a }\n\n## In { .explain #b }\n\n", ""),
    "late choices": ("", f"{Q}### Hint\n\n- [x] a\n\n", ""),
    "braces": ("## Q ", "{ .choice ", "\n"),
    "plain list": ("", "- plain\n", f"\n{Q}"),
    "suspects": (Q, "## H\n\n- [x] a\n\n", ""),
    "blocks": ("", '```python run="python"\n1\n```\n\n', ""),
    "comments": (Q, "<!--\n", ""),
    "slashes": (Q, "/// note\n", ""),
}


@pytest.mark.parametrize("name", GROWING)
def test_time_grows_with_size(name: str) -> None:
    head, unit, tail = GROWING[name]

    assert grows_with_size(lambda count: parse(head + unit * count + tail), 1_000, 8_000)
