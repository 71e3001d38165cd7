"""Every Markdown feature of the site, in every piece of a question: the piece reads as the same text alone does.

The data is tests/features/*.md; what Markdown makes of a file by itself is what each piece must hold.
"""

import re
from functools import cache
from pathlib import Path
from textwrap import indent

import pytest
from rendering import Node, site_config, site_markdown, snippets_from_here, tree

from quiz_plugin.checks import check_page
from quiz_plugin.parse import parse
from quiz_plugin.settings import make_project

FEATURES = {p.stem: p.read_text(encoding="utf-8") for p in sorted((Path(__file__).parent / "features").glob("*.md"))}
# What shows that the feature is on: without it, two equal failures would pass.
SHOWS = {
    "abbreviation": '<abbr title="quantization-aware training">QAT</abbr>',
    "admonition": '<div class="admonition note">',
    "arrow": "<code>--&gt;</code>",
    "attribute-list": 'id="lead-anchor"',
    "attribute-list-braces": '<em class="x">',
    "blocks-not-on": "/// note",
    "cjk": "<strong>整数</strong>",
    "collapsible": '<details class="tip">',
    "deep-heading": "A heading far below",
    "definition-list": "<dd>",
    "double-brackets": "<code>[[1, 2]]</code>",
    "emoji": "twemoji",
    "emphasis": "<strong><em>both</em></strong>",
    "escapes": "*not emphasised*",
    "fenced-code": '<div class="highlight">',
    "fenced-code-braces": 'id="an-anchor"',
    "fenced-code-options": '<span class="hll">',
    "fenced-code-tilde": "```\ninside",
    "figure": "<figcaption>",
    "footnote": 'href="#fn:one"',
    "hard-break": "<br />",
    "highlight-table": '<span class="normal">10</span>',
    "html-block": "raw *text*",
    "html-comment": "<!-- a comment\nof two lines, with [x] -->",
    "html-details": "Hidden <strong>text</strong>",
    "html-inline": "<sub>2</sub>",
    "html-like-text": "<code>a&lt;b</code>",
    "html-markdown": "rendered <em>text</em>",
    "html-void": "<hr>",
    "image": 'width="300"',
    "include": "<p>included = [1, 2]</p>",
    "include-in-fence": '<span class="n">included</span>',
    "indented-code": "- [ ] not a choice",
    "inline-code": "<code>a ` b</code>",
    "link": "a_b_c?x=1&amp;y=2",
    "link-reference": 'title="A paper"',
    "maths-block": '<div class="arithmatex">',
    "maths-inline": '<span class="arithmatex">',
    "mermaid": '<pre class="mermaid">',
    "nested-blocks": "tabbed-set",
    "nested-list": "<li>three</li>",
    "ordered-list": "<p>a block of four</p>",
    "quotation": "<blockquote>\n<blockquote>|<blockquote>",
    "right-to-left": 'dir="rtl"',
    "rule": "<hr />",
    "tab-in-text": "a   b   c",
    "table": '<th style="text-align: right;">bits</th>',
    "tabs": '<label for="__tabbed_1_1">NumPy</label>',
    "task-list-in-fence": "- [x]",
}
PIECES = ("stem", "choice", "feedback", "explanation", "hint", "steps", "mistakes", "back", "concept")
LEAD = "Text.\n\n"
STEP = "1. Step.\n\n"
FOOTNOTES = re.compile(r'<div class="footnote">.*?</ol>\s*</div>', re.DOTALL)
HEADING = re.compile(r'<h\d id="[^"]*">(.*?)<a class="headerlink".*?</a></h\d>')


def page(piece: str, text: str, unit: str = "    ") -> str:
    """A page of one good question with `text` in one of its pieces; list content is indented by `unit`."""
    inner = LEAD + text
    item = indent(inner, unit).removeprefix(unit)
    quote = "".join(f"{unit}> {line}\n" if line else f"{unit}>\n" for line in inner.splitlines())
    shown = {name: inner if name == piece else "Plain.\n" for name in PIECES}
    shown["steps"] = STEP + shown["steps"]
    if piece == "back":
        return f"## Front {{ .flashcard #q }}\n\n{inner}"
    if piece == "concept":
        return f"## Say {'{'} .explain #q {'}'}\n\n- [ ] {item}\n- [ ] Two\n\n### Explanation\n\nPlain.\n"
    return f"""## What? {{ .choice #q }}

{shown["stem"]}
Choose.

- [ ] {item if piece == "choice" else "One"}
- [x] Two
{quote if piece == "feedback" else ""}
### Hint

{shown["hint"]}
### Explanation

{shown["explanation"]}
### Steps

{shown["steps"]}
### Mistakes

{shown["mistakes"]}
### Source

- [A paper](https://example.org/)
"""


@cache
def alone(text: str) -> str:
    from markdown import Markdown

    config = site_config()
    configs = snippets_from_here(config.mdx_configs)
    extensions = [e for e in config.markdown_extensions if e != "quizproof"]
    return Markdown(extensions=extensions, extension_configs=configs).convert(LEAD + text)


def piece_of(question: Node, piece: str) -> Node:
    if piece == "choice":
        return question.one("div", class_="quiz-choices").one("div", class_="quiz-text")
    if piece == "concept":
        return question.one("fieldset", class_="quiz-concepts").one("div", class_="quiz-text")
    return question.one(data_part=piece)


def without_frame(node: Node) -> list[object]:
    """What an author wrote of a piece: not its summary, nor the letter of a feedback."""
    kept = [c for c in node.children if not isinstance(c, Node) or not is_frame(c)]
    return [plain(child) for child in kept if isinstance(child, Node) or child.strip()]


def is_frame(node: Node) -> bool:
    frames = (("p", "Choose."), ("ol", "Step."))
    return node.tag == "summary" or node.get("class") == "quiz-feedback-letter" or (node.tag, node.text) in frames


def plain(node: Node | str) -> object:
    """A comparable form: white space between elements and what a piece does to headings leave no trace."""
    if isinstance(node, str):
        return node.strip()
    attributes = {k: v for k, v in node.attributes.items() if k not in ("role", "aria-level")}
    tag = node.tag
    if attributes.get("class") == "quiz-heading" or re.fullmatch("h[1-6]", tag):
        tag, attributes = "heading", {}
    children = [c for c in node.children if isinstance(c, Node) or c.strip()]
    children = [c for c in children if not (isinstance(c, Node) and c.get("class") == "headerlink")]
    return (tag, attributes, [plain(c) for c in children])


def test_every_data_file_says_what_it_shows() -> None:
    assert set(SHOWS) == set(FEATURES)


@pytest.mark.parametrize("name", FEATURES)
def test_the_feature_is_on(name: str) -> None:
    assert re.search("|".join(map(re.escape, SHOWS[name].split("|"))), alone(FEATURES[name]))


UNITS = {"four": "    ", "two": "  ", "tab": "\t"}
CASES = [
    pytest.param(name, piece, unit, id=f"{name}-{piece}{'' if spaces == 'four' else '-' + spaces}")
    for name in FEATURES
    for piece in PIECES
    for spaces, unit in UNITS.items()
    if (spaces == "four" or piece in ("choice", "feedback", "concept")) and (name, piece) != ("quotation", "choice")
]


@pytest.mark.parametrize(("name", "piece", "unit"), CASES)
def test_a_feature_in_a_piece(name: str, piece: str, unit: str) -> None:
    source = page(piece, FEATURES[name], unit)
    problems = check_page(parse(source), make_project(Path.cwd(), "docs", {}))
    assert [str(p) for p in problems if p.severity == "error"] == []
    html = site_markdown().convert(source)
    root = tree(html)
    question = root.one("quiz-card" if piece == "back" else "quiz-question")
    expected = tree(FOOTNOTES.sub("", alone(FEATURES[name])))
    assert without_frame(piece_of(question, piece)) == without_frame(expected)
    assert bool(FOOTNOTES.search(html)) == (name == "footnote")


def test_a_quotation_in_a_choice_is_its_feedback() -> None:
    question = tree(site_markdown().convert(page("choice", FEATURES["quotation"]))).one("quiz-question")
    assert question.one("div", class_="quiz-choices").all(class_="quiz-text")[0].text == "Text."
    feedback = question.one(data_part="feedback", data_letter="A")
    assert feedback.all("p")[1].text == "A quotation."
    assert feedback.one("blockquote").text == "Within one."


def test_a_box_in_indented_code_is_reported_not_dropped() -> None:
    source = page("stem", "    - [x] in indented code\n")
    found = [(p.code, p.line) for p in check_page(parse(source), make_project(Path.cwd(), "docs", {}))]
    assert ("split-choices", 5) in found
