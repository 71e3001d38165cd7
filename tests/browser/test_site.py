"""The site itself, as built: what no fixture page can show."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

pytest_plugins = ["python_fixtures"]

# A browser that runs Python for the first time also downloads and starts it.
START = 60_000
TWICE = """() => {
    const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
    return ids.filter((id, n) => ids.indexOf(id) !== n);
}"""
DEFINED = (
    "() => !document.querySelector('quiz-question:not(:defined), quiz-set:not(:defined), quiz-code:not(:defined)')"
)


def test_an_id_is_one_elements_alone_on_every_page(site: str, page: Page) -> None:
    sitemap = page.request.get(f"{site}sitemap.xml").text()
    paths = [urlsplit(address).path for address in re.findall(r"<loc>(.+?)</loc>", sitemap)]
    assert len(paths) > 50
    twice = {}
    for path in paths:
        if "<quiz-" not in page.request.get(urljoin(site, path)).text():
            continue  # no script of ours makes ids there, and `make check` reads the page as it is
        page.goto(urljoin(site, path))
        page.wait_for_function(DEFINED)
        if found := page.evaluate(TWICE):
            twice[path] = found
    assert twice == {}


@pytest.mark.usefixtures("numpy")
def test_the_int8_question_is_answered_then_run(site: str, page: Page) -> None:
    page.goto(f"{site}quizzes/challenge/")
    page.click("quiz-set [data-action=start]")
    question = page.locator("quiz-question#int8-codes")
    while not question.is_visible():
        page.locator("quiz-set > .quiz-nav [data-action=next]").click()
    code = question.locator("quiz-code").first
    # What it prints is what is asked.
    expect(code.locator("[data-action=run]")).to_have_count(0)
    question.get_by_label(re.compile(r"\[9, -12, 3, 27\]")).check()
    question.locator("[data-action=check]").click()
    expect(question).to_have_attribute("data-state", "right")
    code.locator("[data-action=run]").click()
    expect(code).to_have_attribute("data-same", "true", timeout=START)
    expect(code.locator("[data-part=output]").last).to_contain_text("[9, -12, 3, 27]")


@pytest.mark.usefixtures("numpy")
def test_every_block_of_the_cheat_sheet_says_what_was_recorded(site: str, page: Page) -> None:
    page.goto(f"{site}cheat-sheet/")
    blocks = page.locator("quiz-code:has([data-action=run])")
    expect(blocks.first).to_be_visible()
    assert blocks.count() > 5
    for code in blocks.all():
        code.locator("[data-action=run]").click()
        expect(code).to_have_attribute("data-same", "true", timeout=START)


OFFSET = "place => Math.round(place.getBoundingClientRect().top - parseFloat(getComputedStyle(place).scrollMarginTop))"
PLACES = {
    "a question": ("quizzes/acceleration/", "time-after-warm-up"),
    "a section": ("quizzes/acceleration/", "arithmetic-and-memory"),
    "a section among code": ("cheat-sheet/", "latency-and-throughput"),
}


@pytest.mark.parametrize("start", ["quizzes/strength/", "cheat-sheet/", "glossary/", ""])
@pytest.mark.parametrize("place", PLACES)
def test_a_link_leads_to_its_place_whatever_still_takes_its_shape(
    site: str, page: Page, start: str, place: str
) -> None:
    path, id_ = PLACES[place]
    page.goto(site + start)
    page.wait_for_function(DEFINED)
    page.evaluate(
        "to => document.querySelector('article').prepend(Object.assign(document.createElement('a'), to))",
        {"href": f"{site}{path}#{id_}", "textContent": "to it"},
    )
    page.evaluate("window.stays = true")
    page.get_by_role("link", name="to it").click()
    target = page.locator(f"[id='{id_}']")
    target.wait_for()
    page.wait_for_function(DEFINED)
    page.wait_for_timeout(1000)  # for all that comes late
    assert page.evaluate("window.stays"), "the theme did not swap the pages"
    assert abs(target.evaluate(OFFSET)) <= 60


def test_a_link_followed_while_the_page_still_moves_leads_to_its_place(site: str, page: Page) -> None:
    # The theme notes where the reader was a tenth of a second after they move: by then, under the new address.
    path, id_ = PLACES["a question"]
    page.goto(f"{site}quizzes/strength/")
    page.wait_for_function(DEFINED)
    to = {"href": f"{site}{path}#{id_}", "textContent": "to it"}
    page.evaluate("to => document.querySelector('article').append(Object.assign(document.createElement('a'), to))", to)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(f"{site}{path}", hold)
    page.evaluate("window.stays = true")
    page.get_by_role("link", name="to it").evaluate(
        "link => { scrollTo(0, 40); addEventListener('scroll', () => link.click(), { once: true }); }"
    )
    page.wait_for_function("history.state?.y === 40 && location.hash")
    held[0].continue_()
    target = page.locator(f"[id='{id_}']")
    target.wait_for()
    page.wait_for_function(DEFINED)
    page.wait_for_timeout(1000)
    assert page.evaluate("window.stays"), "the theme did not swap the pages"
    assert abs(target.evaluate(OFFSET)) <= 60


def test_who_goes_back_is_where_they_were_and_not_at_the_links_place(site: str, page: Page) -> None:
    path, id_ = PLACES["a question"]
    page.goto(f"{site}{path}#{id_}")
    page.wait_for_function(DEFINED)
    page.mouse.wheel(0, 1500)
    page.wait_for_timeout(1000)  # until the theme has noted it
    before = page.evaluate("scrollY")
    page.get_by_role("link", name="Glossary").first.evaluate("link => link.click()")
    expect(page.locator("article h1")).to_contain_text("Glossary")
    page.go_back()
    expect(page.locator("article h1")).not_to_contain_text("Glossary")
    page.wait_for_timeout(1000)
    assert abs(page.evaluate("scrollY") - before) <= 60
