"""Several at once: what is recorded and said is what one after the other gives, and Ctrl-C leaves nothing running."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quiz_plugin import cli
from quiz_plugin.evidence import book, run
from quiz_plugin.evidence.engines import Engine
from quiz_plugin.evidence.programs import find_programs
from quiz_plugin.evidence.proof import Finding

ROOT = Path(__file__).parents[1]
MEET = """import time
from pathlib import Path
Path({own!r}).touch()
end = time.monotonic() + 20
while not Path({other!r}).exists():
    assert time.monotonic() < end, "nobody came"
    time.sleep(0.02)
print("met")"""
LONG = """import os, time
from pathlib import Path
Path({own!r}).write_text(str(os.getpid()))
time.sleep(60)"""
BUSY = """import time
from pathlib import Path
def build():
    Path({own!r}).touch()
    time.sleep(1)
    Path({own!r}).unlink()
    return {{}}
"""
ALONE = """import time
from pathlib import Path
ALONE = True
def build():
    seen = set()
    for _ in range(20):
        seen |= {{path.name for path in Path({folder!r}).glob("busy*")}}
        time.sleep(0.02)
    return {{"beside": sorted(seen)}}
"""
SOURCE = "def build():\n    return {'value': VALUE}\n"
READER = """import json
from pathlib import Path
READS = ("records/source.json",)
def build():
    return json.loads((Path(__file__).parent / READS[0]).read_text())["data"]
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty site, which is the working folder; its programs need no torch."""
    monkeypatch.setitem(run.ENGINES, "torch", Engine(browser=False, packages=(), seconds=60))
    (tmp_path / "mkdocs.yml").write_text("site_name: Small\nplugins: [quizproof]\n")
    for folder in ("docs", "precompute"):
        (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def blocks(site: Path, *codes: str) -> None:
    fences = [f'```python run="python" id="block-{n}"\n{code}\n```\n' for n, code in enumerate(codes)]
    (site / "docs" / "page.md").write_text("# Page\n\n" + "\n".join(fences))


def program(site: Path, name: str, code: str) -> None:
    (site / "precompute" / f"{name}.py").write_text(code)


def quizproof(*arguments: str) -> Result:
    result = CliRunner().invoke(cli.main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def data_of(site: Path, name: str) -> object:
    return json.loads((site / "precompute" / "records" / f"{name}.json").read_text())["data"]


def written(site: Path) -> dict[str, dict[str, object]]:
    """Every record, without how long it took."""
    found = {path.name: json.loads(path.read_text()) for path in (site / "precompute" / "records").iterdir()}
    return {name: record | {"seconds": 0} for name, record in found.items()}


def last(result: Result) -> str:
    return result.stderr.splitlines()[-1]


class TestAtOnce:
    def test_two_jobs_run_at_the_same_time(self, site: Path) -> None:
        one, two = str(site / "one"), str(site / "two")
        blocks(site, MEET.format(own=one, other=two), MEET.format(own=two, other=one))
        assert last(quizproof("record", "--jobs", "2")) == "2 recorded, 0 up to date, 0 failed"
        for path in (one, two):
            Path(path).unlink()
        assert last(quizproof("prove", "--jobs", "2")) == "2 proved, 0 failed"

    def test_without_the_option_one_after_the_other(self, site: Path) -> None:
        begun = "import time\nprint(time.time() > 0)\n"
        held: list[int] = []
        most: list[int] = []

        def act() -> list[Finding]:
            held.append(1)
            time.sleep(0.05)
            most.append(len(held))
            held.pop()
            return []

        cli._at_once(dict.fromkeys(range(4), act), 1, lambda running: None, lambda place, findings: None)
        assert most == [1] * 4
        blocks(site, begun)
        assert quizproof("record", "--jobs", "0").exit_code == 2

    def test_records_and_words_are_those_of_one_after_the_other(self, site: Path) -> None:
        slow = "import time\ntime.sleep(0.4)\n"
        blocks(site, f"{slow}raise ValueError('first')", "print(2)", f"{slow}print(3)", "print(unknown)", "print(5)")
        program(site, "broken", "def build():\n    raise ValueError('no data')\n")
        one = quizproof("record")
        alone = written(site)
        for path in (site / "precompute" / "records").iterdir():
            path.unlink()
        three = quizproof("record", "--jobs", "3")
        assert (three.exit_code, three.stdout, last(three)) == (1, one.stdout, last(one))
        named = re.findall(r"^(\S+):\d+:\d+: error", three.stdout, re.MULTILINE)
        assert named == ["precompute/broken.py", "docs/page.md", "docs/page.md"]
        assert three.stdout.index("first") < three.stdout.index("unknown")
        assert last(three) == "3 recorded, 0 up to date, 3 failed"
        assert written(site) == alone
        assert len(alone) == 3

    def test_what_is_running_is_said_at_each_start(self) -> None:
        seen: list[list[int]] = []

        def started(running: Iterable[int]) -> None:
            seen.append(list(running))

        found: dict[int, list[Finding]] = {}
        work = dict.fromkeys(range(3), list[Finding])
        cli._at_once(work, 2, started, found.__setitem__)
        assert seen[:2] == [[0], [0, 1]]
        assert seen[2][-1] == 2
        assert sorted(found) == [0, 1, 2]

    def test_a_bug_ends_it_and_is_not_swallowed(self) -> None:
        def bug() -> list[Finding]:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            cli._at_once({0: bug, 1: list[Finding]}, 2, lambda running: None, lambda place, findings: None)

    def test_two_blocks_of_one_id_do_not_run_at_once(self, site: Path) -> None:
        mark = str(site / "mark")
        code = (
            f"import time\nfrom pathlib import Path\nassert not Path({mark!r}).exists()\nPath({mark!r}).touch()\n"
            f"time.sleep(0.3)\nPath({mark!r}).unlink()"
        )
        fence = f'```python run="python" id="same"\n{code}\n```\n'
        (site / "docs" / "page.md").write_text(f"# Page\n\n{fence}\n{fence}")
        assert last(quizproof("record", "--jobs", "2")) == "2 recorded, 0 up to date, 0 failed"

    def test_a_run_has_one_thread_whatever_the_environment_says(self, site, monkeypatch) -> None:
        monkeypatch.setenv("OMP_NUM_THREADS", "7")
        blocks(site, "import os\nprint(os.environ['OMP_NUM_THREADS'], os.environ['MKL_NUM_THREADS'])")
        quizproof("record")
        assert written(site)["block-0.json"]["stdout"] == "1 1\n"


class TestOnlyWhatIsStale:
    def test_nothing_runs_again(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        blocks(site, "print(1)", "print(2)")
        program(site, "source", SOURCE.replace("VALUE", "1"))
        program(site, "reader", READER)
        assert last(quizproof("record", "--jobs", "2")) == "4 recorded, 0 up to date, 0 failed"
        monkeypatch.setattr(book, "record", lambda *a: pytest.fail("it was run again"))
        assert last(quizproof("record", "--jobs", "2")) == "0 recorded, 4 up to date, 0 failed"

    def test_the_make_target_records_and_no_more(self) -> None:
        text = (ROOT / "Makefile").read_text(encoding="utf-8")
        recipe = re.findall(r"^precompute:.*\n((?:\t.*\n)+)", text, re.MULTILINE)
        assert recipe == ["\t@$(PY) -m quiz_plugin record --jobs $(JOBS)\n"]
        assert re.search(r"^JOBS \?= 2$", text, re.MULTILINE)


class TestReads:
    def test_a_program_comes_after_what_it_reads(self, site: Path) -> None:
        program(site, "reader", READER)
        program(site, "source", SOURCE.replace("VALUE", "1"))
        assert last(quizproof("record", "--jobs", "2")) == "2 recorded, 0 up to date, 0 failed"
        assert data_of(site, "reader") == {"value": 1}

    def test_it_is_stale_when_what_it_reads_has_changed(self, site: Path) -> None:
        program(site, "reader", READER)
        program(site, "source", SOURCE.replace("VALUE", "1"))
        quizproof("record")
        program(site, "source", SOURCE.replace("VALUE", "2"))
        assert last(quizproof("record", "source")) == "1 recorded, 0 up to date, 0 failed"
        assert 'error[stale-record] the record of program "reader" is of other code' in quizproof("check").stdout
        assert last(quizproof("record")) == "1 recorded, 1 up to date, 0 failed"
        assert data_of(site, "reader") == {"value": 2}

    @pytest.mark.parametrize(
        "other", ["READS = 3", "READS = (1, 2)", "READS = compute()", "ALONE = 1", "ALONE = yes()"]
    )
    def test_names_that_mean_something_else_are_left_alone(self, site: Path, other: str) -> None:
        program(site, "own", f"{other}\ndef build():\n    return {{}}\n")
        (found,) = find_programs(site / "precompute")
        assert (found.alone, found.reads) == (False, ())

    def test_a_file_that_is_no_python_says_so_when_it_is_run(self, site: Path) -> None:
        program(site, "broken", "def build(:\n")
        assert quizproof("check").exit_code == 1
        assert "SyntaxError" in quizproof("record").stdout


class TestAlone:
    def test_nothing_runs_beside_it(self, site: Path) -> None:
        for name in ("busy_one", "busy_two"):
            program(site, name, BUSY.format(own=str(site / name)))
        program(site, "alone", ALONE.format(folder=str(site)))
        assert last(quizproof("record", "--jobs", "3")) == "3 recorded, 0 up to date, 0 failed"
        assert data_of(site, "alone") == {"beside": []}


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal")
@pytest.mark.parametrize("command", ["record", "prove"])
def test_ctrl_c_stops_what_is_running_and_keeps_what_is_recorded(site: Path, command: str) -> None:
    marks = [site / "one", site / "two"]
    quick = "print(1)"
    blocks(site, quick, *(LONG.format(own=str(mark)) for mark in marks))
    assert quizproof("record", "block-0").exit_code == 0
    for n, record in ((1, "block-1"), (2, "block-2")):
        if command == "prove":  # records of this code, so that proving gets as far as running it
            path = site / "precompute" / "records" / "block-0.json"
            text = path.read_text().replace('"block-0"', f'"{record}"')
            code = LONG.format(own=str(marks[n - 1]))
            own = book.digest(f"{code}\n")
            (path.parent / f"{record}.json").write_text(re.sub(r'(?<="sha256": ")\w+', own, text))
    started = subprocess.Popen(
        [sys.executable, "-m", "quiz_plugin", command, "--jobs", "2"],
        cwd=site,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        end = time.monotonic() + 60
        while not all(mark.exists() and mark.read_text() for mark in marks):
            assert started.poll() is None, started.communicate()[0]
            assert time.monotonic() < end
            time.sleep(0.05)
        started.send_signal(signal.SIGINT)
        said = started.communicate(timeout=20)[0]
    finally:
        started.kill()
    assert started.returncode == 1
    assert "Aborted!" in said
    assert "Traceback" not in said
    assert [mark for mark in marks if _alive(int(mark.read_text()))] == []
    assert (site / "precompute" / "records" / "block-0.json").exists()


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
