"""Sets: the timed challenge from start to badge, and practice one problem at a time."""

import markup
import pytest
from playwright.sync_api import Page, expect

STORED = "JSON.parse(localStorage.getItem('/.quizproof') ?? '{\"attempts\":[]}').attempts"
POSITION = ".quiz-position"
CLOCK = "[data-part=clock]"
LIVE = ".quiz-live"


def challenge(count: int = 3, **data: str) -> str:
    questions = (markup.question(f"q{at}", title=f"Question {at}") for at in range(count))
    return markup.quiz_set(*questions, **{"badge": "Optimization Master", **data})


def open_page(page: Page, url: str) -> None:
    page.clock.install()
    page.goto(url)
    page.wait_for_selector(".quiz-panel")


def press(page: Page, action: str) -> None:
    page.click(f"quiz-set [data-action={action}] >> visible=true")


def stage(page: Page) -> str | None:
    return page.locator("quiz-set").get_attribute("data-state")


def answer(page: Page, letter: str, id_: str) -> None:
    page.check(f"#{id_} input[value={letter}]")
    page.click(f"#{id_} [data-action=check]")


def test_the_whole_path_to_the_badge(page, fixture_page):
    open_page(page, fixture_page(challenge()))
    page.evaluate("document.addEventListener('quiz-finished', e => (window.done = e.detail))")
    assert stage(page) == "ready"
    expect(page.locator(POSITION)).to_have_text("Challenge page")
    assert page.locator(".quiz-about li").all_inner_texts() == [
        "3 problems, 2 min for each.",
        "2 attempts for each, and hints.",
        "When the time runs out, the problem counts as not answered, and its answer is shown.",
        "You can switch the timer off, now or later, and add a minute as often as you like.",
        "You can leave and come back: the time stops while you are away.",
        "All right earns the badge “Optimization Master”.",
    ]
    assert page.locator("quiz-question:visible").count() == 0
    press(page, "start")
    assert stage(page) == "running"
    for at in range(3):
        expect(page.locator(POSITION)).to_have_text(f"Problem {at + 1} of 3")
        expect(page.locator(POSITION)).to_be_focused()
        assert page.locator("quiz-question:visible").count() == 1
        page.clock.run_for(10_000)
        expect(page.locator(CLOCK)).to_have_text("1 min 50 s left")
        if at == 1:
            answer(page, "A", "q1")
            expect(page.locator("#q1 > form > .quiz-status")).to_have_text("Wrong. 1 attempt left.")
            expect(page.get_by_text("explanation of q1")).to_be_hidden()
            assert page.locator("#q1 .quiz-mark").all_inner_texts() == ["✗ your choice, not correct"]
            page.click("#q1 [data-action=retry]")
        answer(page, "B", f"q{at}")
        expect(page.locator(f"#q{at} > form > .quiz-status")).to_have_text("Right.")
        expect(page.locator(f"#q{at} [data-action=retry]")).to_be_hidden()
        page.clock.run_for(5_000)
        expect(page.locator(CLOCK)).to_have_text("1 min 50 s left")
        press(page, "next" if at < 2 else "finish")
    assert stage(page) == "done"
    expect(page.locator(POSITION)).to_have_text("3 of 3 right")
    expect(page.locator(POSITION)).to_be_focused()
    expect(page.get_by_text("Time used: 30 s.")).to_be_visible()
    assert page.locator(".quiz-results li").all_inner_texts() == [
        "Question 0 ✓ right, attempt 1",
        "Question 1 ✓ right, attempt 2",
        "Question 2 ✓ right, attempt 1",
    ]
    badge = page.locator(".quiz-badge")
    assert badge.get_attribute("aria-label").startswith("Badge: Optimization Master. Challenge page, ")
    assert page.locator("quiz-question:visible").count() == 3
    done = page.evaluate("done")
    assert (done["right"], done["total"], done["badge"], done["seconds"]) == (3, 3, True, 30)
    assert [row[7] for row in page.evaluate(STORED)] == ["challenge"] * 4
    page.reload()
    expect(page.locator(POSITION)).to_have_text("3 of 3 right")
    expect(page.locator(".quiz-badge")).to_be_visible()


def test_two_wrong_attempts_and_skipping(page, fixture_page):
    open_page(page, fixture_page(challenge(2)))
    press(page, "start")
    expect(page.locator("[data-action=next]")).to_have_text("Skip")
    answer(page, "A", "q0")
    page.click("#q0 [data-action=retry]")
    answer(page, "C", "q0")
    expect(page.locator("#q0 > form > .quiz-status")).to_have_text("Wrong. The answer is B.")
    expect(page.get_by_text("explanation of q0")).to_be_visible()
    expect(page.locator("#q0 [data-action=retry]")).to_be_hidden()
    expect(page.locator("[data-action=next]")).to_have_text("Next")
    press(page, "next")
    press(page, "finish")
    expect(page.locator(POSITION)).to_have_text("0 of 2 right")
    assert page.locator(".quiz-results li").all_inner_texts() == ["Question 0 ✗ wrong", "Question 1 – not answered"]
    expect(page.locator("#q1 > form > .quiz-status")).to_have_text("Not answered.")
    assert page.locator("#q1").get_attribute("data-state") == "unanswered"
    assert page.locator(".quiz-badge").count() == 0


def test_time_runs_out(page, fixture_page):
    open_page(page, fixture_page(challenge(2)))
    press(page, "start")
    page.check("#q0 input[value=B]")
    page.clock.run_for(60_000)
    expect(page.locator(LIVE)).to_have_text("60 seconds left.")
    page.clock.run_for(30_000)
    expect(page.locator(LIVE)).to_have_text("30 seconds left.")
    page.clock.run_for(20_000)
    expect(page.locator(LIVE)).to_have_text("10 seconds left.")
    expect(page.locator(CLOCK)).to_have_text("10 s left")
    page.clock.run_for(11_000)
    status = page.locator("#q0 > form > .quiz-status")
    expect(status).to_have_text("Time is up: this counts as not answered.")
    expect(page.get_by_text("explanation of q0")).to_be_visible()
    assert page.evaluate(STORED) == []
    press(page, "next")
    expect(page.locator(CLOCK)).to_have_text("2 min left")
    answer(page, "B", "q1")
    press(page, "finish")
    assert page.locator(".quiz-results li").all_inner_texts() == [
        "Question 0 – not answered: the time ran out",
        "Question 1 ✓ right, attempt 1",
    ]
    expect(status).to_have_text("Time is up: this counts as not answered.")


def test_focus_is_not_lost_when_time_runs_out_on_try_again(page, fixture_page):
    open_page(page, fixture_page(challenge(1)))
    press(page, "start")
    answer(page, "A", "q0")
    page.focus("#q0 [data-action=retry]")
    page.clock.run_for(121_000)
    expect(page.locator("#q0 [data-action=retry]")).to_be_hidden()
    expect(page.locator("#q0 [data-action=check]")).to_be_focused()


def test_timer_off_before_the_start(page, fixture_page):
    open_page(page, fixture_page(challenge(1)))
    press(page, "timer-off")
    expect(page.locator(".quiz-about li").first).to_have_text("1 problem, no time limit.")
    press(page, "start")
    expect(page.locator(CLOCK)).to_have_text("No time limit")
    expect(page.locator(".quiz-bar")).to_be_hidden()
    page.clock.run_for(600_000)
    answer(page, "B", "q0")
    expect(page.locator("#q0")).to_have_attribute("data-state", "right")


def test_timer_off_and_on_while_running(page, fixture_page):
    open_page(page, fixture_page(challenge(1)))
    press(page, "start")
    page.clock.run_for(20_000)
    page.focus("[data-action=timer-off]")
    page.keyboard.press("Enter")
    expect(page.locator(LIVE)).to_have_text("The timer is off.")
    expect(page.locator("[data-action=timer-off]")).to_be_focused()
    page.clock.run_for(300_000)
    expect(page.locator(CLOCK)).to_have_text("No time limit")
    page.keyboard.press("Enter")
    expect(page.locator(CLOCK)).to_have_text("1 min 40 s left")


def test_extend(page, fixture_page):
    open_page(page, fixture_page(challenge(1)))
    press(page, "start")
    page.clock.run_for(115_000)
    press(page, "extend")
    expect(page.locator(CLOCK)).to_have_text("1 min 5 s left")
    expect(page.locator(LIVE)).to_have_text("1 minute added: 1 min 5 s left.")
    page.clock.run_for(60_000)
    expect(page.locator(CLOCK)).to_have_text("5 s left")


def test_a_reload_in_the_middle_restores_everything(page, fixture_page):
    open_page(page, fixture_page(challenge(3)))
    press(page, "start")
    answer(page, "B", "q0")
    press(page, "next")
    page.clock.run_for(40_000)
    answer(page, "A", "q1")
    page.reload()
    page.wait_for_selector(".quiz-panel")
    assert stage(page) == "paused"
    expect(page.locator(".quiz-about")).to_have_text("You stopped at problem 2 of 3, with 1 min 20 s left.")
    assert page.locator("quiz-question:visible").count() == 0
    page.clock.run_for(60_000)
    expect(page.locator("[data-action=start]")).to_have_text("Continue")
    press(page, "start")
    expect(page.locator(POSITION)).to_have_text("Problem 2 of 3")
    expect(page.locator(CLOCK)).to_have_text("1 min 20 s left")
    answer(page, "A", "q1")
    expect(page.locator("#q1 > form > .quiz-status")).to_have_text("Wrong. The answer is B.")
    page.reload()
    press(page, "start")
    expect(page.locator("#q1 > form > .quiz-status")).to_have_text("Wrong. The answer is B.")
    press(page, "next")
    answer(page, "B", "q2")
    press(page, "finish")
    expect(page.locator(POSITION)).to_have_text("2 of 3 right")


def test_retry_the_missed_ones(page, fixture_page):
    open_page(page, fixture_page(challenge(3)))
    press(page, "start")
    for at, letter in enumerate("BAB"):
        answer(page, letter, f"q{at}")
        press(page, "next" if at < 2 else "finish")
    expect(page.locator(POSITION)).to_have_text("2 of 3 right")
    press(page, "retry-missed")
    assert page.locator("quiz-question:visible").get_attribute("id") == "q1"
    expect(page.locator(POSITION)).to_be_focused()
    answer(page, "B", "q1")
    press(page, "finish")
    expect(page.locator(POSITION)).to_have_text("3 of 3 right")
    expect(page.locator(".quiz-badge")).to_be_visible()
    press(page, "start")
    expect(page.locator(POSITION)).to_have_text("Problem 1 of 3")
    expect(page.locator("#q0")).to_have_attribute("data-state", "unanswered")


def test_by_keyboard_alone(page, fixture_page):
    open_page(page, fixture_page(challenge(2)))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for id_ in ("q0", "q1"):
        for _ in range(3):
            page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == id_
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator(f"#{id_}")).to_have_attribute("data-state", "right")
        while page.evaluate("!['next', 'finish'].includes(document.activeElement.dataset.action)"):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    expect(page.locator(POSITION)).to_have_text("2 of 2 right")


def test_a_changed_question_starts_the_challenge_afresh(page, fixture_page):
    open_page(page, fixture_page(challenge(1)))
    press(page, "start")
    answer(page, "B", "q0")
    page.goto(fixture_page(challenge(1).replace("1a2b3c4d5e6f", "999999999999"), name="again"))
    page.wait_for_selector(".quiz-panel")
    assert stage(page) == "ready"


@pytest.mark.parametrize("kept", ["{", "[]", '{"version":1}', '{"version":9}', '{"version":1,"ids":[],"results":{}}'])
def test_a_kept_run_that_makes_no_sense(page, fixture_page, kept):
    url = fixture_page(challenge(1))
    page.add_init_script(f"localStorage.setItem('/.quizproof.run.quizzes/challenge', {kept!r})")
    open_page(page, url)
    assert stage(page) == "ready"
    press(page, "start")
    expect(page.locator(POSITION)).to_have_text("Problem 1 of 1")


def test_without_javascript_everything_is_listed(new_context, fixture_page):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(fixture_page(challenge(3)))
    assert page.locator("quiz-question:visible").count() == 3
    assert page.locator(".quiz-panel").count() == 0


def test_the_players_code_is_fetched_only_with_a_set(page, fixture_page):
    page.goto(fixture_page(markup.question()))
    page.wait_for_selector("#first [data-action=check]")
    asked = {path.rsplit("/", 1)[1] for path in fixture_page.server.requests}
    assert asked.isdisjoint({"player.js", "challenge.js", "badge.js", "player.css", "card.js"})


def test_players_code_that_does_not_arrive(page, fixture_page, complaints):
    complaints.allow("Failed to load resource")
    page.goto(fixture_page(challenge(2), faults={"/challenge.js": 404}))
    expect(page.locator(".quiz-notice")).to_be_visible()
    expect(page.locator("#q1")).to_be_visible()
    answer(page, "B", "q0")
    expect(page.locator("#q0")).to_have_attribute("data-state", "right")


def practice(**data: str) -> str:
    items = ("<h2>Warm up</h2>", markup.question("q0"), "<p>then</p>", markup.question("q1"), markup.question("q2"))
    return markup.quiz_set(*items, mode="practice", **data)


def test_practice_one_at_a_time(page, fixture_page):
    page.goto(fixture_page(practice()))
    expect(page.locator(POSITION)).to_have_text("Problem 1 of 3")
    expect(page.get_by_text("Warm up")).to_be_visible()
    expect(page.get_by_text("then", exact=True)).to_be_hidden()
    assert page.locator(CLOCK).count() == 0
    press(page, "next")
    expect(page.locator(POSITION)).to_have_text("Problem 2 of 3")
    expect(page.get_by_text("then", exact=True)).to_be_visible()
    assert page.locator("quiz-question:visible").get_attribute("id") == "q1"
    page.reload()
    expect(page.locator(POSITION)).to_have_text("Problem 2 of 3")
    page.click("[data-jump='2']")
    assert page.locator("quiz-question:visible").get_attribute("id") == "q2"
    expect(page.locator("[data-action=next]")).to_have_attribute("aria-disabled", "true")
    press(page, "previous")
    press(page, "previous")
    expect(page.locator("[data-action=previous]")).to_have_attribute("aria-disabled", "true")


def test_practice_follows_a_link_to_a_problem(page, fixture_page):
    url = fixture_page(practice())
    page.goto(f"{url}#q2")
    expect(page.locator("#q2")).to_be_visible()
    page.evaluate("location.hash = '#q1'")
    expect(page.locator("#q1")).to_be_visible()
    expect(page.locator("#q2")).to_be_hidden()


def test_practice_result_and_the_missed_ones(page, fixture_page):
    page.goto(fixture_page(practice()))
    page.evaluate("document.addEventListener('quiz-finished', e => (window.done = e.detail))")
    for at, letter in enumerate("BCB"):
        answer(page, letter, f"q{at}")
        if at < 2:
            press(page, "next")
    expect(page.locator(".quiz-summary")).to_have_text("All 3 answered: 2 right.")
    assert stage(page) == "done"
    assert page.evaluate("[done.right, done.total, done.mode]") == [2, 3, "practice"]
    assert page.locator("[data-jump]").nth(1).get_attribute("aria-label") == "Problem 2, wrong"
    press(page, "retry-missed")
    assert page.locator("quiz-question:visible").get_attribute("id") == "q1"
    expect(page.locator(POSITION)).to_be_focused()
    answer(page, "B", "q1")
    expect(page.locator(".quiz-summary")).to_have_text("All 3 answered: 3 right.")


def test_instant_navigation_on_the_real_site(page, site):
    page.goto(site, wait_until="networkidle")
    page.evaluate("window.same = true")
    page.evaluate("document.querySelector('a[href$=\"quizzes/challenge/\"]').click()")
    page.wait_for_selector("quiz-set > .quiz-panel")
    press(page, "start")
    page.locator("quiz-question:visible .quiz-choice > label > input").first.check()
    page.evaluate("document.querySelector('a[href$=\"/self-check/\"]').click()")
    page.wait_for_selector("quiz-set", state="detached")
    question = page.locator("quiz-question").first
    question.locator(".quiz-choice > label > input").first.check()
    question.locator("[data-action=check]").click()
    assert question.get_attribute("data-state") in ("right", "wrong")
    page.evaluate("document.querySelector('a[href$=\"/challenge/\"]').click()")
    page.wait_for_selector("quiz-set > .quiz-panel")
    assert page.evaluate("window.same"), "the page was swapped, not loaded"
    assert stage(page) == "paused"
    press(page, "start")
    expect(page.locator(POSITION)).to_have_text("Problem 1 of 5")
