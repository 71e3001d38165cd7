"""Questions: answered by keyboard, judged on Check, remembered."""

import json
import threading
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import markup
import pytest
from playwright.sync_api import Page, expect

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "grade.json").read_text(encoding="utf-8"))
STATUS = "#first > form > .quiz-status"
STORED = "JSON.parse(localStorage.getItem('/.quizproof') ?? '{\"attempts\":[]}').attempts"


def state(page: Page, id_: str = "first") -> str | None:
    return page.locator(f"#{id_}").get_attribute("data-state")


def choose(page: Page, *letters: str, id_: str = "first") -> None:
    for letter in letters:
        page.check(f"#{id_} input[value={letter}]")


def press(page: Page, action: str, id_: str = "first") -> None:
    page.click(f"#{id_} [data-action={action}]")


def focused(page: Page) -> str:
    return page.evaluate(
        "(e => e.dataset.action || (e.name && `${e.name}:${e.value}`) || e.tagName)(document.activeElement)"
    )


def test_grade_vectors(page, fixture_page):
    page.goto(fixture_page("<p></p>"))
    found = page.evaluate(
        "async cases => { const { grade } = await import('/assets/quizproof-test/question.js');"
        "return cases.map(c => ({ ...c, ...grade(c.key, c.chosen) })) }",
        VECTORS,
    )
    assert found == VECTORS


def test_by_keyboard_alone(page, fixture_page):
    page.goto(fixture_page(markup.question()))
    page.wait_for_selector("#first [data-action=check]")
    expect(page.locator(STATUS)).to_have_text("")
    page.keyboard.press("Tab")
    assert focused(page) == "first:A"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "first:C"
    assert state(page) == "unanswered", "arrow keys only move"
    expect(page.locator("#first [data-part=answer]")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator(STATUS)).to_have_text("Wrong. The answer is B.")
    assert focused(page) == "first:C", "Check moves no focus"
    for expected in ("check", "hint", "retry"):
        page.keyboard.press("Tab")
        assert focused(page) == expected
    page.keyboard.press("Enter")
    assert state(page) == "unanswered"
    assert focused(page) == "first:A"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator(STATUS)).to_have_text("Right.")
    assert focused(page) == "check"
    assert state(page) == "right"


def test_space_chooses_and_arrows_do_not_change_a_judged_question(page, fixture_page):
    page.goto(fixture_page(markup.question()))
    page.focus("#first input[value=A]")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    assert state(page) == "wrong"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.click("#first .quiz-choice[data-letter=B] label", force=True)
    assert page.locator("#first input:checked").input_value() == "A"
    assert len(page.evaluate(STORED)) == 1


def test_nothing_chosen(page, fixture_page):
    page.goto(fixture_page(markup.question()))
    press(page, "check")
    expect(page.locator(STATUS)).to_have_text("Choose an answer first.")
    assert state(page) == "unanswered"
    assert focused(page) == "check"
    assert page.evaluate(STORED) == []


def test_wrong_feedback_retry_right(page, fixture_page):
    page.goto(fixture_page(markup.question()))
    choose(page, "C")
    press(page, "check")
    first = page.locator("#first")
    marks = [text.strip() for text in first.locator(".quiz-choice .quiz-mark").all_inner_texts()]
    assert marks == ["– not correct", "→ correct answer", "✗ your choice, not correct", "– not correct"]
    assert first.locator("[data-part=feedback]:visible").all_inner_texts() == ["feedback C"]
    assert first.locator(".quiz-choice[data-letter=C] [data-part=feedback]").is_visible()
    expect(first.locator("[data-part=explanation]")).to_be_visible()
    expect(first.locator("[data-part=steps] p")).to_be_hidden()
    press(page, "retry")
    assert first.locator(".quiz-mark").count() == 0
    assert first.locator("[data-part=feedback]:visible").count() == 0
    assert first.locator("input:checked").count() == 0
    expect(first.locator("[data-part=answer]")).to_be_hidden()
    expect(page.locator(STATUS)).to_have_text("")
    choose(page, "B")
    press(page, "check")
    expect(page.locator(STATUS)).to_have_text("Right.")
    assert [row[2:4] for row in page.evaluate(STORED)] == [["C", 0], ["B", 1]]


def test_retry_of_the_same_wrong_choice_shows_its_feedback_again(page, fixture_page):
    page.goto(fixture_page(markup.question()))
    for _ in range(2):
        choose(page, "C")
        press(page, "check")
        assert page.locator("#first [data-part=feedback]:visible").all_inner_texts() == ["feedback C"]
        press(page, "retry")


def test_several_correct_partial_and_points(page, fixture_page):
    page.goto(fixture_page(markup.question(key="A C", points="2")))
    choose(page, "A")
    press(page, "check")
    assert state(page) == "partial"
    expect(page.locator(STATUS)).to_have_text("Partly right: 1 of 2. The answer is A, C. 1 of 2 points.")
    marks = [text.strip() for text in page.locator("#first .quiz-mark").all_inner_texts()]
    assert marks == ["✓ correct", "– not correct", "○ missed", "– not correct"]
    press(page, "retry")
    choose(page, "A", "C")
    press(page, "check")
    expect(page.locator(STATUS)).to_have_text("Right. 2 of 2 points.")
    assert [row[2:4] for row in page.evaluate(STORED)] == [["A", 0.5], ["AC", 1]]


def test_hints_one_at_a_time(page, fixture_page):
    page.goto(fixture_page(markup.question()))
    hints = page.locator("#first [data-part=hint]")
    assert [hints.nth(at).is_visible() for at in (0, 1)] == [False, False]
    page.focus("#first [data-action=hint]")
    page.keyboard.press("Enter")
    assert [hints.nth(at).is_visible() for at in (0, 1)] == [True, False]
    expect(page.locator(STATUS)).to_have_text("Hint 1 of 2 is shown below.")
    page.keyboard.press("Enter")
    assert [hints.nth(at).is_visible() for at in (0, 1)] == [True, True]
    assert focused(page) == "hint"
    expect(page.locator("#first [data-action=hint]")).to_have_text("No more hints")
    page.keyboard.press("Enter")
    choose(page, "B")
    press(page, "check")
    assert page.evaluate(STORED)[0][4] == 2, "hints used are part of the record"


def test_no_hint_no_button(page, fixture_page):
    page.goto(fixture_page(markup.question(hint=())))
    expect(page.locator("#first [data-action=check]")).to_be_visible()
    expect(page.locator("#first [data-action=hint]")).to_be_hidden()


def test_proof_opens_by_its_button(page, fixture_page):
    page.goto(fixture_page(markup.question()))
    choose(page, "B")
    press(page, "check")
    toggle = page.locator("#first [data-action=proof]")
    expect(toggle).to_have_text("Proof: computed by code")
    expect(page.get_by_text("proof of first")).to_be_hidden()
    toggle.click()
    expect(page.get_by_text("proof of first")).to_be_visible()
    assert toggle.get_attribute("aria-expanded") == "true"
    toggle.click()
    expect(page.get_by_text("proof of first")).to_be_hidden()


def test_result_is_there_after_a_reload(page, fixture_page):
    page.goto(fixture_page(markup.question()))
    choose(page, "C")
    press(page, "check")
    page.reload()
    expect(page.locator(STATUS)).to_have_text("Wrong. The answer is B. You answered this before.")
    assert page.locator("#first input:checked").input_value() == "C"
    assert state(page) == "wrong"
    assert len(page.evaluate(STORED)) == 1
    press(page, "retry")
    choose(page, "B")
    press(page, "check")
    page.reload()
    assert state(page) == "right"


def test_a_changed_question_says_so(page, fixture_page):
    page.goto(fixture_page(markup.question()))
    choose(page, "B")
    press(page, "check")
    page.goto(fixture_page(markup.question(hash_="ffffffffffff"), name="moved"))
    expect(page.locator(STATUS)).to_have_text("This question has changed since you answered.")
    assert state(page) == "unanswered"
    assert page.locator("#first input:checked").count() == 0
    choose(page, "B")
    press(page, "check")
    expect(page.locator(STATUS)).to_have_text("Right.")


def test_shuffle_relabels_and_keeps_the_source_letters(page, fixture_page):
    page.add_init_script("Math.random = () => 0")
    page.goto(fixture_page(markup.question(key="A C", shuffle="true")))
    page.wait_for_selector("#first [data-action=check]")
    rows = page.locator("#first .quiz-choice")
    assert [rows.nth(at).get_attribute("data-letter") for at in range(4)] == ["B", "C", "D", "A"]
    assert rows.locator(".quiz-letter").all_inner_texts() == ["A", "B", "C", "D"]
    choose(page, "B")
    press(page, "check")
    expect(page.locator(STATUS)).to_have_text("Wrong. The answer is B, D.")
    assert page.locator("#first .quiz-key").text_content() == "Correct answer: B, D"
    assert page.evaluate(STORED)[0][2] == "B", "the source letter is stored"
    page.reload()
    expect(page.locator(STATUS)).to_have_text("Wrong. The answer is B, D. You answered this before.")


def test_shuffling_code_that_does_not_arrive_leaves_the_order(page, fixture_page, complaints):
    complaints.allow("Failed to load resource")
    page.goto(fixture_page(markup.question(shuffle="true"), faults={"/shuffle.js": 404}))
    choose(page, "B")
    press(page, "check")
    expect(page.locator(STATUS)).to_have_text("Right.")


def test_what_only_some_questions_need_is_loaded_for_them_alone(page, fixture_page):
    page.goto(fixture_page(markup.question()))
    page.wait_for_selector("#first [data-action=check]")
    asked = {path.rsplit("/", 1)[1] for path in fixture_page.server.requests}
    assert asked.isdisjoint({"explain.js", "shuffle.js", "style.js"})


def test_events(page, fixture_page):
    page.goto(fixture_page(markup.question(key="A C")))
    page.evaluate(
        "window.seen = [];"
        "for (const name of ['quiz-check', 'quiz-answered'])"
        "  document.addEventListener(name, e => seen.push([name, e.detail, e.target.id]))"
    )
    choose(page, "C")
    press(page, "check")
    (check, detail, target), (answered, result, _) = page.evaluate("seen")
    assert (check, answered, target) == ("quiz-check", "quiz-answered", "first")
    assert detail == {"id": "first", "kind": "choice", "chosen": ["C"]}
    fixed = {name: result[name] for name in ("id", "kind", "hash", "state", "chosen", "score", "hints", "mode")}
    assert fixed == {
        "id": "first",
        "kind": "choice",
        "hash": "1a2b3c4d5e6f",
        "state": "partial",
        "chosen": ["C"],
        "score": 0.5,
        "hints": 0,
        "mode": "study",
    }


def test_a_cancelled_check_judges_nothing(page, fixture_page):
    page.goto(fixture_page(markup.question()))
    page.evaluate("document.addEventListener('quiz-check', e => e.preventDefault())")
    choose(page, "B")
    press(page, "check")
    assert state(page) == "unanswered"
    assert page.evaluate(STORED) == []


def test_explain(page, fixture_page):
    page.goto(fixture_page(markup.explain()))
    check = page.locator("#why [data-action=check]")
    status = page.locator("#why .quiz-status")
    check.click()
    expect(status).to_have_text("Write your explanation first.")
    expect(page.get_by_text("the model answer", exact=True)).to_be_hidden()
    page.fill("#why textarea", "<b>less</b> weights")
    page.reload()
    expect(page.locator("#why textarea")).to_have_value("<b>less</b> weights")
    check.click()
    expect(page.get_by_text("the model answer", exact=True)).to_be_visible()
    assert page.evaluate(STORED) == []
    choose(page, "A", "C", id_="why")
    expect(status).to_have_text("2 of 3 concepts.")
    assert state(page, "why") == "partial"
    assert [row[2:4] for row in page.evaluate(STORED)] == [["AC", 0.67]], "one attempt, however many ticks"
    page.reload()
    expect(status).to_have_text("2 of 3 concepts. You answered this before.")
    choose(page, "B", id_="why")
    expect(status).to_have_text("3 of 3 concepts.")
    assert state(page, "why") == "right"
    assert len(page.evaluate(STORED)) == 1
    page.click("#why [data-action=retry]")
    expect(page.locator("#why textarea")).to_have_value("<b>less</b> weights")
    expect(page.get_by_text("the model answer", exact=True)).to_be_hidden()


def test_an_explanation_that_names_nothing(page, fixture_page):
    page.goto(fixture_page(markup.explain()))
    status, none = page.locator("#why .quiz-status"), page.locator("#why [data-action=none]")
    expect(page.locator("#why textarea")).to_be_visible()
    expect(none).to_be_hidden()
    page.fill("#why textarea", "no idea")
    press(page, "check", "why")
    expect(status).to_have_text(
        "Compare your answer with the model answer: tick what yours says, or press “None of these”."
    )
    assert page.evaluate(STORED) == []
    page.focus("#why .quiz-concepts input[value=C]")
    page.keyboard.press("Tab")
    expect(none).to_be_focused()
    page.keyboard.press("Enter")
    expect(status).to_have_text("0 of 3 concepts.")
    expect(none).to_be_focused()
    assert (state(page, "why"), none.get_attribute("aria-disabled")) == ("wrong", "true")
    assert [row[2:4] for row in page.evaluate(STORED)] == [["", 0]]
    page.reload()
    expect(status).to_have_text("0 of 3 concepts. You answered this before.")
    assert state(page, "why") == "wrong"
    choose(page, "A", "B", id_="why")
    expect(status).to_have_text("2 of 3 concepts.")
    none.click()
    expect(status).to_have_text("0 of 3 concepts.")
    assert page.locator("#why input:checked").count() == 0
    choose(page, "A", id_="why")
    page.uncheck("#why input[value=A]")
    expect(status).to_have_text("0 of 3 concepts.")
    assert [row[2:4] for row in page.evaluate(STORED)] == [["", 0]], "one attempt all the time"
    page.reload()
    expect(status).to_have_text("0 of 3 concepts. You answered this before.")


def test_an_open_question_whose_code_does_not_arrive(page, fixture_page, complaints):
    complaints.allow("Failed to load resource")
    page.goto(fixture_page(markup.explain() + markup.question(), faults={"/explain.js": 404}))
    expect(page.locator(".quiz-notice")).to_have_text(
        "A part of this page could not be loaded. Everything is listed below; reload to try again."
    )
    page.click("#why [data-part=answer] > summary")
    expect(page.get_by_text("the model answer", exact=True)).to_be_visible()
    choose(page, "B")
    press(page, "check")
    assert state(page) == "right"


def test_what_was_written_before_the_code_arrived_is_not_lost(page, fixture_page):
    page.add_init_script("localStorage['/.quizproof.draft.why'] = '\"kept\"'")
    written = threading.Event()
    late = {"/explain.js": lambda handler: written.wait(10) and SimpleHTTPRequestHandler.do_GET(handler)}
    page.goto(fixture_page(markup.explain(), faults=late))
    page.fill("#why textarea", "just written")
    written.set()
    page.wait_for_selector("#why [data-action=check]")
    expect(page.locator("#why textarea")).to_have_value("just written")
    assert page.evaluate("document.querySelector('#why').began") > 0, "who writes already has begun"
    assert page.evaluate("localStorage['/.quizproof.draft.why']") == '"just written"'


def test_what_was_answered_before_is_not_announced(page, fixture_page):
    page.add_init_script(markup.LISTEN)
    page.goto(fixture_page(markup.question() + markup.explain()))
    choose(page, "A")
    press(page, "check")
    page.fill("#why textarea", "less")
    press(page, "check", "why")
    choose(page, "A", id_="why")
    expect(page.locator("#why .quiz-status")).to_have_text("1 of 3 concepts.")
    assert page.evaluate("said") == [
        "Wrong. The answer is B.",
        "Compare your answer with the model answer: tick what yours says, or press “None of these”.",
        "1 of 3 concepts.",
    ], "each once"
    page.reload()
    expect(page.locator("#why .quiz-status")).to_have_text("1 of 3 concepts. You answered this before.")
    expect(page.locator(STATUS)).to_have_text("Wrong. The answer is B. You answered this before.")
    assert page.evaluate("said") == []
    press(page, "retry")
    choose(page, "B")
    press(page, "check")
    expect(page.locator(STATUS)).to_have_text("Right.")
    assert page.evaluate("said") == ["Right."]


LOCKED = """<quiz-code id="first-code" data-locked><div data-part="source"><pre><code>print(1)</code></pre></div>
<p data-part="status" role="status"></p><button data-action="run">Run</button></quiz-code>"""
RECORDED = '<div data-part="recorded" data-for="first-code"><pre><samp>1</samp></pre></div>'


def test_predict_code_unlocks_after_the_answer(page, fixture_page):
    page.goto(fixture_page(markup.question(stem=LOCKED, answer=RECORDED)))
    code = page.locator("#first-code")
    assert code.get_attribute("data-locked") is not None
    page.click("#first [data-action=run]")
    expect(page.locator(STATUS)).to_have_text("")
    choose(page, "A")
    press(page, "check")
    assert code.get_attribute("data-locked") is None
    expect(code.locator("[data-part=source] + [data-part=output]")).to_have_text("1")
    assert page.locator("[data-part=recorded]").count() == 0
    expect(code.locator("[role=status]")).to_have_text("")


def test_reference_view_is_left_alone(page, fixture_page):
    page.goto(fixture_page(markup.question(view="reference") + markup.question("second")))
    page.wait_for_selector("#second [data-action=check]")
    assert page.locator("#first [data-action]").count() == 0
    expect(page.locator("#first [data-part=answer]")).to_be_visible()


def test_without_javascript(new_context, fixture_page):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(fixture_page(markup.question()))
    assert page.locator("#first button").count() == 0
    expect(page.get_by_text("choice A")).to_be_visible()
    expect(page.get_by_text("explanation of first")).to_be_hidden()
    page.click("#first [data-part=answer] > summary")
    expect(page.get_by_text("explanation of first")).to_be_visible()


def test_in_print_boxes_are_empty_and_the_answer_is_not_there(page, fixture_page):
    page.goto(fixture_page(markup.question()))
    choose(page, "C")
    press(page, "check")
    page.emulate_media(media="print")
    for hidden in ("[data-part=explanation]", ".quiz-controls", ".quiz-mark", STATUS, "[data-part=feedback]"):
        assert page.locator(f"{hidden} >> visible=true").count() == 0, hidden
    expect(page.get_by_text("choice C")).to_be_visible()
    box = page.locator("#first input[value=C]")
    assert box.evaluate("e => getComputedStyle(e).appearance") == "none"
    assert box.evaluate("e => getComputedStyle(e).backgroundColor") == "rgba(0, 0, 0, 0)"


def test_elements_that_come_later_are_adopted(page, fixture_page):
    page.goto(fixture_page("<div id=swap></div>"))
    page.evaluate(
        "html => document.querySelector('#swap')"
        ".replaceWith(...new DOMParser().parseFromString(html, 'text/html').body.children)",
        markup.question(),
    )
    choose(page, "B")
    press(page, "check")
    assert state(page) == "right"
    page.evaluate("document.body.append(document.querySelector('#first'))")
    assert page.locator("#first [data-action=check]").count() == 1


@pytest.mark.parametrize("width", [320, 1000])
def test_fits_the_width(new_context, fixture_page, width):
    page = new_context(viewport={"width": width, "height": 700}).new_page()
    page.goto(fixture_page(markup.question(key="A C") + markup.explain() + markup.card()))
    choose(page, "A")
    press(page, "check")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for node in page.locator("quiz-question button:visible, .quiz-choice > label:visible").all():
        size = node.bounding_box()
        assert size is not None
        assert size["height"] >= 44


def test_a_choice_of_blocks_is_chosen_by_its_blocks_but_not_by_their_links(page, fixture_page):
    inline = '<span class="quiz-letter">B</span><span class="quiz-text">choice B</span></label>'
    blocks = (
        '<span class="quiz-letter">B</span></label>'
        '<div class="quiz-text" id="first-B"><p>some words</p><p><a href="#elsewhere">a link</a></p></div>'
    )
    page.goto(fixture_page(markup.question().replace(inline, blocks)))
    page.wait_for_selector("#first [data-action=check]")
    page.get_by_text("a link").click()
    assert page.locator("#first input:checked").count() == 0
    page.get_by_text("some words").click()
    assert page.locator("#first input:checked").input_value() == "B"
