"""What the build gives the progress page and the count of what is due: their element, bank, links and scripts."""

import json
from pathlib import Path

import pytest
from rendering import Site, bare_markdown, question, tree

PROGRESS = "---\nquiz:\n  mode: progress\n---\n\n# Progress\n\nBefore.\n"
REVIEW = "---\nquiz:\n  mode: review\n---\n\n# Review\n"
DUE = '# Home\n\nWhat is due: <quiz-due data-bank=""></quiz-due>\n'
WITHOUT_SCRIPT = (
    "What you have answered is kept in this browser, and a script of this page counts it; it has not run here. "
    "It needs JavaScript, and a page from a web server rather than from a file. Nothing that is kept is lost."
)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path / "site")
    made.write("index.md", "# Home\n")
    made.write("quizzes/one.md", "# One\n\n" + question(title="Is `x` < *y*?"))
    made.write("cards.md", "# Cards\n\n## Front { .flashcard #card topics=pruning }\n\nBack.\n")
    return made


def ours(html: str) -> list[str]:
    """File names of what a page loads of ours, in order."""
    nodes = (n for n in tree(html, strict=False).iter() if n.tag in ("link", "script"))
    links = [n.get("href") or n.get("src") or "" for n in nodes]
    return [Path(link).name for link in links if "quizproof" in link]


def test_the_page_gets_its_element_its_bank_and_the_way_to_the_review(site: Site) -> None:
    site.write("deep/progress.md", PROGRESS)
    site.write("again/review.md", REVIEW)
    built = site.build(strict=True)
    assert (built.code, built.output) == (0, "")
    (folder,) = (built.site / "assets").glob("quizproof-bank-*")
    html = built.read("deep/progress/index.html")
    found = tree(html, strict=False).one("quiz-progress")
    assert found.attributes == {"data-bank": folder.name, "data-review": "../../again/review/"}
    assert found.text == WITHOUT_SCRIPT
    assert html.index("Before.") < html.index("<quiz-progress")
    assert ours(html) == ["quiz.css", "progress.css", "progress.js"]
    for name in ("quiz.css", "progress.css", "progress.js", "progress.schema.json"):
        assert list((built.site / "assets").glob(f"quizproof-*/{name}"))


def test_titles_stand_in_the_order_of_the_index(site: Site) -> None:
    site.write("progress.md", PROGRESS)
    built = site.build(strict=True)
    (folder,) = (built.site / "assets").glob("quizproof-bank-*")
    index, titles = (json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in ("index", "titles"))
    assert dict(zip((row[0] for row in index["questions"]), titles, strict=True)) == {"card": "Front", "q": "Is x < y?"}


def test_without_a_review_page_there_is_no_link_to_one(site: Site) -> None:
    site.write("progress.md", PROGRESS)
    found = site.build(strict=True).tree("progress/index.html").one("quiz-progress")
    assert list(found.attributes) == ["data-bank"]


def test_a_progress_page_may_have_questions_of_its_own(site: Site) -> None:
    site.write("progress.md", PROGRESS + "\n" + question(attributes=".choice #mine skill=concept"))
    built = site.build(strict=True)
    html = built.read("progress/index.html")
    assert ours(html) == ["quiz.css", "quiz.js", "progress.css", "progress.js"]
    assert not tree(html, strict=False).all("quiz-set")
    assert html.index("<quiz-question") < html.index("<quiz-progress")


def test_the_count_of_what_is_due_brings_one_script_and_no_style(site: Site) -> None:
    site.write("index.md", DUE)
    built = site.build(strict=True)
    (folder,) = (built.site / "assets").glob("quizproof-bank-*")
    html = built.read("index.html")
    assert tree(html, strict=False).one("quiz-due").attributes == {"data-bank": folder.name}
    assert ours(html) == ["due.js"]
    assert ours(built.read("quizzes/one/index.html")) == ["quiz.css", "quiz.js"]


def test_a_count_on_a_site_without_questions_is_no_broken_link(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    site.write("index.md", DUE)
    built = site.build(strict=True)
    assert (built.code, built.output) == (0, "")
    assert list((built.site / "assets").glob("quizproof-*/due.js"))


def test_names_shown_as_code_ask_for_nothing(site: Site) -> None:
    site.write("index.md", '# Home\n\n`<quiz-due data-bank="">`\n\n```html\n<quiz-due data-bank=""></quiz-due>\n```\n')
    built = site.build(strict=True)
    assert ours(built.read("index.html")) == []
    assert not list(built.site.rglob("quizproof-bank-*"))


def test_a_draw_on_a_progress_page_is_an_error(site: Site) -> None:
    site.write("progress.md", PROGRESS.replace("progress\n", "progress\n  draw: {count: 2}\n", 1))
    message = "error[bad-draw] quiz: draw is set, and nothing is drawn with mode: progress"
    assert f"docs/progress.md:4:17: {message}" in site.build().output


def test_the_extension_alone_leaves_the_text() -> None:
    shown = tree(bare_markdown().convert(PROGRESS)).one("quiz-progress")
    assert shown.text == WITHOUT_SCRIPT
