"""`quizproof analyse`: files that are refused, answers that count, figures against a hand and numpy, reports."""

import json
import math
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from rendering import tree

from quiz_plugin.analyse.export import UPDATE, Attempt, Reader, RefusedError, join, unpack
from quiz_plugin.analyse.items import Item, analyse, point_biserial
from quiz_plugin.cli import main
from quiz_plugin.parse import parse

VECTORS = Path(__file__).parent / "vectors"
SAMPLE: dict[str, Any] = json.loads((VECTORS / "export.json").read_text(encoding="utf-8"))
REFUSED = json.loads((VECTORS / "export-refused.json").read_text(encoding="utf-8"))
PAGE = """# Page

## Which of `<these>`? { .choice #x level=beginner topics=pruning skill=concept }

- [ ] One
- [x] Two
- [ ] Three

### Explanation

Why.
"""
HASH = parse(PAGE).questions[0].hash


def altered(case: dict[str, Any]) -> bytes:
    """The sample with one place changed (or taken away), or the case's own text."""
    if "text" in case:
        return str(case["text"]).encode()
    file = json.loads(json.dumps(SAMPLE))
    *parents, last = case["path"]
    place = file
    for step in parents:
        place = place[step]
    if "value" in case:
        place[last] = case["value"]
    else:
        del place[last]
    return json.dumps(file).encode()


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_what_the_page_refuses_is_refused_here_in_the_same_words(case: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as found:
        unpack(altered(case))
    here = "Reload the page to get its newest version, then try again."
    assert str(found.value) == case["message"].replace(here, UPDATE)


def test_what_fits_is_read() -> None:
    attempts = unpack(b"\xef\xbb\xbf" + json.dumps(SAMPLE).encode())
    assert len(attempts) == len(SAMPLE["attempts"])
    assert attempts[2] == Attempt("prune-b", "1a2b3c4d5e6f", "AC", 0.5, 31.9, 1790539200000)


def test_what_only_python_takes_for_json_is_refused() -> None:
    with pytest.raises(RefusedError, match="It is not JSON"):
        unpack(json.dumps({**SAMPLE, "drafts": math.nan}).encode())
    with pytest.raises(RefusedError, match="It is not JSON"):
        unpack(b"\xff\xfe")
    with pytest.raises(RefusedError, match="It is not JSON"):
        unpack(b"[" * 100_000)


def attempt(id_: str, right: bool, *, time: int, chosen: str = "", hash_: str = HASH) -> Attempt:
    return Attempt(id_, hash_, chosen or ("B" if right else "A"), float(right), 5, time)


def reader(scores: dict[str, bool | int], number: int) -> Reader:
    attempts = (attempt(id_, bool(right), time=1000 * number + n) for n, (id_, right) in enumerate(scores.items()))
    return Reader((f"{number}.json",), tuple(attempts))


def by_id(items: Iterable[Item]) -> dict[str, Item]:
    return {item.id: item for item in items}


def test_the_figures_against_a_hand() -> None:
    # x: 1 1 0 0 against the rest 1, 1/2, 1/2, 0: covariance sum 1/2, squares 1 and 1/2, so 1 : sqrt 2.
    # y: 1 1 1 0 against 1, 1/2, 0, 0: covariance sum 3/8, squares 3/4 and 11/16, so 3 : sqrt 33.
    rows = [(1, 1, 1), (1, 1, 0), (0, 1, 0), (0, 0, 0)]
    found = by_id(analyse(reader(dict(zip("xyz", row, strict=True)), n) for n, row in enumerate(rows)))
    assert [found[id_].right for id_ in "xyz"] == [0.5, 0.75, 0.25]
    assert found["x"].discrimination == pytest.approx(1 / math.sqrt(2))
    assert found["y"].discrimination == pytest.approx(3 / math.sqrt(33))


@pytest.mark.parametrize("missing", [0, 0.3])
def test_the_figures_against_numpy(missing: float) -> None:
    rng = np.random.default_rng(7)
    ability, hardness = rng.normal(size=(60, 1)), rng.normal(size=8)
    scores = (rng.random((60, 8)) < 1 / (1 + np.exp(hardness - ability))).astype(float)
    scores[rng.random(scores.shape) < missing] = np.nan
    readers = [
        reader({f"q{n}": bool(s) for n, s in enumerate(row) if not np.isnan(s)}, at) for at, row in enumerate(scores)
    ]
    found = by_id(analyse(readers))
    for n in range(8):
        column, rest = scores[:, n], np.nanmean(np.delete(scores, n, axis=1), axis=1)
        both = ~np.isnan(column) & ~np.isnan(rest)
        assert found[f"q{n}"].discrimination == pytest.approx(np.corrcoef(column[both], rest[both])[0, 1])
        assert found[f"q{n}"].right == pytest.approx(np.nanmean(column))
        if not missing:
            total = np.delete(scores, n, axis=1).sum(axis=1)
            assert found[f"q{n}"].discrimination == pytest.approx(np.corrcoef(column, total)[0, 1])


@pytest.mark.parametrize(
    ("scores", "rests", "why"),
    [
        ([1.0, 0.0], [0.0, 1.0], "fewer than 3 readers who answered other questions too"),
        ([1.0, 1.0, 1.0], [0.0, 0.5, 1.0], "all first answers are right"),
        ([0.0, 0.0, 0.0], [0.0, 0.5, 1.0], "no first answer is right"),
        ([0.0, 1.0, 0.0], [0.5, 0.5, 0.5], "all readers do equally well on the rest"),
    ],
)
def test_when_there_is_no_correlation(scores: list[float], rests: list[float], why: str) -> None:
    assert point_biserial(scores, rests) == (None, why)


def test_only_the_first_answer_to_the_sites_own_version_counts() -> None:
    attempts = (
        attempt("x", False, time=1, hash_="another"),
        attempt("x", True, time=2),
        attempt("x", False, time=3, chosen="C"),
        attempt("card", True, time=4, chosen="3"),
    )
    left = Reader(("left",), (attempt("x", True, time=1, hash_="another"),))
    (item,) = analyse([Reader(("a",), attempts), left], [parse(PAGE, "page.md")])
    assert (item.answers, item.right, dict(item.chosen), item.left_out) == (1, 1.0, {"A": 0, "B": 1, "C": 0}, 1)
    assert (item.where, item.title, item.key) == ("page.md:3", "Which of <these>?", ("B",))
    (bare,) = analyse([Reader(("a",), attempts), left])
    assert (bare.answers, dict(bare.chosen), bare.key, bare.where) == (1, {"B": 1}, ("B",), "")


def test_open_questions_and_cards_have_no_key() -> None:
    page = parse(PAGE.replace(".choice", ".explain").replace("[x]", "[ ]"), "page.md")
    assert analyse([reader({"x": True}, 1)], [page]) == []


def test_files_of_one_reader_are_joined() -> None:
    a = [attempt(f"q{n}", bool(n % 2), time=n) for n in range(6)]
    stranger = Reader(("stranger",), (a[0], attempt("q1", True, time=99), attempt("q2", True, time=98), *a[:0]))
    files = [Reader(("one",), tuple(a[:4])), stranger, Reader(("two",), tuple(a[1:])), Reader(("empty",), ())]
    found = join(files)
    assert [r.files for r in found] == [("stranger",), ("one", "two"), ("empty",)]
    assert found[1].attempts == tuple(a)
    assert [r.files for r in join([Reader(("one",), (a[0],)), Reader(("two",), tuple(a))])] == [("one", "two")]


def classroom(count: int, right: int, wrong: str = "A") -> list[Reader]:
    """So many readers, of whom the first `right` know x; who knows it knows less of the rest."""
    made = []
    for n in range(count):
        x = attempt("x", n < right, time=1000 * n, chosen="" if n < right else wrong)
        rest = [attempt(f"q{m}", (n >= right) == (m != 3), time=1000 * n + 1 + m) for m in range(4)]
        made.append(Reader((f"{n}",), (x, *rest)))
    return made


def test_warnings() -> None:
    page = [parse(PAGE, "page.md")]
    negative, never = "who does well elsewhere gets it wrong", "never chosen: C"
    assert by_id(analyse(classroom(12, 6), page))["x"].flags == (negative, never)
    assert by_id(analyse(classroom(12, 6, "AC"), page))["x"].flags == (negative,)
    easy, hard = by_id(analyse(classroom(10, 10), page))["x"], by_id(analyse(classroom(10, 0), page))["x"]
    assert easy.flags == ("too easy: more than 95% are right", "never chosen: A, C")
    assert hard.flags == ("too hard: fewer than 20% are right", never)
    assert by_id(analyse(classroom(9, 0), page))["x"].flags == (), "nine answers say too little"
    assert next(item.id for item in analyse(classroom(12, 6), page)) == "x", "warnings first"


def export(folder: Path, readers: list[Reader]) -> list[str]:
    """The readers' files, as the progress page writes them."""
    names = []
    for one in readers:
        rows = [{**a._asdict(), "hints": 0, "mode": "study"} for a in one.attempts]
        path = folder / f"{one.files[0]}.json"
        path.write_text(json.dumps({**SAMPLE, "attempts": rows}), encoding="utf-8")
        names.append(str(path))
    return names


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["analyse", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mkdocs.yml").write_text("site_name: Small\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text(PAGE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_text(site: Path) -> None:
    files = export(site, classroom(12, 6))
    shown = run(*files, files[0])
    assert shown.exit_code == 0
    lines = shown.output.splitlines()
    assert lines[0] == "12 readers, 60 first answers to 5 questions: 2 with warnings, 0 with fewer than 10 answers"
    assert lines[1] == f"taken for one reader, as they share answers: {files[0]}, {files[0]}"
    assert lines[4] == " 0.50  -1.00       12  A 6  B* 6  C 0  docs/page.md:3  x  Which of <these>?"
    assert lines[5:7] == [f"{'':21}  ! who does well elsewhere gets it wrong", f"{'':21}  ! never chosen: C"]
    alone = run(files[0])
    assert " 1.00      -        1  A 0  B* 1  C 0  docs/page.md:3  x" in alone.output
    assert "no disc.:" not in alone.output


def test_the_data_and_the_page(site: Path) -> None:
    files = export(site, classroom(12, 6))
    shown = run(*files, "--format", "json", "--html", "report.html")
    found = json.loads(shown.output)
    assert len(found["readers"]) == 12
    x = found["questions"][0]
    assert (x["id"], x["path"], x["line"], x["title"]) == ("x", "docs/page.md", 3, "Which of <these>?")
    assert (x["right"], x["discrimination"], x["answers"], x["key"]) == (0.5, pytest.approx(-1), 12, ["B"])
    assert x["chosen"] == {"A": 6, "B": 6, "C": 0}
    page = tree((site / "report.html").read_text(encoding="utf-8").partition("\n")[2], strict=False)
    assert len(page.one("tbody").all("tr")) == 5
    row = page.one("tbody").all("tr")[0]
    assert "Which of <these>?" in row.text
    assert "! never chosen: C" in row.text
    assert [(m.get("max"), m.get("value")) for m in row.all("meter")] == [("12", "6"), ("12", "6"), ("12", "0")]
    assert page.all("script") == page.all("link") == page.all("img") == []


def test_away_from_a_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shown = run(*export(tmp_path, classroom(3, 2)))
    assert shown.exit_code == 0
    assert " 0.67  -1.00        3  A 1  B* 2  x" in shown.output


def test_bad_files_are_all_named_and_nothing_is_done(site: Path) -> None:
    good = export(site, classroom(1, 1))
    (site / "bad.json").write_text("time,question")
    (site / "worse.json").write_text(json.dumps({**SAMPLE, "badges": []}))
    shown = run(*good, "bad.json", "worse.json", "--html", "report.html")
    assert shown.exit_code == 2
    assert shown.stderr.splitlines() == [
        "bad.json: It is not JSON. Choose a file that a progress page exported; its name ends in .json.",
        "worse.json: “badges” is a list; expected an object. Export it again where it came from, and do not edit it.",
    ]
    assert shown.stdout == ""
    assert not (site / "report.html").exists()
    assert "does not exist" in run("nowhere.json").output
    assert run().exit_code == 2


def test_many_large_files_are_joined_in_one_pass() -> None:
    rng = random.Random(3)
    files = [
        Reader((f"{n}",), tuple(attempt(f"q{m}", rng.random() < 0.5, time=n * 10**6 + m) for m in range(500)))
        for n in range(40)
    ]
    assert len(join([*files, *files])) == 40
