"""The Python side of a block, on this Python: what it sends, and what it puts back."""

import builtins
import json
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conftest import ASSETS

Sent = list[tuple[Any, ...]]


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The harness, with the interpreter put back afterwards: it takes over streams, modules and the home folder."""
    # Not imported: that would leave a compiled copy among the files that a site serves.
    path = ASSETS / "python_harness.py"
    module = ModuleType("python_harness")
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), module.__dict__)
    monkeypatch.chdir(tmp_path)
    kept = sys.stdout, sys.stderr, sys.stdin, sys.modules["__main__"], builtins.input
    with warnings.catch_warnings():
        yield module
    sys.stdout, sys.stderr, sys.stdin, sys.modules["__main__"], builtins.input = kept
    sys.modules.pop("pyodide.http", None)


class Page:
    """A session and all that it sent."""

    def __init__(self, harness: ModuleType) -> None:
        self.sent: Sent = []
        self.session = harness.start(lambda *values: self.sent.append(values))

    def run(self, code: str, block: str = "demo") -> dict[str, Any]:
        self.sent.clear()
        result: dict[str, Any] = json.loads(self.session.run(block, code))
        return result

    def printed(self, stream: str = "out") -> str:
        return "".join(values[2] for values in self.sent if values[:2] == ("output", stream))


@pytest.fixture
def page(harness: ModuleType) -> Page:
    return Page(harness)


def test_output_is_sent_line_by_line(page: Page) -> None:
    assert page.run("print('a')\nprint('b', end='')\nprint('c')")["exception"] is None
    assert page.sent == [("output", "out", "a\n"), ("output", "out", "bc\n")]


def test_what_has_no_line_end_is_sent_at_the_end(page: Page) -> None:
    page.run("print('a', end='')")
    assert page.printed() == "a"


def test_streams_keep_their_order(page: Page) -> None:
    page.run("import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('out')")
    assert [values[1] for values in page.sent] == ["out", "err", "out"]


def test_bytes_and_lone_surrogates_are_text_in_the_end(page: Page) -> None:
    page.run("import sys\nsys.stdout.buffer.write('é'.encode()[:1])\nsys.stdout.buffer.write('é'.encode()[1:])")
    assert page.printed() == "é"
    page.run("print('\\ud800')")
    assert page.printed() == "\\ud800\n"


@pytest.mark.parametrize(
    ("code", "chars", "lines"),
    [
        ("print('x' * 99_999)", 0, 0),
        ("print('x' * 100_000)", 1, 1),
        ("print('y\\n' * 1_999)", 0, 0),
        ("print('y\\n' * 2_001)", 4 - 1, 2),
        ("for _ in range(3_000): print('y')", 2_000, 1_000),
    ],
)
def test_output_is_cut_and_the_rest_is_counted(page: Page, code: str, chars: int, lines: int) -> None:
    page.run(code)
    cuts = [values for values in page.sent if values[0] == "cut"]
    assert cuts[-1:] == ([("cut", chars, lines)] if chars else [])
    assert len(page.printed()) <= 100_000
    assert page.printed().count("\n") <= 2_000


def test_variables_are_shared_until_a_new_page(page: Page) -> None:
    page.run("x = 1", "first")
    page.run("print(x, __name__)", "second")
    assert page.printed() == "1 __main__\n"
    page.session.new_page()
    assert page.run("print(x)")["exception"]["type"] == "NameError"


def test_a_dataclass_finds_its_module(page: Page) -> None:
    code = "from __future__ import annotations\nfrom dataclasses import dataclass\n"
    code += "@dataclass\nclass Scale:\n    value: float\nprint(Scale(0.1))"
    page.run(code)
    assert page.printed() == "Scale(value=0.1)\n"


def test_a_new_page_puts_the_interpreter_back(page: Page, tmp_path: Path) -> None:
    page.run(
        "import builtins, os, sys, warnings\n"
        "builtins.print = None\nbuiltins.leak = 1\nos.environ['LEAK'] = '1'\nsys.path.append('leak')\n"
        "sys.setrecursionlimit(5_000)\nwarnings.simplefilter('error')\n"
        "os.makedirs('a/b')\nopen('a/b/f.txt', 'w').close()\n\n"
        "with open('mine.py', 'w') as mine:\n    mine.write('x = 1')\n"
        "sys.path.insert(0, os.getcwd())\nimport mine\nos.chdir('a')\n"
    )
    limit = page.session.baseline.recursion
    page.session.new_page()
    assert not hasattr(builtins, "leak")
    assert callable(builtins.print)
    assert "LEAK" not in os.environ
    assert "leak" not in sys.path
    assert "mine" not in sys.modules
    assert sys.getrecursionlimit() == limit
    assert Path.cwd() == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_an_exception_is_described(page: Page) -> None:
    found = page.run("def f():\n    raise ValueError('no')\nf()")["exception"]
    assert {**found, "text": ""} == {
        "type": "ValueError",
        "message": "no",
        "text": "",
        "block": "demo",
        "line": 2,
        "memory": False,
    }
    assert found["text"].startswith(
        'Traceback (most recent call last):\n  File "demo.py", line 3, in <module>\n    f()\n'
    )
    assert found["text"].endswith("\nValueError: no\n")
    assert "harness" not in found["text"]


@pytest.mark.parametrize(
    ("code", "kind", "last"),
    [
        ("raise KeyboardInterrupt", "KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise MemoryError", "MemoryError", "MemoryError"),
        ("input('?')", "RuntimeError", 'write the value into the code, for example name = "Ada"'),
        ("import sys\nsys.stdin.read()", "RuntimeError", 'for example name = "Ada"'),
        ("class E(Exception):\n    def __str__(self): raise ValueError\nraise E", "E", "E: <exception str() failed>"),
    ],
)
def test_other_exceptions(page: Page, code: str, kind: str, last: str) -> None:
    found = page.run(code)["exception"]
    assert found["type"] == kind
    assert found["text"].rstrip("\n").endswith(last)
    assert found["memory"] == (kind == "MemoryError")


def test_a_huge_message_is_shortened(page: Page) -> None:
    found = page.run("raise ValueError('x' * 1_000_000)")["exception"]
    assert len(found["text"]) < 10_100
    assert "characters cut …" in found["text"]


@pytest.mark.parametrize(
    ("code", "call", "message"),
    [
        ("sys.exit()", "sys.exit()", ""),
        ("sys.exit(0)", "sys.exit(0)", "0"),
        ("sys.exit('bye')", "sys.exit('bye')", "bye"),
        ("raise SystemExit", "sys.exit()", ""),
    ],
)
def test_leaving_is_not_an_error(page: Page, code: str, call: str, message: str) -> None:
    result = page.run(f"import sys\n{code}")
    assert result["exception"] is None
    assert result["exit"] == {"call": call, "message": message}


def test_figures_are_sent_as_base64(page: Page) -> None:
    page.run("display('<svg/>', alt='A line')")
    assert page.sent == [
        ("figure", "image/svg+xml", "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=", "A line")
    ]


def test_output_before_a_figure_comes_before_it(page: Page) -> None:
    page.run("print('above', end='')\ndisplay('<svg/>')")
    assert [values[0] for values in page.sent] == ["output", "figure"]


def test_a_package_is_imported_and_its_settings_kept(harness: ModuleType, page: Page) -> None:
    numpy = pytest.importorskip("numpy")
    before = numpy.get_printoptions()["precision"]
    harness.imported(page.session, "numpy")
    page.run("import numpy as np\nnp.set_printoptions(precision=2)")
    page.session.new_page()
    assert numpy.get_printoptions()["precision"] == before


VALUES = [None, True, 3, 0.1, "B", (1, 2), {"a": (1,)}, {1: None}, range(2), {3}, [1.5, "x"]]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_is_plain_as_records_have_it(harness: ModuleType, value: object) -> None:
    from quiz_plugin.evidence import runner

    assert harness.plain(value) == runner.plain(value)


def test_numpy_values_are_plain_as_records_have_them(harness: ModuleType) -> None:
    numpy = pytest.importorskip("numpy")
    from quiz_plugin.evidence import runner

    for value in (numpy.float64(0.1), numpy.arange(3), {"A": numpy.bool_(True)}, numpy.int8(-3)):
        assert harness.plain(value) == runner.plain(value)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("x = 1", ""),
        ("answer = 0.1 + 0.2", "answer = 0.30000000000000004"),
        ("verdicts = {'B': 1 > 2, 'A': True}", "A: True\nB: False"),
        ("answer = None", ""),
        ("verdicts = 3", ""),
        ("answer = (1, 2)\nverdicts = {'A': True}", "answer = [1, 2]\nA: True"),
    ],
)
def test_what_a_proof_says(page: Page, code: str, said: str) -> None:
    page.run("answer = 'from another block'", "before")
    assert page.run(code)["verdict"] == said
