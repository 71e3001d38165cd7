"""Running, recording and proving: what a block says, what its record says, and what happens when they part."""

import json
import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quiz_plugin.cli import main
from quiz_plugin.evidence import records, run
from quiz_plugin.evidence.engines import Engine
from quiz_plugin.evidence.includes import IncludeError, expand
from quiz_plugin.evidence.proof import claim_of
from quiz_plugin.evidence.records import Record, RecordError, read_record, write_record
from quiz_plugin.evidence.run import MissingEngineError, RunError, run_block, run_program
from quiz_plugin.parse import parse

CONFIG = "site_name: Small\nplugins: [quizproof]\n"
PREDICT = """## What is printed? { .choice #printed skill=predict }

```python run="python"
CODE
```

- [ ] `1`
- [x] `2`

### Explanation

Why.
"""
PROOF = """## Which? { .choice #shown }

- [ ] One
- [x] Two

### Explanation

Why.

### Proof

```python run="python"
CODE
```
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mkdocs.yml").write_text(CONFIG)
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def quizproof(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def page(site: Path, code: str, text: str = PREDICT) -> None:
    (site / "docs" / "page.md").write_text(text.replace("CODE", code))


def record_of(site: Path, name: str = "printed") -> dict[str, object]:
    loaded = json.loads((site / "precompute" / "records" / f"{name}.json").read_text())
    assert isinstance(loaded, dict)
    return loaded


class TestRecord:
    def test_a_record_says_what_was_run_and_with_what(self, site: Path) -> None:
        page(site, "seed = 3\nprint(2)")
        result = quizproof("record")
        assert result.exit_code == 0
        assert result.stderr.endswith("1 recorded, 0 up to date, 0 failed\n")
        text = (site / "precompute" / "records" / "printed.json").read_text()
        found = json.loads(text)
        assert text == json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        assert {k: found[k] for k in ("id", "engine", "stdout", "exception", "seed")} == {
            "id": "printed",
            "engine": "python",
            "stdout": "2\n",
            "exception": None,
            "seed": 3,
        }
        assert found["sha256"] == records.digest("seed = 3\nprint(2)\n")
        assert list(found["versions"]) == ["python"]
        assert quizproof("check", "--strict").exit_code == 0

    def test_only_what_is_stale_is_run_again(self, site: Path) -> None:
        page(site, "print(2)")
        quizproof("record")
        path = site / "precompute" / "records" / "printed.json"
        path.write_text(path.read_text().replace('"seconds": ', '"seconds": 99'))
        assert quizproof("record").stderr.endswith("0 recorded, 1 up to date, 0 failed\n")
        assert str(record_of(site)["seconds"]).startswith("99")
        assert quizproof("record", "printed").stderr.endswith("1 recorded, 0 up to date, 0 failed\n")
        assert quizproof("record", "--all").stderr.endswith("1 recorded, 0 up to date, 0 failed\n")
        page(site, "print(1 + 1)")
        assert quizproof("record").stderr.endswith("1 recorded, 0 up to date, 0 failed\n")

    def test_a_block_that_raises_leaves_its_record(self, site: Path) -> None:
        page(site, "print(2)")
        quizproof("record")
        page(site, "print(2)\n1 / 0")
        result = quizproof("record")
        assert result.exit_code == 1
        assert result.stdout == (
            'docs/page.md:3:1: error[raised] block "printed": it raised ZeroDivisionError: division by zero\n'
            "    Traceback (most recent call last):\n"
            '      File "block.py", line 2, in <module>\n'
            "        1 / 0\n"
            "        ~~^~~\n"
            "    ZeroDivisionError: division by zero\n"
            '    mend the code, or say that this is wanted:  expect="ZeroDivisionError"\n'
        )
        assert result.stderr.endswith("0 recorded, 0 up to date, 1 failed\n")
        assert record_of(site)["sha256"] == records.digest("print(2)\n")

    def test_a_key_that_the_code_contradicts_is_said_at_once(self, site: Path) -> None:
        page(site, "print(1)")
        result = quizproof("record")
        assert result.exit_code == 1
        assert 'error[key-contradicted] the key is B: "2", the proof says "1" (choice A)' in result.stdout

    def test_an_interrupted_write_leaves_the_old_record(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write_record(tmp_path, Record("a", "python", "1" * 64, "old\n"))

        def interrupted(self: Path, target: Path) -> Path:
            raise KeyboardInterrupt

        monkeypatch.setattr(Path, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write_record(tmp_path, Record("a", "python", "2" * 64, "new\n"))
        monkeypatch.undo()
        old = read_record(tmp_path, "a")
        assert old is not None
        assert old.stdout == "old\n"
        write_record(tmp_path, Record("a", "python", "2" * 64, "new\n"))
        assert [p.name for p in tmp_path.iterdir()] == ["a.json"]

    def test_ids_that_there_are_not(self, site: Path) -> None:
        page(site, "print(2)")
        result = quizproof("record", "printd")
        assert result.exit_code == 2
        assert 'there is no block or program "printd" (did you mean "printed"?)' in result.stderr

    def test_one_engine_only(self, site: Path) -> None:
        page(site, "print(2)")
        assert quizproof("record", "--engine", "numpy").stderr.endswith("0 recorded, 0 up to date, 0 failed\n")

    def test_an_id_that_is_no_slug_writes_nowhere(self, site: Path) -> None:
        (site / "docs" / "page.md").write_text('```python run="python" id="../../outside"\nprint(1)\n```\n')
        assert quizproof("record").stderr.endswith("0 recorded, 0 up to date, 0 failed\n")
        assert not list(site.rglob("*.json"))

    def test_an_include_that_is_not_there(self, site: Path) -> None:
        page(site, '--8<-- "snippets/none.py"')
        result = quizproof("record")
        assert result.exit_code == 1
        assert 'error[bad-include] "printed": there is no readable file snippets/none.py\n' in result.stdout

    def test_an_include_is_part_of_the_hash(self, site: Path) -> None:
        (site / "snippets").mkdir()
        (site / "snippets" / "two.py").write_text("print(2)\n")
        page(site, '--8<-- "snippets/two.py"')
        assert quizproof("record").exit_code == 0
        (site / "snippets" / "two.py").write_text("print(1 + 1)\n")
        assert "error[stale-record]" in quizproof("check").stdout


class TestProve:
    def test_a_record_that_holds(self, site: Path) -> None:
        page(site, "print(2)")
        quizproof("record")
        result = quizproof("prove", "--twice")
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr.endswith("1 proved, 0 failed\n")

    def test_missing_and_stale(self, site: Path) -> None:
        page(site, "print(2)")
        assert quizproof("prove").stdout == (
            'docs/page.md:3:1: error[missing-record] "printed" has no record\n'
            "    run it once:  quizproof record printed\n"
        )
        quizproof("record")
        page(site, "print(1 + 1)")
        result = quizproof("prove")
        assert result.exit_code == 1
        assert result.stdout == (
            'docs/page.md:3:1: error[stale-record] the record of "printed" is of other code\n'
            "    run it again:  quizproof record printed\n"
        )

    def test_changed_output(self, site: Path) -> None:
        page(site, "print(2)")
        quizproof("record")
        path = site / "precompute" / "records" / "printed.json"
        path.write_text(path.read_text().replace('"2\\n"', '"2.0\\n"'))
        result = quizproof("prove")
        assert result.exit_code == 1
        assert "error[changed-output] \"printed\": stdout was '2.0\\n', is '2\\n'\n" in result.stdout

    @pytest.mark.parametrize(
        ("code", "says"),
        [
            ('verdicts = {"A": True, "B": False}', "error[key-contradicted] the key is B, the proof says A"),
            ('verdicts = {"A": False}', "error[verdict-letters] verdicts has A, expected A, B"),
            ("verdicts = [False, True]", "error[verdict-letters] verdicts has [False, True], expected A, B"),
            ('answer = "Three"', 'error[key-contradicted] the key is B: "Two", the proof says "Three" (no choice)'),
        ],
    )
    def test_a_proof_against_the_key(self, site: Path, code: str, says: str) -> None:
        page(site, code, PROOF)
        assert says in quizproof("record").stdout
        assert says in quizproof("prove").stdout
        assert says.split("] ")[1] in quizproof("check").stdout

    @pytest.mark.parametrize("code", ['answer = "Two".title()', "assert 1 < 2", 'verdicts = {"A": 1 > 2, "B": 1 < 2}'])
    def test_a_proof_that_holds(self, site: Path, code: str) -> None:
        page(site, code, PROOF)
        assert quizproof("record").exit_code == 0
        assert quizproof("prove").exit_code == 0
        assert quizproof("check", "--strict").exit_code == 0

    def test_expected_exceptions(self, site: Path) -> None:
        text = PREDICT.replace('run="python"', 'run="python" expect="KeyError"').replace("`2`", "`KeyError: 'a'`")
        page(site, 'print("before")\n{}["a"]', text)
        assert quizproof("record").exit_code == 0
        assert quizproof("prove").exit_code == 0
        page(site, "print(2)", text)
        assert 'error[did-not-raise] block "printed" was to raise KeyError and did not\n' in quizproof("record").stdout

    def test_ambiguous_output(self, site: Path) -> None:
        page(site, "print(2)", PREDICT.replace("- [ ] `1`", "- [ ] ![2](two.svg)"))
        assert 'error[ambiguous-output] the output "2" is also choice A\n' in quizproof("record").stdout

    def test_chance_is_caught(self, site: Path) -> None:
        page(site, "import random\nx = random.random()\nanswer = 'Two'", PROOF)
        quizproof("record")
        assert quizproof("prove", "--twice").exit_code == 0
        page(site, "import random\nprint(random.random())\nanswer = 'Two'", PROOF)
        quizproof("record")
        path = site / "precompute" / "records" / "shown.json"
        found = json.loads(path.read_text())
        assert re.fullmatch(r"0\.\d+\n", found["stdout"])
        assert 'error[changed-output] "shown": stdout was \'0.' in quizproof("prove", "--twice").stdout

    def test_twice_catches_what_changes_only_from_run_to_run(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        page(site, "print(2)")
        quizproof("record")
        said = iter(["2\n", "3\n"])
        monkeypatch.setattr("quiz_plugin.evidence.book.run_block", lambda *a: run.Outcome(stdout=next(said)))
        result = quizproof("prove", "--twice")
        assert 'error[changed-output] "printed" says something else at a second run\n' in result.stdout
        assert "    seed what is random, sort what has no order\n" in result.stdout

    def test_a_record_file_that_is_none(self, site: Path) -> None:
        page(site, "print(2)")
        quizproof("record")
        (site / "precompute" / "records" / "printed.json").write_text("<<<<<<< HEAD\n")
        assert "error[stale-record] printed.json is not a record: " in quizproof("prove").stdout
        assert quizproof("record").exit_code == 0
        assert quizproof("prove").exit_code == 0

    def test_a_run_that_does_not_end(self, site: Path) -> None:
        page(site, "import time\ntime.sleep(60)", PREDICT.replace('run="python"', 'run="python" timeout="1"'))
        result = quizproof("record")
        assert result.stdout == 'docs/page.md:3:1: error[not-run] "printed": it ran for more than 1 s and was stopped\n'
        assert result.exit_code == 1

    def test_an_engine_that_is_not_installed(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        page(site, "print(2)", PREDICT.replace('run="python"', 'run="torch"'))
        monkeypatch.setattr(run, "missing_package", lambda engine: "torch" if engine == "torch" else "")
        result = quizproof("record")
        assert result.exit_code == 1
        assert 'error[not-run] "printed": engine "torch" needs torch, which is not installed: pip install torch' in (
            result.stdout
        )


class TestRunning:
    def test_the_network_is_closed(self) -> None:
        for code in (
            'import urllib.request\nurllib.request.urlopen("http://127.0.0.1:9/")',
            'import socket\nsocket.create_connection(("127.0.0.1", 9))',
            'import socket\nsocket.getaddrinfo("localhost", 9)',
            'import _socket\n_socket.socket().connect(("127.0.0.1", 9))',
        ):
            outcome = run_block("python", code)
            assert outcome.exception is not None
            assert "the network is not available to blocks and programs" in outcome.exception["message"]

    def test_a_figure_for_the_browser_leaves_no_trace_in_the_record(self) -> None:
        outcome = run_block("python", "display('<svg/>', alt='a curve')\nprint(1)")
        assert (outcome.exception, outcome.stdout) == (None, "1\n")

    def test_output_is_capped_and_says_so(self) -> None:
        outcome = run_block("python", "for n in range(30_000):\n    print('0123456789')")
        assert outcome.dropped == 230_000
        assert outcome.stdout.endswith("\n… and 230000 more characters\n")
        assert len(outcome.stdout) < 100_100

    def test_the_working_folder_is_temporary_and_empty(self) -> None:
        code = "import os\nprint(os.listdir())\nopen('left', 'w').close()\nprint(os.getcwd())"
        listed, folder = run_block("python", code).stdout.splitlines()
        assert listed == "[]"
        assert not Path(folder).exists()

    def test_children_go_with_the_time_limit(self, tmp_path: Path) -> None:
        mark = tmp_path / "alive"
        child = f"import time; time.sleep(3); open({str(mark)!r}, 'w')"
        code = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])"
        with pytest.raises(RunError, match=r"^it ran for more than 1 s and was stopped$"):
            run_block("python", code, 1)
        time.sleep(3)
        assert not mark.exists()

    def test_a_process_that_just_ends(self) -> None:
        with pytest.raises(RunError, match=r"^its process ended with code 3: it said nothing$"):
            run_block("python", "import os\nos._exit(3)")

    def test_leaving_is_an_exception_too(self) -> None:
        assert run_block("python", "import sys\nsys.exit(2)").exception == {"type": "SystemExit", "message": "2"}

    @pytest.mark.parametrize(
        ("code", "last"),
        [
            ("x = ", {"type": "SyntaxError", "message": "invalid syntax"}),
            ("{}['a']", {"type": "KeyError", "message": "'a'"}),
            ("raise ValueError", {"type": "ValueError", "message": ""}),
        ],
    )
    def test_exceptions_as_the_last_line_of_a_traceback_has_them(self, code: str, last: dict[str, str]) -> None:
        assert run_block("python", code).exception == last

    def test_the_code_is_a_main_module(self) -> None:
        code = """
import pickle
from dataclasses import dataclass

@dataclass
class Mask:
    bits: "list[int]"

print(__name__, pickle.loads(pickle.dumps(Mask([1, 0]))))
"""
        assert run_block("python", code).stdout == "__main__ Mask(bits=[1, 0])\n"

    def test_plain_python_has_no_numpy_as_in_the_browser(self) -> None:
        exception = run_block("python", "import numpy").exception
        assert exception == {
            "type": "ModuleNotFoundError",
            "message": "No module named 'numpy': the engine \"python\" does not have it",
        }

    def test_numpy_values_become_plain(self) -> None:
        pytest.importorskip("numpy", reason="numpy is not installed")
        code = "import numpy as np\nanswer = np.arange(3)\nverdicts = {'A': np.bool_(True), 'B': np.float64(2) > 3}"
        outcome = run_block("numpy", code)
        assert (outcome.answer, outcome.verdicts) == ([0, 1, 2], {"A": True, "B": False})
        assert set(outcome.versions) == {"python", "numpy"}

    def test_a_function_called_answer_is_none(self) -> None:
        assert run_block("python", "def answer():\n    pass\n").answer is None

    def test_the_author_s_lines_and_no_others_are_in_the_traceback(self) -> None:
        shown = run_block("python", "def f():\n    1 / 0\n\nf()").traceback
        assert "runner.py" not in shown
        assert 'File "block.py", line 2, in f\n    1 / 0\n' in shown

    def test_a_missing_engine_says_how_to_get_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(run, "missing_package", lambda engine: "torch")
        with pytest.raises(MissingEngineError, match=r"which is not installed: pip install torch$"):
            run_block("torch", "")


class TestPrograms:
    PROGRAM = """
def build():
    return {"sizes": (1, 2), "loss": LOSS}

def differences(recorded, fresh):
    gap = abs(recorded["loss"] - fresh["loss"])
    return [] if gap < 0.1 else [f"loss is off by {gap:.1f}"]

def artifacts(data):
    return {"figures/plot.svg": f"<svg>{data['loss']}</svg>"}
"""

    @pytest.fixture(autouse=True)
    def _no_torch_needed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(run.ENGINES, "torch", Engine(browser=False, packages=(), seconds=60))

    def write(self, site: Path, loss: float) -> None:
        (site / "precompute").mkdir(exist_ok=True)
        (site / "precompute" / "pruning_sweep.py").write_text(self.PROGRAM.replace("LOSS", str(loss)))

    def test_record_and_prove(self, site: Path) -> None:
        self.write(site, 0.5)
        assert 'error[missing-record] program "pruning-sweep" has no record' in quizproof("check").stdout
        assert quizproof("record").exit_code == 0
        found = record_of(site, "pruning-sweep")
        assert (found["data"], found["program"]) == ({"sizes": [1, 2], "loss": 0.5}, "precompute/pruning_sweep.py")
        assert (site / "figures" / "plot.svg").read_text() == "<svg>0.5</svg>"
        assert quizproof("prove", "--twice").exit_code == 0
        (site / "figures" / "plot.svg").write_text("<svg>drawn by hand</svg>")
        result = quizproof("prove")
        assert "error[changed-output] figures/plot.svg is not what its record gives\n" in result.stdout

    def test_tolerances_are_the_program_s_own(self, site: Path) -> None:
        self.write(site, 0.5)
        quizproof("record")
        path = site / "precompute" / "records" / "pruning-sweep.json"
        path.write_text(path.read_text().replace("0.5", "0.9"))
        result = quizproof("prove")
        assert 'error[changed-output] program "pruning-sweep": loss is off by 0.4\n' in result.stdout

    def test_twice_is_twice_for_programs_too(self, site: Path) -> None:
        self.write(site, 0.5)
        quizproof("record")
        marker = site / "ran"
        path = site / "precompute" / "pruning_sweep.py"
        late = self.PROGRAM.replace("LOSS", "0.5 + Path(MARKER).exists()").replace(
            "def build():", f"from pathlib import Path\nMARKER = {str(marker)!r}\n\ndef build():"
        )
        path.write_text(late)
        quizproof("record")
        path.write_text(late.replace("def artifacts(data):", "def artifacts(data):\n    Path(MARKER).touch()"))
        quizproof("record")
        marker.unlink()
        result = quizproof("prove", "--twice")
        assert 'program "pruning-sweep" gives something else at a second run: loss is off by 1.0\n' in result.stdout

    def test_a_shared_file_makes_the_record_stale(self, site: Path) -> None:
        self.write(site, 0.5)
        quizproof("record")
        (site / "precompute" / "_shared.py").write_text("x = 1\n")
        assert 'error[stale-record] the record of program "pruning-sweep" is of other code' in quizproof("check").stdout

    def test_a_program_that_raises(self, site: Path) -> None:
        (site / "precompute").mkdir()
        (site / "precompute" / "broken.py").write_text("def build():\n    raise ValueError('no data')\n")
        result = quizproof("record")
        assert 'error[not-run] "broken": its process ended with code 1: ValueError: no data\n' in result.stdout

    def test_artifacts_stay_inside_the_project(self, site: Path) -> None:
        (site / "precompute").mkdir()
        code = "def build():\n    return {}\n\ndef artifacts(data):\n    return {'../outside.svg': ''}\n"
        (site / "precompute" / "broken.py").write_text(code)
        result = quizproof("record")
        assert 'error[not-run] "broken": the artifact ../outside.svg lies outside the project\n' in result.stdout
        assert not (site.parent / "outside.svg").exists()

    def test_an_artifact_may_be_bytes(self, site: Path) -> None:
        (site / "precompute").mkdir()
        code = "def build():\n    return {}\n\ndef artifacts(data):\n    return {'a.bin': bytes([0, 13, 10, 255])}\n"
        (site / "precompute" / "weights.py").write_text(code)
        assert quizproof("record").exit_code == 0
        assert (site / "a.bin").read_bytes() == bytes([0, 13, 10, 255])
        assert quizproof("prove").exit_code == 0
        (site / "a.bin").write_bytes(bytes([0, 10, 255]))
        assert "error[changed-output] a.bin is not what its record gives\n" in quizproof("prove").stdout

    def test_a_text_that_has_become_bytes_is_a_difference(self, site: Path) -> None:
        self.write(site, 0.5)
        quizproof("record")
        (site / "figures" / "plot.svg").write_bytes(b"\xff")
        assert "error[changed-output] figures/plot.svg is not what its record gives\n" in quizproof("prove").stdout

    def test_a_program_may_be_run_alone(self, tmp_path: Path) -> None:
        (tmp_path / "alone.py").write_text("def build():\n    print('on the way')\n    return {'a': float('nan')}\n")
        outcome = run_program(tmp_path / "alone.py")
        assert outcome.stdout == ""
        assert set(outcome.data) == {"a"}


class TestRecordFiles:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("", "a.json is not a record: Expecting value"),
            ("[]", "a.json is not a record: "),
            ("{}", "a.json is not a record: "),
            ('{"id": "a", "engine": "python", "sha256": "", "more": 1}', "a.json is not a record: "),
            ('{"id": "b", "engine": "python", "sha256": ""}', 'a.json is the record of "b"'),
            ('{"id": "a", "engine": "python", "sha256": "", "stdout": 1}', "stdout is not a text"),
            ('{"id": "a", "engine": "python", "sha256": "", "exception": "E"}', "exception has not type and message"),
            ('{"id": "a", "engine": "python", "sha256": "", "versions": []}', "versions has the wrong type"),
            ("\udcff", "a.json is not a record: 'utf-8' codec"),
        ],
    )
    def test_what_is_no_record(self, tmp_path: Path, text: str, says: str) -> None:
        (tmp_path / "a.json").write_bytes(text.encode("utf-8", "surrogateescape"))
        with pytest.raises(RecordError, match=re.escape(says)):
            read_record(tmp_path, "a")

    def test_no_file_is_no_record(self, tmp_path: Path) -> None:
        assert read_record(tmp_path, "a") is None

    def test_there_and_back(self, tmp_path: Path) -> None:
        record = Record("a", "numpy", "0" * 64, "ü\n", None, [1, 2], {"A": True}, 0, 0.25, {"python": "3.11.7"})
        write_record(tmp_path, record)
        assert read_record(tmp_path, "a") == record


class TestIncludes:
    def test_includes(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_text("# --8<-- [start: part]\nx = 1\n# --8<-- [end: part]\ny = 2\n")
        (tmp_path / "b.py").write_text('--8<-- "a.py:part"\nz = 3\n')
        assert expand('if True:\n    --8<-- "a.py"\n', tmp_path) == "if True:\n    x = 1\n    y = 2\n"
        assert expand('--8<-- "b.py"\n', tmp_path) == "x = 1\nz = 3\n"
        assert expand('--8<-- "a.py:2:2"\n', tmp_path) == "x = 1\n"

    @pytest.mark.parametrize(
        ("spec", "says"),
        [
            ("none.py", "there is no readable file none.py"),
            ("../x.py", "../x.py lies outside the project"),
            ("a.py:nope", "a.py has no section 'nope'"),
            ("loop.py", "includes that include each other"),
        ],
    )
    def test_what_cannot_be_included(self, tmp_path: Path, spec: str, says: str) -> None:
        (tmp_path / "a.py").write_text("x = 1\n")
        (tmp_path / "loop.py").write_text('--8<-- "loop.py"\n')
        with pytest.raises(IncludeError, match=re.escape(says)):
            expand(f'--8<-- "{spec}"', tmp_path)


@pytest.mark.parametrize(
    ("text", "kind", "block"),
    [
        (PROOF.replace("CODE", "verdicts = {}"), "decided", "shown"),
        (PROOF.replace("CODE", "if True:\n    verdicts = {}"), "decided", "shown"),
        (PROOF.replace("CODE", "answer, other = 1, 2"), "computed", "shown"),
        (PROOF.replace("CODE", "for n in [1]:\n    assert n"), "supported", "shown"),
        (PROOF.replace("CODE", '"""\nverdicts = {}\n"""'), "none", ""),
        (PROOF.replace("CODE", "def f():\n    answer = 1"), "none", ""),
        (PROOF.replace("CODE", '--8<-- "a.py"\nverdicts = {}'), "decided", "shown"),
        (PREDICT, "computed", "printed"),
        (PREDICT.replace("skill=predict", ""), "none", ""),
        (PREDICT + "\n### Source\n\n[a](https://arxiv.org/)\n", "computed", "printed"),
        (PROOF.replace("CODE", "1") + "\n### Source\n\n[a](other.md)\n", "cited", ""),
        (PROOF.replace("CODE", '1\n```\n\n```python run="python" id="second"\nverdicts = {}'), "decided", "second"),
    ],
)
def test_the_strongest_proof(text: str, kind: str, block: str) -> None:
    (question,) = parse(text).questions
    claim = claim_of(question)
    assert (claim.kind, claim.block.id if claim.block else "") == (kind, block)
