"""Cases as data: `cases/GROUP/CODE/NAME.md`, checked with the command as an author runs it.

`NAME.txt` beside a page is what `quizproof check --strict` prints for it, to the letter. A page named `valid`, or
ending in `-nope` (it looks like the mistake and is none), has no such file: nothing may be printed for it.
"""

from pathlib import Path

import pytest
from click.testing import CliRunner

from quiz_plugin.cli import main
from quiz_plugin.problems import CODES

CASES = Path(__file__).parent / "cases"
PAGES = sorted(p for p in CASES.glob("*/*/*.md"))
# Codes that `check` cannot give, since it runs nothing and sees only what the author wrote; tested where they arise.
ELSEWHERE = ("changed-output", "not-run", "bad-draw")


def name_of(page: Path) -> str:
    return page.relative_to(CASES).with_suffix("").as_posix()


def is_quiet(page: Path) -> bool:
    return page.stem == "valid" or page.stem.endswith("-nope")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_case(page: Path) -> None:
    expected = "" if is_quiet(page) else page.with_suffix(".txt").read_text(encoding="utf-8")
    result = CliRunner().invoke(main, ["check", "--strict", str(page)])
    assert result.stdout == expected
    assert result.exit_code == (1 if expected else 0)


@pytest.mark.parametrize("page", [p for p in PAGES if not is_quiet(p)], ids=name_of)
def test_a_case_is_about_its_code(page: Path) -> None:
    lines = page.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    assert lines[::2]
    code, group = page.parent.name, page.parent.parent.name
    assert any(f": {CODES[code].severity}[{code}] " in line for line in lines[::2])
    assert all(hint.startswith("    ") and hint.strip() for hint in lines[1::2])
    assert CODES[code].group == group


@pytest.mark.parametrize("code", [c for c in CODES if c not in ELSEWHERE])
def test_every_code_has_a_valid_neighbour_an_invalid_page_and_one_that_only_looks_like_it(code: str) -> None:
    stems = [p.stem for p in (CASES / CODES[code].group / code).glob("*.md")]
    assert "valid" in stems
    assert any(s.endswith("-nope") for s in stems)
    assert any(s != "valid" and not s.endswith("-nope") for s in stems)


def test_codes_without_cases_have_tests_elsewhere() -> None:
    assert set(ELSEWHERE) <= set(CODES)
    others = [p.read_text(encoding="utf-8") for p in Path(__file__).parent.glob("test_*.py") if p != Path(__file__)]
    for code in ELSEWHERE:
        assert any(code in text for text in others)


def test_no_file_of_the_cases_is_forgotten() -> None:
    texts = {p.with_suffix(".md") for p in CASES.glob("*/*/*.txt")}
    assert texts == {p for p in PAGES if not is_quiet(p)}
