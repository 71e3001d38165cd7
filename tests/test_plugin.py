"""The plugin in real MkDocs builds: strictness, assets, search, and what a build must never publish."""

import contextlib
import gc
import re
from pathlib import Path

import pytest
from markdown import Markdown
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from rendering import Site, question

from quiz_plugin.model import Question

HIDDEN_TEXTS = ("They are the important ones", "Small weights change", "A nudge", "Correct answer", "The back of it")
THEMES = ("mkdocs", "material")
CARD = "## What is pruning? { .flashcard #card }\n\nThe back of it.\n"
PAGE = f"# Quiz\n\nIntroduction.\n\n{question(rest='')}\n{CARD}"
HINTED = question().replace("### Explanation", "### Hint\n\nA nudge.\n\n### Explanation")


@pytest.fixture(params=THEMES)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Site:
    made = Site(tmp_path, theme=request.param)
    made.write("index.md", "# Home\n\nNo questions here.\n")
    return made


@pytest.fixture
def plain_site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    made.write("index.md", "# Home\n\nNo questions here.\n")
    return made


def test_a_good_site_builds_strictly(site: Site) -> None:
    site.write("quiz.md", PAGE)
    built = site.build(strict=True)
    assert (built.code, built.output) == (0, "")
    assert built.tree("quiz/index.html").one("quiz-question", id="q")


def test_errors_fail_the_build_as_one_message_and_write_nothing(plain_site: Site) -> None:
    plain_site.write("a.md", question(choice=""))
    plain_site.write("b.md", "# B\n\n" + question(attributes=".choice #Q level=hard"))
    built = plain_site.build()
    assert built.code == 1
    assert "Traceback" not in built.output
    assert built.output.count("Quizproof found") == 1
    assert "Quizproof found 3 problems:" in built.output
    assert "docs/a.md:8:3: error[empty-choice] choice C is empty" in built.output
    assert 'docs/b.md:3:40: error[bad-id] the id "Q" is not a lower-case slug' in built.output
    assert 'docs/b.md:3:49: error[bad-value] level is "hard"' in built.output
    assert not list(built.site.rglob("*.html"))


def test_warnings_fail_only_a_strict_build(plain_site: Site) -> None:
    plain_site.write("quiz.md", question().partition("### Source")[0])
    assert plain_site.build().code == 0
    built = plain_site.build(strict=True)
    assert built.code == 1
    assert 'docs/quiz.md:1:1: warning[no-proof] question "q" does not say how its key is known' in built.output
    assert not list(built.site.rglob("quiz/*.html"))


def test_an_id_that_two_pages_share_fails_and_names_both(plain_site: Site) -> None:
    plain_site.write("a.md", question())
    plain_site.write("b.md", "# B\n\n" + question())
    built = plain_site.build()
    assert built.code == 1
    assert 'docs/b.md:3:40: error[duplicate-id] the id "q" stands twice, first in docs/a.md:1' in built.output


def test_front_matter_problems_name_their_line(plain_site: Site) -> None:
    plain_site.write(
        "quiz.md", "---\ntitle: A quiz\nquiz:\n  mode: chalenge\n  tries: 2\n---\n\n" + question(choice="")
    )
    built = plain_site.build()
    assert built.code == 1
    assert "docs/quiz.md:4:9: error[bad-front-matter] quiz: mode is 'chalenge'" in built.output
    assert "docs/quiz.md:5:3: error[unknown-setting] quiz: has no setting 'tries'" in built.output
    assert "docs/quiz.md:15:3: error[empty-choice]" in built.output


@pytest.mark.parametrize(
    ("front", "place", "what"),
    [
        (
            "quiz: {attempts: !!float ''}",
            "2:18",
            "the front matter cannot be read: '' is not a number that can be read",
        ),
        (
            "quiz: {mode: study}\nx: !!bool maybe",
            "3:4",
            "the front matter cannot be read: 'maybe' is not true or false",
        ),
        ("quiz: {badge: !!timestamp x}", "2:15", "the front matter cannot be read: 'x' is not a date"),
        ("quiz: {}\ndate: 2026-13-45", "3:7", "the front matter cannot be read: '2026-13-45' is not a date"),
        (f"quiz: {{mode: {'[' * 2000}}}", "2:112", "the front matter cannot be read: it nests deeper than 100 levels"),
        (f"quiz: {{mode: 0x{'f' * 5000}}}", "2:14", "quiz: mode is '0xfff"),
    ],
    ids=["number", "truth", "tag", "date", "depth", "digits"],
)
def test_front_matter_that_no_value_can_be_made_of_is_a_problem_among_others(
    plain_site: Site, front: str, place: str, what: str
) -> None:
    plain_site.write("quiz.md", f"---\n{front}\n---\n\n# Quiz\n\n" + question(choice=""))
    built = plain_site.build()
    assert built.code == 1
    assert "Traceback" not in built.output
    assert "Quizproof found 2 problems:" in built.output
    assert f"docs/quiz.md:{place}: error[bad-front-matter] {what}" in built.output
    assert f"docs/quiz.md:{14 + front.count(chr(10))}:3: error[empty-choice]" in built.output
    content = (served(plain_site) / "quiz" / "index.html").read_text(encoding="utf-8")
    assert "<p>quiz:" not in content
    assert content.count("bad-front-matter") == 1


@pytest.mark.parametrize("lead", ["\n", "\n \n"])
def test_front_matter_below_empty_lines_fails_the_build(plain_site: Site, lead: str) -> None:
    plain_site.write("quiz.md", f"{lead}---\nquiz: {{mode: challenge}}\n---\n\n" + question(choice=""))
    built = plain_site.build()
    assert built.code == 1
    line = lead.count("\n") + 1
    assert f"docs/quiz.md:{line}:1: error[bad-front-matter] the front matter begins in line {line}," in built.output
    assert f"docs/quiz.md:{line + 11}:3: error[empty-choice]" in built.output


def test_front_matter_that_ends_the_file_is_read_and_not_shown(plain_site: Site) -> None:
    plain_site.write("quiz.md", "# Quiz\n\n" + question())
    plain_site.write("test.md", "---\nquiz: {mode: strength}\n---")
    built = plain_site.build(strict=True)
    assert built.code == 0, built.output
    assert built.tree("test/index.html").one("quiz-set", data_mode="strength")
    assert "mode: strength" not in built.read("test/index.html")


def test_settings_of_a_page_without_text_are_checked(plain_site: Site) -> None:
    plain_site.write("empty.md", "")
    plain_site.write("test.md", "---\nquiz: {mode: exam}\n---\n")
    assert "docs/test.md:2:14: error[bad-front-matter] quiz: mode is 'exam'" in plain_site.build().output
    assert "<!-- -->" not in (served(plain_site) / "empty" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("coding", ["latin-1", "utf-16"])
def test_a_page_that_is_no_text_is_a_problem_among_others(plain_site: Site, coding: str) -> None:
    data = f"# Über\n\n{question()}".encode(coding)
    plain_site.write("quiz.md", data)
    plain_site.write("other.md", question(attributes=".choice #r", choice=""))
    built = plain_site.build()
    assert built.code == 1
    assert "Traceback" not in built.output
    assert "Quizproof found 2 problems:" in built.output
    byte = 0 if coding == "utf-16" else 2
    assert f"docs/quiz.md:1:1: error[unreadable-file] the file is not UTF-8 text (byte {byte})" in built.output
    assert "docs/other.md:8:3: error[empty-choice]" in built.output
    content = (served(plain_site) / "quiz" / "index.html").read_text(encoding="utf-8")
    assert "unreadable-file: the file is not UTF-8 text" in content
    assert "smallest weights" not in content


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_lines_are_those_of_the_file(plain_site: Site, ends: str, mark: str) -> None:
    source = "---\ntitle: A quiz\n---\n\n\n# Page\n\n" + question(choice="")
    plain_site.write("quiz.md", mark + source.replace("\n", ends))
    assert "docs/quiz.md:15:3: error[empty-choice]" in plain_site.build().output


def test_a_page_without_questions_gets_nothing_of_ours(site: Site) -> None:
    site.write("quiz.md", PAGE)
    with_plugin = site.build().read("index.html")
    assert "quizproof" not in with_plugin
    site.plugins = "[search]"
    without = site.build().read("index.html")
    assert strip_dates(with_plugin) == strip_dates(without)


def strip_dates(html: str) -> str:
    return re.sub(r"Build Date UTC : [^\n]*", "", html)


@pytest.mark.parametrize("directory_urls", [True, False])
def test_assets_are_there_and_linked_relatively(site: Site, directory_urls: bool) -> None:
    site.more = f"use_directory_urls: {str(directory_urls).lower()}"
    for path in ("quiz.md", "sub/deep/other.md"):
        site.write(path, question(attributes=f".choice #{Path(path).stem} skill=concept"))
    built = site.build(strict=True)
    assert built.code == 0, built.output
    for stem in ("quiz", "sub/deep/other"):
        page = f"{stem}/index.html" if directory_urls else f"{stem}.html"
        html = built.tree(page)
        ours = [n.get("href") or n.get("src") for n in html.iter() if n.tag in ("link", "script")]
        found = [link for link in ours if link and "quizproof" in link]
        assert [Path(link).name for link in found] == ["quiz.css", "quiz.js"]
        for link in found:
            assert not link.startswith(("/", "http"))
            assert ((built.site / page).parent / link).resolve().is_file()
    (folder,) = (built.site / "assets").glob("quizproof-*")
    assert re.fullmatch("quizproof-[0-9a-f]{10}", folder.name)


def test_a_site_without_questions_has_no_assets(plain_site: Site) -> None:
    built = plain_site.build(strict=True)
    assert not list(built.site.rglob("*quizproof*"))


def test_the_search_index_has_titles_and_choices_but_no_answers(site: Site) -> None:
    site.write("quiz.md", "# Quiz\n\nIntroduction.\n\n" + HINTED + "\n" + CARD)
    built = site.build()
    entries = {e["location"]: e for e in built.search()}
    whole = built.read("search/search_index.json")
    assert [t for t in HIDDEN_TEXTS if t in whole] == []
    entry = entries["quiz/#q"]
    assert entry["title"] == "What does pruning remove?"
    for choice in ("The largest weights", "The smallest weights", "The biases"):
        assert choice in entry["text"]
    assert entries["quiz/#card"]["title"] == "What is pruning?"
    assert "Introduction." in entries["quiz/"]["text"]
    html = built.tree("quiz/index.html")
    assert "Small weights change" in html.one("quiz-question").text


def test_choices_are_apart_in_the_search_index(plain_site: Site) -> None:
    plain_site.write("quiz.md", question())
    (entry,) = [e for e in plain_site.build().search() if e["location"].endswith("#q")]
    assert entry["text"] == "A layer is pruned. The largest weights The smallest weights The biases"


def test_links_and_anchors_inside_questions_are_checked(plain_site: Site) -> None:
    plain_site.more = "validation: {links: {not_found: warn, anchors: warn}}"
    plain_site.write("other.md", "# Other\n\n## There\n")
    good = question(stem="[a](other.md#there) [b](#q) ![c](a.svg)", explanation="[a](other.md)", first="    > [q](#q)")
    plain_site.write("a.svg", "<svg/>")
    plain_site.write("sub/quiz.md", good.replace("(other", "(../other").replace("(a.svg", "(../a.svg"))
    built = plain_site.build(strict=True)
    assert built.code == 0, built.output
    html = built.tree("sub/quiz/index.html").one("quiz-question")
    assert [n.get("href") for n in html.one(data_part="stem").all("a")] == ["../../other/#there", "#q"]
    assert html.one("img").get("src") == "../../a.svg"


@pytest.mark.parametrize("piece", ["stem", "choice", "first", "explanation"])
@pytest.mark.parametrize("link", ["[a](nowhere.md)", "[a](index.md#nowhere)", "[a](#nowhere)"])
def test_a_broken_link_inside_a_question_fails_a_strict_build(plain_site: Site, piece: str, link: str) -> None:
    plain_site.more = "validation: {links: {not_found: warn, anchors: warn}}"
    plain_site.write("quiz.md", question(**{piece: f"    > {link}" if piece == "first" else link}))
    built = plain_site.build(strict=True)
    assert built.code == 1
    assert "nowhere" in built.output


def test_an_anchor_of_a_question_can_be_linked_from_other_pages(plain_site: Site) -> None:
    plain_site.more = "validation: {links: {not_found: warn, anchors: warn}}"
    plain_site.write("quiz.md", PAGE)
    plain_site.write("other.md", "[a question](quiz.md#q) and [a card](quiz.md#card)\n")
    assert plain_site.build(strict=True).output == ""


def test_ids_are_unique_in_every_page(site: Site) -> None:
    site.extensions = "[attr_list, footnotes, pymdownx.superfences, {pymdownx.tabbed: {alternate_style: true}}, toc]"
    tabs = '=== "A"\n\n    a\n\n=== "B"\n\n    b[^1]\n\n[^1]: note\n'
    inner = "#### Note\n\n" + tabs
    second = question(attributes=".choice #r topics=b", stem=inner.replace("^1", "^2"), choice="Two\n\n    blocks")
    site.write("quiz.md", question(stem=inner) + "\n" + second + "\n" + CARD)
    site.write("more.md", question(attributes=".choice #s", stem=inner))
    site.write("reference.md", "---\nquiz: {mode: reference}\n---\n# Reference\n")
    built = site.build(strict=True)
    assert built.code == 0, built.output
    for path in built.site.rglob("*.html"):
        if path.name == "404.html":
            continue
        found = [n.attributes["id"] for n in built.tree(str(path.relative_to(built.site))).iter() if n.get("id")]
        ours = [i for i in found if not i.startswith("__") or "tabbed" in i]  # the theme repeats some of its own
        assert len(set(ours)) == len(ours), (path, sorted(i for i in ours if ours.count(i) > 1))


def test_the_title_is_one_heading_with_the_question_id_on_the_element(plain_site: Site) -> None:
    plain_site.write("quiz.md", PAGE)
    html = plain_site.build().tree("quiz/index.html")
    assert [n.tag for n in html.iter() if n.get("id") == "q"] == ["quiz-question"]
    assert [n.text for n in html.all("a") if n.get("href") == "#q"] != []


def test_a_runnable_block_out_of_a_question_brings_its_own_assets_only(plain_site: Site) -> None:
    plain_site.plugins = "[search, {quizproof: {runtime: 'off'}}]"
    record = plain_site.root / "precompute" / "records" / "one.json"
    record.parent.mkdir(parents=True)
    from quiz_plugin.evidence.records import digest

    record.write_text(
        '{"engine": "python", "exception": null, "id": "one", "seconds": 0.1, '
        f'"sha256": "{digest("print(1)" + chr(10))}", "stdout": "1\\n", "versions": {{"python": "3.11.7"}}}}\n',
        encoding="utf-8",
    )
    plain_site.write("code.md", '```python run="python" id="one"\nprint(1)\n```\n')
    built = plain_site.build(strict=True)
    assert built.code == 0, built.output
    html = built.tree("code/index.html")
    links = [n.get("href") or n.get("src") for n in html.iter() if n.tag in ("link", "script")]
    assert [Path(k).name for k in links if k and "quizproof" in k] == ["code.css"]
    code = html.one("quiz-code", id="one")
    assert code.one("div", data_part="output").one("samp").text == "1"
    assert "Python 3.11.7 · 0.10 s · record one · code sha256" in code.one("details").text


def test_a_missing_record_is_an_error_that_names_the_command(plain_site: Site) -> None:
    plain_site.write("code.md", '```python run="python" id="one"\nprint(1)\n```\n')
    built = plain_site.build()
    assert built.code == 1
    assert 'docs/code.md:1:1: error[missing-record] block "one" has no record' in built.output
    assert "quizproof record one" in built.output


SWALLOWED = {
    "div": "<div>\n\n",
    "comment": "<!-- a comment\n\n",
    "details": "<details><summary>x</summary>\n\n",
    "script": "<script>\n\n",
    "quotation": "> ",
}


@pytest.mark.parametrize("case", SWALLOWED)
def test_a_swallowed_question_fails_the_build(plain_site: Site, case: str) -> None:
    plain_site.write("quiz.md", "# Quiz\n\n" + question(before=SWALLOWED[case]))
    built = plain_site.build()
    assert built.code == 1
    assert "docs/quiz.md:" in built.output
    assert not list(built.site.rglob("*.html"))


def test_an_included_question_fails_the_build(plain_site: Site) -> None:
    (plain_site.root / "part.txt").write_text(question(), encoding="utf-8")
    plain_site.extensions = f"[attr_list, {{pymdownx.snippets: {{base_path: ['{plain_site.root}']}}}}]"
    plain_site.write("quiz.md", '# Quiz\n\n--8<-- "part.txt"\n')
    built = plain_site.build()
    assert built.code == 1
    message = 'the question "What does pruning remove?" comes from an include or a macro'
    assert f"docs/quiz.md:1:1: error[included-question] {message}" in built.output


HOOK = """
def on_page_markdown(markdown, page, config, files):
    if page.file.src_uri == "quiz.md":
        return {change}
"""


def hooked(site: Site, change: str) -> None:
    (site.root / "hook.py").write_text(HOOK.format(change=change), encoding="utf-8")
    site.more = "hooks: [hook.py]"


def test_markdown_that_a_plugin_changes_is_parsed_as_changed(plain_site: Site) -> None:
    hooked(plain_site, 'markdown.replace("WHAT", "pruning")')
    plain_site.write("quiz.md", question(title="What does WHAT remove?"))
    html = plain_site.build(strict=True).tree("quiz/index.html")
    assert html.one("h2", class_="quiz-title").text == "What does pruning remove?"


def test_lines_survive_a_plugin_that_changes_the_markdown(plain_site: Site) -> None:
    hooked(plain_site, 'markdown.replace("WHAT", "pruning")')
    plain_site.write("quiz.md", "---\ntitle: x\n---\n\n" + question(title="What does WHAT remove?", choice=""))
    assert "docs/quiz.md:12:3: error[empty-choice]" in plain_site.build().output


def test_a_question_that_a_plugin_writes_is_a_question(plain_site: Site) -> None:
    hooked(plain_site, f"markdown + {question()!r}")
    plain_site.write("quiz.md", "# Quiz\n\n")
    built = plain_site.build(strict=True)
    assert built.tree("quiz/index.html").one("quiz-question", id="q")


def test_the_extension_alone_serves_a_site(plain_site: Site) -> None:
    plain_site.plugins = "[search]"
    plain_site.extensions = "[attr_list, quizproof]"
    plain_site.write("quiz.md", PAGE)
    built = plain_site.build(strict=True)
    assert built.code == 0
    assert built.tree("quiz/index.html").one("quiz-question", id="q").one("details", data_part="answer", data_key="B")
    plain_site.write("quiz.md", question(choice=""))
    html = plain_site.build(strict=True).read("quiz/index.html")
    assert "empty-choice" in html
    assert "data-key" not in html


def test_sets_wrap_the_questions_of_a_page_with_a_mode(plain_site: Site) -> None:
    quiz = "{mode: challenge, seconds_per_question: 90, attempts: 2, badge: Master}"
    front = f"---\ntitle: The challenge\nquiz: {quiz}\n---\n"
    second = question(attributes=".choice #r")
    plain_site.write("quizzes/one.md", f"{front}\n# One\n\nBefore.\n\n{question()}\n{second}\n## After\n\nText.\n")
    html = plain_site.build(strict=True).tree("quizzes/one/index.html")
    found = html.one("quiz-set")
    assert found.attributes == {
        "data-mode": "challenge",
        "data-state": "ready",
        "data-name": "The challenge",
        "data-set": "quizzes/one",
        "data-seconds": "90",
        "data-attempts": "2",
        "data-badge": "Master",
    }
    assert [n.get("id") for n in found.all("quiz-question")] == ["q", "r"]
    assert "Before." not in found.text
    assert "Text." not in found.text


def served(site: Site) -> Path:
    """The site as `mkdocs serve` builds it."""
    from mkdocs.commands.build import build

    target = site.root / "served"
    config = load_config(str(site.config), site_dir=str(target))
    config.plugins.on_startup(command="serve", dirty=False)
    build(config, serve_url="http://127.0.0.1:8000/")
    return target


def built(site: Site, command: str) -> None:
    """Build in this process, as `mkdocs build` or `mkdocs serve` does."""
    from mkdocs.commands.build import build

    config = load_config(str(site.config), site_dir=str(site.root / "built"))
    config.plugins.on_startup(command=command, dirty=False)
    build(config, serve_url="http://127.0.0.1:8000/" if command == "serve" else None)


@pytest.mark.parametrize("command", ["build", "serve"])
@pytest.mark.parametrize("choice", [None, ""], ids=["good", "bad"])
def test_a_build_leaves_pythons_collector_as_it_was_found(plain_site: Site, command: str, choice: str | None) -> None:
    plain_site.write("quiz.md", question() if choice is None else question(choice=choice))
    before = gc.get_threshold()
    gc.set_threshold(650, 9, 11)
    try:
        with contextlib.suppress(Abort):
            built(plain_site, command)
        gc.collect()  # the plugin stands in a cycle with its configuration
        assert gc.get_threshold() == (650, 9, 11)
    finally:
        gc.set_threshold(*before)


def alive(*types: type) -> set[int]:
    """The ids of the objects of these types that the collector knows; some of others mind being asked what they are."""
    return {id(found) for found in gc.get_objects() if type(found) in types}


def test_a_servers_collector_does_not_look_through_the_last_build(plain_site: Site) -> None:
    """It would for each page that is saved: a tenth of a second of a site of this one's size."""
    plain_site.write("quiz.md", question())
    built(plain_site, "serve")
    try:
        assert gc.get_freeze_count() > 0
        assert alive(Question) == set()
        built(plain_site, "build")
        assert gc.get_freeze_count() == 0
    finally:
        gc.unfreeze()


def test_a_build_ends_without_what_it_knew_of_the_pages(plain_site: Site) -> None:
    """Else Python looks through all of it at the end of the process: a third of a second for 1 000 questions."""
    plain_site.write("quiz.md", question())
    gc.collect()
    gc.disable()
    try:
        before = alive(Question, Markdown)
        built(plain_site, "build")
        after = alive(Question, Markdown)
    finally:
        gc.enable()
    assert after <= before


@pytest.mark.parametrize(
    "source",
    [
        question(choice=""),
        "<div>\n\n" + question(),
        "<!-- \n\n" + question(),
        "> " + question(),
        question(attributes=".chioce #q"),
        question(attributes=".numeric #q"),
        question(explanation="</details></quiz-hidden>"),
    ],
    ids=["error", "div", "comment", "quotation", "near-miss", "future-kind", "end-tag"],
)
def test_serve_shows_the_problem_in_place_and_never_the_key(plain_site: Site, source: str) -> None:
    plain_site.write("quiz.md", "# Quiz\n\n" + source)
    content = (served(plain_site) / "quiz" / "index.html").read_text(encoding="utf-8")
    assert "quiz-problem" in content
    assert "docs/quiz.md:" in content
    secrets = ("The smallest weights", "Small weights change", "They are the important", "data-key", "[x]")
    assert [s for s in secrets if s in content] == []


def test_serve_shows_problems_between_pages_at_the_top(plain_site: Site) -> None:
    plain_site.write("a.md", question())
    plain_site.write("b.md", question())
    content = (served(plain_site) / "b" / "index.html").read_text(encoding="utf-8")
    assert "Problems of this page" in content
    assert "duplicate-id" in content


def test_a_build_after_a_failure_starts_afresh(plain_site: Site) -> None:
    target = plain_site.write("quiz.md", question(choice=""))
    assert plain_site.build().code == 1
    target.write_text(question(), encoding="utf-8")
    assert plain_site.build(strict=True).code == 0


def test_an_unknown_runtime_is_refused_by_mkdocs(plain_site: Site) -> None:
    plain_site.plugins = "[search, {quizproof: {runtime: sometimes}}]"
    built = plain_site.build()
    assert built.code == 1
    assert "Expected one of: ('auto', 'self', 'cdn', 'off')" in built.output


def test_topics_of_the_site_are_the_only_ones(plain_site: Site) -> None:
    plain_site.plugins = "[search, {quizproof: {topics: {pruning: Pruning}}}]"
    plain_site.write("quiz.md", question(attributes=".choice #q topics=prunning"))
    assert 'topics names "prunning" (did you mean "pruning"?)' in plain_site.build().output
