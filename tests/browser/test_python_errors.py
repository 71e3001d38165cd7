"""What the reader is told when Python code goes wrong, word for word."""

import re

import pytest
from conftest import Complaints, FixtureSite
from playwright.sync_api import BrowserContext, Page, Worker, expect
from runnable import BOOT, NUMPY, Open, block, edit, ended, live, press, requests, run, server_of, status, workers

pytest_plugins = ["python_fixtures"]

INPUT = 'RuntimeError: input() is not available here: write the value into the code, for example name = "Ada"\n'
LOST = "The variables of this page are lost."


def trace(code: object) -> str:
    return code.locator('[data-part="live"] .quiz-exception').text_content() or ""  # type: ignore[attr-defined]


def test_stop_ends_an_endless_loop(show: Open) -> None:
    code = show(block("while True: pass"))
    press(code, "run")
    expect(code).to_have_attribute("data-state", "running", timeout=BOOT)
    press(code, "stop")
    expect(code).to_have_attribute("data-state", "stopped")
    assert code.get_attribute("data-cause") == "stopped"
    assert status(code) == f"Stopped. {LOST}"
    edit(code, "print('again')")
    run(code)
    assert live(code) == "again\n"


def ready(page: Page, opened: list[Worker]) -> None:
    """Wait until the newest worker has started Python: it has closed the network by then."""
    for _ in range(BOOT // 100):
        if len(opened) == 2 and opened[-1].evaluate("typeof fetch") == "undefined":
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{len(opened)} workers, and the last one has not started Python")


def alone(page: Page) -> None:
    """Wait until one worker is left: a browser lets a loop run on for two seconds after its end."""
    for _ in range(BOOT // 100):
        if len(page.workers) == 1:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{len(page.workers)} workers are left")


# So that the next Python starts when the one before it ends, and no sooner.
ALONE = "Object.defineProperty(navigator, 'deviceMemory', { value: 2 })"
SAID = """() => {
  window.said = [];
  const status = document.querySelector('quiz-code:last-of-type [data-part="status"]');
  new MutationObserver(() => window.said.push(status.textContent)).observe(status, { childList: true });
}"""


@pytest.mark.usefixtures("numpy")
@pytest.mark.parametrize("end", ["stop", "timeout"])
def test_after_its_end_python_starts_again_before_anybody_asks(
    show: Open, page: Page, context: BrowserContext, site_with_python: FixtureSite, end: str
) -> None:
    page.add_init_script(ALONE)
    opened = workers(page)
    limit = 'data-timeout="2"' if end == "timeout" else ""
    code = show(
        block("import numpy\nwhile True: pass", engine="numpy", attributes=limit),
        block(NUMPY, "second", engine="numpy"),
    )
    press(code, "run")
    expect(code).to_have_attribute("data-state", "running", timeout=BOOT)
    before = requests(site_with_python).copy()
    if end == "stop":
        press(code, "stop")
    ended(code, "stopped")
    ready(page, opened)
    second = page.locator("quiz-code").nth(1)
    page.evaluate(SAID)
    context.set_offline(True)
    run(second)
    assert live(second) == "[9, -12, 3, 27]\n"
    assert page.evaluate("window.said")[:2] == ["Waiting for Python…", "Running…"]
    assert len(opened) == 2
    # What was fetched, checked and compiled is handed on; scripts are the browser's own to keep.
    again = [path.split("/")[-1] for path in requests(site_with_python)[len(before) :]]
    assert sorted(set(again)) == ["pyodide.asm.mjs", "pyodide.mjs", "python-pack.js", "python-worker.js"]


def test_beside_a_block_that_runs_for_long_the_next_python_starts_before_anybody_stops_it(
    show: Open, page: Page
) -> None:
    opened = workers(page)
    code = show(block("while True: pass"), block("print('here')", "second"))
    press(code, "run")
    expect(code).to_have_attribute("data-state", "running", timeout=BOOT)
    ready(page, opened)
    expect(code).to_have_attribute("data-state", "running")
    press(code, "stop")
    ended(code, "stopped")
    assert status(code) == f"Stopped. {LOST}"
    second = page.locator("quiz-code").nth(1)
    page.evaluate(SAID)
    run(second)
    assert live(second) == "here\n"
    assert page.evaluate("window.said")[:2] == ["Waiting for Python…", "Running…"]
    assert len(opened) == 2
    alone(page)


def test_a_long_block_that_ends_keeps_its_python_and_its_variables(show: Open, page: Page) -> None:
    opened = workers(page)
    code = show(block("import time\nx = 1\ntime.sleep(3)"), block("print(x)", "second"))
    run(code)
    second = page.locator("quiz-code").nth(1)
    run(second)
    assert live(second) == "1\n"
    assert len(opened) == 2
    alone(page)


def test_the_next_python_that_does_not_come_disturbs_nobody(
    show: Open, page: Page, site_with_python: FixtureSite, complaints: Complaints
) -> None:
    complaints.allow("404")
    opened = workers(page)
    code = show(block("import time\nx = 1\ntime.sleep(3)"), block("print(x)", "second"))
    press(code, "run")
    expect(code).to_have_attribute("data-state", "running", timeout=BOOT)
    server_of(site_with_python).faults["pyodide.mjs"] = 404
    ended(code)
    second = page.locator("quiz-code").nth(1)
    run(second)
    assert live(second) == "1\n"
    assert len(opened) == 2
    server_of(site_with_python).faults.clear()


def test_a_small_device_has_no_room_for_two(show: Open, page: Page) -> None:
    page.add_init_script(ALONE)
    opened = workers(page)
    code = show(block("import time\ntime.sleep(2)\nprint('alone')"))
    run(code)
    assert live(code) == "alone\n"
    assert len(opened) == 1


def test_stop_while_it_starts_again(show: Open) -> None:
    code = show(block("while True: pass"), block("print('here')", "second"))
    second = code.page.locator("quiz-code").nth(1)
    press(code, "run")
    expect(code).to_have_attribute("data-state", "running", timeout=BOOT)
    press(code, "stop")
    press(second, "run")
    press(second, "stop")
    ended(second, "stopped")
    assert status(second) == "Stopped."
    run(second)
    assert live(second) == "here\n"


def test_starting_again_that_fails_is_told_at_the_next_press(
    show: Open, page: Page, site_with_python: FixtureSite, complaints: Complaints
) -> None:
    complaints.allow("404")
    page.add_init_script(ALONE)
    code = show(block("while True: pass"))
    press(code, "run")
    expect(code).to_have_attribute("data-state", "running", timeout=BOOT)
    server_of(site_with_python).faults["pyodide.mjs"] = 404
    press(code, "stop")
    ended(code, "stopped")
    edit(code, "print('here')")
    page.wait_for_timeout(1000)
    assert status(code) == f"Stopped. {LOST}"
    run(code, "failed")
    assert status(code) == "pyodide.mjs is missing on the server (404). Press Run to try again."
    server_of(site_with_python).faults.clear()
    run(code)
    assert live(code) == "here\n"


def test_without_a_limit_of_its_own_a_block_has_ten_seconds(show: Open) -> None:
    code = show(block("import time\ntime.sleep(9)\nprint('in time')"), block("import time\ntime.sleep(60)", "second"))
    second = code.page.locator("quiz-code").nth(1)
    run(code)
    assert live(code) == "in time\n"
    run(second, "stopped")
    assert status(second) == f"Timed out: stopped after 10 seconds. {LOST[:-1]}: run the blocks above again."


def test_stop_ends_a_long_sleep(show: Open) -> None:
    code = show(block("import time\ntime.sleep(60)"))
    press(code, "run")
    expect(code).to_have_attribute("data-state", "running", timeout=BOOT)
    press(code, "stop")
    ended(code, "stopped")


def test_a_run_that_takes_too_long_is_stopped(show: Open) -> None:
    code = show(block("x = 1", "first"), block("while True: pass", "second", attributes='data-timeout="1"'))
    second = code.page.locator("quiz-code").nth(1)
    run(code)
    run(second, "stopped")
    assert second.get_attribute("data-cause") == "timeout"
    assert status(second) == f"Timed out: stopped after 1 second. {LOST[:-1]}: run the blocks above again."
    again = second.locator('[data-action="run-above"]')
    assert again.inner_text() == "Run the blocks above again"
    again.click()
    expect(second.locator('[data-part="status"]')).to_have_text(
        "The block above ran, from fresh variables.", timeout=BOOT
    )
    assert again.inner_text() == "Run all above"
    edit(second, "print(x)")
    run(second)
    assert live(second) == "1\n"


def test_endless_output_is_cut_and_counted(show: Open) -> None:
    code = show(block("while True: print('x' * 20)", attributes='data-timeout="1"'))
    run(code, "stopped")
    assert live(code) == ("x" * 20 + "\n") * 2000
    note = code.locator(".quiz-cut").inner_text()
    assert re.fullmatch(r"The output is cut here: [\d,]+ more characters, [\d,]+ more lines\.", note)


def test_a_long_line_is_cut_to_the_character(show: Open) -> None:
    code = show(block("print('x' * 100_005)\nprint('y')"))
    run(code)
    assert live(code) == "x" * 100_000
    assert code.locator(".quiz-cut").inner_text() == "The output is cut here: 8 more characters, 2 more lines."


@pytest.mark.parametrize("source", ["name = input('Name? ')", "import sys\nname = sys.stdin.readline()"])
def test_input_says_what_to_do(show: Open, source: str) -> None:
    code = show(block(source))
    run(code, "failed")
    assert trace(code).endswith(INPUT)


def test_a_traceback_shows_the_readers_lines_alone(show: Open) -> None:
    code = show(block("import json\n\ndef read(text):\n    return json.loads(text)\n\nread('{')\n"))
    run(code, "failed")
    assert status(code) == "JSONDecodeError on line 4."
    assert trace(code) == (
        "Traceback (most recent call last):\n"
        '  File "demo.py", line 6, in <module>\n'
        "    read('{')\n"
        "    ~~~~^^^^^\n"
        '  File "demo.py", line 4, in read\n'
        "    return json.loads(text)\n"
        "           ~~~~~~~~~~^^^^^^\n"
        "json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\n"
    )


def test_a_traceback_through_another_block_names_it(show: Open) -> None:
    code = show(block("def half(x):\n    return x / 0\n", "first"), block("half(1)\n", "second"))
    second = code.page.locator("quiz-code").nth(1)
    run(code)
    run(second, "failed")
    assert trace(second) == (
        "Traceback (most recent call last):\n"
        '  File "second.py", line 1, in <module>\n'
        "    half(1)\n"
        "    ~~~~^^^\n"
        '  File "first.py", line 2, in half\n'
        "    return x / 0\n"
        "           ~~^~~\n"
        "ZeroDivisionError: division by zero\n"
    )
    assert status(second) == "ZeroDivisionError in block first on line 2."


def test_a_syntax_error_points_at_its_place(show: Open) -> None:
    code = show(block("x = 1\nif x\n    print(x)\n"))
    run(code, "failed")
    assert status(code) == "SyntaxError on line 2."
    assert trace(code) == "  File \"demo.py\", line 2\n    if x\n        ^\nSyntaxError: expected ':'\n"


def test_endless_recursion_is_an_ordinary_error(show: Open) -> None:
    code = show(block("def down(n):\n    return down(n + 1)\n\ndown(0)\n"))
    run(code, "failed")
    assert status(code) == "RecursionError on line 2."
    assert trace(code).endswith("more times]\nRecursionError: maximum recursion depth exceeded\n")
    assert len(trace(code).splitlines()) < 15


@pytest.mark.parametrize(
    ("leave", "said"),
    [("sys.exit()", "sys.exit()"), ("sys.exit(3)", "sys.exit(3)"), ("sys.exit('bye')", "sys.exit('bye')")],
)
def test_sys_exit_ends_the_run_and_nothing_else(show: Open, leave: str, said: str) -> None:
    code = show(block(f"import sys\nprint(1)\n{leave}", output="1"))
    run(code)
    assert re.fullmatch(rf"Same as recorded\. Ran in \S+ s\. It left through {re.escape(said)}\.", status(code))
    edit(code, "print('here')")
    run(code)
    assert live(code) == "here\n"


def test_a_thread_is_refused_plainly(show: Open) -> None:
    code = show(block("import threading\nthreading.Thread(target=print).start()"))
    run(code, "failed")
    assert trace(code).endswith("RuntimeError: can't start new thread\n")


ONE = "data = bytearray(2**31 - 100)\nmore = bytearray(2**31 - 100)\n"
# NumPy's message names the size; memory that nobody touches costs no time.
ARRAY = "import numpy as np\ndata, more = np.empty(2**31 - 100, np.uint8), np.empty(2**31 - 100, np.uint8)\n"
STEPS = "import numpy as np\ndata = []\nwhile True: data.append(np.empty(2**26, np.float32))\n"


@pytest.mark.usefixtures("numpy")
@pytest.mark.parametrize(
    ("source", "error"),
    [
        (ONE, "MemoryError"),
        (ARRAY, "numpy._core._exceptions._ArrayMemoryError: Unable to allocate 2.00 GiB"),
        (STEPS, "numpy._core._exceptions._ArrayMemoryError: Unable to allocate 256. MiB"),
    ],
    ids=["one", "array", "steps"],
)
def test_out_of_memory(show: Open, source: str, error: str) -> None:
    code = show(block(source, attributes='data-timeout="60"'))
    run(code, "failed")
    assert trace(code).splitlines()[-1].startswith(error)
    assert code.get_attribute("data-cause") == "memory"
    assert status(code) == f"Out of memory. {LOST}"
    edit(code, "print('data' in globals())")
    run(code)
    assert live(code) == "False\n"


def test_a_broken_interpreter_is_replaced(show: Open, complaints: Complaints) -> None:
    complaints.allow("fatal error|unreachable")
    code = show(block("import os\nos.abort()"))
    run(code, "failed")
    assert code.get_attribute("data-cause") == "crash"
    assert status(code) == f"Python broke down (RuntimeError: unreachable). {LOST}"
    edit(code, "print('here')")
    run(code)
    assert live(code) == "here\n"


def test_a_worker_that_dies_without_a_word_ends_in_a_timeout(show: Open, page: Page) -> None:
    page.add_init_script("""
      const Real = Worker;
      window.Worker = class extends Real { constructor(...given) { super(...given); window.first ??= this; } };
    """)
    code = show(block("while True: pass", attributes='data-timeout="2"'))
    press(code, "run")
    expect(code).to_have_attribute("data-state", "running", timeout=BOOT)
    page.evaluate("first.terminate()")
    ended(code, "stopped")
    edit(code, "print('here')")
    run(code)
    assert live(code) == "here\n"


@pytest.mark.parametrize(
    ("source", "last"),
    [
        (
            "from pyodide.http import open_url\nopen_url('/')",
            "OSError: the network is not available here: write the data into the code",
        ),
        (
            "import urllib.request\nurllib.request.urlopen('https://example.org/')",
            "urllib.error.URLError: <urlopen error [Errno 23] Host is unreachable>",
        ),
        ("import js\njs.fetch('/')", "AttributeError: fetch"),
        ("from js import WebSocket", "ImportError: cannot import name 'WebSocket' from 'js' (unknown location)"),
    ],
)
def test_python_has_no_network(show: Open, source: str, last: str) -> None:
    code = show(block(source))
    run(code, "failed")
    assert trace(code).splitlines()[-1].startswith(last)


def test_python_has_no_storage_and_no_channel_to_the_page(show: Open) -> None:
    names = "fetch XMLHttpRequest WebSocket Worker indexedDB caches postMessage close importScripts BroadcastChannel"
    source = (
        "from pyodide.code import run_js\n"
        f"print([n for n in '{names}'.split() if run_js('typeof ' + n) != 'undefined'])\n"
        "print(run_js('typeof navigator.storage'), run_js('typeof localStorage'), run_js('typeof document'))\n"
    )
    code = show(block(source))
    run(code)
    assert live(code) == "[]\nundefined undefined undefined\n"


def test_standard_error_is_shown_and_not_compared(show: Open) -> None:
    code = show(block("import sys, warnings\nwarnings.warn('careful')\nprint('fine')", output="fine\n"))
    run(code)
    expect(code).to_have_attribute("data-same", "true")
    assert (code.locator(".quiz-err").first.text_content() or "").startswith("demo.py:2: UserWarning: careful\n")


def test_what_a_block_does_to_the_streams_stays_with_it(show: Open) -> None:
    code = show(block("import sys\nsys.stdout.close()"), block("print('fine')", "second"))
    second = code.page.locator("quiz-code").nth(1)
    run(code)
    run(second)
    assert live(second) == "fine\n"
