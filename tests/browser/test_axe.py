"""axe finds nothing inside our elements, before and after an answer, in both schemes."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import markup
import pytest
from playwright.sync_api import BrowserContext, Page

AXE = "4.14.1"
ELEMENTS = "quiz-question, quiz-card, quiz-set, quiz-print, quiz-progress, quiz-due, .quiz-notice"


@pytest.fixture(scope="session")
def axe() -> Path:
    """axe-core, through npm, into the user's cache."""
    caches = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = caches / "quizproof" / f"axe-{AXE}"
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if script.exists():
        return script
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("axe-core cannot be had: npm is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), f"axe-core@{AXE}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"axe-core cannot be had: npm install failed: {done.stderr.strip()[-200:]}")
    return script


@pytest.fixture
def findings(axe: Path) -> Callable[[Page], list[str]]:
    def run(page: Page) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.add_script_tag(path=axe)
        result = page.evaluate(
            "async selector => (await axe.run({ include: [...document.querySelectorAll(selector)] })).violations"
            ".flatMap(v => v.nodes.map(n => `${v.id}: ${n.html} ${n.failureSummary}`))",
            ELEMENTS,
        )
        return list(result)

    return run


QUESTIONS = [markup.question(), markup.question("second", key="A C", points="2"), markup.explain(), markup.card()]
DARK = "<style>:root { color-scheme: dark; background: Canvas; color: CanvasText }</style>"


@pytest.fixture(params=["light", "dark"])
def open_page(request, new_context: Callable[..., BrowserContext], fixture_page) -> Callable[[str], Page]:
    def open_in_scheme(html: str) -> Page:
        page = new_context(color_scheme=request.param).new_page()
        page.clock.install()
        page.goto(fixture_page(html, head=DARK if request.param == "dark" else ""))
        return page

    return open_in_scheme


def test_questions_and_cards(open_page, findings):
    page = open_page("".join(QUESTIONS))
    page.wait_for_selector("#card [data-action=reveal]")
    assert findings(page) == []
    page.click("#first [data-action=hint]")
    page.check("#first input[value=A]")
    page.click("#first [data-action=check]")
    page.click("#first [data-action=proof]")
    page.check("#second input[value=A]")
    page.click("#second [data-action=check]")
    page.fill("#why textarea", "less")
    page.click("#why [data-action=check]")
    page.check("#why input[value=A]")
    page.click("#card [data-action=reveal]")
    assert findings(page) == []
    page.click("#card [data-action=good]")
    page.click("#first [data-action=retry]")
    page.check("#first input[value=B]")
    page.click("#first [data-action=check]")
    assert findings(page) == []


def test_notice(open_page, findings):
    page = open_page(
        "<script>Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }</script>"
        + markup.question()
    )
    page.check("#first input[value=A]")
    page.click("#first [data-action=check]")
    page.wait_for_selector(".quiz-notice")
    assert findings(page) == []


def test_challenge(open_page, findings):
    page = open_page(markup.quiz_set(markup.question("q0"), markup.question("q1"), badge="Master"))
    page.wait_for_selector(".quiz-panel")
    assert findings(page) == []
    page.click("[data-action=start]")
    assert findings(page) == []
    page.click("[data-action=timer-off]")
    for at in range(2):
        page.check(f"#q{at} input[value={'AB'[at]}]")
        page.click(f"#q{at} [data-action=check]")
        page.click("[data-action=next] >> visible=true" if at == 0 else "[data-action=finish]")
    assert findings(page) == []
    page.click("[data-action=retry-missed]")
    page.check("#q0 input[value=B]")
    page.click("#q0 [data-action=check]")
    page.click("[data-action=finish]")
    page.wait_for_selector(".quiz-badge")
    page.evaluate("() => { navigator.clipboard.writeText = async () => { throw new Error('denied') } }")
    page.click("[data-action=share]")
    page.wait_for_selector("quiz-set textarea")
    assert findings(page) == []


def test_the_print_switch(open_page, findings):
    base = "../assets/quizproof-test/reference"
    links = f'<link rel="stylesheet" href="{base}.css"><script type="module" src="{base}.js"></script>'
    page = open_page(f"{links}<quiz-print></quiz-print>{markup.question()}")
    page.wait_for_selector("quiz-print fieldset")
    assert findings(page) == []


def test_practice(open_page, findings):
    page = open_page(markup.quiz_set(markup.question("q0"), markup.question("q1"), mode="practice"))
    page.wait_for_selector(".quiz-panel")
    page.check("#q0 input[value=A]")
    page.click("#q0 [data-action=check]")
    assert findings(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_was_answered_is_on_the_progress_page_and_on_the_home_page(new_context, site, findings, scheme):
    page = new_context(color_scheme=scheme).new_page()
    page.goto(site + "quizzes/self-check/")
    question = page.locator("quiz-question[data-kind=choice]").first
    key = question.locator("[data-part=answer]").get_attribute("data-key")
    question.locator(f".quiz-choice > label > input:not([value={key}])").first.check()
    question.locator("[data-action=check]").click()
    title = page.evaluate("document.querySelector('quiz-question .quiz-title').firstChild.textContent")
    page.goto(site + "progress/")
    page.wait_for_selector("quiz-progress[data-state=ready]")
    assert page.text_content(".quiz-history a").startswith(title)
    assert findings(page) == []
    page.goto(site)
    page.get_by_role("link", name="Progress", exact=True).first.wait_for()
    page.wait_for_function("document.querySelector('quiz-due').textContent === 'Nothing is due now'")
    assert findings(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "quizzes/self-check/",
        "quizzes/practice/",
        "quizzes/challenge/",
        "quizzes/strength/",
        "flashcards/",
    ],
)
def test_real_pages(new_context, site, findings, scheme, path):
    page = new_context(color_scheme=scheme).new_page()
    page.goto(site + path)
    page.wait_for_selector("[data-action]")
    assert findings(page) == []
    if "challenge" in path or "strength" in path:
        page.click("[data-action=start]")
    if path == "flashcards/":
        page.click("[data-action=reveal] >> visible=true >> nth=0")
    else:
        item = page.locator("quiz-question[data-kind=choice]:visible").first
        item.locator(".quiz-choice > label > input").first.check()
        item.locator("[data-action=check]").click()
    assert findings(page) == []
