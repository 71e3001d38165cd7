"""The reference page: every question of the site, moved from its own page without breaking what it links to."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from rendering import Built, Node, Site, bare_markdown, question, tree

from quiz_plugin.cli import main
from quiz_plugin.parse import parse
from quiz_plugin.reference import Entry, fragments, group, render_reference

FRONT = "---\ntitle: Reference\nquiz: {mode: reference}\n---\n\n# Reference\n\nAll questions.\n"
CARD = '## What is a scale? { .flashcard #card topics="quantization" }\n\nThe step.\n'
TOPICS = "{topics: {quantization: Quantization, pruning: Pruning & more}}"
FEATURES = """[a heading](other.md#there), [a question](quiz.md#q), [outside](https://example.org/?a=1&b=2),
![plot](../plot.svg)

A note[^1], and text: href="other.md" `<a href="other.md">`.

=== "A"

    a

=== "B"

    b

#### A heading

[^1]: The note.
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path, plugins=f"[search, {{quizproof: {TOPICS}}}]")
    made.extensions = "[attr_list, footnotes, pymdownx.superfences, {pymdownx.tabbed: {alternate_style: true}}, toc]"
    made.more = "validation: {links: {not_found: warn, anchors: warn}}"
    made.write("index.md", "# Home\n\n[a question](reference.md#r) [a topic](reference.md#topic-pruning)\n")
    made.write("plot.svg", "<svg/>")
    made.write("deep/other.md", "# Other\n\n## There\n")
    made.write("deep/quiz.md", "# Quiz\n\n" + question(stem=FEATURES) + "\n" + CARD)
    made.write("deep/more.md", "# More & more\n\n" + question(attributes=".choice #r topics=pruning", stem=FEATURES))
    made.write("reference.md", FRONT)
    return made


def reference(site: Site) -> tuple[Built, Node]:
    built = site.build(strict=True)
    assert built.code == 0, built.output
    return built, built.tree("reference/index.html")


def entries(page: Node) -> list[str]:
    return [n.attributes["id"] for n in page.iter() if n.get("data-view") == "reference"]


def test_every_question_is_there_grouped_by_topic_in_the_order_of_the_site(site: Site) -> None:
    _, page = reference(site)
    assert entries(page) == ["card", "r", "q"]
    headings = [(n.get("id"), n.text) for n in page.all("h2") if (n.get("id") or "").startswith("topic-")]
    assert headings == [("topic-quantization", "Quantization"), ("topic-pruning", "Pruning & more")]
    assert [n.text for n in page.all("h3", class_="quiz-title")] == [
        "What is a scale?",
        "What does pruning remove?",
        "What does pruning remove?",
    ]
    assert [n.text for n in page.all("p", class_="quiz-where")] == ["Quiz", "More & more", "beginner · concept · Quiz"]


def test_answers_are_open_and_hints_closed(site: Site) -> None:
    _, page = reference(site)
    answers = page.all("details", data_part="answer")
    assert [n.get("open") for n in answers] == ["", "", ""]
    assert answers[1].get("data-key") == "B"


def test_links_and_images_are_right_from_another_folder(site: Site) -> None:
    built, page = reference(site)
    (one,) = [n for n in page.all("quiz-question") if n.get("id") == "r"]
    stem = one.one(data_part="stem")
    links = [n.get("href") for n in stem.all("a")]
    assert links == [
        "../deep/other/#there",
        "../deep/quiz/#q",
        "https://example.org/?a=1&b=2",
        "../deep/more/#fn:1",
    ]
    assert stem.one("img").get("src") == "../plot.svg"
    assert 'text: href="other.md" <a href="other.md">.' in stem.text
    where = page.all("p", class_="quiz-where")[1].one("a").get("href")
    assert where == "../deep/more/#r"
    for link in ("deep/other/index.html", "deep/more/index.html", "plot.svg"):
        assert (built.site / link).is_file()


def test_ids_are_the_questions_own(site: Site) -> None:
    _, page = reference(site)
    found = [n.attributes["id"] for n in page.iter() if n.get("id")]
    assert len(found) == len(set(found))
    (one,) = [n for n in page.all("quiz-question") if n.get("id") == "r"]
    for label in one.one(class_="tabbed-labels").all("label"):
        assert label.get("for") in found
        assert label.attributes["for"].startswith("r--__tabbed_")
    assert {n.get("name") for n in one.one(class_="tabbed-set").elements if n.tag == "input"} == {"r--__tabbed_1"}
    assert {n.get("name") for n in one.one(class_="quiz-choices").all("input")} == {"r"}


def test_a_link_to_a_heading_of_the_same_question_stays_there(site: Site) -> None:
    site.write("deep/more.md", question(attributes=".choice #r", stem="#### Note\n\n[up](#note)", choice="[x](#r)"))
    _, page = reference(site)
    (one,) = [n for n in page.all("quiz-question") if n.get("id") == "r"]
    assert [n.get("href") for n in one.one(data_part="stem").all("a")][-1] == "#r--note"
    assert [n.get("href") for n in one.one(class_="quiz-choices").all("a")] == ["#r"]


def test_the_reference_is_in_the_table_of_contents_but_not_in_the_search_index(site: Site) -> None:
    built, page = reference(site)
    locations = [e["location"] for e in built.search() if e["location"].startswith("reference/")]
    assert [x for x in locations if x not in ("reference/", "reference/#reference")] == []
    assert "Small weights change" not in built.read("search/search_index.json")
    assert "All questions." in built.read("search/search_index.json")
    hrefs = [n.get("href") for n in page.all("a")]
    assert hrefs.index("#topic-quantization") < hrefs.index("#topic-pruning")


def test_links_into_the_reference_are_checked(site: Site) -> None:
    site.write("index.md", "[a question](reference.md#nowhere)\n")
    built = site.build(strict=True)
    assert built.code == 1
    assert "does not contain an anchor '#nowhere'" in built.output


def test_each_question_leads_to_its_place_on_the_reference_page_and_back(site: Site) -> None:
    built, page = reference(site)
    quiz = built.tree("deep/quiz/index.html")
    assert [n.one("a").get("href") for n in quiz.all("p", class_="quiz-more")] == [
        "../../reference/#q",
        "../../reference/#card",
    ]
    answer = quiz.one("quiz-question", id="q").one("details", data_part="answer")
    assert answer.elements[-1].get("class") == "quiz-more"
    assert page.all("p", class_="quiz-more") == [], "the reference does not lead to itself"
    assert {"../deep/quiz/#q", "../deep/quiz/#card"} <= {n.get("href") for n in page.all("a")}
    assert "In the reference" not in built.read("search/search_index.json")


def test_without_a_reference_page_nothing_leads_there(site: Site) -> None:
    site.write("reference.md", "# Reference\n")
    site.write("index.md", "# Home\n")
    assert "quiz-more" not in site.build(strict=True).read("deep/quiz/index.html")


def test_a_question_leads_to_its_topic_its_outcomes_and_what_shows_the_code_of_its_proof(site: Site) -> None:
    site.plugins = f"[search, {{quizproof: {TOPICS[:-1]}, outcomes: {{prune: Prune with care}}}}}}]"
    (site.root / "one.py").write_text("x = 1\n")
    block = '```python run="python"{more}\n--8<-- "one.py"\n```\n'
    site.write("snippets.md", "# Snippets\n\n## One & x\n\n" + block.format(more=' id="one" topics="pruning"'))
    site.write("trial.md", '---\nquiz: {topics: pruning}\n---\n\n# Trial\n\n--8<-- "one.py"\n')
    site.write("silent.md", '# Says nothing of topics\n\n--8<-- "one.py"\n')
    places = '## Topic\n\n<div data-quiz-topic="pruning"></div>\n\n## Aim\n\n<div data-quiz-outcome="prune"></div>\n'
    site.write("places.md", f"# Places\n\n{places}")
    proof = "\n### Proof\n\n" + block.format(more="").replace(
        '"one.py"\n', '"one.py"\nanswer = {1: "The smallest weights"}[x]\n'
    )
    site.write(
        "deep/more.md", "# More\n\n" + question(attributes=".choice #r topics=pruning outcomes=prune", rest=proof)
    )
    assert site.config
    assert CliRunner().invoke(main, ["record", "--docs", str(site.root / "docs")]).exit_code == 0
    site.extensions = site.extensions.replace(
        "footnotes", f"footnotes, {{pymdownx.snippets: {{base_path: [{site.root}]}}}}"
    )
    _, page = reference(site)
    where = next(n for n in page.all("p", class_="quiz-where") if "Serves" in n.text)
    assert where.text == "More Serves: Prune with care Uses: One & x, Trial"
    assert [n.get("href") for n in where.all("a")] == [
        "../deep/more/#r",
        "../places/#aim",
        "../snippets/#one",
        "../trial/",
    ]
    topic = page.one("p", class_="quiz-about-topic").one("a")
    assert (topic.get("href"), topic.text) == ("../places/#topic", "All on Pruning & more")


def test_a_reference_without_questions_is_a_page(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.write("index.md", FRONT)
    built = site.build(strict=True)
    assert (built.code, built.output) == (0, "")
    assert "All questions." in built.read("index.html")


def test_problems_of_a_page_do_not_reach_the_reference(site: Site) -> None:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    site.write("deep/more.md", question(attributes=".choice #r", choice=""))
    config = load_config(str(site.config), site_dir=str(site.root / "served"))
    config.plugins.on_startup(command="serve", dirty=False)
    build(config, serve_url="http://127.0.0.1:8000/")
    page = tree((site.root / "served" / "reference" / "index.html").read_text(encoding="utf-8"), strict=False)
    assert entries(page) == ["card", "q"]


def test_questions_without_a_declared_topic_come_last() -> None:
    source = "\n".join(question(attributes=f".choice #q{n} topics={t}") for n, t in enumerate(("b", "a", "zzz", "a b")))
    page = parse(source)
    made = [Entry(q, "Page", "page/", f'<quiz-question id="{q.id}"></quiz-question>') for q in page.questions]
    groups = group(made, {"a": "Title A", "b": "Title B"})
    assert [(g.title, [e.question.id for e in g.entries]) for g in groups] == [
        ("Title A", ["q1", "q3"]),
        ("Title B", ["q0"]),
        ("Other questions", ["q2"]),
    ]
    assert [g.title for g in group(made, {})] == ["Questions"]


IDS = ["fn-call", "fnref", "code", "a"]


@pytest.mark.parametrize("identifier", IDS)
def test_an_id_that_looks_like_a_footnote_stays(identifier: str) -> None:
    source = question(attributes=f".choice #{identifier}", choice="Two\n\n    blocks")
    (found,) = fragments(bare_markdown().convert(source)).items()
    assert found[0] == identifier
    (one,) = parse(source).questions
    html = render_reference(group([Entry(one, "P", "p/", found[1])], {}), lambda url, link: link)
    root = tree(html)
    assert root.one("quiz-question").has({"id": identifier, "data-view": "reference"})
    assert {n.get("name") for n in root.all("input")} == {identifier}
    assert (
        root.all("input")[2].get("aria-labelledby")
        == f"{identifier}-C"
        == root.one("div", id=f"{identifier}-C").get("id")
    )
