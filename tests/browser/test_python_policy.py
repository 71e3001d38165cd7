"""Under a strict content security policy, with nothing from anywhere else."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from conftest import Complaints, FixtureSite
from playwright.sync_api import Page, expect
from runnable import NUMPY, Open, block, live, requests, run

pytest_plugins = ["python_fixtures"]

POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'"
# Material's own icons are data: images as well; figures need no more than they do.
WITH_IMAGES = f"{POLICY}; img-src 'self' data:"
WATCH = """
  window.violations = [];
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    window.violations.push(`${violatedDirective} ${blockedURI}`));
"""


@pytest.fixture(autouse=True)
def images(complaints: Complaints) -> None:
    """The fixture page's own icon is a data: image, which the bare policy forbids."""
    complaints.allow("Loading the image 'data:")


def strict(policy: str) -> dict[str, str]:
    return {"Content-Security-Policy": policy}


def test_numpy_runs_with_zero_violations(show: Open, page: Page, numpy: None) -> None:
    page.add_init_script(WATCH)
    code = show(block(NUMPY, engine="numpy", output="[9, -12, 3, 27]\n"), headers=strict(POLICY))
    run(code)
    expect(code).to_have_attribute("data-same", "true")
    assert [said for said in page.evaluate("window.violations") if said != "img-src data"] == []


def test_figures_show_where_data_images_may(show: Open, page: Page) -> None:
    page.add_init_script(WATCH)
    code = show(block("display('<svg viewBox=\"0 0 9 9\"/>')"), headers=strict(WITH_IMAGES))
    run(code)
    expect(code.locator("img")).to_be_visible()
    assert page.evaluate("window.violations") == []


def test_a_figure_that_the_policy_forbids_says_so(show: Open) -> None:
    code = show(block("display('<svg viewBox=\"0 0 9 9\"/>')"), headers=strict(POLICY))
    run(code)
    expect(code.get_by_text("The figure cannot be shown.")).to_be_visible()


def test_python_cannot_leave_through_javascript(show: Open) -> None:
    source = "from pyodide.code import run_js\nrun_js('import(\"https://example.org/x.js\")')"
    code = show(block(source), headers=strict(POLICY))
    run(code, "failed")
    assert "EvalError" in (code.locator(".quiz-exception").text_content() or "")


@pytest.mark.usefixtures("numpy")
def test_every_file_comes_from_the_site(show: Open, site_with_python: FixtureSite, page: Page) -> None:
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    code = show(block(NUMPY, engine="numpy"))
    run(code)
    home = page.url.removesuffix("page/")
    assert [url for url in asked if not url.startswith((home, "data:"))] == []
    assert any(path.endswith(".pack") for path in requests(site_with_python))


def test_no_page_of_the_site_asks_another_origin(site: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sitemap = page.request.get(f"{site}sitemap.xml").text()
    pages = [urlsplit(address).path for address in re.findall(r"<loc>(.+?)</loc>", sitemap)]
    assert len(pages) > 50
    for path in pages:
        page.goto(urljoin(site, path))
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []


def test_the_page_keeps_nothing(show: Open, page: Page) -> None:
    code = show(block("print(1)"))
    run(code)
    assert live(code) == "1\n"
    kept = "async () => [localStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length]"
    assert page.evaluate(kept) == [0, 0, 0]
