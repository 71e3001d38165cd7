"""The Python side of a block, on this Python: what it sends, and what it puts back."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conftest import ASSETS

PARTS = [ASSETS / name for name in ("python_baseline.py", "python_harness.py")]
# A process of its own, for blocks may break what they like. It has its own ways to talk and to write JSON.
DRIVER = """
import json, os, sys
asked, told = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
encode, decode = json.JSONEncoder(separators=(",", ":")).encode, json.JSONDecoder().decode
names = {"__name__": "quizproof_harness"}
for part in sys.argv[1:]:
    with open(part, encoding="utf-8") as source:
        exec(compile(source.read(), part, "exec"), names)
sent = []
names["session"] = names["start"](lambda *values: sent.append(values))
for line in asked:
    value = eval(decode(line), names)
    told.write(encode([value, sent]) + "\\n")
    told.flush()
    sent.clear()
"""


@pytest.fixture
def harness() -> ModuleType:
    """The harness, not started: that would take over streams and modules."""
    # Not imported: that would leave a compiled copy among the files that a site serves.
    module = ModuleType("python_harness")
    for part in PARTS:
        exec(compile(part.read_text(encoding="utf-8"), str(part), "exec"), module.__dict__)
    return module


class Page:
    """A session in a process of its own, and all that it sent during the last run."""

    def __init__(self, folder: Path) -> None:
        self.sent: list[tuple[Any, ...]] = []
        command = [sys.executable, "-X", "utf8", "-c", DRIVER, *map(str, PARTS)]
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def ask(self, expression: str) -> Any:
        """The value of an expression over there, where `session` is the session."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(expression) + "\n")
        self.process.stdin.flush()
        value, sent = json.loads(self.process.stdout.readline())
        self.sent = [tuple(values) for values in sent]
        return value

    def run(self, code: str, block: str = "demo") -> dict[str, Any]:
        result: dict[str, Any] = json.loads(self.ask(f"session.run({block!r}, {code!r})"))
        return result

    def new_page(self) -> None:
        self.ask("session.new_page()")

    def printed(self, stream: str = "out") -> str:
        return "".join(values[2] for values in self.sent if values[:2] == ("output", stream))

    def look(self, code: str) -> str:
        """What a block prints that must not fail."""
        result = self.run(code)
        assert result["exception"] is None, result["exception"]["text"]
        return self.printed()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    session = Page(tmp_path)
    yield session
    assert session.process.stdin
    session.process.stdin.close()
    session.process.wait()
    assert session.process.stdout
    session.process.stdout.close()


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
    page.new_page()
    assert page.run("print(x)")["exception"]["type"] == "NameError"


def test_a_dataclass_finds_its_module(page: Page) -> None:
    code = "from __future__ import annotations\nfrom dataclasses import dataclass\n"
    code += "@dataclass\nclass Scale:\n    value: float\nprint(Scale(0.1))"
    page.run(code)
    assert page.printed() == "Scale(value=0.1)\n"


LOOK = """\
import builtins, os, sys, warnings
print(hasattr(builtins, "leak"), callable(builtins.print), "LEAK" in os.environ, "leak" in sys.path)
print("mine" in sys.modules, os.getcwd(), os.listdir(), warnings.filters[0])
print(sys.getrecursionlimit(), sys.gettrace(), sys.stdin is sys.__stdin__)
"""


def test_a_new_page_puts_the_interpreter_back(page: Page) -> None:
    before = page.look(LOOK)
    page.run(
        "import builtins, os, sys, warnings\n"
        "builtins.leak = 1\nos.environ['LEAK'] = '1'\nsys.path.append('leak')\n"
        "sys.setrecursionlimit(5_000)\nwarnings.simplefilter('error')\n"
        "os.makedirs('a/b')\nopen('a/b/f.txt', 'w').close()\n\n"
        "with open('mine.py', 'w') as mine:\n    mine.write('x = 1')\n"
        "sys.path.insert(0, os.getcwd())\nimport mine\nos.chdir('a')\nsys.settrace(lambda *_: None)\n"
        "builtins.print = None\n"
    )
    page.new_page()
    assert page.look(LOOK) == before


def test_modules_get_their_names_back_and_their_classes_theirs(page: Page) -> None:
    page.run(
        "import json, math\nmath.pi = 3\njson.dumps = json.loads = json.leak = None\n"
        "json.JSONEncoder.item_separator = ';'\njson.JSONEncoder.leak = 1\ndel json.JSONDecoder.decode"
    )
    assert page.run("x = 1")["exception"] is None, "the harness does not need what a block can break"
    page.new_page()
    assert (
        page.look("import json, math\nprint(math.pi > 3.1, json.dumps([1, 2]), json.loads('[3]'))")
        == "True [1, 2] [3]\n"
    )
    assert page.look("import json\nprint(hasattr(json, 'leak'), hasattr(json.JSONEncoder, 'leak'))") == "False False\n"


def test_what_a_page_imports_is_imported_afresh_by_the_next(page: Page) -> None:
    assert page.look("import colorsys\ncolorsys.leak = 1\ncolorsys.ONE_THIRD = 3\nprint(colorsys.leak)") == "1\n"
    page.new_page()
    look = "import sys\nprint('colorsys' in sys.modules)\nimport colorsys\n"
    assert page.look(f"{look}print(hasattr(colorsys, 'leak'), colorsys.ONE_THIRD)") == f"False\nFalse {1 / 3}\n"


def test_a_module_that_a_package_needs_stays_as_it_came(tmp_path: Path, page: Page) -> None:
    """The page has changed it before the package is imported, which happens with the first block that needs that."""
    folder = tmp_path.parent / f"{tmp_path.name}-packages"
    (folder / "needs").mkdir(parents=True)
    (folder / "needs" / "__init__.py").write_text("import colorsys\n", encoding="utf-8")
    (folder / "needs" / "later.py").write_text("", encoding="utf-8")
    page.ask(f"[place.append({str(folder)!r}) for place in session.baseline.lists[0]]")
    page.run("import colorsys\nkept = colorsys\ncolorsys.leak = 1")
    page.ask("imported(session, 'needs')")
    page.look("import needs.later\nneeds.leak = needs.later.leak = 1\nassert needs.colorsys is colorsys")
    address = page.look("print(id(colorsys), id(needs), id(needs.later))")
    page.new_page()
    look = "import colorsys, needs\nprint(id(colorsys), id(needs), id(needs.later))\n"
    assert page.look(look) == address
    leaks = "print(hasattr(colorsys, 'leak'), hasattr(needs, 'leak'), hasattr(needs.later, 'leak'))"
    assert page.look(leaks) == "False False False\n"


def test_logging_and_decimal_start_afresh(page: Page) -> None:
    page.run("import decimal")
    page.ask("session.baseline.imports.adopt(['decimal'])")
    page.look(
        "import decimal, logging\ndecimal.getcontext().prec = 3\nlogging.disable('INFO')\n"
        "log = logging.getLogger('mine')\nlog.addHandler(logging.NullHandler())\nlog.setLevel('DEBUG')\n"
    )
    page.new_page()
    look = "import decimal, logging\nlog = logging.getLogger('mine')\n"
    said = page.look(f"{look}print(decimal.getcontext().prec, log.handlers, log.level, logging.root.manager.disable)")
    assert said == "28 [] 0 0\n"


def test_a_stream_that_outlives_its_page_says_nothing(page: Page) -> None:
    page.run("import builtins, sys\nkept = sys.stdout")
    assert page.look("print('later on the same page', file=kept)") == "later on the same page\n"
    page.ask("globals().update(kept=session.main.kept)")
    page.new_page()
    page.ask("print('ghost', file=kept)")
    assert page.sent == []


def test_frames_of_the_import_watch_do_not_show(page: Page, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("1 / 0\n", encoding="utf-8")
    code = "import sys, traceback\nsys.path.insert(0, '')\ntry:\n    import broken\nexcept ZeroDivisionError:\n"
    page.look(f"{code}    traceback.print_exc()")
    shown = page.printed("err")
    assert "broken.py" in shown
    assert "harness" not in shown
    assert "importlib" not in shown


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


def test_a_package_is_imported_and_its_settings_kept(page: Page) -> None:
    pytest.importorskip("numpy")
    page.ask("imported(session, 'numpy')")
    page.look("import numpy as np\nnp.set_printoptions(precision=2)\nnp.seterr(all='raise')\nnp.leak = 1")
    page.new_page()
    look = "import numpy as np\nprint(np.array([0.123456]), np.geterr()['divide'], hasattr(np, 'leak'))"
    assert page.look(look) == "[0.123456] warn False\n"


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
