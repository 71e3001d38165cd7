"""Python on the site as built, with the theme's instant navigation."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from runnable import BOOT, ended, press, status, workers

pytest_plugins = ["python_fixtures"]

SAID = """() => {
  window.said = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) if (target.dataset?.part === "status") window.said.push(target.textContent);
  }).observe(document.body, { childList: true, subtree: true });
}"""


@pytest.mark.usefixtures("numpy")
def test_the_second_page_needs_no_start(site: str, page: Page) -> None:
    if f"<loc>{site}" not in page.request.get(f"{site}sitemap.xml").text():
        pytest.skip("instant navigation follows the sitemap, and this folder was built for another address")
    opened = workers(page)
    page.goto(f"{site}cheat-sheet/")
    page.evaluate("window.sameTab = true")
    first = page.locator("#cheat-quantize")
    press(first, "run")
    ended(first)
    page.locator("article").get_by_role("link", name="snippets").click()
    expect(page).to_have_url(re.compile(f"{re.escape(site)}snippets/"))
    second = page.locator("quiz-code[data-engine=numpy]").first
    expect(second.locator("[data-action=run]")).to_be_visible()
    assert page.evaluate("window.sameTab"), "the link loaded a whole new page"
    page.evaluate(SAID)
    press(second, "run")
    expect(second).to_have_attribute("data-state", "done", timeout=BOOT)
    assert page.evaluate("window.said")[:2] == ["Waiting for Python…", "Running…"]
    assert status(second).startswith("Same as recorded.")
    ours = [
        worker.url for worker in opened if worker.url.endswith("/python-worker.js")
    ]  # the theme's search has one too
    assert len(ours) == 1


def test_how_it_was_recorded_is_a_large_target(site: str, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True).new_page()
    page.goto(f"{site}cheat-sheet/")
    summary = page.locator("quiz-code summary").first
    summary.scroll_into_view_if_needed()
    box = summary.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    summary.tap()
    expect(page.locator("quiz-code details[open] p").first).to_be_visible()
