"""The commands: what they print, what they write, how they end."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from site_maker import CODE, make_site

from quiz_plugin import __version__
from quiz_plugin.cli import main
from quiz_plugin.evidence.records import Record, digest, write_record
from quiz_plugin.parse import parse

GOOD = """# Page

## Which go first? { .choice #first level=beginner topics=pruning skill=concept }

- [ ] The largest
    > No.
- [x] The smallest

### Explanation

Why.

### Source

[a](https://arxiv.org/abs/1506.02626)
"""
WRONG = GOOD.replace("#first", "#Ünclear, 100%").replace("The largest", "")
WARNED = GOOD.replace("- [ ] The largest", "- [ ] Always the largest")
CONFIG = "site_name: Small\nplugins:\n  - quizproof:\n      topics: {pruning: Pruning}\n"
Quizproof = Callable[..., Result]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty site, which is the working folder."""
    (tmp_path / "mkdocs.yml").write_text(CONFIG)
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    return tmp_path


def quizproof(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def write(site: Path, name: str, text: str) -> Path:
    path = site / "docs" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


class TestCheck:
    def test_nothing_wrong(self, site: Path) -> None:
        write(site, "page.md", GOOD)
        result = quizproof("check", "--strict")
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == "1 question on 1 page: 0 errors, 0 warnings\n"

    def test_all_problems_of_all_pages_at_once(self, site: Path) -> None:
        write(site, "a.md", GOOD.replace("The smallest", "The largest"))
        write(site, "sub/b.md", GOOD)
        result = quizproof("check")
        assert result.exit_code == 1
        assert result.stdout == (
            "docs/a.md:7:3: error[duplicate-choice] choice B says the same as choice A in line 5\n"
            "    change one of them, or delete it\n"
            'docs/sub/b.md:3:30: error[duplicate-id] the id "first" stands twice, first in docs/a.md:3\n'
            "    give one of them another id; ids are unique in the whole site\n"
        )
        assert result.stderr == "2 questions on 2 pages: 2 errors, 0 warnings\n"

    def test_warnings_fail_only_strict(self, site: Path) -> None:
        write(site, "page.md", WARNED)
        assert quizproof("check").exit_code == 0
        strict = quizproof("check", "--strict")
        assert strict.exit_code == 1
        assert strict.stdout.startswith('docs/page.md:5:3: warning[absolute-term] distractor A says "Always"\n')

    def test_json(self, site: Path) -> None:
        write(site, "page.md", GOOD.replace("level=beginner", "level=easy"))
        result = quizproof("check", "--format", "json")
        assert (result.exit_code, result.stderr) == (1, "")
        assert json.loads(result.stdout) == [
            {
                "path": "docs/page.md",
                "line": 3,
                "column": 43,
                "severity": "error",
                "code": "bad-value",
                "message": 'level is "easy"',
                "hint": "one of beginner, intermediate, advanced or expert",
                "question": "first",
            }
        ]
        write(site, "page.md", GOOD)
        assert quizproof("check", "--format", "json").stdout == "[]\n"

    def test_github(self, site: Path) -> None:
        write(site, "a,b:100%.md", WRONG)
        lines = quizproof("check", "--format", "github").stdout.splitlines()
        assert lines[0] == (
            "::error file=docs/a%2Cb%3A100%25.md,line=3,col=30,title=bad-id::"
            'the id "Ünclear," is not a lower-case slug%0Ause a to z, digits and single hyphens, for example:  #nclear'
        )
        assert all(re.fullmatch(r"::(error|warning) file=\S+,line=\d+,col=\d+,title=[a-z-]+::\S.*", li) for li in lines)

    def test_github_names_files_from_the_repository(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(site, "page.md", WARNED)
        monkeypatch.setenv("GITHUB_WORKSPACE", str(site.parent))
        assert f"file={site.name}/docs/page.md," in quizproof("check", "--format", "github").stdout

    def test_single_pages_and_pages_named_twice(self, site: Path) -> None:
        page = write(site, "page.md", GOOD)
        write(site, "wrong.md", WRONG)
        assert quizproof("check", page, site / "docs" / "page.md").exit_code == 0
        assert quizproof("check", "docs/page.md", "docs").exit_code == 1

    def test_other_suffixes_and_hidden_folders(self, site: Path) -> None:
        write(site, "a.markdown", GOOD)
        write(site, ".hidden/b.md", WRONG)
        write(site, "c.txt", WRONG)
        assert quizproof("check").stderr == "1 question on 1 page: 0 errors, 0 warnings\n"

    def test_the_project_is_found_from_below(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(site, "sub/page.md", WARNED.replace("topics=pruning", "topics=prunning"))
        monkeypatch.chdir(site / "docs" / "sub")
        assert quizproof("check", "page.md").stdout.startswith("docs/sub/page.md:3:59: error[bad-value]")

    def test_a_draw_is_judged_by_the_whole_site_only(self, site: Path) -> None:
        write(site, "page.md", GOOD)
        test = write(site, "test.md", "---\nquiz: {mode: strength, draw: {count: 3}}\n---\n\n# Test\n")
        result = quizproof("check")
        assert result.stdout == (
            "docs/test.md:2:38: error[bad-draw] quiz: draw: count is 3, and the site has 1 choice question\n"
            "    write count: 1 or less, or write more questions\n"
        )
        assert quizproof("check", test).stdout == ""

    @pytest.mark.parametrize("arguments", [["nowhere.md"], ["--format", "xml"], ["--nonsense"]])
    def test_usage(self, site: Path, arguments: list[str]) -> None:
        assert quizproof("check", *arguments).exit_code == 2

    def test_no_docs(self, site: Path) -> None:
        (site / "docs").rmdir()
        result = quizproof("check")
        assert result.exit_code == 2
        assert "there is no folder docs: name the pages to read" in result.stderr

    @pytest.mark.parametrize(
        ("config", "says"),
        [
            ("plugins: [", "mkdocs.yml cannot be read: "),
            (
                "plugins:\n  - quizproof:\n      topics: [pruning]\n",
                "the option topics of quizproof is ['pruning'], expected a mapping of names to titles",
            ),
            ("plugins:\n  - quizproof: {records: 3}\n", "the option records of quizproof is 3, expected a text"),
        ],
    )
    def test_a_configuration_that_cannot_be_used(self, site: Path, config: str, says: str) -> None:
        (site / "mkdocs.yml").write_text(config)
        result = quizproof("check")
        assert result.exit_code == 2
        assert says in " ".join(result.stderr.split())

    @pytest.mark.parametrize(
        "config",
        [
            "plugins:\n  quizproof:\n    topics: {pruning: Pruning}\n",
            "markdown_extensions:\n  - quizproof:\n      topics: {pruning: Pruning}\n",
            "plugins: [search, quizproof]\nsite_url: !ENV [A, b]\nx: !!python/name:material.y\n",
            "",
            "- a list\n",
        ],
    )
    def test_configurations(self, site: Path, config: str) -> None:
        (site / "mkdocs.yml").write_text(config)
        write(site, "page.md", GOOD)
        assert quizproof("check", "--strict").exit_code == 0


class TestList:
    def test_text(self, site: Path) -> None:
        write(site, "page.md", GOOD + "\n## What is pruning? { .flashcard #card }\n\nRemoving weights.\n")
        result = quizproof("list")
        assert result.exit_code == 0
        assert result.stdout == (
            "docs/page.md:3  first  choice beginner concept cited -  pruning\n"
            "docs/page.md:17  card  flashcard - - none -  -\n"
        )

    def test_json(self, site: Path) -> None:
        write(site, "page.md", GOOD)
        (row,) = json.loads(quizproof("list", "--format", "json").stdout)
        asked = ("id", "path", "line", "kind", "level", "topics", "skill", "proof", "record")
        assert {name: row[name] for name in asked} == {
            "id": "first",
            "path": "docs/page.md",
            "line": 3,
            "kind": "choice",
            "level": "beginner",
            "topics": ["pruning"],
            "skill": "concept",
            "proof": "cited",
            "record": "",
        }
        assert row["key"] == ["B"]
        assert row["choices"][0] == {"letter": "A", "correct": False, "text": "The largest", "feedback": "No."}

    def test_summary(self, site: Path) -> None:
        (site / "mkdocs.yml").write_text(
            "plugins:\n  - quizproof: {topics: {pruning: Pruning, tools: Tools}, outcomes: {a: A, b: B}}\n"
        )
        more = GOOD.replace("#first level=beginner topics=pruning skill=concept", '#more topics=pruning outcomes="b a"')
        card = "\n## What is pruning? { .flashcard #card topics=other }\n\nRemoving weights.\n"
        write(site, "page.md", GOOD + more.partition("\n\n")[2] + card)
        data = json.loads(quizproof("list", "--format", "summary").stdout)
        choice = data["choice"]
        levels = {"beginner": 1, "intermediate": 0, "advanced": 0, "expert": 0}
        assert (choice["count"], choice["level"]) == (2, {**levels, "": 1})
        assert choice["skill"] == {"concept": 1, "predict": 0, "tune": 0, "measure": 0, "debug": 0, "": 1}
        assert choice["proof"] == {"decided": 0, "computed": 0, "supported": 0, "cited": 2, "none": 0}
        assert choice["topics"] == {"pruning": 2, "tools": 0, "other": 0}
        assert choice["outcomes"] == {"a": 1, "b": 1}
        assert choice["levels of topics"]["pruning"] == {**levels, "": 1}
        assert [data[kind]["count"] for kind in ("explain", "flashcard")] == [0, 1]
        assert data["flashcard"]["topics"]["other"] == 1

    def test_summary_of_nothing(self, site: Path) -> None:
        write(site, "page.md", "# Page\n")
        data = json.loads(quizproof("list", "--format", "summary").stdout)
        assert [data[kind]["count"] for kind in data] == [0, 0, 0]

    def test_a_page_with_errors_is_listed_all_the_same(self, site: Path) -> None:
        write(site, "page.md", WRONG)
        assert quizproof("list").exit_code == 0


class TestNew:
    @pytest.mark.parametrize("kind", ["choice", "flashcard", "explain"])
    def test_the_skeleton_passes_every_check(self, site: Path, kind: str) -> None:
        result = quizproof("new", "docs/pruning-basics.md", "Which go first?", "--kind", kind, "--topics", "pruning")
        assert (result.exit_code, result.stdout) == (0, "docs/pruning-basics.md:3: added which-go-first\n")
        text = (site / "docs" / "pruning-basics.md").read_text()
        assert text.startswith(f"# Pruning basics\n\n## Which go first? {{ .{kind} #which-go-first ")
        assert quizproof("check", "--strict").stdout == ""
        assert [q.kind for q in parse(text).questions] == [kind]

    @pytest.mark.parametrize(
        ("title", "written"),
        [
            ("<div>", "&lt;div>"),
            ("Is <b> in `<i>` bold?", "Is &lt;b> in `<i>` bold?"),
            ("</details>", "&lt;/details>"),
            ("a <b>c</b> `<div>` d < e<br>", "a <b>c</b> `<div>` d < e<br>"),
            ("Q { .x", "Q { .x"),
        ],
    )
    def test_tags_that_a_title_leaves_open_are_text(self, site: Path, title: str, written: str) -> None:
        quizproof("new", "docs/page.md", "--", title)
        assert f"\n## {written} {{ .choice #" in (site / "docs" / "page.md").read_text()
        assert quizproof("check", "--strict").stdout == ""

    def test_ids_are_fresh_in_the_whole_site(self, site: Path) -> None:
        write(site, "other.md", GOOD.replace("#first", "#which-go-first"))
        write(site, "code.md", '```python run="python" id="which-go-first-2"\nprint(1)\n```\n')
        (site / "precompute").mkdir()
        (site / "precompute" / "which_go_first_3.py").write_text("def build():\n    return {}\n")
        assert "added which-go-first-4" in quizproof("new", "docs/a.md", "Which go first?").stdout
        assert "added which-go-first-5" in quizproof("new", "docs/a.md", "Which go first?").stdout

    def test_what_was_there_stays_to_the_byte(self, site: Path) -> None:
        before = GOOD.rstrip("\n").replace("\n", "\r\n").encode() + "\r\n— end".encode()
        page = site / "docs" / "page.md"
        page.write_bytes(before)
        result = quizproof("new", page, "Next?")
        after = page.read_bytes()
        assert after.startswith(before)
        assert after.count(b"\n") == after.count(b"\r\n")
        line = int(result.stdout.split(":")[1])
        assert after.decode().split("\r\n")[line - 1].startswith("## Next? { .choice #next ")

    def test_the_level_of_the_page_s_questions(self, site: Path) -> None:
        page = write(site, "page.md", GOOD.replace("## ", "### ").replace("#### ", "#### "))
        quizproof("new", page, "Next?")
        assert "\n### Next? {" in page.read_text()
        assert "\n#### Explanation" in page.read_text()
        assert len(parse(page.read_text()).questions) == 2

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["docs/a.md", "  "], "the title is empty"),
            (["docs/a.txt", "T"], "docs/a.txt is no Markdown page: its name must end with .md"),
            (["docs/a.md", "T", "--topics", "prunning"], 'the site has no topic "prunning" (did you mean "pruning"?)'),
            (["docs/a.md", "T", "--kind", "numeric"], "'numeric' is not one of"),
            (["docs/a.md"], "Missing argument 'TITLE'"),
        ],
    )
    def test_usage(self, site: Path, arguments: list[str], says: str) -> None:
        result = quizproof("new", *arguments)
        assert result.exit_code == 2
        assert says in result.stderr
        assert list((site / "docs").iterdir()) == []

    def test_a_page_that_would_swallow_the_question(self, site: Path) -> None:
        page = write(site, "page.md", GOOD + "\n```python\nnever closed\n")
        result = quizproof("new", page, "Next?")
        assert result.exit_code == 1
        assert "mend this first, it would swallow the new question:" in result.stderr
        assert "Next?" not in page.read_text()

    def test_titles_of_other_scripts(self, site: Path) -> None:
        assert "added question" in quizproof("new", "docs/a.md", "何が\n先に消えるか").stdout
        assert quizproof("check", "--strict").exit_code == 0


def test_version_and_help() -> None:
    assert quizproof("--version").stdout == f"quizproof, version {__version__}\n"
    shown = quizproof("--help").stdout
    assert all(name in shown for name in ("check", "list", "new", "prove", "record", "schema"))


def test_schema() -> None:
    assert json.loads(quizproof("schema").stdout)["properties"]["quiz"]["properties"]["mode"]
    progress = json.loads(quizproof("schema", "progress").stdout)
    sample = json.loads((Path(__file__).parent / "vectors" / "export.json").read_text(encoding="utf-8"))
    assert list(progress["properties"]) == progress["required"] == list(sample)


def test_a_thousand_questions_with_their_records(tmp_path: Path) -> None:
    docs = make_site(tmp_path / "site", pages=100, questions=10, code=True)
    records = tmp_path / "site" / "precompute" / "records"
    for number in range(1000):
        name, code = f"question-{number}", CODE.format(n=number) + "\n"
        write_record(records, Record(name, "python", digest(code), f"{number * 2}\n"))
    result = quizproof("check", "--strict", docs)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "1000 questions on 101 pages: 0 errors, 0 warnings\n"
