"""axe finds nothing inside our elements, in every state of every mode, in both schemes."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import banks
import markup
import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

AXE = "4.14.1"
ELEMENTS = (
    "quiz-question, quiz-card, quiz-set, quiz-code, quiz-lab, "
    "quiz-find, quiz-print, quiz-progress, quiz-due, .quiz-notice"
)
# Material gives the copy button of every block of code, in whatever it stands, a landmark without a name of its own.
THEMES = ".md-code__nav"


# The whole content, then only what is ours: from each of hundreds of elements on, axe takes several times as long.
RUN = """async ([ours, themes, runOnly]) => {
  const include = document.querySelector(".md-content, main");
  if (!include.querySelector(ours)) return null;
  const options = { resultTypes: ["violations"], preload: false, elementRef: true, ...(runOnly && { runOnly }) };
  const { violations } = await axe.run({ include: [include], exclude: [themes] }, options);
  return violations.flatMap(({ id, nodes }) => nodes.filter(({ element }) => element.closest(ours))
    .map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}"""
COLOURS = ["color-contrast", "link-in-text-block"]


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
def findings(axe: Path) -> Callable[..., list[str]]:
    def run(page: Page, only: list[str] | None = None) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.add_script_tag(path=axe)
        result = page.evaluate(RUN, [ELEMENTS, THEMES, only])
        assert result is not None, "none of our elements is in the page"
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


def test_a_challenge_whose_time_has_run_out_that_pauses_and_that_leaves_one_try(open_page, findings):
    page = open_page(markup.quiz_set(markup.question("q0"), markup.question("q1")))
    page.click("[data-action=start]")
    page.clock.run_for(125_000)
    expect(page.locator("#q0 > form > .quiz-status")).to_have_text("Time is up: this counts as not answered.")
    assert findings(page) == []
    page.click("[data-action=next]")
    page.check("#q1 input[value=A]")
    page.click("#q1 [data-action=check]")
    expect(page.locator("#q1 > form > .quiz-status")).to_have_text("Wrong. 1 attempt left.")
    assert findings(page) == []
    page.reload()
    expect(page.locator("quiz-set")).to_have_attribute("data-state", "paused")
    assert findings(page) == []


def test_the_print_switch(open_page, findings):
    base = "../assets/quizproof-test/reference"
    links = f'<link rel="stylesheet" href="{base}.css"><script type="module" src="{base}.js"></script>'
    page = open_page(f"{links}<quiz-print></quiz-print>{markup.question()}")
    page.wait_for_selector("quiz-print fieldset")
    assert findings(page) == []


def test_the_search_field_of_the_reference_with_and_without_words(open_page, findings):
    base = "../assets/quizproof-test"
    links = f'<link rel="stylesheet" href="{base}/reference.css"><script type="module" src="{base}/find.js"></script>'
    page = open_page(f'{links}<quiz-find></quiz-find><div class="quiz-entry">{markup.question()}</div>')
    page.wait_for_selector("quiz-find input")
    assert findings(page) == []
    for word, found in (("choice", "1 question of 1"), ("nothing", "0 questions of 1")):
        page.fill("quiz-find input", word)
        expect(page.locator("quiz-find [role=status]")).to_have_text(found)
        assert findings(page) == []


def test_practice(open_page, findings):
    page = open_page(markup.quiz_set(markup.question("q0"), markup.question("q1"), mode="practice"))
    page.wait_for_selector(".quiz-panel")
    for at, letter in enumerate("AB"):
        page.check(f"#q{at} input[value={letter}]")
        page.click(f"#q{at} [data-action=check]")
        assert findings(page) == []
        page.click(".quiz-nav [data-action=next]", force=True)
    expect(page.locator("quiz-set")).to_have_attribute("data-state", "done")
    expect(page.locator("[data-action=retry-missed]")).to_be_visible()
    assert findings(page) == []


def test_a_deck_that_is_done(open_page, findings):
    page = open_page(markup.quiz_set(markup.card("c0"), markup.card("c1"), mode="flashcards"))
    for at, rating in enumerate(("again", "easy")):
        page.click(f"#c{at} [data-action=reveal]")
        page.wait_for_selector(f"#c{at} small")
        page.click(f"#c{at} [data-action={rating}]")
        page.click(".quiz-nav [data-action=next]", force=True)
    expect(page.locator(".quiz-summary")).to_have_text("All 2 answered: 1 right.")
    assert findings(page) == []


KEPT = {"version": 1, "stage": "running", "at": 0, "ids": ["gone"], "last": ["gone"], "retry": False, "results": {}}


@pytest.mark.parametrize("mode", ["strength", "review"])
def test_a_drawn_set_that_loads_that_is_lost_and_that_has_changed(open_page, fixture_page, findings, complaints, mode):
    complaints.allow("Failed to load resource")
    questions = [(f"q{n}", "choice", "beginner", "pruning", markup.question(f"q{n}")) for n in range(2)]
    banks.write_bank(fixture_page.folder, {"a/": questions})
    page = open_page("<p>Another page</p>")
    page.evaluate("run => localStorage.setItem('/.quizproof.run.strength', run)", json.dumps(KEPT))
    missed = [["q0", "1a2b3c4d5e6f", "A", 0, 0, 1, page.evaluate("Date.now()") - 90_000_000, "study"]]
    page.evaluate("log => localStorage.setItem('/.quizproof', log)", json.dumps({"version": 1, "attempts": missed}))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/index.json", hold)
    head = DARK if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else ""
    page.goto(fixture_page(banks.drawn_set(mode, count="2"), name="drawn", head=head))
    expect(page.get_by_text("Loading the questions…")).to_be_visible()
    assert findings(page) == []
    held.pop().abort()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    assert findings(page) == []
    page.unroute("**/index.json")
    page.route("**/0.json", hold)
    page.click("[data-action=start]")
    page.wait_for_selector(".quiz-about")
    if mode == "strength":
        expect(page.locator(".quiz-about")).to_contain_text("have changed since")
    assert findings(page) == []
    page.click("[data-action=start]")
    page.clock.run_for(400)
    expect(page.locator(".quiz-live")).to_have_text("Loading…")
    assert findings(page) == []
    held.pop().abort()
    expect(page.get_by_text("The questions could not be loaded.")).to_be_visible()
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
    # Missed a minute ago and more, it is due.
    page.evaluate("localStorage['/.quizproof'] = localStorage['/.quizproof'].replace(/1\\d{12}/g, time => time - 9e7)")
    page.reload()
    expect(page.locator("quiz-due")).to_have_text("1 due now")
    assert findings(page) == []
