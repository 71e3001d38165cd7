"""A block of Python in a real Chromium: run, stop, retry, and what the reader is told."""

import html
import re
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from conftest import FixtureSite
from playwright.sync_api import Locator, Page, expect

from quiz_plugin.runtime import NotBuiltError, Runtime, build

NUMPY = """\
import numpy as np

weights = np.array([0.9, -1.2, 0.3, 2.7])
codes = np.round(weights / 0.1).astype(np.int8)
print(codes.tolist())
"""
BOOT = 60_000


def block(
    code: str,
    name: str = "demo",
    *,
    engine: str = "python",
    output: str | None = None,
    raised: str = "",
    attributes: str = "",
) -> str:
    """The HTML that the extension writes for a runnable block."""
    exception = f'<pre class="quiz-exception"><samp>{html.escape(raised)}</samp></pre>' if raised else ""
    recorded = (
        ""
        if output is None
        else '<div data-part="output"><p class="quiz-output-title">Recorded output</p>'
        f"<pre><samp>{html.escape(output)}</samp></pre>{exception}</div>"
    )
    return (
        f'<quiz-code id="{name}-code" data-block="{name}" data-engine="{engine}" data-state="idle" {attributes}>'
        f'<div data-part="source"><div class="highlight"><pre><code>{html.escape(code)}</code></pre></div></div>'
        f'{recorded}<p data-part="status" role="status"></p></quiz-code>'
    )


@pytest.fixture(scope="session")
def runtime() -> Runtime:
    """The site's own runtime; without one these tests have nothing to run."""
    try:
        built = build("auto")
    except NotBuiltError as failure:
        pytest.skip(f"no runtime: {failure}")
    if built.folder is None:
        pytest.skip(f"no runtime on this machine: {built.note}")
    return built


@pytest.fixture
def numpy(runtime: Runtime) -> None:
    if "://" in runtime.manifest["packages"]["numpy"]["url"]:
        pytest.skip(f"NumPy's wheel cannot be had: {runtime.note}")


@pytest.fixture
def site_with_python(fixture_page: FixtureSite, runtime: Runtime) -> FixtureSite:
    """A fixture site whose runtime folder is a copy, free to be damaged."""
    assert runtime.folder is not None
    shutil.copytree(runtime.folder, fixture_page.folder / "assets" / "pyodide-test")
    return fixture_page


Open = Callable[..., Locator]


@pytest.fixture
def show(site_with_python: FixtureSite, page: Page) -> Open:
    """Open a page with these blocks; the first block's element."""

    def opened(*blocks: str, **options: Any) -> Locator:
        page.goto(site_with_python("".join(blocks), code=True, **options))
        return page.locator("quiz-code").first

    return opened


def press(code: Locator, action: str) -> None:
    code.locator(f'[data-action="{action}"]').click()


def run(code: Locator, state: str = "done") -> None:
    press(code, "run")
    ended(code, state)


def ended(code: Locator, state: str = "done") -> None:
    expect(code).to_have_attribute("data-state", re.compile("done|failed|stopped"), timeout=BOOT)
    assert code.get_attribute("data-state") == state, status(code)


def status(code: Locator) -> str:
    return code.locator('[data-part="status"]').inner_text()


def live(code: Locator) -> str:
    return code.locator('[data-part="live"] samp').first.text_content() or ""


def edit(code: Locator, text: str) -> None:
    if not code.locator("textarea").count():
        press(code, "edit")
    code.locator("textarea").fill(text)


def test_numpy_prints_the_same_as_recorded(show: Open, numpy: None) -> None:
    code = show(block(NUMPY, engine="numpy", output="[9, -12, 3, 27]\n"))
    run(code)
    expect(code).to_have_attribute("data-same", "true")
    assert re.fullmatch(r"Same as recorded\. Ran in \d+\.\d\d s\.", status(code))
    assert live(code) == "[9, -12, 3, 27]\n"


def test_stop_ends_an_endless_loop(show: Open) -> None:
    code = show(block("while True: pass"))
    press(code, "run")
    expect(code).to_have_attribute("data-state", "running", timeout=BOOT)
    press(code, "stop")
    expect(code).to_have_attribute("data-state", "stopped")
    assert status(code) == "Stopped. The variables of this page are lost."
    edit(code, "print('again')")
    run(code)
    assert live(code) == "again\n"


def test_a_missing_file_is_named_and_a_retry_succeeds(show: Open, site_with_python: FixtureSite, complaints) -> None:
    complaints.allow("404")
    code = show(block("print(1)", output="1"), faults={"pyodide.asm.wasm": 404})
    run(code, "failed")
    assert status(code) == "pyodide.asm.wasm is missing on the server (404). Press Run to try again."
    site_with_python.server.faults.clear()
    run(code)
    assert status(code).startswith("Same as recorded.")
