"""Review: what is due, from the attempts alone, oldest first, across pages."""

import json
import re
import time

import banks
import markup
import pytest
from playwright.sync_api import Page, expect
from test_axe import axe, findings  # noqa: F401  (fixtures)

STORED = "JSON.parse(localStorage.getItem('/.quizproof') ?? '{\"attempts\":[]}').attempts"
POSITION = ".quiz-position"
NOW = round(time.time() * 1000)
MINUTE, DAY = 60_000, 86_400_000


def row(id_: str, ago: float, chosen: str = "1", score: float = 0) -> list[object]:
    return [id_, "1a2b3c4d5e6f", chosen, score, 0, 1, round(NOW - ago), "study"]


def log(*rows: list[object]) -> str:
    text = json.dumps({"version": 1, "attempts": sorted(rows, key=lambda r: r[6])})
    return f"localStorage['/.quizproof'] ??= {json.dumps(text)}"


@pytest.fixture
def review(fixture_page):
    def make(**data: str) -> str:
        questions = [
            (f"q{n}", "choice", "beginner", "pruning", markup.question(f"q{n}", title=f"Question {n}"))
            for n in range(3)
        ]
        cards = [(f"c{n}", "flashcard", "beginner", "quantization", markup.card(f"c{n}")) for n in range(3)]
        banks.write_bank(fixture_page.folder, {"a/": questions, "b/": cards})
        return fixture_page(banks.drawn_set("review", **data))

    return make


def due(page: Page) -> None:
    """A card due for two days, a question due for an hour, a card due in days, one that is gone from the site."""
    page.add_init_script(
        log(
            row("c1", 3 * DAY, "3", 1),
            row("c1", 3 * DAY - 10 * MINUTE, "1"),
            row("q0", 61 * MINUTE, "A"),
            row("q1", 50 * MINUTE, "B", 1),
            row("c0", MINUTE, "4", 1),
            row("gone", 9 * DAY, "1"),
        )
    )


def test_the_whole_path_by_mouse(page, review):
    due(page)
    page.goto(review())
    page.evaluate("document.addEventListener('quiz-finished', e => (window.done = e.detail))")
    expect(page.locator(POSITION)).to_have_text("2 due")
    expect(page.locator(".quiz-about")).to_have_text(
        re.compile(r"^Due now: 1 card and 1 question, the first of them for 3 days\.$")
    )
    page.click("[data-action=start]")
    expect(page.locator(POSITION)).to_have_text("Card, 1 of 2")
    expect(page.locator(POSITION)).to_be_focused()
    page.click("#c1 [data-action=reveal]")
    expect(page.locator("#c1 [data-action=easy] small")).to_have_text(re.compile("day|month"))
    page.click("#c1 [data-action=again]")
    page.click(".quiz-nav [data-action=next]")
    expect(page.locator(POSITION)).to_have_text("Question, 2 of 2")
    expect(page.locator("#c1")).to_be_hidden()
    expect(page.locator("#q0")).to_have_attribute("data-state", "unanswered")
    page.check("#q0 input[value=B]")
    page.click("#q0 [data-action=check]")
    page.click(".quiz-nav [data-action=finish]")
    expect(page.locator(POSITION)).to_have_text("2 reviewed")
    expect(page.locator(POSITION)).to_be_focused()
    lines = page.locator(".quiz-results li").all_text_contents()
    assert lines[0] == "Front of c1 ✗ missed, back in 1 min"
    assert lines[1].startswith("Question 0 ✓ recalled, back in 10 min")
    expect(page.locator(".quiz-about")).to_contain_text("The next one is due in 1 min (")
    expect(page.locator("[data-action=start]")).to_be_hidden()
    done = page.evaluate("done")
    assert (done["mode"], done["right"], done["total"]) == ("review", 1, 2)
    assert [(r[0], r[2], r[7]) for r in page.evaluate(STORED)][-2:] == [("c1", "1", "review"), ("q0", "B", "review")]


def test_by_keyboard_alone(page, review):
    due(page)
    page.goto(review())
    page.locator("[data-action=start]").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(POSITION)).to_have_text("Card, 1 of 2")
    page.locator("#c1 [data-action=reveal]").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#c1 .quiz-status")).to_have_text("Noted: Good.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(POSITION)).to_have_text("Question, 2 of 2")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("#q0")).to_have_attribute("data-state", "wrong")
    page.focus(".quiz-nav [data-action=finish]")
    page.keyboard.press("Enter")
    expect(page.locator(POSITION)).to_have_text("2 reviewed")
    expect(page.locator(POSITION)).to_be_focused()


def test_nothing_yet(page, review):
    page.goto(review())
    expect(page.locator(POSITION)).to_have_text("Nothing is due")
    expect(page.locator(".quiz-about")).to_have_text(
        "A card comes here once you have rated it, a question once you have missed it."
    )
    expect(page.locator("[data-action=start]")).to_be_hidden()


def test_nothing_due_says_when_the_next_is(page, review):
    page.add_init_script(log(row("c0", DAY, "4", 1)))
    page.goto(review())
    expect(page.locator(POSITION)).to_have_text("Nothing is due")
    expect(page.locator(".quiz-about")).to_have_text(re.compile(r"^The next one is due in 7 days \(.*\d.*\)\.$"))


def test_what_becomes_due_while_the_page_is_open_is_shown(page, review):
    page.add_init_script(log(row("c0", 0, "1")))
    page.clock.install(time=NOW / 1000)
    page.goto(review())
    expect(page.locator(".quiz-about")).to_have_text(re.compile(r"^The next one is due in 1 min"))
    page.clock.run_for(61_000)
    expect(page.locator(POSITION)).to_have_text("1 due")
    expect(page.locator(".quiz-live")).to_have_text("1 due now.")
    expect(page.locator("[data-action=start]")).to_be_visible()


def test_what_was_skipped_stays_due_and_a_session_has_its_limit(page, review):
    page.add_init_script(log(*(row(f"q{n}", (9 - n) * DAY, "A") for n in range(3))))
    page.goto(review(count="2"))
    expect(page.locator(".quiz-about")).to_contain_text(
        "Due now: 3 questions, the first of them for 9 days. 2 at a time."
    )
    page.click("[data-action=start]")
    expect(page.locator(POSITION)).to_have_text("Question, 1 of 2")
    page.click(".quiz-nav [data-action=next]")
    page.check("#q1 input[value=B]")
    page.click("#q1 [data-action=check]")
    page.click(".quiz-nav [data-action=finish]")
    expect(page.locator(POSITION)).to_have_text("1 reviewed")
    expect(page.locator("[data-action=start]")).to_have_text("Review 2 more")
    page.click("[data-action=start]")
    expect(page.locator("#q0")).to_be_visible()
    expect(page.locator("#q0")).to_have_attribute("data-state", "unanswered")


def test_only_its_topics(page, review):
    due(page)
    page.goto(review(topics="quantization"))
    expect(page.locator(POSITION)).to_have_text("1 due")


def test_a_missed_question_comes_into_review_by_itself(page, review, fixture_page):
    page.clock.install()
    url = review()
    page.goto(fixture_page(markup.question("q2"), name="other"))
    page.check("#q2 input[value=A]")
    page.click("#q2 [data-action=check]")
    page.clock.fast_forward(120_000)
    page.goto(url)
    page.click("[data-action=start]")
    expect(page.locator("#q2")).to_be_visible()


def test_an_explanation_that_is_due_can_be_reviewed(page, fixture_page):
    page.add_init_script(log(["why", "aaaabbbbcccc", "AB", 0.67, 0, 1, NOW - DAY, "study"]))
    banks.write_bank(fixture_page.folder, {"a/": [("why", "explain", "beginner", "pruning", markup.explain())]})
    page.goto(fixture_page(banks.drawn_set("review")))
    page.click("[data-action=start]")
    page.fill("#why textarea", "no idea")
    page.click("#why [data-action=check]")
    page.click("#why [data-action=none]")
    page.click(".quiz-nav [data-action=finish]")
    expect(page.locator(".quiz-results li")).to_have_text("Explain why ✗ missed, back in 1 min")
    assert [row[2:4] for row in page.evaluate(STORED)] == [["AB", 0.67], ["", 0]]


def test_what_a_clock_that_ran_ahead_kept_is_due_and_then_no_more(page, review):
    page.add_init_script(log(row("c0", -400 * DAY, "4", 1), row("q0", -400 * DAY, "B", 1)))
    page.goto(review())
    expect(page.locator(POSITION)).to_have_text("1 due")
    page.click("[data-action=start]")
    page.click("#c0 [data-action=reveal]")
    expect(page.locator("#c0 [data-action=easy] small")).to_have_text("8 days")
    page.click("#c0 [data-action=easy]")
    page.click(".quiz-nav [data-action=finish]")
    expect(page.locator(".quiz-results li")).to_have_text("Front of c0 ✓ recalled, back in 8 days")
    page.reload()
    expect(page.locator(POSITION)).to_have_text("Nothing is due")


def test_a_question_that_does_not_arrive_changes_nothing(page, review, fixture_page, complaints):
    complaints.allow("Failed to load resource")
    due(page)
    page.goto(review())
    expect(page.locator(POSITION)).to_have_text("2 due")
    fixture_page.server.faults["1.json"] = 503
    page.click("[data-action=start]")
    expect(page.locator(".quiz-panel [role=status]")).to_have_text(
        "The questions could not be loaded. Check the connection, then try again."
    )
    expect(page.locator(".quiz-panel [role=status]")).to_be_visible()
    fixture_page.server.faults.clear()
    page.click("[data-action=start]")
    expect(page.locator(POSITION)).to_have_text("Card, 1 of 2")


def test_the_scheduler_that_does_not_arrive_leaves_the_cards_usable(page, fixture_page, complaints):
    complaints.allow("Failed to load resource")
    page.goto(fixture_page(markup.card(), faults={"ts-fsrs.js": 404}))
    page.click("[data-action=reveal]")
    page.click("[data-action=good]")
    expect(page.locator("#card .quiz-status")).to_have_text("Noted: Good.")


def test_cards_say_when_they_come_back(page, fixture_page):
    page.goto(fixture_page(markup.card()))
    assert "ts-fsrs.js" not in "".join(fixture_page.server.requests), "loaded only where it is used"
    page.click("[data-action=reveal]")
    names = ["again", "hard", "good", "easy"]
    expect(page.locator("#card [data-action=easy] small")).to_have_text("8 days")
    texts = [page.locator(f"[data-action={name}]").inner_text() for name in names]
    assert texts == ["Again\n1 min", "Hard\n6 min", "Good\n10 min", "Easy\n8 days"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_in_every_state(new_context, review, findings, scheme):  # noqa: F811
    page = new_context(color_scheme=scheme).new_page()
    due(page)
    page.goto(review())
    page.add_style_tag(content=":root { color-scheme: light dark; background: Canvas; color: CanvasText }")
    page.locator("[data-action=start]").wait_for()
    assert findings(page) == []
    page.click("[data-action=start]")
    page.click("#c1 [data-action=reveal]")
    page.wait_for_selector("#c1 small")
    assert findings(page) == []
    page.click("#c1 [data-action=hard]")
    page.click(".quiz-nav [data-action=next]")
    page.click(".quiz-nav [data-action=finish]")
    assert findings(page) == []


def test_explain_side_by_side(page, fixture_page):
    page.goto(fixture_page(markup.explain()))
    page.fill("#why textarea", "first line\n<b>second</b>")
    page.click("#why [data-action=check]")
    yours = page.get_by_role("group", name="Your answer", exact=True)
    model = page.get_by_role("group", name="Model answer", exact=True)
    expect(yours).to_contain_text("<b>second</b>")
    expect(model).to_contain_text("the model answer")
    beside = page.locator("#why .quiz-beside")
    expect(beside).to_have_css("display", "grid")  # the style sheet comes with the first model answer
    left, right = yours.bounding_box(), model.bounding_box()
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]
    page.check("#why .quiz-concepts input[value=A]")
    page.check("#why .quiz-concepts input[value=C]")
    expect(page.locator("#why .quiz-status")).to_have_text("2 of 3 concepts.")
    page.fill("#why textarea", "other words")
    expect(yours).to_contain_text("other words")
    page.reload()
    expect(page.locator("#why textarea")).to_have_value("other words")
    expect(page.get_by_role("group", name="Your answer", exact=True)).to_contain_text("other words")
    expect(beside).to_have_css("display", "grid")
    page.set_viewport_size({"width": 320, "height": 640})
    left, right = (
        page.get_by_role("group", name=f"{name} answer", exact=True).bounding_box() for name in ("Your", "Model")
    )
    assert left["x"] == right["x"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_explain_side_by_side_has_no_axe_findings(new_context, fixture_page, findings, scheme):  # noqa: F811
    page = new_context(color_scheme=scheme).new_page()
    page.goto(fixture_page(markup.explain()))
    page.add_style_tag(content=":root { color-scheme: light dark; background: Canvas; color: CanvasText }")
    page.fill("#why textarea", "something")
    page.click("#why [data-action=check]")
    page.wait_for_selector(".quiz-beside")
    assert findings(page) == []
