"""The bank: what the index costs, what the fragments link to, when a site has one, and draws that cannot be."""

import gzip
import hashlib
import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from rendering import Site, bare_markdown, question, tree

from quiz_plugin import bank
from quiz_plugin.cli import main
from quiz_plugin.model import LEVELS, Attribute, Question
from quiz_plugin.reference import Entry
from tools import vendor

WORDS = ("prune", "quantize", "scale", "mask", "layer", "channel", "latency", "memory", "sparse", "weight", "tensor")
TOPICS = {"pruning": "Pruning", "quantization": "Quantization", "tools": "Tools"}
OUTCOMES = {"choose": "Choose settings", "measure": "Measure speed", "prune": "Prune with open eyes"}
SUBJECTS = bank.Subjects(TOPICS, OUTCOMES, {("outcome", "measure"): "outcomes/#measure"})
STRENGTH = "---\ntitle: Test\nquiz:\n  mode: strength\n{draw}---\n\n# Test\n"
CHALLENGE = "---\nquiz:\n  mode: challenge\n{draw}---\n\n# Challenge\n\n"
REVIEW = "---\nquiz:\n  mode: review\n{draw}---\n\n# Review\n"


def generated(count: int, a_page: int = 12) -> list[Entry]:
    """Questions as a large site would have them, in its words; each has an id of its own."""
    rng = random.Random(5)
    entries = []
    for n in range(count):
        id_ = f"{'-'.join(rng.sample(WORDS, 3))}-{n}"
        values = {"level": rng.choice(LEVELS), "topics": " ".join(rng.sample(list(TOPICS), rng.randint(1, 2)))}
        values["outcomes"] = " ".join(rng.sample(list(OUTCOMES), rng.randint(0, 2)))
        attributes = tuple(Attribute(name, value, 1) for name, value in values.items())
        found = Question("choice", id_, f"Question {n}?", 2, 1, 9, attributes)
        page = f"{rng.choice(WORDS)}-{n // a_page}"
        html = f'<quiz-question id="{id_}" data-hash="{found.hash}"></quiz-question>'
        entries.append(Entry(found, page.title(), f"quizzes/{n // a_page}/", html))
    return entries


def test_the_index_takes_at_most_60_bytes_a_question() -> None:
    index = bank.build(generated(1000), SUBJECTS).files["index.json"]
    each = len(gzip.compress(index.encode(), 9, mtime=0)) / 1000
    print(f"index: {each:.1f} bytes a question, gzipped, at 1000 questions")
    assert each <= 60


def test_the_index_holds_what_a_draw_needs() -> None:
    entries = generated(30)
    made = bank.build(entries, SUBJECTS)
    index = json.loads(made.files["index.json"])
    assert [index["version"], len(index["pages"]), len(index["questions"])] == [1, 3, 30]
    assert index["topics"] == [["pruning", "Pruning"], ["quantization", "Quantization"], ["tools", "Tools"]]
    assert index["outcomes"] == [
        ["choose", "Choose settings"],
        ["measure", "Measure speed", "outcomes/#measure"],
        ["prune", "Prune with open eyes"],
    ]
    for entry, (id_, page, kind, level, topics, hash_, *served) in zip(entries, index["questions"], strict=True):
        q = entry.question
        assert (id_, index["kinds"][kind], index["levels"][level], hash_) == (q.id, "choice", q.level, q.hash)
        assert tuple(index["topics"][t][0] for t in topics) == q.topics
        assert tuple(index["outcomes"][n][0] for n in (served[0] if served else ())) == q.outcomes
        assert json.loads(made.files[f"{page}.json"])[id_].startswith("<quiz-question")
        assert index["pages"][page][0] == entry.page_url


def test_the_folder_is_named_by_its_content() -> None:
    one, same = bank.build(generated(5), SUBJECTS), bank.build(generated(5), SUBJECTS)
    other = bank.build(generated(6), SUBJECTS)
    assert re.fullmatch("quizproof-bank-[0-9a-f]{10}", one.name)
    assert one == same
    assert one.name != other.name


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("../other/#x", "quizzes/other/#x"),
        ("../../assets/a.svg", "assets/a.svg"),
        ("#elsewhere", "quizzes/page/#elsewhere"),
        ("../../", "./"),
        ("/absolute", "/absolute"),
        ("https://example.org/", "https://example.org/"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_links_from_the_sites_root(link: str, expected: str) -> None:
    assert bank.from_root("quizzes/page/", link) == expected


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    made.write("index.md", "# Home\n")
    made.write("a.svg", "<svg/>")
    stem = "[home](../index.md) ![](../a.svg) [itself](#q)"
    made.write(
        "quizzes/one.md", "# One\n\n" + question(stem=stem) + "\n" + question(attributes=".choice #r level=expert")
    )
    made.write("cards.md", "# Cards & more\n\n## Front { .flashcard #card topics=pruning }\n\nBack.\n")
    return made


def test_a_site_without_a_drawn_page_has_no_bank(site: Site) -> None:
    built = site.build(strict=True)
    assert built.code == 0, built.output
    assert not list(built.site.rglob("quizproof-bank-*"))


@pytest.mark.parametrize("theme", ["mkdocs", "material"])
def test_a_drawn_page_brings_the_bank(site: Site, theme: str) -> None:
    site.theme = theme
    draw = "  draw: {count: 2, topics: [pruning], levels: {beginner: 1}}\n"
    site.write("deep/test.md", STRENGTH.format(draw=draw) + "\nBefore.\n")
    built = site.build(strict=True)
    assert built.code == 1, "only one question of that topic"
    site.write("deep/test.md", STRENGTH.format(draw=draw.replace("count: 2", "count: 1")) + "\nBefore.\n")
    built = site.build(strict=True)
    assert (built.code, built.output) == (0, "")
    (folder,) = (built.site / "assets").glob("quizproof-bank-*")
    found = built.tree("deep/test/index.html").one("quiz-set")
    assert found.attributes == {
        "data-bank": folder.name,
        "data-count": "1",
        "data-levels": "beginner:1",
        "data-mode": "strength",
        "data-name": "Test",
        "data-set": "deep/test",
        "data-state": "ready",
        "data-topics": "pruning",
    }
    assert "A script draws these questions from the whole site" in found.text
    html = built.read("deep/test/index.html")
    assert html.index("Before.") < html.index("<quiz-set")
    assert "quiz.js" in html
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    assert index["pages"] == [["cards/", "Cards & more"], ["quizzes/one/", "One"]]
    assert [row[0] for row in index["questions"]] == ["card", "q", "r"]


def test_fragments_are_whole_and_fit_any_page(site: Site) -> None:
    site.write("review.md", REVIEW.format(draw=""))
    built = site.build(strict=True)
    (folder,) = (built.site / "assets").glob("quizproof-bank-*")
    files = [json.loads((folder / f"{n}.json").read_text(encoding="utf-8")) for n in range(2)]
    assert [list(file) for file in files] == [["card"], ["q", "r"]]
    html = tree(files[1]["q"])
    stem = html.one(data_part="stem")
    assert [n.get("href") for n in stem.all("a")] == ["./", "#q"]
    assert html.one("img").get("src") == "a.svg"
    assert html.one("h2", class_="quiz-title").text == "What does pruning remove?"
    assert "headerlink" not in files[1]["q"]
    assert html.one("details", data_part="answer", data_key="B")
    assert tree(files[0]["card"]).one("quiz-card", id="card", data_state="front")


def test_a_drawn_question_leads_to_the_reference(site: Site) -> None:
    site.write("review.md", REVIEW.format(draw=""))
    site.write("about/reference.md", "---\nquiz: {mode: reference}\n---\n\n# Reference\n")
    built = site.build(strict=True)
    (folder,) = (built.site / "assets").glob("quizproof-bank-*")
    card = tree(json.loads((folder / "0.json").read_text(encoding="utf-8"))["card"])
    assert card.one("p", class_="quiz-more").one("a").get("href") == "about/reference/#card"


def test_any_element_can_ask_for_the_bank(site: Site) -> None:
    site.write("progress.md", '# Progress\n\n<div id="mine" data-bank=""></div>\n')
    built = site.build(strict=True)
    (folder,) = (built.site / "assets").glob("quizproof-bank-*")
    assert built.tree("progress/index.html").one("div", id="mine").get("data-bank") == folder.name


def test_the_search_index_has_no_answer_of_the_bank(site: Site) -> None:
    site.write("review.md", REVIEW.format(draw=""))
    whole = site.build(strict=True).read("search/search_index.json")
    assert "Small weights change" not in whole


def test_the_extension_alone_leaves_the_text(tmp_path: Path) -> None:
    html = bare_markdown().convert("---\nquiz: {mode: review}\n---\n\n# Review\n")
    found = tree(html).one("quiz-set")
    assert found.get("data-bank") == ""
    assert found.text == (
        "A script draws these questions from the whole site; it has not run here. Each also stands on its own page."
    )


BAD = {
    "more than there are": (
        STRENGTH.format(draw="  draw:\n    count: 3\n"),
        "6:12",
        "quiz: draw: count is 3, and the site has 2 choice questions",
        "write count: 2 or less, or write more questions",
    ),
    "more than there are of a topic": (
        STRENGTH.format(draw="  draw:\n    topics: pruning\n    count: 2\n"),
        "7:12",
        "quiz: draw: count is 2, and the site has 1 choice question on pruning",
        "write count: 1 or less, or write more questions",
    ),
    "more than there are of a level": (
        STRENGTH.format(draw="  draw:\n    levels: {expert: 2}\n"),
        "6:22",
        "quiz: draw: levels: expert is 2, and the site has 1 choice question of that level",
        "write expert: 1 or less",
    ),
    "a level that no question has": (
        STRENGTH.format(draw="  draw:\n    levels: {advanced: 1}\n"),
        "6:24",
        "quiz: draw: levels: advanced is 1, and the site has 0 choice questions of that level",
        "leave advanced out",
    ),
    "levels that do not add up": (
        STRENGTH.format(draw="  draw:\n    count: 1\n    levels: {beginner: 1, expert: 1}\n"),
        "6:12",
        "quiz: draw: levels add up to 2, and count is 1",
        "leave count out, or make it at least the sum",
    ),
    "an unknown topic": (
        REVIEW.format(draw="  draw: {topics: [prunning]}\n"),
        "4:18",
        'quiz: draw: topics has "prunning" (did you mean "pruning"?)',
        "the topics are pruning",
    ),
    "levels of a review": (
        REVIEW.format(draw="  draw: {levels: {expert: 1}}\n"),
        "4:27",
        "quiz: draw: levels is set, and a review takes what is due",
        "leave levels out",
    ),
    "a draw where nothing is drawn": (
        "---\nquiz:\n  mode: practice\n  draw: {count: 1}\n---\n\n# Page\n",
        "4:17",
        "quiz: draw is set, and nothing is drawn with mode: practice",
        "write mode: strength, review or challenge",
    ),
    "a challenge with fewer questions on its page": (
        CHALLENGE.format(draw="  draw: {count: 2}\n") + question(attributes=".choice #s"),
        "4:17",
        "quiz: draw: count is 2, and the page has 1 choice question",
        "write count: 1 or less, or write more questions",
    ),
    "a challenge with fewer questions of a level": (
        CHALLENGE.format(draw="  draw: {levels: {expert: 1}}\n") + question(attributes=".choice #s level=beginner"),
        "4:27",
        "quiz: draw: levels: expert is 1, and the page has 0 choice questions of that level",
        "leave expert out",
    ),
    "a challenge without questions": (
        CHALLENGE.format(draw="  draw: {count: 2}\n"),
        "3:9",
        "a challenge draws from its own choice questions, and the page has none",
        "write questions with .choice on this page",
    ),
    "a challenge on an unknown topic": (
        CHALLENGE.format(draw="  draw: {count: 1, topics: [pruning, prunning]}\n")
        + question(attributes=".choice #s topics=pruning"),
        "4:28",
        'quiz: draw: topics has "prunning" (did you mean "pruning"?)',
        "the topics are pruning",
    ),
    "a question that a challenge never asks": (
        CHALLENGE.format(draw="") + question(attributes=".choice #s") + "\n## Front { .flashcard #f }\n\nBack.\n",
        "LAST",
        'question "f" is never asked: a challenge asks questions with .choice',
        "move it to another page",
    ),
    "a question on a drawn page": (
        REVIEW.format(draw="") + "\n" + question(attributes=".choice #s"),
        "8:1",
        'question "s" stands on a page whose questions are drawn',
        "move it to another page; it is drawn from there",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_draw_that_cannot_be_fails_the_build_at_its_line(site: Site, case: str) -> None:
    source, place, message, hint = BAD[case]
    site.write("test.md", source)
    place = place.replace("LAST", f"{source[: source.rfind('## ')].count(chr(10)) + 1}:1")
    built = site.build()
    assert built.code == 1
    assert f"docs/test.md:{place}: error[bad-draw] {message}\n    {hint}\n" in built.output + "\n"
    assert built.output.count("error[") == 1
    assert not list(built.site.rglob("*.html"))


def test_a_strength_test_on_a_site_without_choice_questions(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.write("test.md", STRENGTH.format(draw=""))
    built = site.build()
    message = "a strength test draws choice questions, and the site has none"
    assert f"docs/test.md:4:9: error[bad-draw] {message}" in built.output


def test_the_whole_of_what_there_is_can_be_drawn(site: Site) -> None:
    site.write("test.md", STRENGTH.format(draw="  draw: {count: 2, levels: {beginner: 1, expert: 1}, topics: []}\n"))
    built = site.build(strict=True)
    assert (built.code, built.output) == (0, "")


def test_a_challenge_draws_from_its_own_page(site: Site) -> None:
    draw = "  draw: {count: 1, topics: [pruning], levels: {expert: 1}}\n"
    own = question(attributes=".choice #s level=expert topics=pruning") + "\n" + question(attributes=".choice #t")
    page = site.write("test.md", CHALLENGE.format(draw=draw) + own)
    built = site.build(strict=True)
    assert (built.code, built.output) == (0, "")
    found = tree((built.site / "test" / "index.html").read_text(encoding="utf-8"), strict=False).one("quiz-set")
    assert [found.get(f"data-{name}") for name in ("count", "topics", "levels")] == ["1", "pruning", "expert:1"]
    assert found.get("data-bank") is None
    assert [node.get("id") for node in found.all("quiz-question")] == ["s", "t"]
    page.write_text(page.read_text().replace("count: 1", "count: 3"))
    alone = CliRunner().invoke(main, ["check", str(page)])
    assert "quiz: draw: count is 3, and the page has 1 choice question on pruning" in alone.output


def test_the_command_judges_a_draw_only_with_the_whole_site_at_hand(site: Site) -> None:
    page = site.write("test.md", BAD["more than there are"][0])
    assert site.config
    one = CliRunner().invoke(main, ["check", str(page)])
    assert one.exit_code == 0, one.output
    whole = CliRunner().invoke(main, ["check", str(page.parent)])
    assert whole.exit_code == 1
    assert "docs/test.md:6:12: error[bad-draw] quiz: draw: count is 3" in whole.output


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        ("  draw: {count: 0}\n", "docs/test.md:5:17: error[bad-front-matter] quiz: draw: count is '0'"),
        (
            "  draw: {levels: {easy: 1}}\n",
            "docs/test.md:5:19: error[unknown-setting] quiz: draw: levels: has no setting",
        ),
        ("  draw: {number: 4}\n", "docs/test.md:5:10: error[unknown-setting] quiz: draw: has no setting 'number'"),
    ],
)
def test_settings_that_do_not_exist(site: Site, draw: str, message: str) -> None:
    site.write("test.md", STRENGTH.format(draw=draw))
    built = site.build()
    assert built.code == 1
    assert message in built.output


def test_the_vendored_library_is_the_pinned_one() -> None:
    script = (vendor.FOLDER / f"{vendor.NAME}.js").read_bytes()
    assert hashlib.sha256(script).hexdigest() == vendor.SHA256
    assert script.startswith(f"/*! {vendor.NAME} {vendor.VERSION}, FSRS-6. MIT licence".encode())
    licence = (vendor.FOLDER / f"{vendor.NAME}.LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("MIT License")
    assert "Copyright (c) 2026 Open Spaced Repetition" in licence


def test_the_bench_makes_a_bank_that_the_browser_can_open(tmp_path: Path) -> None:
    code = "from tools.bench_bank import write; import sys; from pathlib import Path; write(Path(sys.argv[1]), 30)"
    root = Path(__file__).parent.parent
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, cwd=root)
    (folder,) = (tmp_path / "assets").glob("quizproof-bank-*")
    assert len(json.loads((folder / "index.json").read_text(encoding="utf-8"))["questions"]) == 30
    assert folder.name in (tmp_path / "strength" / "index.html").read_text(encoding="utf-8")
