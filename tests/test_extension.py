"""The extension by itself: the markup it makes, bare and with the site's whole list, and what it refuses."""

import re

import pytest
from markdown import Markdown
from rendering import Node, bare_markdown, question, site_markdown, tree

MAKERS = {"bare": bare_markdown, "site": site_markdown}
SECRETS = ("They are the important ones", "Small weights change", "The smallest weights", "[x]", "data-key", "checked")
SEVERAL = """## Which two? { .choice #two topics="pruning tools" points=2 seconds=90 shuffle=true }

- [x] First
- [ ] Second
    > No.
- [x] Third

### Hint

One.

### Hint

Two.

### Explanation

Why.

### Steps

1. Step.

### Mistakes

- Mistake.

### Source

- [A paper](https://example.org/)
"""
EXPLAIN = """## Explain it { .explain #say }

To a child.

- [ ] One concept
- [ ] Another

    of two blocks

### Explanation

A model answer.
"""
CARD = """## The *front* { .flashcard #card level=beginner }

The back.

### A heading of the back

More.
"""


@pytest.fixture(params=MAKERS)
def md(request: pytest.FixtureRequest) -> Markdown:
    return MAKERS[request.param]()


def outline(node: Node, depth: int) -> list[object]:
    """Tags with what the contract names, down to a depth."""
    kept = ("class", "data-part", "data-letter", "type", "name", "value", "role", "data-key")
    found = []
    for child in node.elements:
        attributes = {k: v for k, v in child.attributes.items() if k in kept}
        found.append((child.tag, attributes, outline(child, depth - 1)) if depth > 1 else (child.tag, attributes))
    return found


def test_a_choice_question_has_the_markup_of_the_contract(md: Markdown) -> None:
    root = tree(md.convert(question()))
    element = root.one("quiz-question")
    expected = {
        "id": "q",
        "data-kind": "choice",
        "data-state": "unanswered",
        "data-level": "beginner",
        "data-topics": "pruning",
        "data-skill": "concept",
    }
    assert {k: v for k, v in element.attributes.items() if k != "data-hash"} == expected
    assert re.fullmatch("[0-9a-f]{12}", element.attributes["data-hash"])
    form = element.one("form")
    assert outline(form, 1) == [
        ("fieldset", {}),
        ("quiz-hidden", {}),
        ("p", {"class": "quiz-status", "role": "status"}),
    ]
    assert form.elements[2].children == []
    fieldset = form.one("fieldset")
    assert outline(fieldset, 1) == [("legend", {}), ("div", {"data-part": "stem"}), ("div", {"class": "quiz-choices"})]
    title = fieldset.one("legend").one("h2", class_="quiz-title")
    assert (title.text, title.get("data-quiz-id"), title.get("id")) == ("What does pruning remove?", "q", None)


def test_choices_are_labelled_radio_buttons_in_source_order(md: Markdown) -> None:
    choices = tree(md.convert(question())).one("div", class_="quiz-choices")
    rows = [
        (
            "div",
            {"class": "quiz-choice", "data-letter": letter},
            [
                (
                    "label",
                    {},
                    [
                        ("input", {"type": "radio", "name": "q", "value": letter}),
                        ("span", {"class": "quiz-letter"}),
                        ("span", {"class": "quiz-text"}),
                    ],
                )
            ],
        )
        for letter in "ABC"
    ]
    assert outline(choices, 3) == rows
    assert [n.text for n in choices.all("span", class_="quiz-text")] == [
        "The largest weights",
        "The smallest weights",
        "The biases",
    ]
    assert not choices.all("input", checked="checked")


def test_the_answer_is_closed_and_excluded_from_search(md: Markdown) -> None:
    hidden = tree(md.convert(question())).one("quiz-hidden")
    assert hidden.get("data-search-exclude") == ""
    answer = hidden.one("details", data_part="answer")
    assert (answer.get("data-key"), answer.get("open")) == ("B", None)
    assert outline(answer, 1) == [
        ("summary", {}),
        ("p", {"class": "quiz-key"}),
        ("div", {"data-part": "feedback", "data-letter": "A"}),
        ("div", {"data-part": "explanation"}),
        ("div", {"data-part": "source"}),
    ]
    assert answer.one("p", class_="quiz-key").text == "Correct answer: B"


def test_several_correct_choices_are_check_boxes_with_an_instruction(md: Markdown) -> None:
    element = tree(md.convert(SEVERAL)).one("quiz-question")
    assert element.one("p", class_="quiz-instruction").text == "Choose all that apply."
    assert {n.get("type") for n in element.all("input")} == {"checkbox"}
    wanted = {"data-points": "2", "data-seconds": "90", "data-shuffle": "true", "data-topics": "pruning tools"}
    assert element.has(wanted)
    assert element.all(data_part="stem") == []
    answer = element.one("details", data_part="answer")
    assert answer.get("data-key") == "A C"
    assert answer.one("p", class_="quiz-key").text == "Correct answers: A, C"
    hints = element.all("details", data_part="hint")
    assert [h.one("summary").text for h in hints] == ["Hint 1 of 2", "Hint 2 of 2"]
    assert [p.one("summary").text for p in answer.all("details")] == ["Worked steps", "Common mistakes"]


def test_an_open_question_has_a_draft_and_concepts_but_no_key(md: Markdown) -> None:
    element = tree(md.convert(EXPLAIN)).one("quiz-question", data_kind="explain")
    draft = element.one("textarea")
    assert draft.attributes == {"class": "quiz-draft", "rows": "5", "aria-label": "Your explanation"}
    answer = element.one("details", data_part="answer")
    assert (answer.get("data-key"), answer.elements[0].text) == (None, "Model answer")
    concepts = answer.one("fieldset", class_="quiz-concepts")
    assert concepts.one("legend").text == "Tick what your answer says"
    assert [n.get("value") for n in concepts.all("input", type="checkbox")] == ["A", "B"]
    assert [n.text for n in concepts.all(class_="quiz-text")] == ["One concept", "Another of two blocks"]
    assert concepts.all("input")[1].get("aria-labelledby") == concepts.all("div", class_="quiz-text")[0].get("id")
    assert element.all("div", class_="quiz-choices") == []


def test_a_flashcard_has_a_front_and_a_closed_back(md: Markdown) -> None:
    card = tree(md.convert(CARD)).one("quiz-card")
    assert card.has({"id": "card", "data-kind": "flashcard", "data-state": "front", "data-level": "beginner"})
    assert outline(card, 1) == [
        ("h2", {"class": "quiz-title"}),
        ("quiz-hidden", {}),
        ("p", {"class": "quiz-status", "role": "status"}),
    ]
    back = card.one("details", data_part="answer").one("div", data_part="back")
    assert [n.text.rstrip("¶") for n in back.elements] == ["The back.", "A heading of the back", "More."]
    assert back.elements[1].has({"role": "heading", "aria-level": "3"})


def test_a_choice_of_several_blocks_stands_beside_its_label(md: Markdown) -> None:
    html = md.convert(question(choice="Two\n\n    blocks"))
    row = tree(html).one("div", class_="quiz-choice--blocks")
    assert outline(row, 1) == [("label", {}), ("div", {"class": "quiz-text"})]
    assert row.one("input").get("aria-labelledby") == row.one("div", class_="quiz-text").get("id") == "q-C"


def test_titles_are_in_the_table_of_contents_under_the_question_id() -> None:
    for maker in (site_markdown, lambda: bare_markdown("toc")):
        md = maker()
        md.convert("# Page\n\n" + question(title="What is `a < b` *here*?"))
        inner = md.toc_tokens[0]["children"]
        assert [(t["id"], t["name"]) for t in inner] == [("q", "What is a &lt; b here?")]


def test_a_title_keeps_its_markup_and_its_permalink() -> None:
    title = tree(site_markdown().convert(question(title="Is `a < b` *so*, $x$?"))).one("h2", class_="quiz-title")
    assert [n.tag for n in title.elements] == ["code", "em", "span", "a"]
    assert title.one("a", class_="headerlink").get("href") == "#q"


BLOCK_MARKERS = [
    "> 4",
    "# x",
    "1. y",
    "- 5",
    "* 5",
    "+ 5",
    "| a | b |",
    "!!! x",
    "??? x",
    "=== y",
    '=== "y"',
    "    indented",
    ": z",
    "-->",
    "---",
    "===",
    "/// note",
    "[^1]: x",
    "*[INT]: x",
    "&gt; 4",
    "$$",
    "[TOC]",
    "<",
    "a < b > c",
    "\\[x\\]",
]


@pytest.mark.parametrize("text", BLOCK_MARKERS)
def test_a_choice_that_begins_like_a_block_is_text(md: Markdown, text: str) -> None:
    choices = tree(md.convert(question(choice=text))).one("div", class_="quiz-choices")
    shown = choices.all("span", class_="quiz-text")[2]
    expected = text.strip().replace("&gt;", ">").replace("\\[", "[").replace("\\]", "]")
    assert (shown.text, shown.elements) == (expected, [])


@pytest.mark.parametrize("text", ["<b>bold</b>", "<b>bold</b> text", "text <b>bold</b>"])
def test_inline_html_in_a_choice_is_inline(md: Markdown, text: str) -> None:
    choices = tree(md.convert(question(choice=text))).one("div", class_="quiz-choices")
    shown = choices.all("span", class_="quiz-text")[2]
    assert shown.one("b").text == "bold"


SPELLINGS = {
    "crlf": lambda s: s.replace("\n", "\r\n"),
    "byte-order-mark": lambda s: "\ufeff" + s,
    "no-newline-at-end": lambda s: s.rstrip("\n"),
    "tabs": lambda s: s.replace("    ", "\t"),
    "two-spaces": lambda s: s.replace("    >", "  >"),
    "stars": lambda s: s.replace("\n- [", "\n* ["),
    "capital-x": lambda s: s.replace("[x]", "[X]"),
    "setext": lambda s: s.replace("## What does", "What does").replace("}\n", "}\n---\n", 1),
    "closing-hashes": lambda s: s.replace("}\n", "} ##\n", 1),
    "blank-lines-between-choices": lambda s: s.replace("\n- [", "\n\n- ["),
    "trailing-spaces": lambda s: s.replace("\n", "  \n"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_other_spellings_of_the_same_page_give_the_same_question(md: Markdown, spelling: str) -> None:
    expected = tree(MAKERS["bare"]().convert(question())).one("quiz-question")
    found = tree(md.convert(SPELLINGS[spelling](question()))).one("quiz-question")
    assert found.text == expected.text
    assert found.get("data-hash") == expected.get("data-hash")


def test_front_matter_is_passed_over_without_the_plugin() -> None:
    html = bare_markdown("meta").convert("---\nquiz:\n  mode: practice\n---\n" + question())
    assert tree(html).one("quiz-set", data_mode="practice").one("quiz-question")
    html = bare_markdown().convert("---\nquiz:\n  mode: challenge\n  seconds_per_question: 60\n---\n" + question())
    found = tree(html).one("quiz-set")
    assert found.has({"data-mode": "challenge", "data-state": "ready", "data-seconds": "60", "data-attempts": "1"})


def test_a_page_without_questions_is_left_alone() -> None:
    source = "# Page\n\n- [x] done\n- [ ] to do\n\n> ## quoted\n\n```python\nx = 1\n```\n"
    assert bare_markdown().convert(source) == Markdown(extensions=["fenced_code"]).convert(source)
    assert bare_markdown("extra").convert(source) == Markdown(extensions=["extra"]).convert(source)


@pytest.mark.parametrize("names", [[], ["fenced_code"], ["pymdownx.superfences"]])
def test_fences_work_whatever_else_is_on_and_in_either_order(names: list[str]) -> None:
    source = question(stem="```html\n<div>\n```")
    for extensions in ([*names, "quizproof"], ["quizproof", *names]):
        stem = tree(Markdown(extensions=extensions).convert(source)).one(data_part="stem")
        assert stem.one("code").text == "<div>"


def test_one_converter_renders_many_pages() -> None:
    md = site_markdown()
    first = md.reset().convert(question())
    md.reset().convert("# No question\n\ntext\n")
    md.reset().convert(question(key=""))
    assert md.reset().convert(question()) == first


UNCLOSED = {
    "div-before": ("<div>\n\n", {}),
    "div-with-markdown-before": ('<div class="grid" markdown>\n\n', {}),
    "details-before": ("<details>\n<summary>x</summary>\n\n", {}),
    "table-before": ("<table><tr><td>\n\n", {}),
    "comment-before": ("<!-- a comment\n\n", {}),
    "pre-before": ("<pre>\n\n", {}),
    "script-before": ("text <script>\n\n", {}),
    "textarea-before": ("text <textarea>\n\n", {}),
    "div-in-stem": ("", {"stem": "<div>\n\ntext"}),
    "div-with-markdown-in-stem": ("", {"stem": "<div markdown>\n\ntext"}),
    "comment-in-stem": ("", {"stem": "<!-- text"}),
    "span-in-stem": ("", {"stem": "a <span>b"}),
    "self-closing-div-in-stem": ("", {"stem": "<div/>"}),
    "textarea-in-choice": ("", {"choice": "a <textarea> b"}),
    "style-in-choice": ("", {"choice": "a <style> b"}),
    "link-in-choice": ("", {"choice": "a <a href='x'> b"}),
    "bold-in-title": ("", {"title": "What is <b>it?"}),
    "fieldset-end-in-stem": ("", {"stem": "</fieldset>\n\ntext"}),
    "form-end-in-stem": ("", {"stem": "text </form> text"}),
    "label-end-in-choice": ("", {"choice": "a </label> b"}),
    "details-end-in-explanation": ("", {"explanation": "text\n\n</details>\n\ntext"}),
    "hidden-end-in-explanation": ("", {"explanation": "text </quiz-hidden> text"}),
    "own-element-in-stem": ("", {"stem": "text <quiz-question> text"}),
    "feedback": ("", {"first": "    > <div> no"}),
}


@pytest.mark.parametrize("case", UNCLOSED)
def test_html_that_would_swallow_a_piece_shows_a_problem_and_no_key(md: Markdown, case: str) -> None:
    before, changes = UNCLOSED[case]
    html = md.convert(question(before=before, **changes))
    assert "unclosed-html" in html
    assert not tree(html, strict=False).all("quiz-question")
    assert [s for s in SECRETS if s in html] == []


def test_html_that_is_closed_within_its_piece_is_no_problem(md: Markdown) -> None:
    stem = "<div>\n<p>a\n<p>b <br> c\n</div>\n\n`<div>` and a < b, ``</form>``\n\n```html\n<div>\n```"
    html = md.convert(question(before="<div>\n<ul><li>x\n</ul></div>\n\n", stem=stem))
    assert tree(html, strict=False).one("quiz-question")
    assert "quiz-problem" not in html


def test_a_question_inside_a_closed_element_is_refused(md: Markdown) -> None:
    html = md.convert(f"<div markdown>\n\n{question()}\n\n## After\n\n</div>\n")
    assert 'question "q" stands inside &lt;div&gt;, which is open since line 1' in html
    assert [s for s in SECRETS if s in html] == []


PIECES_ASTRAY = {
    "comment-over-pieces": {"stem": "<b>a</b>\n\n<p>x <!-- a</p>", "explanation": "a --> b"},
    "private-characters": {"stem": "\ue0f00\ue0f1\n\ntext"},
}


@pytest.mark.parametrize("case", PIECES_ASTRAY)
def test_a_piece_that_goes_astray_empties_the_page(md: Markdown, case: str) -> None:
    html = md.convert(question(before="Before.\n\n", **PIECES_ASTRAY[case]))
    found = tree(html, strict=False)
    if found.all("quiz-question"):
        assert found.one("quiz-question").one(data_part="explanation").text
    else:
        assert "swallows a part of it" in html
        assert [s for s in SECRETS if s in html] == []


MISPLACED = {
    "quotation": lambda s: "> " + s.replace("\n", "\n> "),
    "list": lambda s: "- item\n\n    " + s.replace("\n", "\n    "),
    "list-item": lambda s: "- " + s.replace("\n", "\n    "),
    "admonition": lambda s: "!!! note\n\n    " + s.replace("\n", "\n    "),
    "one-space": lambda s: " " + s,
    "seven-hashes": lambda s: s.replace("## What", "####### What"),
}


@pytest.mark.parametrize("place", MISPLACED)
def test_a_question_that_is_not_at_the_page_level_is_refused(md: Markdown, place: str) -> None:
    html = md.convert("# Page\n\n" + MISPLACED[place](question()))
    assert "included-question" in html
    assert [s for s in SECRETS if s in html] == []


@pytest.mark.parametrize(
    "text", ["Write:\n\n    ## What? { .choice #q }\n\n    - [x] a\n", "```\n> ## What? { .choice #q }\n```\n"]
)
def test_a_question_shown_as_code_is_code(text: str) -> None:
    html = site_markdown().convert(text)
    assert "quiz-problem" not in html
    assert "## What?" in html


@pytest.mark.parametrize("extensions", [[], ["attr_list"], ["attr_list", "toc"], ["toc"]])
def test_an_included_question_is_refused(extensions: list[str], tmp_path: object) -> None:
    (tmp_path / "q.md").write_text(question(attributes=".choice #other"), encoding="utf-8")  # type: ignore[operator]
    configs = {"pymdownx.snippets": {"base_path": [str(tmp_path)]}}
    names = ["pymdownx.snippets", *extensions, "quizproof"]
    for before in ("", question(), "# Page\n\n"):
        html = Markdown(extensions=names, extension_configs=configs).convert(f'{before}\n## Next\n\n--8<-- "q.md"\n')
        assert "the question &quot;What does pruning remove?&quot; comes from an include or a macro" in html.replace(
            '"What does pruning remove?"', "&quot;What does pruning remove?&quot;"
        )
        assert "[x]" not in html
        assert html.count("Small weights change") == html.count("<quiz-question")


def test_a_broken_question_shows_where_and_why_but_nothing_of_itself(md: Markdown) -> None:
    html = md.convert("Text before.\n\n" + question(choice="") + "\n## After\n\nText after.\n")
    root = tree(html)
    box = root.one("div", class_="quiz-problem")
    assert box.has({"class": "admonition"})
    assert box.text == (
        "This question cannot be shown: What does pruning remove?"
        "<text>:10:3 empty-choice: choice C is empty. write what it says after the box, or delete the line"
    )
    assert [s for s in SECRETS if s in html] == []
    assert "Text before." in html
    assert "Text after." in html


def test_a_heading_over_a_marked_list_never_shows_the_mark(md: Markdown) -> None:
    html = md.convert(question() + "\n## Which? { .chioce #c }\n\n- [x] Secret one\n- [ ] Two\n")
    assert "unknown-kind" in html
    assert "Secret one" not in html


def test_a_runnable_block_without_a_record_is_shown_without_output(md: Markdown) -> None:
    html = md.convert('```python run="python" id="no-such-record"\nprint(1)\n```\n')
    code = tree(html).one("quiz-code")
    assert code.has({"id": "no-such-record", "data-engine": "python", "data-state": "idle", "data-timeout": "10"})
    assert code.one(data_part="source").one("code").text == "print(1)"
    assert code.all(data_part="output") == []
