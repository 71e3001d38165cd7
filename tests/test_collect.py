"""Questions are tests: what pytest makes of the pages of a site, here of a small one of its own."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from quiz_plugin.cli import main

pytestmark = pytest.mark.usefixtures("site")

PAGE = """# Page

## What is printed? { .choice #printed skill=predict }

```python run="python"
print(2)
```

- [ ] `1`
- [x] `2`

### Explanation

Why.

## Which is cited? { .choice #cited }

- [ ] One
- [x] Two

### Explanation

Why.

### Source

[a](https://arxiv.org/abs/1506.02626)

## What is pruning? { .flashcard #card }

Removing weights.

## Notes

```python run="python" id="alone"
print(3)
```
"""
TORCH = """# Torch

## What is printed? { .choice #with-torch skill=predict }

```python run="torch"
print(2)
```

- [ ] `1`
- [x] `2`

### Explanation

Why.
"""
# Python-Markdown and pytest plugins of the machine must not matter; what is ours must raise no warning.
CONFIG = "[pytest]\naddopts = -p no:cacheprovider -p no:hypothesispytest --strict-markers\nfilterwarnings = error\n"


@pytest.fixture
def site(pytester: pytest.Pytester) -> Path:
    pytester.makefile(".ini", pytest=CONFIG)
    pytester.makefile(".yml", mkdocs="site_name: Small\nplugins: [quizproof]\n")
    pytester.mkdir("docs")
    (pytester.path / "docs" / "page.md").write_text(PAGE)
    (pytester.path / "docs" / "prose.md").write_text("# Prose\n\n- [x] done. {a}\n")
    record()
    return pytester.path


def record() -> None:
    assert CliRunner().invoke(main, ["record"]).exit_code == 0


def change(site: Path, old: str, new: str) -> None:
    page = site / "docs" / "page.md"
    assert old in page.read_text()
    page.write_text(page.read_text().replace(old, new))


def lines(result: pytest.RunResult) -> str:
    return "\n".join(result.outlines)


def test_each_question_and_each_block_alone_is_an_item(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest("docs", "-v")
    result.assert_outcomes(passed=4)
    names = re.findall(r"^(docs/\S+) PASSED", lines(result), re.MULTILINE)
    assert names == [f"docs/page.md::{name}" for name in ("printed", "cited", "card", "alone")]


def test_one_question_by_its_name(pytester: pytest.Pytester) -> None:
    pytester.runpytest("docs/page.md::printed").assert_outcomes(passed=1)
    pytester.runpytest("docs", "-k", "cited or card").assert_outcomes(passed=2, deselected=2)


def test_a_failure_says_where_what_the_key_is_and_what_the_code_said(pytester: pytest.Pytester, site: Path) -> None:
    change(site, "- [ ] `1`\n- [x] `2`", "- [x] `1`\n- [ ] `2`")
    result = pytester.runpytest("docs")
    result.assert_outcomes(passed=3, failed=1)
    assert (
        "docs/page.md:3: What is printed?\n"
        "    key A: 1\n"
        'docs/page.md:3:1: error[key-contradicted] question "printed": '
        'the key is A: "1", the proof says "2" (choice B)\n'
        "    one of the two is wrong: mark what the code says with [x], or mend the code\n"
    ) in lines(result)
    assert "Traceback" not in lines(result)


def test_a_record_that_no_longer_holds(pytester: pytest.Pytester, site: Path) -> None:
    path = site / "precompute" / "records" / "alone.json"
    path.write_text(path.read_text().replace("3\\n", "4\\n"))
    result = pytester.runpytest("docs")
    result.assert_outcomes(passed=3, failed=1)
    assert "docs/page.md:35: error[changed-output] \"alone\": stdout was '4\\n', is '3\\n'" in lines(result)


def test_a_broken_question_fails_with_its_problems(pytester: pytest.Pytester, site: Path) -> None:
    change(site, "- [x] Two", "- [y] Two")
    result = pytester.runpytest("docs")
    result.assert_outcomes(passed=3, failed=1)
    assert "docs/page.md:19:3: error[bad-checkbox] expected a box" in lines(result)


def test_warnings_do_not_fail(pytester: pytest.Pytester, site: Path) -> None:
    change(site, "- [ ] One", "- [ ] Always one")
    pytester.runpytest("docs").assert_outcomes(passed=4)


def test_what_is_wrong_outside_the_questions_fails_too(pytester: pytest.Pytester, site: Path) -> None:
    (site / "docs" / "page.md").write_text("---\nquiz: {mode: exam}\n---\n\n" + PAGE)
    result = pytester.runpytest("docs", "-v")
    result.assert_outcomes(passed=4, failed=1)
    assert "docs/page.md::page FAILED" in lines(result)
    assert "docs/page.md:2:14: error[bad-front-matter] quiz: mode is 'exam', expected study" in lines(result)


def test_an_id_that_two_pages_share_fails_and_names_both(pytester: pytest.Pytester, site: Path) -> None:
    card = "# Other\n\n## What is a mask? { .flashcard #card }\n\nZeros and ones.\n"
    (site / "docs" / "other.md").write_text(card)
    result = pytester.runpytest("docs", "-v")
    result.assert_outcomes(passed=4, failed=1)
    assert "docs/page.md::card FAILED" in lines(result)
    assert (
        'docs/page.md:29:34: error[duplicate-id] the id "card" stands twice, first in docs/other.md:3\n'
        "    give one of them another id; ids are unique in the whole site\n"
    ) in lines(result)
    pytester.runpytest("docs/page.md::card").assert_outcomes(failed=1)
    pytester.runpytest("docs/other.md").assert_outcomes(passed=1)


def test_a_draw_that_the_site_cannot_fill_fails(pytester: pytest.Pytester, site: Path) -> None:
    (site / "docs" / "test.md").write_text("---\nquiz: {mode: strength, draw: {count: 3}}\n---\n\n# Test {a.b}\n")
    result = pytester.runpytest("docs", "-v")
    result.assert_outcomes(passed=4, failed=1)
    assert "docs/test.md::page FAILED" in lines(result)
    assert "docs/test.md:2:38: error[bad-draw] quiz: draw: count is 3, and the site has 2" in lines(result)


def test_front_matter_alone_can_fail(pytester: pytest.Pytester, site: Path) -> None:
    (site / "docs" / "test.md").write_text("---\nquiz:\n  mode: exam\n---\n")
    result = pytester.runpytest("docs", "-v")
    result.assert_outcomes(passed=4, failed=1)
    assert "docs/test.md::page FAILED" in lines(result)


def test_the_site_is_read_once(pytester: pytest.Pytester, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (site / "docs" / "other.md").write_text(PAGE.replace("#printed", "#other-printed"))
    from quiz_plugin import collect

    read = []
    monkeypatch.setattr(collect, "check_site", lambda pages, project: read.append(len(pages)) or ())
    pytester.runpytest("docs")
    assert read == [3]


def test_a_question_without_an_id_is_named_by_its_line(pytester: pytest.Pytester, site: Path) -> None:
    change(site, " #cited", "")
    result = pytester.runpytest("docs", "-v")
    assert "docs/page.md::line-16 FAILED" in lines(result)


def test_last_failed(pytester: pytest.Pytester, site: Path) -> None:
    pytester.makefile(".ini", pytest=CONFIG.replace("-p no:cacheprovider ", ""))
    change(site, "print(2)", "print(1)")
    pytester.runpytest("docs").assert_outcomes(passed=3, failed=1)
    pytester.runpytest("docs", "--lf").assert_outcomes(failed=1)
    change(site, "print(1)", "print(2)")
    pytester.runpytest("docs", "--lf").assert_outcomes(passed=1)


@pytest.fixture
def torch_page(site: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page with a torch question and its record, on a machine without torch."""
    (site / "docs" / "torch.md").write_text(TORCH)
    path = site / "precompute" / "records" / "printed.json"
    (path.parent / "with-torch.json").write_text(
        path.read_text().replace('"python",', '"torch",', 1).replace('"id": "printed"', '"id": "with-torch"')
    )
    lacking = lambda engine: "torch" if engine == "torch" else ""  # noqa: E731
    monkeypatch.setattr("quiz_plugin.collect.missing_package", lacking)
    return site / "docs" / "torch.md"


def test_torch_questions_skip_with_the_reason(pytester: pytest.Pytester, torch_page: Path) -> None:
    result = pytester.runpytest("docs", "-rs")
    result.assert_outcomes(passed=4, skipped=1)
    assert "with-torch needs torch, which is not installed" in lines(result)


def test_torch_questions_by_their_mark(pytester: pytest.Pytester, torch_page: Path) -> None:
    pytester.runpytest("docs", "-m", "torch").assert_outcomes(skipped=1, deselected=4)
    pytester.runpytest("docs", "-m", "not torch").assert_outcomes(passed=4, deselected=1)
    assert "@pytest.mark.torch: runs PyTorch" in lines(pytester.runpytest("--markers"))


def test_what_can_be_run_is_run_before_skipping(pytester: pytest.Pytester, torch_page: Path) -> None:
    torch_page.write_text(TORCH + '\n### Proof\n\n```python run="python" id="second"\nassert False\n```\n')
    pytester.runpytest("docs", "-m", "torch").assert_outcomes(failed=1, deselected=4)


def test_in_parallel(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    result = pytester.runpytest_subprocess("docs", "-n", "2", "-p", "xdist")
    result.assert_outcomes(passed=4)


def test_only_pages_of_a_site_that_uses_the_plugin(pytester: pytest.Pytester, site: Path) -> None:
    (site / "README.md").write_text(PAGE)
    (site / "mkdocs.yml").write_text("site_name: Small\n")
    pytester.runpytest().assert_outcomes()
    (site / "mkdocs.yml").write_text("site_name: Small\nmarkdown_extensions: [quizproof]\n")
    pytester.runpytest().assert_outcomes(passed=4)
    (site / "mkdocs.yml").unlink()
    pytester.runpytest().assert_outcomes()


def test_a_configuration_that_cannot_be_read(pytester: pytest.Pytester, site: Path) -> None:
    (site / "mkdocs.yml").write_text("plugins: [")
    result = pytester.runpytest("docs")
    assert result.ret != 0
    assert "mkdocs.yml cannot be read" in lines(result) + "\n".join(result.errlines)
