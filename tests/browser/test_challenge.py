"""Sets: the timed challenge from start to badge, and practice one problem at a time."""

from pathlib import Path

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
    # From here on time passes when a test says so.
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)


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
        assert page.locator(".quiz-bar").evaluate("bar => [bar.max, Math.round(bar.value)]") == [120, 110]
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
    expect(page.locator(".quiz-about")).to_have_text(
        "While you were away, the time stood still. You are at problem 2 of 3, with 1 min 20 s left."
    )
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


PAUSED = "While you were away, the time stood still. You are at problem 1 of 2, with 1 min 50 s left."


def run_kept(page: Page) -> dict[str, object]:
    return dict(page.evaluate("JSON.parse(localStorage['/.quizproof.run.quizzes/challenge'])"))


def test_a_device_that_slept_took_no_time(page, fixture_page):
    open_page(page, fixture_page(challenge(2)))
    press(page, "start")
    page.clock.run_for(10_000)
    page.check("#q0 input[value=B]")
    page.click("#q0 [data-action=hint]")
    page.clock.fast_forward(3_600_000)
    assert stage(page) == "paused"
    expect(page.locator(POSITION)).to_have_text("Paused")
    expect(page.locator(POSITION)).to_be_focused()
    expect(page.locator(".quiz-about")).to_have_text(PAUSED)
    assert page.locator("quiz-question:visible").count() == 0
    page.clock.fast_forward(3_600_000)
    press(page, "start")
    expect(page.locator(CLOCK)).to_have_text("1 min 50 s left")
    expect(page.locator("#q0 input[value=B]")).to_be_checked()
    expect(page.locator("#q0").get_by_text("Think small.")).to_be_visible()
    page.clock.run_for(5_000)
    page.click("#q0 [data-action=check]")
    [(_, _, chosen, _, hints, seconds, *_)] = page.evaluate(STORED)
    assert (chosen, hints, seconds) == ("B", 1, 15), "the row has no hour of sleep in it either"
    press(page, "next")
    answer(page, "B", "q1")
    press(page, "finish")
    expect(page.get_by_text("Time used: 15 s.")).to_be_visible()


def test_a_check_is_the_first_thing_after_the_sleep(page, fixture_page):
    open_page(page, fixture_page(challenge(1)))
    press(page, "start")
    page.clock.run_for(1_000)
    page.evaluate("() => { const now = Date.now; Date.now = () => now() + 3600e3 }")
    answer(page, "A", "q0")
    expect(page.locator("#q0 > form > .quiz-status")).to_have_text("Wrong. 1 attempt left.")
    page.clock.run_for(1_000)
    assert stage(page) == "running"
    run = run_kept(page)
    result = run["results"]["q0"]
    assert (result["state"], result["used"], result["late"]) == ("wrong", 1, False)
    assert run["left"] == 118
    [row] = page.evaluate(STORED)
    assert row[5] == 1
    press(page, "finish")
    assert page.locator(".quiz-results li").all_inner_texts() == ["Question 0 ✗ wrong"]


@pytest.mark.parametrize(
    ("away", "back"),
    [
        (
            "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))",
            "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))",
        ),
        (
            "Object.defineProperty(document, 'hidden', { value: true, configurable: true }),"
            "document.dispatchEvent(new Event('visibilitychange'))",
            "delete document.hidden, document.dispatchEvent(new Event('visibilitychange'))",
        ),
    ],
    ids=["back/forward cache", "another tab or app"],
)
def test_the_time_stops_while_the_page_is_away(page, fixture_page, away, back):
    open_page(page, fixture_page(challenge(2)))
    press(page, "start")
    page.clock.run_for(10_000)
    page.evaluate(away)
    page.clock.run_for(100_000)
    page.evaluate(back)
    page.clock.run_for(600)
    assert stage(page) == "paused"
    expect(page.locator(".quiz-about")).to_have_text(PAUSED)
    press(page, "start")
    expect(page.locator(CLOCK)).to_have_text("1 min 50 s left")
    answer(page, "B", "q0")
    page.evaluate(away)
    assert stage(page) == "running", "no time runs: the explanation can be read beside another page"
    page.evaluate(back)
    expect(page.get_by_text("explanation of q0")).to_be_visible()
    press(page, "next")
    press(page, "timer-off")
    page.evaluate(away)
    assert stage(page) == "running"


def test_without_the_timer_a_sleep_is_left_out_of_the_time_used(page, fixture_page):
    open_page(page, fixture_page(challenge(1)))
    press(page, "timer-off")
    press(page, "start")
    page.clock.run_for(10_000)
    page.clock.fast_forward(3_600_000)
    assert stage(page) == "running"
    page.clock.run_for(2_000)
    answer(page, "B", "q0")
    press(page, "finish")
    expect(page.get_by_text("Time used: 12 s.")).to_be_visible()


def test_an_answer_on_the_last_stroke_counts(page, fixture_page):
    open_page(page, fixture_page(challenge(1)))
    press(page, "start")
    page.clock.run_for(119_800)
    page.check("#q0 input[value=B]")
    # Between two ticks time runs out, and the reader presses Check.
    page.evaluate("() => { const now = Date.now; Date.now = () => now() + 300 }")
    page.click("#q0 [data-action=check]")
    expect(page.locator("#q0 > form > .quiz-status")).to_have_text("Right.")
    press(page, "finish")
    assert page.locator(".quiz-results li").all_inner_texts() == ["Question 0 ✓ right, attempt 1"]


def test_what_is_deleted_in_another_tab_stays_deleted(context, fixture_page):
    url = fixture_page(challenge(2))
    one, two = context.new_page(), context.new_page()
    two.goto(fixture_page("<p></p>", name="other"))
    keys = "Object.keys(localStorage).filter(key => key.startsWith('/.quizproof.run'))"

    def deleted(clear: str) -> None:
        assert two.evaluate(keys) == ["/.quizproof.run.quizzes/challenge"]
        two.evaluate(clear)
        one.wait_for_function("document.querySelector('quiz-set').dataset.state === 'ready'")
        expect(one.locator(POSITION)).to_have_text("Challenge page")
        one.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
        one.wait_for_timeout(700)
        assert two.evaluate(keys) == []

    one.goto(url)
    press(one, "start")
    one.focus("#q0 input[value=A]")
    deleted("localStorage.clear()")
    expect(one.locator(POSITION)).to_be_focused()
    press(one, "start")
    expect(one.locator(POSITION)).to_have_text("Problem 1 of 2")
    press(one, "next")
    answer(one, "B", "q1")
    press(one, "finish")
    deleted("Object.keys(localStorage).forEach(key => localStorage.removeItem(key))")
    assert one.locator("quiz-question:visible").count() == 0
    press(one, "start")
    press(one, "next")
    press(one, "finish")
    two.evaluate("localStorage.clear()")
    one.goto("about:blank")
    assert two.evaluate("Object.keys(localStorage)") == []


def test_buttons_of_others_are_not_the_sets(page, fixture_page):
    lab = '<div><button data-action="start" id="lab">Start the lab</button><button data-action="next">x</button></div>'
    html = markup.quiz_set(markup.question("q0"), lab, markup.question("q1"))
    open_page(page, fixture_page(html))
    press(page, "start")
    answer(page, "B", "q0")
    press(page, "next")
    for button in page.locator("div:has(> #lab) > button").all():
        button.click()
        expect(page.locator(POSITION)).to_have_text("Problem 2 of 2")
    changed = html.replace('data-mode="challenge"', 'data-mode="practice"').replace("quizzes/challenge", "other")
    page.goto(fixture_page(changed, name="practice"))
    page.click("quiz-set > .quiz-nav [data-action=next]")
    for button in page.locator("div:has(> #lab) > button").all():
        button.click()
        expect(page.locator(POSITION)).to_have_text("Problem 2 of 2")


def test_a_result_is_not_announced_problem_by_problem(page, fixture_page):
    page.add_init_script(markup.LISTEN)
    open_page(page, fixture_page(challenge(3)))
    press(page, "start")
    for at, letter in enumerate("BBC"):
        answer(page, letter, f"q{at}")
        if at < 2:
            press(page, "next")
    assert page.evaluate("said") == ["Right.", "Right.", "Wrong. 1 attempt left."]
    press(page, "finish")
    page.wait_for_selector("[data-action=share]")
    assert page.evaluate("said").count("Right.") == 2
    assert len(page.evaluate("said")) == 3
    expect(page.locator(POSITION)).to_be_focused()
    page.reload()
    page.wait_for_selector("[data-action=share]")
    assert page.evaluate("said") == []


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


WHOLE = '"version":1,"at":0,"left":9,"timer":true,"ids":["q0"]'


@pytest.mark.parametrize(
    "kept",
    [
        "{",
        "[]",
        '{"version":1}',
        '{"version":9}',
        '{"version":1,"ids":[],"results":{}}',
        f'{{{WHOLE},"stage":"done","results":{{"q0":null}}}}',
        f'{{{WHOLE},"stage":"done","results":{{"q0":{{"hash":"1a2b3c4d5e6f"}}}}}}',
        f'{{{WHOLE},"stage":"done","results":{{"q0":{{"hash":"1a2b3c4d5e6f","used":1,"seconds":1,"chosen":7}}}}}}',
        f'{{{WHOLE},"stage":"elsewhere","results":{{}}}}',
        f'{{{WHOLE.replace("9", "null")},"stage":"running","results":{{}}}}',
        f'{{{WHOLE.replace("0,", "-1,", 1)},"stage":"running","results":{{}}}}',
    ],
)
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


def drawn(count: int, **data: str) -> str:
    """Six questions, of which a challenge asks only some."""
    levels = ("beginner", "advanced")
    questions = (
        markup.question(f"q{at}", title=f"Question {at}", topics="pruning").replace("beginner", levels[at % 2])
        for at in range(6)
    )
    given = {"badge": "Master", "count": f"{count}", **data}
    return markup.quiz_set("<p>first</p>", *questions, "<p>last</p>", **given)


def asked(page: Page) -> list[str]:
    return list(page.evaluate("JSON.parse(localStorage.getItem('/.quizproof.run.quizzes/challenge')).ids"))


def test_a_challenge_that_draws(page, fixture_page):
    open_page(page, fixture_page(drawn(3, seconds="60")))
    expect(page.locator(".quiz-about li").first).to_have_text("3 problems drawn from 6, 1 min for each.")
    press(page, "start")
    first = asked(page)
    assert len(first) == 3
    assert first == sorted(first), "in the order of the page"
    expect(page.locator(POSITION)).to_have_text("Problem 1 of 3")
    answer(page, "B", first[0])
    press(page, "next")
    page.clock.run_for(20_000)
    page.reload()
    page.wait_for_selector(".quiz-panel")
    expect(page.locator(".quiz-about")).to_have_text(
        "While you were away, the time stood still. You are at problem 2 of 3, with 40 s left."
    )
    press(page, "start")
    assert asked(page) == first
    assert page.locator("quiz-question:visible").get_attribute("id") == first[1]
    answer(page, "A", first[1])
    press(page, "next")
    answer(page, "B", first[2])
    press(page, "finish")
    expect(page.locator(POSITION)).to_have_text("2 of 3 right")
    assert page.locator(".quiz-results a").all_inner_texts() == [f"Question {id_[1]}" for id_ in first]
    assert [item.get_attribute("id") for item in page.locator("quiz-question:visible").all()] == first
    press(page, "retry-missed")
    assert sorted(asked(page)) == first
    assert page.locator("quiz-question:visible").get_attribute("id") == first[1]
    answer(page, "B", first[1])
    press(page, "finish")
    expect(page.locator(POSITION)).to_have_text("3 of 3 right")
    expect(page.locator(".quiz-badge")).to_be_visible()
    press(page, "start")
    assert set(asked(page)) == {f"q{at}" for at in range(6)} - set(first), "others, as long as there are others"
    expect(page.locator(POSITION)).to_have_text("Problem 1 of 3")
    assert page.locator("quiz-question:visible").get_attribute("data-state") == "unanswered"


def test_a_draw_by_level_and_topic(page, fixture_page):
    open_page(page, fixture_page(drawn(2, levels="advanced:2", topics="pruning")))
    press(page, "start")
    assert set(asked(page)) <= {"q1", "q3", "q5"}


def test_a_draw_whose_code_does_not_arrive(page, fixture_page, complaints):
    complaints.allow("Failed to load resource")
    page.goto(fixture_page(drawn(3), faults={"/draw.js": 404}))
    expect(page.locator(".quiz-notice")).to_be_visible()
    expect(page.locator("#q5")).to_be_visible()
    assert page.locator("quiz-question:visible").count() == 6


def test_what_has_no_key_is_left_out(page, fixture_page):
    open_page(page, fixture_page(markup.quiz_set(markup.card(), markup.question("q0"), markup.explain())))
    expect(page.locator(".quiz-about li").first).to_have_text("1 problem, 2 min for each.")
    press(page, "start")
    answer(page, "B", "q0")
    press(page, "finish")
    expect(page.locator(POSITION)).to_have_text("1 of 1 right")
    page.goto(fixture_page(markup.quiz_set(markup.card()), name="cards"))
    expect(page.locator("[data-action=reveal]")).to_be_visible()
    assert page.locator(".quiz-panel").count() == 0


def test_a_question_with_a_time_of_its_own(page, fixture_page):
    html = markup.quiz_set(markup.question("q0", seconds="30"), markup.question("q1"))
    open_page(page, fixture_page(html))
    expect(page.locator(".quiz-about li").first).to_have_text("2 problems, 30 s to 2 min for each.")
    press(page, "start")
    expect(page.locator(CLOCK)).to_have_text("30 s left")
    press(page, "next")
    expect(page.locator(CLOCK)).to_have_text("2 min left")


def finished(page: Page, fixture_page, letters: str = "B", **data: str) -> None:
    open_page(page, fixture_page(challenge(len(letters), **data)))
    press(page, "start")
    for at, letter in enumerate(letters):
        page.clock.run_for(5_000)
        answer(page, letter, f"q{at}")
        if letter != "B":
            page.click(f"#q{at} [data-action=retry]")
            answer(page, letter, f"q{at}")
        press(page, "next" if at < len(letters) - 1 else "finish")
    page.wait_for_selector("[data-action=share]")


def test_the_result_as_text(context, page, fixture_page):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    finished(page, fixture_page, "BAB")
    press(page, "share")
    expect(page.get_by_text("Copied.", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == (
        f"Challenge page: 2 of 3 right\n✓ ✗ ✓\nTime used: 15 s.\n{page.url}"
    )
    assert page.locator("[data-action=save-badge], [data-action=print-badge]").count() == 0
    # Without the clipboard the text is there, selected, and with it the focus.
    page.evaluate("() => { navigator.clipboard.writeText = async () => { throw new Error('denied') } }")
    press(page, "share")
    expect(page.get_by_text("This browser does not let the page copy.")).to_be_visible()
    field = page.get_by_label("The result as text")
    expect(field).to_be_focused()
    assert page.evaluate("getSelection().toString()") == field.input_value()
    assert field.input_value().startswith("Challenge page: 2 of 3 right\n")
    press(page, "share")
    assert page.locator("quiz-set > .quiz-panel textarea").count() == 1


@pytest.mark.parametrize(("policy", "start"), [("", b"\x89PNG\r\n"), ("img-src 'none'", b"<svg ")])
def test_the_badge_as_an_image(page, fixture_page, complaints, policy, start):
    complaints.allow("violates the following Content Security Policy directive")
    headers = {"Content-Security-Policy": policy} if policy else None
    open_page(page, fixture_page(challenge(1), headers=headers))
    press(page, "start")
    answer(page, "B", "q0")
    press(page, "finish")
    with page.expect_download() as download:
        press(page, "save-badge")
    suffix = "svg" if policy else "png"
    assert download.value.suggested_filename == f"badge-optimization-master.{suffix}"
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(start)
    if policy:
        text = content.decode()
        assert "Optimization" in text
        assert "Challenge page" in text
        assert "class=" not in text


def test_the_badge_on_paper(page, fixture_page):
    finished(page, fixture_page)
    page.evaluate("window.print = () => (window.printed = document.documentElement.dataset.quizPrint)")
    press(page, "print-badge")
    assert page.evaluate("window.printed") == "badge"
    page.emulate_media(media="print")
    assert page.locator(".quiz-badge").is_visible()
    rest = page.locator("p, li, h1, button, quiz-question")
    assert [node for node in rest.all() if node.is_visible()] == []
    assert page.pdf().count(b"/Type /Page\n") == 1
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("h1").is_visible()
    page.emulate_media(media="screen")
    expect(page.locator("[data-action=share]")).to_be_visible()


def test_a_kept_run_that_makes_sense(page, fixture_page):
    """Those of the test above differ from this one in a single place."""
    result = '{"q0":{"hash":"1a2b3c4d5e6f","used":1,"seconds":1,"chosen":"B","state":"right","late":false}}'
    kept = f'{{{WHOLE},"stage":"done","results":{result}}}'
    page.add_init_script(f"localStorage.setItem('/.quizproof.run.quizzes/challenge', {kept!r})")
    open_page(page, fixture_page(challenge(1)))
    expect(page.locator(POSITION)).to_have_text("1 of 1 right")


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


@pytest.mark.parametrize("hash_", ["#100%", "#%E0%A4%A", "#nowhere", "#"])
def test_practice_and_a_link_to_nothing(page, fixture_page, hash_):
    page.goto(fixture_page(practice()) + hash_)
    expect(page.locator(POSITION)).to_have_text("Problem 1 of 3")
    press(page, "next")
    page.evaluate("hash => { location.hash = hash }", f"{hash_}%")
    expect(page.locator(POSITION)).to_have_text("Problem 2 of 3")
    expect(page.locator(".quiz-notice")).to_have_count(0)


@pytest.mark.parametrize("kept", ["7", '{"at":"1","results":[null]}', '{"at":-4,"results":{"q0":null}}'])
def test_a_kept_practice_that_makes_no_sense(page, fixture_page, kept):
    page.add_init_script(f"localStorage.setItem('/.quizproof.run.quizzes/challenge', {kept!r})")
    page.goto(fixture_page(practice()))
    expect(page.locator(POSITION)).to_have_text("Problem 1 of 3")


def test_practice_with_an_open_question(page, fixture_page):
    page.goto(fixture_page(markup.quiz_set(markup.explain(), markup.question("q0"), mode="practice")))
    page.fill("#why textarea", "no idea")
    page.click("#why [data-action=check]")
    expect(page.locator("[data-jump]").first).to_have_attribute("data-state", "unanswered")
    page.click("#why [data-action=none]")
    expect(page.locator("[data-jump]").first).to_have_attribute("data-state", "wrong")
    press(page, "next")
    answer(page, "B", "q0")
    expect(page.locator(".quiz-summary")).to_have_text("All 2 answered: 1 right.")
    page.reload()
    expect(page.locator(".quiz-summary")).to_have_text("All 2 answered: 1 right.")
    press(page, "retry-missed")
    expect(page.locator("#why")).to_be_visible()
    page.click("#why [data-action=check]")
    for letter in "ABC":
        page.check(f"#why input[value={letter}]")
    expect(page.locator(".quiz-summary")).to_have_text("All 2 answered: 2 right.")


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
