"""A block of Python in a real Chromium: what it does when all goes well."""

import gzip
import re

import pytest
from conftest import ASSETS, FixtureSite
from playwright.sync_api import Page, expect
from runnable import BOOT, NUMPY, Open, block, edit, ended, live, press, requests, run, status, workers

pytest_plugins = ["python_fixtures"]

COUNT_EVENTS = """() => {
  window.seen = [];
  addEventListener("quiz-code-done", ({ detail }) => window.seen.push(detail));
}"""
WORKERS = """() => {
  window.opened = 0;
  const Real = Worker;
  window.Worker = class extends Real { constructor(...given) { super(...given); window.opened += 1; } };
}"""


def test_numpy_prints_the_same_as_recorded(show: Open, numpy: None) -> None:
    code = show(block(NUMPY, engine="numpy", output="[9, -12, 3, 27]\n"))
    run(code)
    expect(code).to_have_attribute("data-same", "true")
    assert re.fullmatch(r"Same as recorded\. Ran in \d+\.\d\d s\.", status(code))
    assert live(code) == "[9, -12, 3, 27]\n"
    expect(code.locator("samp:visible")).to_have_count(1)


def test_a_python_block_that_imports_numpy_gets_it(show: Open, numpy: None) -> None:
    code = show(block("print('no packages yet')"), block(NUMPY, "later"))
    run(code)
    second = code.page.locator("quiz-code").nth(1)
    run(second)
    assert live(second) == "[9, -12, 3, 27]\n"


def test_a_different_output_shows_both(show: Open) -> None:
    code = show(block("print('live')", output="recorded\n"))
    run(code)
    expect(code).to_have_attribute("data-same", "false")
    assert status(code).startswith("Not the same as recorded: both are shown. Ran in ")
    assert code.locator("samp:visible").all_text_contents() == ["recorded\n", "live\n"]


def test_a_block_without_a_record_is_not_compared(show: Open) -> None:
    code = show(block("print(1)"))
    run(code)
    assert code.get_attribute("data-same") is None
    assert re.fullmatch(r"Ran in \d+\.\d\d s\.", status(code))


@pytest.mark.parametrize("output", ["", "(nothing printed)"])
def test_a_block_that_prints_nothing_is_the_same_as_nothing(show: Open, output: str) -> None:
    code = show(block("x = 1", output=output))
    run(code)
    expect(code).to_have_attribute("data-same", "true")


@pytest.mark.parametrize(("value", "same"), [("True", "true"), ("False", "false")])
def test_the_verdicts_of_a_proof_are_compared(show: Open, page: Page, value: str, same: str) -> None:
    code = show(block(f"verdicts = {{'B': {value}, 'A': False}}", output=""))
    page.evaluate("""() => document.querySelector('[data-part="output"] pre').outerHTML =
      '<pre class="quiz-verdict"><samp>A: False\\nB: True</samp></pre>'""")
    run(code)
    expect(code).to_have_attribute("data-same", same)
    assert code.locator('[data-part="live"] .quiz-verdict').text_content() == f"A: False\nB: {value}"


def test_an_expected_exit_is_the_same_as_recorded(show: Open) -> None:
    source = "import sys\nprint(1)\nsys.exit('bye')"
    code = show(block(source, output="1\n", raised="SystemExit: bye", attributes='data-expect="SystemExit"'))
    run(code)
    expect(code).to_have_attribute("data-same", "true")


def test_control_characters_are_compared_as_records_show_them(show: Open) -> None:
    code = show(block("print('a\\x1b[1mb\\rc')", output="a\ufffd[1mb\ufffdc\n"))
    run(code)
    expect(code).to_have_attribute("data-same", "true")


def test_the_expected_exception_is_the_same_as_recorded(show: Open) -> None:
    raised = "NameError: name 'scale' is not defined"
    code = show(block("print(scale)", output="", raised=raised, attributes='data-expect="NameError"'))
    run(code)
    expect(code).to_have_attribute("data-same", "true")
    assert status(code).startswith("Same as recorded.")


def test_an_expected_exception_that_does_not_come_is_said(show: Open) -> None:
    code = show(block("scale = 1", attributes='data-expect="NameError"'))
    run(code, "failed")
    assert status(code) == "NameError was expected, and was not raised."


def test_the_event_carries_what_happened(show: Open, page: Page) -> None:
    code = show(block("print(1)", output="1\n"))
    page.evaluate(COUNT_EVENTS)
    run(code)
    (detail,) = page.evaluate("window.seen")
    assert {**detail, "text": ""} == {
        "block": "demo",
        "state": "done",
        "cause": "",
        "same": True,
        "stdout": "1\n",
        "text": "",
    }


def test_nothing_is_fetched_before_intent(show: Open, site_with_python: FixtureSite, page: Page) -> None:
    code = show(block("print(1)"))
    expect(code.locator('[data-action="run"]')).to_be_visible()
    page.wait_for_timeout(300)
    assert [path for path in requests(site_with_python) if "pyodide" in path or "python-" in path] == []


def test_hover_downloads_and_starts_nothing(show: Open, site_with_python: FixtureSite, page: Page) -> None:
    code = show(block("print(1)"))
    with page.expect_event("worker"):
        code.locator('[data-action="run"]').hover()
    page.wait_for_timeout(1500)
    assert any(path.endswith("pyodide.asm.wasm") for path in requests(site_with_python))
    assert code.get_attribute("data-state") == "idle"
    assert status(code) == ""
    run(code)
    assert sum(path.endswith("pyodide.asm.wasm") for path in requests(site_with_python)) == 1


def test_before_intent_at_most_6_kb() -> None:
    sizes = {name: len(gzip.compress((ASSETS / name).read_bytes(), 9)) for name in ("python.js", "code.css")}
    assert sum(sizes.values()) <= 6 * 1024, sizes


def test_blocks_of_a_page_share_variables(show: Open) -> None:
    code = show(block("step = 3", "first"), block("print(step)", "second"))
    second = code.page.locator("quiz-code").nth(1)
    run(second, "failed")
    assert status(second) == "NameError on line 1. Perhaps the blocks above have to run first."
    run(code)
    run(second)
    assert live(second) == "3\n"


def test_reset_clears_the_variables(show: Open) -> None:
    code = show(block("print('step' in globals())\nstep = 3"))
    run(code)
    run(code)
    assert live(code) == "True\n"
    press(code, "reset")
    assert status(code) == "This is the author's code again. The variables of this page are cleared."
    run(code)
    assert live(code) == "False\n"


LEAKS = """\
import asyncio, decimal, fractions, js, json, logging, math, random, sys

math.pi = 3
json.secret = js.secret = sys.leak = fractions.leak = 1
json.JSONEncoder.item_separator = "; "
decimal.getcontext().prec = 3
logging.basicConfig(level="DEBUG")
random.seed(1)
open("/tmp/leak", "w").close()
print(random.random())


async def ghost():
    try:
        while True:
            await asyncio.sleep(0.01)
            print("ghost")
    finally:
        print("ghost's last words")


task = asyncio.ensure_future(ghost())
js.setTimeout = 1
del js.Headers
js.setInterval(js.eval("() => { self.ticks = 1 + (self.ticks ?? 0) }"), 10)
"""
LOOK = """\
import asyncio, decimal, fractions, js, json, logging, math, os, random, sys

asyncio.run(asyncio.sleep(0.3))
print("task" in globals(), round(math.pi, 2), decimal.getcontext().prec, json.dumps([1, 2]), logging.root.handlers)
print(hasattr(json, "secret"), hasattr(js, "secret"), hasattr(sys, "leak"), hasattr(fractions, "leak"))
print(os.path.exists("/tmp/leak"), hasattr(js, "ticks"), 1 / fractions.Fraction(2, 3))
print(hasattr(js, "Headers"), js.setTimeout.name)
print(random.random())
"""
NO_LEAK = "False 3.14 28 [1, 2] []\nFalse False False False\nFalse False 3/2\nTrue setTimeout\n"


def test_nothing_reaches_another_page(show: Open, page: Page) -> None:
    opened = workers(page)
    code = show(block(LEAKS))
    run(code)
    swap(page, block(LOOK, "other"), "/other/")
    other = page.locator("quiz-code")
    run(other)
    assert live(other).startswith(NO_LEAK)
    assert live(other).removeprefix(NO_LEAK) != live(code)
    assert len(opened) == 1


def test_reset_leaves_nothing(show: Open, page: Page) -> None:
    code = show(block(LEAKS), block(LOOK, "second"))
    run(code)
    press(code, "reset")
    second = page.locator("quiz-code").nth(1)
    run(second)
    assert live(second).startswith(NO_LEAK)


def test_run_all_above_leaves_nothing_either(show: Open, page: Page) -> None:
    code = show(block(LOOK, "first"), block(LEAKS, "second"))
    second = page.locator("quiz-code").nth(1)
    run(second)
    press(second, "run-above")
    expect(second.locator('[data-part="status"]')).to_have_text(
        "The block above ran, from fresh variables.", timeout=BOOT
    )
    assert live(code).startswith(NO_LEAK)


def test_reset_waits_for_a_block_that_runs(show: Open, page: Page) -> None:
    code = show(
        block("x = 1", "first"), block("import time\ntime.sleep(1)\nprint(x)", "second"), block("print(x)", "third")
    )
    second, third = page.locator("quiz-code").nth(1), page.locator("quiz-code").nth(2)
    run(code)
    press(second, "run")
    expect(second).to_have_attribute("data-state", "running")
    press(third, "run")
    press(code, "reset")
    ended(second)
    assert live(second) == "1\n"
    ended(third, "failed")
    assert status(third).startswith("NameError on line 1.")


def swap(page: Page, html: str, path: str) -> None:
    """What instant navigation does: the address changes, the content is replaced, scripts stay."""
    page.evaluate(
        "([html, path]) => { history.pushState({}, '', path); document.querySelector('main').innerHTML = html; }",
        [html, path],
    )


def test_the_worker_lives_on_and_the_variables_do_not(show: Open, page: Page) -> None:
    page.add_init_script(f"({WORKERS})()")
    code = show(block("import random, builtins\nsecret = 1\nbuiltins.leak = 1\nopen('f.txt', 'w').close()"))
    run(code)
    look = "import os\nprint('secret' in globals(), 'leak' in dir(__builtins__), os.listdir())"
    swap(page, block(look, "other"), "/other/")
    other = page.locator("quiz-code")
    run(other)
    assert live(other) == "False False []\n"
    assert page.evaluate("window.opened") == 1
    swap(page, block("print('secret' in globals())", "back"), "/page/")
    run(page.locator("quiz-code"))
    assert live(page.locator("quiz-code")) == "False\n"


def test_numpy_settings_do_not_leak(show: Open, page: Page, numpy: None) -> None:
    code = show(block("import numpy as np\nnp.set_printoptions(precision=1)\nnp.random.seed(0)", engine="numpy"))
    run(code)
    look = "import numpy as np\nprint(np.array([0.123456]), np.random.get_state()[1][0])"
    swap(page, block(look, "other", engine="numpy"), "/other/")
    other = page.locator("quiz-code")
    run(other)
    assert live(other).startswith("[0.123456] ")
    assert not live(other).endswith(" 0\n")


def test_a_running_block_that_leaves_the_page_frees_the_worker(show: Open, page: Page) -> None:
    code = show(block("while True: pass"))
    press(code, "run")
    expect(code).to_have_attribute("data-state", "running", timeout=BOOT)
    swap(page, block("print('here')", "other"), "/other/")
    other = page.locator("quiz-code")
    run(other)
    assert live(other) == "here\n"


def test_a_block_that_is_moved_runs_on(show: Open, page: Page) -> None:
    code = show(block("import time\ntime.sleep(1)\nprint('moved')"))
    press(code, "run")
    expect(code).to_have_attribute("data-state", "running", timeout=BOOT)
    page.evaluate("document.querySelector('main').append(document.querySelector('quiz-code'))")
    ended(code)
    assert live(code) == "moved\n"
    expect(code.locator('[data-action="run"]')).to_have_count(1)


def test_a_second_run_waits_its_turn(show: Open) -> None:
    code = show(block("import time\ntime.sleep(0.5)\nx = 1", "first"), block("print(x)", "second"))
    second = code.page.locator("quiz-code").nth(1)
    press(code, "run")
    press(second, "run")
    ended(second)
    assert live(second) == "1\n"


def test_presses_before_anything_came_run_in_their_order(show: Open, page: Page) -> None:
    source = "seen = [*globals().get('seen', []), {}]\nprint(seen)"
    show(*(block(source.format(n), f"block-{n}") for n in range(6)))
    page.wait_for_function("document.querySelectorAll('[data-action=run]').length === 6")
    page.evaluate("document.querySelectorAll('[data-action=run]').forEach((button) => button.click())")
    for code in page.locator("quiz-code").all():
        ended(code)
    assert live(page.locator("quiz-code").last) == "[0, 1, 2, 3, 4, 5]\n"


def test_stop_takes_a_waiting_block_off_the_queue(show: Open) -> None:
    code = show(block("import time\ntime.sleep(1)", "first"), block("print(1)", "second"))
    second = code.page.locator("quiz-code").nth(1)
    press(code, "run")
    press(second, "run")
    press(second, "stop")
    ended(second, "stopped")
    assert status(second) == "Stopped."
    ended(code)


def test_run_all_above_starts_from_fresh_variables(show: Open, page: Page) -> None:
    code = show(
        block("print('x' in globals())\nx = 1", "first"),
        block("x += 1", "second"),
        block("oops", "torch-one", engine="torch"),
        block("print(x)", "third"),
    )
    third = page.locator("quiz-code").nth(3)
    run(code)
    press(third, "run-above")
    expect(third.locator('[data-part="status"]')).to_have_text(
        "The 2 blocks above ran, from fresh variables.", timeout=BOOT
    )
    assert live(code) == "False\n"
    run(third)
    assert live(third) == "2\n"
    expect(code.locator('[data-action="run-above"]')).to_be_hidden()


def test_run_all_above_stops_at_an_error(show: Open, page: Page) -> None:
    show(block("1 / 0", "first"), block("print(1)", "second"), block("print(2)", "third"))
    third = page.locator("quiz-code").nth(2)
    press(third, "run-above")
    expect(third.locator('[data-part="status"]')).to_have_text("Stopped at the block first: see there.", timeout=BOOT)
    assert page.locator("quiz-code").nth(1).get_attribute("data-state") == "idle"


def test_edit_and_reset(show: Open, page: Page) -> None:
    code = show(block("print(1)\n", output="1\n"))
    edit(code, "print(2)")
    run(code)
    assert live(code) == "2\n"
    assert code.get_attribute("data-same") is None
    assert status(code).startswith("Not compared: the code was changed. Ran in ")
    press(code, "reset")
    expect(code.locator("textarea")).to_have_count(0)
    expect(code.locator('[data-action="run"]')).to_be_focused()
    run(code)
    expect(code).to_have_attribute("data-same", "true")


def test_editing_to_the_same_code_is_compared(show: Open) -> None:
    code = show(block("print(1)\n", output="1\n"))
    edit(code, "print(1)")
    run(code)
    expect(code).to_have_attribute("data-same", "true")


def test_undo_works_and_tab_leaves(show: Open, page: Page) -> None:
    code = show(block("print(1)\n"))
    press(code, "edit")
    area = page.get_by_label("Code of demo")
    expect(area).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type("  # more")
    assert area.input_value() == "print(1)  # more"
    page.keyboard.press("Control+z")
    assert area.input_value() == "print(1)"
    page.keyboard.press("Tab")
    expect(code.locator('[data-action="run"]')).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(area).not_to_be_focused()


def test_control_enter_runs_from_the_editor(show: Open, page: Page) -> None:
    code = show(block("print(1)\n"))
    edit(code, "print(2)")
    page.keyboard.press("Control+Enter")
    ended(code)
    assert live(code) == "2\n"
    expect(code.locator("textarea")).to_be_focused()


def test_a_second_copy_of_the_client_does_no_harm(show: Open, page: Page) -> None:
    code = show(block("print(1)\n"))
    page.evaluate("() => import('../assets/quizproof-test/python.js?again').then(() => null)")
    run(code)
    expect(code.locator('[data-action="run"]')).to_have_count(1)


def test_a_block_that_may_not_be_edited_has_no_edit(show: Open) -> None:
    code = show(block("print(1)", attributes='data-editable="false"'))
    expect(code.locator('[data-action="run"]')).to_be_visible()
    expect(code.locator('[data-action="edit"]')).to_be_hidden()


@pytest.mark.parametrize(("engine", "attributes"), [("torch", ""), ("python", "data-locked")])
def test_no_controls(show: Open, page: Page, engine: str, attributes: str) -> None:
    code = show(block("print(1)", engine=engine, attributes=attributes), block("print(2)", "other"))
    expect(page.locator("quiz-code").nth(1).locator("button").first).to_be_visible()
    expect(code.locator("button")).to_have_count(0)


def test_a_locked_block_gets_its_controls_when_it_is_unlocked(show: Open, page: Page) -> None:
    code = show(block("print(1)", attributes="data-locked"))
    page.wait_for_function("Boolean(customElements.get('quiz-code'))")
    page.evaluate("""() => {
      const code = document.querySelector("quiz-code");
      code.querySelector('[data-part="source"]').insertAdjacentHTML(
        "afterend", '<div data-part="output"><pre><samp>1\\n</samp></pre></div>');
      code.removeAttribute("data-locked");
    }""")
    run(code)
    expect(code).to_have_attribute("data-same", "true")


def test_a_button_in_a_form_submits_nothing(site_with_python: FixtureSite, page: Page) -> None:
    url = site_with_python(f'<form action="/elsewhere">{block("print(1)")}</form>', code=True)
    page.goto(url)
    code = page.locator("quiz-code")
    run(code)
    assert page.url == url


def test_asyncio_runs(show: Open) -> None:
    source = (
        "import asyncio\nasync def main():\n    await asyncio.sleep(0.01)\n    return 3\nprint(asyncio.run(main()))"
    )
    code = show(block(source))
    run(code)
    assert live(code) == "3\n"


def test_output_streams_while_running(show: Open) -> None:
    code = show(block("import time\nprint('early')\ntime.sleep(30)\nprint('late')"))
    press(code, "run")
    expect(code.locator('[data-part="live"] samp')).to_have_text("early\n", timeout=BOOT)
    assert code.get_attribute("data-state") == "running"
    press(code, "stop")
    ended(code, "stopped")
    assert live(code) == "early\n"


LOUD = """\
import sys

for number in range(300):
    print(f"{number} " + "é" * 80)
    print(f"{number} " + "😀" * 40, file=sys.stderr)
print("x" * 50_000)
"""
SIZES = """() => {
  window.sizes = [];
  const block = document.querySelector("quiz-code");
  new MutationObserver((changes) => window.sizes.push(changes.flatMap(({ addedNodes }) => [...addedNodes])
    .filter((node) => node.matches?.(".quiz-out, .quiz-err"))
    .reduce((sum, node) => sum + node.textContent.length, 0))).observe(block, { childList: true, subtree: true });
  block.addEventListener("quiz-code-done", () => {
    window.atTheEnd = block.querySelector('[data-part="live"] samp').textContent.length;
  });
}"""


def test_much_output_comes_in_portions_and_the_end_after_it(show: Open, page: Page) -> None:
    code = show(block(LOUD))
    page.evaluate(SIZES)
    run(code)
    pairs = "".join(f"{n} {'é' * 80}\n{n} {'😀' * 40}\n" for n in range(300))
    printed = f"{pairs}{'x' * 50_000}\n"
    assert live(code) == printed
    # A pair of surrogates counts twice in the page.
    whole = len(printed.encode("utf-16-le")) // 2
    assert page.evaluate("window.atTheEnd") == whole
    sizes = page.evaluate("window.sizes")
    assert max(sizes) <= 8192
    assert sum(sizes) == whole
    err = code.locator(".quiz-err")
    assert "".join(err.all_text_contents()) == "".join(f"{n} {'😀' * 40}\n" for n in range(300))
    selected = "() => { getSelection().selectAllChildren(document.querySelector('.quiz-chunk').parentElement); }"
    page.evaluate(selected)
    assert page.evaluate("String(getSelection())").strip().splitlines()[:600] == pairs.splitlines()


def test_a_tab_that_nobody_sees_ends_its_run(show: Open, page: Page) -> None:
    page.add_init_script("""
      window.requestAnimationFrame = () => 0;
      Object.defineProperty(document, "hidden", { get: () => true });
    """)
    code = show(block("print('x' * 50_000)"))
    run(code)
    assert live(code) == "x" * 50_000 + "\n"


@pytest.mark.usefixtures("numpy")
def test_every_file_is_fetched_once(show: Open, site_with_python: FixtureSite) -> None:
    code = show(block(NUMPY, engine="numpy"), headers={"Cache-Control": "max-age=600"})
    run(code)
    asked = [path for path in requests(site_with_python) if "pyodide-test" in path or "python" in path]
    assert sorted(asked) == sorted(set(asked))
