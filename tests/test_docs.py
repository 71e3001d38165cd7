"""Every example of the pages that teach the language is a case: the checker says what the page says it says."""

import re
from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.structure.files import File, Files

from quiz_plugin.checks import check_page
from quiz_plugin.checks.attributes import ATTRIBUTES
from quiz_plugin.evidence import book
from quiz_plugin.model import ENGINES, KINDS, LEVELS, PARTS, SKILLS
from quiz_plugin.parse import parse
from quiz_plugin.parse.blocks import OPTIONS
from quiz_plugin.parse.front_matter import MODES, SETTINGS
from quiz_plugin.problems import CODES
from quiz_plugin.settings import make_project
from tools.tables import on_page_markdown

DOCS = Path(__file__).parent.parent / "docs"
# How many examples each has at least, so that none is overlooked.
PAGES = {"contribute/questions.md": 9, "contribute/good-questions.md": 3, "llms.txt": 6}
EXAMPLE = re.compile(
    r'^````markdown title="page\.md"\n(.*?)^````\n(?:\n```text\n(.*?)^```\n)?', re.MULTILINE | re.DOTALL
)
EXAMPLES = {
    name: [(match[1], match[2] or "") for match in EXAMPLE.finditer((DOCS / name).read_text(encoding="utf-8"))]
    for name in PAGES
}
CASES = [pytest.param(*example, id=f"{name}-{n}") for name in PAGES for n, example in enumerate(EXAMPLES[name], 1)]


@pytest.mark.parametrize("name", PAGES)
def test_every_example_of_the_page_is_found(name):
    text = (DOCS / name).read_text(encoding="utf-8")
    assert len(EXAMPLES[name]) == text.count("\n````markdown") >= PAGES[name]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_the_checker_says_what_the_page_says(source, expected, tmp_path):
    project = make_project(tmp_path, "docs", {})
    page = parse(source, "page.md")
    for job in book.jobs([page], project):
        assert [finding.code for finding in book.record(job, project) if f"[{finding.code}]" not in expected] == []
    assert "".join(f"{problem}\n" for problem in check_page(page, project)) == expected


def test_the_smallest_question_is_one():
    page = parse(EXAMPLES["contribute/questions.md"][0][0])
    assert [(q.kind, q.id, q.key) for q in page.questions] == [("choice", "magnitude-first", ("B",))]


def test_a_task_list_under_a_plain_heading_is_no_question():
    assert parse(EXAMPLES["contribute/questions.md"][1][0]).questions == ()


def test_the_language_on_one_page_names_all_there_is():
    text = on_page_markdown((DOCS / "llms.txt").read_text(encoding="utf-8"))
    names = {*ATTRIBUTES, *KINDS, *LEVELS, *SKILLS, *PARTS, *ENGINES, *MODES, *(s.name for s in SETTINGS), *OPTIONS}
    forms = ("`{}`", "`.{}`", '`{}="', '="{}"`')
    missing = [name for name in {*names, *CODES} if not any(form.format(name) in text for form in forms)]
    assert missing == [], "docs/llms.txt has to name them in code spans"


def test_the_language_is_served_at_the_root_of_the_site(tmp_path):
    config = load_config(str(DOCS.parent / "mkdocs.yml"), site_dir=str(tmp_path))
    file = File("llms.txt", str(DOCS), str(tmp_path), use_directory_urls=True)
    (made,) = config.plugins.on_files(Files([file]), config=config)
    assert made.dest_uri == "llms.txt"
    assert "\n- `no-choices` (error): a choice question without a task list\n" in made.content_string
    assert "<!--" not in made.content_string


def test_the_question_of_the_readme_is_proved_by_its_code(tmp_path):
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    source = re.search(r"^````markdown\n(.*?)^````\n", readme, re.MULTILINE | re.DOTALL)[1]
    project = make_project(tmp_path, "docs", {"topics": {"quantization": "Quantization"}})
    page = parse(source, "page.md")
    assert [(q.id, q.key) for q in page.questions] == [("first-codes", ("B",))]
    (job,) = book.jobs([page], project)
    assert list(book.record(job, project)) == []
    assert list(check_page(page, project)) == []
    wrong = parse(source.replace("[x]", "[y]").replace("[ ]", "[x]").replace("[y]", "[ ]"), "page.md")
    assert [problem.code for problem in check_page(wrong, project)] == ["key-contradicted"]


def test_the_readme_names_every_make_target():
    root = DOCS.parent
    targets = re.findall(r"^(\w+):.*## ", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    readme = (root / "README.md").read_text(encoding="utf-8")
    missing = [t for t in targets if f"`{t}`" not in readme and f"make {t}" not in readme and t != "help"]
    assert missing == []
