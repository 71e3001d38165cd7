"""Under a strict content security policy, with nothing from anywhere else."""

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import pytest
from conftest import Complaints, FixtureSite, Server
from playwright.sync_api import Page, expect
from rendering import Node, tree
from runnable import NUMPY, Open, block, live, requests, run, server_of, status

pytest_plugins = ["python_fixtures"]

POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'"
# Material's own icons are data: images as well; figures need no more than they do.
WITH_IMAGES = f"{POLICY}; img-src 'self' data:"
# What a worker does is reported to the server only: no event of its page tells of it.
REPORTED = "; report-uri /reports"
WATCH = """
  window.violations = [];
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
    window.violations.push(`${violatedDirective} ${blockedURI} ${sample}`.trim()));
"""
# The theme's own needs, apart from `data:` images: four inline scripts, told by how they begin. See runtime.md.
THEME = ("__md_scope=new URL(", "var palette=__md_get(", "var tabs=__md_get(", "var target=document.getElem")
# One page of each sort.
PAGES = ("", "quizzes/self-check/", "progress/", "labs/pruning/", "contribute/runtime/", "cheat-sheet/")


@pytest.fixture(autouse=True)
def images(complaints: Complaints) -> None:
    """The fixture page's own icon is a data: image, which the bare policy forbids."""
    complaints.allow("Loading the image 'data:")


def strict(policy: str) -> dict[str, str]:
    return {"Content-Security-Policy": policy}


def until(ready: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, f"nothing came in {seconds} s"
        time.sleep(0.05)


def test_numpy_runs_with_zero_violations(show: Open, page: Page, site_with_python: FixtureSite, numpy: None) -> None:
    page.add_init_script(WATCH)
    forbidden = block("from pyodide.code import run_js\nrun_js('1')", "forbidden")
    code = show(block(NUMPY, engine="numpy", output="[9, -12, 3, 27]\n"), forbidden, headers=strict(POLICY + REPORTED))
    run(code)
    expect(code).to_have_attribute("data-same", "true")
    assert [said for said in page.evaluate("window.violations") if said != "img-src data"] == []
    # One on purpose, in the worker: it arrives, so any before it would have.
    run(page.locator("quiz-code").nth(1), "failed")
    reports = server_of(site_with_python).reports
    until(lambda: any(report["blocked-uri"] == "eval" for report in reports))
    found = [(r["effective-directive"], r["blocked-uri"]) for r in reports if r["blocked-uri"] != "data"]
    assert found == [("script-src", "eval")]


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


def test_a_policy_that_forbids_webassembly_is_told_at_once(show: Open, complaints: Complaints) -> None:
    complaints.allow("WebAssembly|wasm|Content Security Policy")
    code = show(block("print(1)"), headers=strict(POLICY.replace(" 'wasm-unsafe-eval'", "")))
    run(code, "failed")
    assert status(code).startswith("Python did not start (CompileError: WebAssembly.")
    assert status(code).endswith(" Press Run to try again.")


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
    assert any(path.endswith("wasm32.pack") for path in requests(site_with_python))


@pytest.mark.usefixtures("numpy")
def test_no_page_of_the_site_asks_another_origin(site_server: Server, page: Page) -> None:
    # Where Python or NumPy can only be had from the CDN, the fixture skips with the reason.
    (manifest,) = (site_server.folder / "assets").glob("pyodide-*/manifest.json")
    text = manifest.read_text(encoding="utf-8")
    assert json.loads(text)["mode"] == "self"
    assert "://" not in text
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    site = site_server.url
    sitemap = page.request.get(f"{site}sitemap.xml").text()
    pages = [urlsplit(address).path for address in re.findall(r"<loc>(.+?)</loc>", sitemap)]
    assert len(pages) > 50
    for path in pages:
        page.goto(urljoin(site, path))
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []


@pytest.fixture(scope="module")
def pages(site_server: Server) -> dict[str, Node]:
    """Every page of the site as built."""
    files = sorted(site_server.folder.rglob("*.html"))
    assert len(files) > 50
    return {
        str(file.relative_to(site_server.folder)): tree(file.read_text(encoding="utf-8"), strict=False)
        for file in files
    }


def inline_scripts(page: Node) -> list[str]:
    """What the scripts hold that are in the page itself; data is no script."""
    scripts = [node for node in page.all("script") if "src" not in node.attributes]
    return ["".join(map(str, node.children)) for node in scripts if node.get("type") != "application/json"]


def are_the_themes(scripts: list[str]) -> bool:
    return len(scripts) == len(THEME) and all(map(str.startswith, scripts, THEME))


def test_no_page_of_the_site_has_inline_needs_but_the_themes(pages: dict[str, Node]) -> None:
    for path, html in pages.items():
        scripts = inline_scripts(html)
        assert are_the_themes(scripts), (path, scripts)
        styled = [node.tag for node in html.iter() if node.tag == "style" or "style" in node.attributes]
        handlers = [name for node in html.iter() for name in node.attributes if name.startswith("on")]
        assert (styled, handlers) == ([], []), path


@pytest.mark.usefixtures("runtime")
def test_the_site_as_built_violates_the_policy_by_the_themes_needs_only(
    site_server: Server, page: Page, complaints: Complaints, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaints.allow("violates the following Content Security Policy directive")
    complaints.allow("__md_get is not defined")  # what the theme says without its first script
    policy = POLICY.replace("script-src 'self'", "script-src 'self' 'report-sample'")
    monkeypatch.setitem(site_server.headers, "Content-Security-Policy", policy)
    page.add_init_script(WATCH)
    for path in PAGES:
        page.goto(site_server.url + path, wait_until="networkidle")
        found = page.evaluate("window.violations")
        scripts = [said.removeprefix("script-src-elem inline ") for said in found if said.startswith("script-src")]
        assert are_the_themes(scripts), (path, scripts)
        assert {said for said in found if not said.startswith("script-src-elem inline")} == {"img-src data"}, path
    before = len(page.evaluate("window.violations"))
    run(page.locator("quiz-code:has([data-action=run])").first)
    assert set(page.evaluate("window.violations")[before:]) <= {"img-src data"}


@pytest.mark.usefixtures("runtime")
def test_with_the_themes_needs_allowed_the_site_as_built_violates_nothing(
    site_server: Server, pages: dict[str, Node], page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {text for html in pages.values() for text in inline_scripts(html)}
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
    allowed = " ".join(["script-src 'self'", *(f"'sha256-{value}'" for value in sorted(hashes))])
    policy = WITH_IMAGES.replace("script-src 'self'", allowed) + REPORTED
    monkeypatch.setitem(site_server.headers, "Content-Security-Policy", policy)
    page.add_init_script(WATCH)
    for path in PAGES:
        page.goto(site_server.url + path, wait_until="networkidle")
        assert page.evaluate("window.violations") == [], path
    run(page.locator("quiz-code:has([data-action=run])").first)
    # By instant navigation, if the theme has it at this address.
    page.locator(".md-content a", has_text="glossary").first.click()
    expect(page.locator("h1", has_text="Glossary")).to_be_visible()
    assert page.evaluate("window.violations") == []
    assert site_server.reports == []


def test_the_page_keeps_nothing(show: Open, page: Page) -> None:
    code = show(block("print(1)"))
    run(code)
    assert live(code) == "1\n"
    kept = "async () => [localStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length]"
    assert page.evaluate(kept) == [0, 0, 0]
