"""Flashcards: reveal, rate, recorded."""

import markup
from playwright.sync_api import expect

STORED = "JSON.parse(localStorage.getItem('/.quizproof') ?? '{\"attempts\":[]}').attempts"


def test_by_keyboard_alone(page, fixture_page):
    page.goto(fixture_page(markup.card()))
    card = page.locator("#card")
    card.locator("[data-action=reveal]").wait_for()
    expect(page.get_by_text("back of card")).to_be_hidden()
    assert card.get_attribute("data-state") == "front"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert card.get_attribute("data-state") == "back"
    expect(page.get_by_text("back of card")).to_be_visible()
    expect(card.locator(".quiz-status")).to_have_text("How well did you know it?")
    assert page.evaluate("document.activeElement.dataset.action") == "reveal"
    for action in ("again", "hard", "good", "easy"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.dataset.action") == action
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(card.locator(".quiz-status")).to_have_text("Noted: Good.")
    assert page.evaluate("document.activeElement.dataset.action") == "good"
    page.keyboard.press("Enter")
    rows = page.evaluate(STORED)
    assert [(row[0], row[1], row[2], row[3], row[7]) for row in rows] == [("card", "ccccddddeeee", "3", 1, "study")]


def test_turning_back_allows_another_rating(page, fixture_page):
    page.goto(fixture_page(markup.card()))
    page.click("[data-action=reveal]")
    page.click("[data-action=again]")
    page.click("[data-action=reveal]")
    expect(page.get_by_text("back of card")).to_be_hidden()
    expect(page.locator("#card .quiz-status")).to_have_text("")
    page.click("[data-action=reveal]")
    page.click("[data-action=easy]")
    assert [row[2:4] for row in page.evaluate(STORED)] == [["1", 0], ["4", 1]]


def test_answered_event(page, fixture_page):
    page.goto(fixture_page(markup.card()))
    page.evaluate("document.addEventListener('quiz-answered', e => (window.seen = e.detail))")
    page.click("[data-action=reveal]")
    page.click("[data-action=hard]")
    seen = page.evaluate("seen")
    assert (seen["id"], seen["kind"], seen["state"], seen["chosen"]) == ("card", "flashcard", "right", ["2"])


def test_reference_view_is_left_alone(page, fixture_page):
    html = markup.card().replace("<quiz-card", '<quiz-card data-view="reference"') + markup.card("second")
    page.goto(fixture_page(html))
    page.wait_for_selector("#second [data-action=reveal]")
    assert page.locator("#card button").count() == 0


def test_without_javascript(new_context, fixture_page):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(fixture_page(markup.card()))
    expect(page.get_by_text("back of card")).to_be_hidden()
    page.click("#card summary")
    expect(page.get_by_text("back of card")).to_be_visible()


def test_cards_code_that_does_not_arrive(page, fixture_page, complaints):
    complaints.allow("Failed to load resource")
    page.goto(fixture_page(markup.card(), faults={"/card.js": 404}))
    expect(page.locator(".quiz-notice")).to_have_text(
        "A part of this page could not be loaded. Everything is listed below; reload to try again."
    )
    page.click("#card summary")
    expect(page.get_by_text("back of card")).to_be_visible()


def test_flashcards_one_at_a_time(page, fixture_page):
    cards = [markup.card(f"c{at}") for at in range(3)]
    page.goto(fixture_page(markup.quiz_set(*cards, mode="flashcards")))
    expect(page.locator(".quiz-position")).to_have_text("Card 1 of 3")
    assert [page.locator(f"#c{at}").is_visible() for at in range(3)] == [True, False, False]
    page.click("#c0 [data-action=reveal]")
    page.click("#c0 [data-action=again]")
    page.focus("quiz-set > .quiz-nav [data-action=next]")
    page.keyboard.press("Enter")
    expect(page.locator(".quiz-position")).to_have_text("Card 2 of 3")
    expect(page.locator(".quiz-position")).to_be_focused()
    page.reload()
    expect(page.locator(".quiz-position")).to_have_text("Card 2 of 3")
    page.click("quiz-set > .quiz-nav [data-action=previous]")
    assert page.locator("#c0").is_visible()
    assert page.evaluate(STORED)[0][7] == "flashcards"


NEXT = "quiz-set > .quiz-nav [data-action=next]"
SUMMARY = ".quiz-summary"


def rate(page, id_, rating):
    page.click(f"#{id_} [data-action=reveal]")
    page.click(f"#{id_} [data-action={rating}]")


def test_a_deck_keeps_its_ratings(page, fixture_page):
    deck = markup.quiz_set(markup.card("c0"), markup.card("c1"), mode="flashcards")
    url = fixture_page(deck)
    page.goto(url)
    rate(page, "c0", "again")
    page.click(NEXT)
    page.reload()
    expect(page.locator("[data-jump]").first).to_have_attribute("aria-label", "Card 1, wrong")
    expect(page.locator("#c0")).to_have_attribute("data-state", "front")
    page.evaluate("document.addEventListener('quiz-finished', e => (window.done = e.detail))")
    rate(page, "c1", "good")
    expect(page.locator(SUMMARY)).to_have_text("All 2 answered: 1 right.")
    assert page.evaluate("[done.right, done.total]") == [1, 2]
    page.reload()
    expect(page.locator(SUMMARY)).to_have_text("All 2 answered: 1 right.")
    page.click("[data-action=retry-missed]")
    assert page.locator("#c0").is_visible()
    expect(page.locator(SUMMARY)).to_be_empty()
    page.reload()
    assert page.locator("[data-jump]").first.get_attribute("data-state") == "unanswered"
    rate(page, "c0", "easy")
    expect(page.locator(SUMMARY)).to_have_text("All 2 answered: 2 right.")
    expect(page.locator("[data-action=retry-missed]")).to_be_hidden()
    page.click("quiz-set [data-action=start]")
    expect(page.locator(".quiz-position")).to_have_text("Card 1 of 2")
    expect(page.locator(".quiz-position")).to_be_focused()
    expect(page.locator("quiz-set [data-action=start]")).to_be_hidden()
    assert [node.get_attribute("data-state") for node in page.locator("[data-jump]").all()] == ["unanswered"] * 2
    rate(page, "c0", "good")
    page.goto(fixture_page(deck.replace("ccccddddeeee", "ffffffffffff"), name="changed"))
    page.wait_for_selector(".quiz-panel")
    assert page.locator("[data-jump]").first.get_attribute("data-state") == "unanswered", "a changed card is not rated"


def test_a_deck_is_started_again_by_keyboard(page, fixture_page):
    page.goto(fixture_page(markup.quiz_set(markup.card("c0"), mode="flashcards")))
    rate(page, "c0", "good")
    page.focus(NEXT)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.action") == "start"
    page.keyboard.press("Enter")
    expect(page.locator("#c0")).to_have_attribute("data-state", "front")
    expect(page.locator(".quiz-position")).to_be_focused()


def test_flashcards_retry_the_missed(page, fixture_page):
    page.goto(fixture_page(markup.quiz_set(markup.card("c0"), markup.card("c1"), mode="flashcards")))
    expect(page.locator(".quiz-position")).to_have_text("Card 1 of 2")
    page.evaluate("document.addEventListener('quiz-finished', e => (window.done = e.detail))")
    for id_, rating in (("c0", "again"), ("c1", "good")):
        page.click(f"#{id_} [data-action=reveal]")
        page.click(f"#{id_} [data-action={rating}]")
        page.click("quiz-set > .quiz-nav [data-action=next]", force=True)
    expect(page.locator(".quiz-summary")).to_have_text("All 2 answered: 1 right.")
    assert page.evaluate("[done.right, done.total]") == [1, 2]
    page.click("[data-action=retry-missed]")
    assert page.locator("#c0").is_visible()
    assert page.locator("#c0").get_attribute("data-state") == "front"
