"""A block of code for everyone: keyboard, screen reader, touch, small screens, forced colours."""

from pathlib import Path

import pytest
from conftest import ROOT, Complaints, FixtureSite
from playwright.sync_api import BrowserContext, Locator, Page, expect
from runnable import BOOT, Gate, Open, block, edit, ended, live, press, run, server_of, status

pytest_plugins = ["python_fixtures"]

# What Material's dark scheme sets; the rest of the theme is not needed here.
SLATE = (
    "--md-default-fg-color: #e2e4e9; --md-default-bg-color: #1e2129; --md-default-fg-color--lighter: #e2e4e952;"
    "--md-typeset-a-color: #5488e8; --md-code-bg-color: #272a35; --md-code-fg-color: #d5d8e2;"
    "background: #1e2129; color: #e2e4e9"
)
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def axe() -> Path:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci")
    return AXE


def findings(page: Page, axe: Path) -> list[str]:
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run('quiz-code', { resultTypes: ['violations'] })")
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found["violations"]]


def two_blocks(source: str, output: str | None = "1\n", attributes: str = "") -> str:
    return block("x = 1", "first", output="") + block(source, "second", output=output, attributes=attributes)


def second(page: Page) -> Locator:
    return page.locator("quiz-code").nth(1)


schemes = pytest.mark.parametrize("body", ["", f'data-md-color-scheme="slate" style="{SLATE}"'], ids=["light", "dark"])


@schemes
@pytest.mark.parametrize(
    "case",
    [
        ("print(1)", "done"),
        ("print(2)", "done"),
        ("1 / 0", "failed"),
        ("while True: print(3)", "stopped"),
        ("display('<svg viewBox=\"0 0 9 9\"/>', alt='A square')", "done"),
    ],
    ids=["same", "different", "error", "timeout", "figure"],
)
def test_axe_finds_nothing_after_a_run(show: Open, page: Page, axe: Path, case: tuple[str, str], body: str) -> None:
    source, state = case
    # A second is enough for none but the endless one, on a busy machine.
    show(two_blocks(source, attributes='data-timeout="1"' if state == "stopped" else ""), body=body)
    run(second(page), state)
    assert findings(page, axe) == []


@schemes
def test_axe_finds_nothing_before_while_and_in_the_editor(show: Open, page: Page, axe: Path, body: str) -> None:
    show(two_blocks("while True: print('x' * 500)", attributes='data-timeout="60"'), body=body)
    expect(second(page).locator('[data-action="run"]')).to_be_visible()
    assert findings(page, axe) == []
    press(second(page), "edit")
    assert findings(page, axe) == []
    press(second(page), "run")
    expect(second(page)).to_have_attribute("data-state", "running", timeout=BOOT)
    expect(second(page).locator('[data-part="live"]')).to_be_visible()
    assert findings(page, axe) == []
    press(second(page), "stop")
    ended(second(page), "stopped")
    assert status(second(page)).startswith("Stopped.")
    assert findings(page, axe) == []
    press(second(page), "reset")
    expect(second(page).locator("textarea")).to_have_count(0)
    assert status(second(page)).startswith("This is the author's code again.")
    assert findings(page, axe) == []


@schemes
def test_axe_finds_nothing_while_loading(show: Open, page: Page, axe: Path, body: str) -> None:
    gate = Gate()
    show(two_blocks("print(1)"), body=body, faults={"pyodide.asm.wasm": gate})
    press(second(page), "run")
    expect(second(page).locator(".quiz-progress")).to_be_visible()
    assert findings(page, axe) == []
    assert second(page).get_attribute("data-state") == "loading"
    gate.open()
    ended(second(page))


@schemes
def test_axe_finds_nothing_after_a_failed_load(
    show: Open, axe: Path, complaints: Complaints, site_with_python: FixtureSite, body: str
) -> None:
    complaints.allow("404")
    page = show(two_blocks("print(1)"), body=body, faults={"manifest.json": 404}).page
    run(second(page), "failed")
    assert status(second(page)).startswith("manifest.json is missing on the server (404).")
    assert findings(page, axe) == []
    server_of(site_with_python).faults.clear()
    run(second(page))
    assert findings(page, axe) == []


@schemes
def test_axe_finds_nothing_while_the_blocks_above_run_and_after(show: Open, page: Page, axe: Path, body: str) -> None:
    first = block("while True: pass", "first", output="", attributes='data-timeout="60"')
    show(first + block("print(1)", "second", output="1\n"), body=body)
    said = second(page).locator('[data-part="status"]')
    press(second(page), "run-above")
    expect(page.locator("quiz-code").first).to_have_attribute("data-state", "running", timeout=BOOT)
    expect(said).to_have_text("Running block 1 of 1 above…")
    assert findings(page, axe) == []
    press(page.locator("quiz-code").first, "stop")
    expect(said).to_have_text("Stopped at the block first: see there.")
    assert findings(page, axe) == []
    edit(page.locator("quiz-code").first, "x = 1")
    press(second(page), "run-above")
    expect(said).to_have_text("The block above ran, from fresh variables.", timeout=BOOT)
    assert findings(page, axe) == []


def test_by_keyboard_alone(show: Open, page: Page) -> None:
    code = show(block("while True: pass", output="never"))
    page.locator("h1").evaluate("(heading) => { heading.tabIndex = -1; heading.focus(); }")
    page.keyboard.press("Tab")
    expect(code.get_by_role("button", name="Run", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(code).to_have_attribute("data-state", "running", timeout=BOOT)
    expect(code.get_by_role("button", name="Run", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(code.get_by_role("button", name="Stop")).to_be_focused()
    page.keyboard.press("Space")
    ended(code, "stopped")
    expect(code.get_by_role("button", name="Run", exact=True)).to_be_focused()


def test_controls_and_output_have_names(show: Open, page: Page) -> None:
    code = show(block("print(1)"))
    expect(code.get_by_role("group", name="Python block demo")).to_be_visible()
    names = code.get_by_role("button").all_inner_texts()
    assert names == ["Run", "Edit"]
    press(code, "edit")
    expect(page.get_by_role("textbox", name="Code of demo")).to_be_focused()


def test_the_result_is_announced_once(show: Open, page: Page) -> None:
    code = show(block("print(1)", output="1"))
    run(code)
    page.evaluate("""() => {
      window.said = [];
      const status = document.querySelector('quiz-code [data-part="status"]');
      new MutationObserver(() => window.said.push(status.textContent)).observe(status, { childList: true });
    }""")
    run(code)
    said = page.evaluate("window.said")
    assert said == ["Waiting for Python…", "Running…", status(code)]
    assert page.locator('quiz-code [role="status"]').count() == 1


def test_long_output_can_be_scrolled_by_keyboard(show: Open, page: Page) -> None:
    code = show(block("for line in range(100): print(line)"))
    run(code)
    output = code.get_by_role("region", name="Live output")
    expect(output).to_have_attribute("tabindex", "0")
    output.focus()
    page.keyboard.press("End")
    page.wait_for_function("document.querySelector('[data-part=live] pre').scrollTop > 100")


@pytest.fixture
def phone(new_context) -> Page:  # type: ignore[no-untyped-def]
    context: BrowserContext = new_context(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    return context.new_page()


def test_on_a_phone_targets_are_large_and_nothing_sticks_out(site_with_python: FixtureSite, phone: Page) -> None:
    long = "numbers = [" + ", ".join(str(n) for n in range(60)) + "]\nprint(numbers, 'x' * 200)"
    phone.goto(site_with_python(two_blocks(long), code=True))
    code = second(phone)
    code.locator('[data-action="run"]').tap()
    ended(code)
    code.locator('[data-action="edit"]').tap()
    for button in code.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, button.inner_text()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320
    size = code.locator("textarea").evaluate("(area) => parseFloat(getComputedStyle(area).fontSize)")
    assert size >= 16
    assert phone.evaluate("visualViewport.scale") == 1


# What a finger may aim at in a block, but the copy button: that one is Material's, and 24 by 24 pixels.
SMALL = """blocks => blocks.flatMap(block => [...block.querySelectorAll("button, summary, textarea")])
  .filter(target => target.checkVisibility() && !target.closest(".md-code__nav"))
  .map(target => [target.textContent.trim(), target.getBoundingClientRect()])
  .filter(([_, box]) => Math.min(box.width, box.height) < 44)
  .map(([name, box]) => `${name}: ${Math.round(box.width)} by ${Math.round(box.height)}`)"""


@pytest.mark.parametrize("path", ["cheat-sheet/", "snippets/"])
def test_on_the_built_site_targets_are_large(site: str, phone: Page, path: str) -> None:
    phone.goto(site + path)
    blocks = phone.locator("quiz-code")
    press(phone.locator("quiz-code:has([data-action=edit])").first, "edit")
    expect(blocks.locator("textarea")).to_be_visible()
    expect(blocks.locator("summary:visible").first).to_have_text("How this was recorded")
    assert blocks.evaluate_all(SMALL) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320


def test_at_400_percent_zoom_all_is_within_reach(show: Open, page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 256})  # what 1280 by 1024 comes to (WCAG 2.2, 1.4.10)
    show(two_blocks("print('x' * 200)\nfor n in range(100): print(n)\n1 / 0"))
    code = second(page)
    run(code, "failed")
    press(code, "edit")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for part in [*code.get_by_role("button").all(), code.locator("textarea"), code.locator('[data-part="status"]')]:
        part.scroll_into_view_if_needed()
        box = part.bounding_box()
        assert box is not None
        assert box["x"] >= 0, part
        assert box["x"] + box["width"] <= 320, part
    output = code.locator('[data-part="live"] pre').first.bounding_box()
    assert output is not None
    assert output["height"] < 256, "the output fills the window: nobody gets past it"


def test_forced_colours_and_reduced_motion(show: Open, page: Page) -> None:
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    code = show(block("print(1)", output="1"))
    run(code)
    assert live(code) == "1\n"
    borders = code.get_by_role("button").first.evaluate("(button) => getComputedStyle(button).borderTopStyle")
    assert borders == "solid"
    assert page.evaluate("document.getAnimations().length") == 0


def test_without_javascript_the_record_is_there(site_with_python: FixtureSite, new_context) -> None:  # type: ignore[no-untyped-def]
    page: Page = new_context(java_script_enabled=False).new_page()
    page.goto(site_with_python(block("print(1)", output="1"), code=True))
    expect(page.get_by_text("Recorded output")).to_be_visible()
    expect(page.locator("button")).to_have_count(0)


def test_in_print_there_are_no_controls(show: Open, page: Page) -> None:
    code = show(block("print(1)", output="1"))
    expect(code.get_by_role("button").first).to_be_visible()
    page.emulate_media(media="print")
    expect(code.locator("button:visible")).to_have_count(0)
    expect(code.get_by_text("Recorded output")).to_be_visible()
