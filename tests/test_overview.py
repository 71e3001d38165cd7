"""Places that the plugin fills with what there is on a topic or an outcome, and what pages say they are about."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from rendering import Built, Site, bare_markdown, question

from quiz_plugin.cli import main

OPTIONS = (
    "{topics: {pruning: Pruning & more, tools: Tools}, outcomes: {measure: Measure speed, choose: Choose settings}}"
)
TOPIC = '# Pruning\n\nWhat it is.\n\n<div data-quiz-topic="pruning"></div>\n'
OUTCOMES = """# Outcomes

## Measure

<div data-quiz-outcome="measure"></div>

## Choose

<div data-quiz-outcome="choose"></div>
"""
ABOUT = "---\nquiz: {topics: [tools, pruning]}\n---\n\n# A lab & co\n"
BLOCK = '```python run="python" id="one" topics="pruning"\n--8<-- "one.py"\n```\n'


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path, plugins=f"[search, {{quizproof: {OPTIONS}}}]")
    made.more = """validation: {links: {not_found: warn, anchors: warn}}
nav: [index.md, more.md, quiz.md, {Labs & co: [{Deep: [labs/lab.md]}]}, snippets.md, out.md, topics/pruning.md]"""
    made.write("index.md", "# Home\n\n[there](topics/pruning.md#pruning-questions)\n")
    made.write("quiz.md", "# Quiz & co\n\n" + question(attributes='.choice #q level=expert topics="tools pruning"'))
    more = "---\nquiz: {defaults: {topics: pruning, outcomes: [measure]}}\n---\n\n# More\n\n"
    card = "\n## A *card*? { .flashcard #c }\n\nBack.\n"
    made.write("more.md", more + question(title="What does `a < b` say?", attributes=".choice #r") + card)
    made.write("labs/lab.md", ABOUT)
    made.write("snippets.md", f"# Snippets\n\n## One & only\n\n{BLOCK}")
    (tmp_path / "one.py").write_text("print(1)\n")
    made.write("out.md", OUTCOMES)
    made.write("topics/pruning.md", TOPIC)
    assert made.config
    assert CliRunner().invoke(main, ["record", "--docs", str(tmp_path / "docs")]).exit_code == 0
    return made


def built(site: Site) -> Built:
    made = site.build(strict=True)
    assert (made.code, made.output) == (0, "")
    return made


def test_a_topic_lists_its_questions_by_kind_then_pages_by_section_then_blocks(site: Site) -> None:
    page = built(site).tree("topics/pruning/index.html").one(class_="quiz-overview")
    assert [(n.get("id"), n.text) for n in page.all("h2")] == [
        ("pruning-questions", "Questions (2)"),
        ("pruning-flashcards", "Flashcards (1)"),
        ("pruning-labs-co", "Labs & co"),
        ("pruning-snippets", "Snippets"),
    ]
    assert [(n.get("href"), n.text) for n in page.all("a")] == [
        ("../../more/", "More"),
        ("../../more/#r", "What does a < b say?"),
        ("../../quiz/", "Quiz & co"),
        ("../../quiz/#q", "What does pruning remove?"),
        ("../../more/", "More"),
        ("../../more/#c", "A card?"),
        ("../../labs/lab/", "A lab & co"),
        ("../../snippets/#one", "One & only"),
    ]
    assert [n.text for n in page.all("small")] == ["expert"]


def test_its_headings_are_in_the_table_of_contents_and_can_be_linked_to(site: Site) -> None:
    site.write("index.md", "# Home\n\n[there](topics/pruning.md#pruning-flashcards)\n")
    page = built(site).tree("topics/pruning/index.html")
    assert "#pruning-labs-co" in [n.get("href") for n in page.all("a")]


def test_an_outcome_lists_what_serves_it_and_says_so_when_nothing_does(site: Site) -> None:
    site.write("index.md", "# Home\n")
    measure, choose = built(site).tree("out/index.html").all(class_="quiz-overview")
    assert [n.get("href") for n in measure.all("a")] == ["../more/", "../more/#r", "../more/#c"]
    assert choose.text == "Nothing names this outcome yet."


def test_the_search_index_has_none_of_it(site: Site) -> None:
    site.write("index.md", "# Home\n")
    docs = [d for d in built(site).search() if d["location"].startswith(("topics/", "out/"))]
    assert "What it is." in json.dumps(docs)
    assert "What does pruning remove" not in json.dumps(docs)


def test_the_bank_knows_outcomes_and_where_each_is_listed(site: Site) -> None:
    site.write("index.md", "---\nquiz: {mode: review}\n---\n\n# Review\n")
    (folder,) = (built(site).site / "assets").glob("quizproof-bank-*")
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    assert index["outcomes"] == [
        ["measure", "Measure speed", "out/#measure"],
        ["choose", "Choose settings", "out/#choose"],
    ]
    assert index["topics"] == [["pruning", "Pruning & more", "topics/pruning/#pruning"], ["tools", "Tools"]]
    assert {row[0]: row[6:] for row in index["questions"]} == {"r": [[0]], "c": [[0]], "q": []}


def test_the_extension_alone_leaves_the_place_empty() -> None:
    html = bare_markdown().convert(TOPIC)
    assert '<div data-quiz-topic="pruning"></div>' in html


PLACES = {
    "an unknown topic": (
        '<div data-quiz-topic="prunning"></div>',
        '3:23: error[bad-value] data-quiz-topic names "prunning" (did you mean "pruning"?)\n'
        "    one of pruning or tools",
    ),
    "an unknown outcome": (
        '<div data-quiz-outcome="mesure"></div>',
        '3:25: error[bad-value] data-quiz-outcome names "mesure" (did you mean "measure"?)\n'
        "    one of measure or choose",
    ),
    "a place that there is not": (
        '<div data-quiz-topics="pruning"></div>',
        '3:6: error[unknown-attribute] there is no place "data-quiz-topics" (did you mean "data-quiz-topic"?)\n'
        "    the places are data-quiz-topic or data-quiz-outcome",
    ),
    "a place with text in it": (
        '<div data-quiz-topic="pruning">Here:</div>',
        "3:1: error[bad-value] data-quiz-topic is not written as one empty element\n"
        '    write  <div data-quiz-topic="pruning"></div>',
    ),
    "a place with other attributes": (
        '<div class="x" data-quiz-topic="pruning"></div>',
        "3:1: error[bad-value] data-quiz-topic is not written as one empty element\n"
        '    write  <div data-quiz-topic="pruning"></div>',
    ),
    "topics of a page": (
        "---\nquiz: {topics: pruning toolz}\n---\n\nText.\n",
        '2:16: error[bad-value] quiz: topics names "toolz" (did you mean "tools"?)\n    any of pruning or tools',
    ),
    "topics of a block": (
        '```python run="python" id="one" topics="tool"\nprint(1)\n```',
        '3:33: error[bad-value] topics names "tool" (did you mean "tools"?)\n    any of pruning or tools',
    ),
    "topics of a block in a question": (
        question(attributes=".choice #s", stem='```python run="python" id="one" topics="tools"\nprint(1)\n```'),
        '5:33: error[unknown-option] a block of question "s" has topics of its own\n'
        "    leave them out; the question's heading names them",
    ),
}


@pytest.mark.parametrize("case", PLACES)
def test_a_name_that_is_not_there_fails_the_build_at_its_line(site: Site, case: str) -> None:
    text, problem = PLACES[case]
    page = site.write("index.md", text if text.startswith("---") else f"# Home\n\n{text}\n")
    result = CliRunner().invoke(main, ["check", str(page)])
    said = [line for line in result.stdout.splitlines() if "-record]" not in line and "quizproof record" not in line]
    assert "\n".join(said) == f"docs/index.md:{problem}"
    assert site.build().code == 1


def test_a_place_in_code_or_in_running_text_is_text(site: Site) -> None:
    text = '# Home\n\n```html\n<div data-quiz-topic="x"></div>\n```\n\nWrite `<div data-quiz-topic="x">`.\n'
    site.write("index.md", text)
    assert "quiz-overview" not in built(site).read("index.html")


def test_where_a_site_declares_none_any_name_goes(site: Site) -> None:
    site.plugins = "[search, quizproof]"
    text = '---\nquiz: {defaults: {outcomes: speed}}\n---\n\n<div data-quiz-outcome="speed"></div>\n\n'
    site.write("index.md", text + question(attributes=".choice #s"))
    site.write("review.md", "---\nquiz: {mode: review}\n---\n\n# Review\n")
    site.more = ""
    made = built(site)
    assert [n.get("href") for n in made.tree("index.html").one(class_="quiz-overview").all("a")] == ["./", "./#s"]
    (folder,) = (made.site / "assets").glob("quizproof-bank-*")
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    assert (index["outcomes"], {len(row) for row in index["questions"]}) == ([], {6})


def test_outcomes_that_are_no_mapping(site: Site) -> None:
    site.plugins = "[{quizproof: {outcomes: [speed]}}]"
    assert site.config
    result = CliRunner().invoke(main, ["check", str(site.root / "docs")])
    assert result.exit_code == 2
    assert "the option outcomes of quizproof is ['speed'], expected a mapping of names to titles" in result.output
