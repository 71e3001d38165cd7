"""The strength test: draw, confidence, verdicts, calibration, and what comes after."""

import json

import banks
import markup
import pytest
from playwright.sync_api import Page, expect
from test_axe import axe, findings  # noqa: F401  (fixtures)

STORED = "JSON.parse(localStorage.getItem('/.quizproof') ?? '{\"attempts\":[]}').attempts"
MODULE = "const s = await import('/assets/quizproof-test/draw.js');"
POSITION = ".quiz-position"
LOST = "The questions could not be loaded. Check the connection, then try again."


def entries(topic: str, count: int, first: int = 0) -> list[banks.Entry]:
    """Questions with key B; the levels take turns."""
    return [
        (f"{topic}-{n}", "choice", banks.LEVELS[n % 2], topic, markup.question(f"{topic}-{n}", title=f"{topic} {n}"))
        for n in range(first, first + count)
    ]


@pytest.fixture
def strength(fixture_page):
    def make(pages=None, html="", **data: str) -> str:
        pages = pages or {"a/": entries("pruning", 4), "b/": entries("quantization", 4)}
        banks.write_bank(fixture_page.folder, pages)
        return fixture_page(banks.drawn_set("strength", count="4", **data) + html)

    return make


def start(page: Page) -> None:
    page.click("quiz-set [data-action=start]")
    expect(page.locator(POSITION)).to_contain_text("Question 1 of")


def answer(page: Page, letter: str, sure: int = 0) -> str:
    item = page.locator("quiz-question:visible")
    item.locator(f"input[value={letter}]").check()
    if sure:
        item.locator(f".quiz-confidence input[value='{sure}']").check()
    item.locator("[data-action=check]").click()
    return item.get_attribute("id") or ""


def onward(page: Page, action: str = "next") -> None:
    before = page.locator(POSITION).text_content()
    page.click(f"quiz-set > .quiz-nav [data-action={action}]")
    expect(page.locator(POSITION)).not_to_have_text(before or "")


def take(page: Page, letters: str, sure: str = "0000") -> list[str]:
    """Answer everything; the ids in the order in which they came."""
    ids = []
    for n, letter in enumerate(letters):
        ids.append(answer(page, letter, int(sure[n])))
        onward(page, "finish" if n == len(letters) - 1 else "next")
    return ids


def test_the_whole_path_by_mouse(page, strength):
    page.goto(strength())
    page.evaluate("document.addEventListener('quiz-finished', e => (window.done = e.detail))")
    expect(page.locator(POSITION)).to_have_text("Strength page")
    expect(page.locator(".quiz-about")).to_contain_text("4 questions, drawn from 8; easier ones first.")
    expect(page.locator(".quiz-undrawn")).to_have_count(0)
    start(page)
    expect(page.locator(POSITION)).to_be_focused()
    expect(page.locator("quiz-question:visible")).to_have_count(1)
    expect(page.locator("quiz-set > .quiz-nav [data-action=next]")).to_have_text("Skip")
    answer(page, "B", 3)
    expect(page.locator("quiz-set > .quiz-nav [data-action=next]")).to_have_text("Next")
    expect(page.locator("quiz-question:visible [data-action=retry]")).to_be_hidden()
    onward(page)
    answer(page, "A", 3)
    onward(page)
    onward(page)
    answer(page, "B", 1)
    expect(page.locator("quiz-set > .quiz-nav [data-action=next]")).to_be_hidden()
    onward(page, "finish")
    expect(page.locator(POSITION)).to_have_text("2 of 4 right")
    expect(page.locator(POSITION)).to_be_focused()
    about = page.locator(".quiz-about")
    expect(about).to_contain_text("Of 2 answers you were sure of, 1 was right.")
    expect(about).to_contain_text("Of 1 answer you guessed, 1 was right.")
    expect(about.locator(".quiz-results li")).to_have_count(4)
    expect(page.locator("quiz-question:visible")).to_have_count(4)
    expect(about.locator(".quiz-results")).to_contain_text("– not answered")
    done = page.evaluate("done")
    assert (done["mode"], done["right"], done["total"]) == ("strength", 2, 4)
    assert [result.get("sure") for result in done["results"]] == [3, 3, None, 1]
    rows = page.evaluate(STORED)
    assert [(row[3], row[7], *row[8:]) for row in rows] == [(1, "strength", 3), (0, "strength", 3), (1, "strength", 1)]


def test_by_keyboard_alone(page, strength):
    page.goto(strength())
    page.locator("[data-action=start]").wait_for()
    focused = "document.activeElement.dataset.action ?? document.activeElement.className"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "start"
    page.keyboard.press("Enter")
    expect(page.locator(POSITION)).to_have_text("Question 1 of 4")
    for n in range(4):
        expect(page.locator(POSITION)).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        expect(page.locator("quiz-question:visible input[value=B]")).to_be_checked()
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(page.locator("quiz-question:visible .quiz-confidence input[value='3']")).to_be_checked()
        page.keyboard.press("Enter")
        expect(page.locator("quiz-question:visible")).to_have_attribute("data-state", "right")
        assert page.evaluate("document.activeElement.name").endswith("--sure"), "focus stays where it was"
        page.keyboard.press("ArrowDown")
        expect(page.locator("quiz-question:visible .quiz-confidence input[value='3']")).to_be_checked()
        page.focus("quiz-set > .quiz-nav button:not([hidden])")
        page.keyboard.press("Enter")
        expect(page.locator(POSITION)).to_have_text(f"Question {n + 2} of 4" if n < 3 else "4 of 4 right")
    expect(page.locator(POSITION)).to_be_focused()


def test_resumes_after_a_reload_with_its_answers(page, strength):
    page.goto(strength())
    start(page)
    first = answer(page, "B", 2)
    onward(page)
    second = answer(page, "C")
    page.reload()
    expect(page.locator(POSITION)).to_have_text("Question 2 of 4")
    item = page.locator("quiz-question:visible")
    assert item.get_attribute("id") == second
    expect(item).to_have_attribute("data-state", "wrong")
    assert page.locator("quiz-set").get_attribute("data-state") == "running"
    onward(page)
    answer(page, "B")
    onward(page)
    answer(page, "B")
    onward(page, "finish")
    expect(page.locator(POSITION)).to_have_text("3 of 4 right")
    expect(page.locator(".quiz-about")).to_contain_text("Of 1 answer you thought right, 1 was right.")
    page.reload()
    expect(page.locator(POSITION)).to_have_text("3 of 4 right")
    expect(page.locator(f"#{first}")).to_have_attribute("data-state", "right")
    assert len(page.evaluate(STORED)) == 4


def test_the_next_test_draws_other_questions(page, strength):
    page.goto(strength())
    start(page)
    first = take(page, "BBBB")
    page.click("[data-action=start]")
    expect(page.locator(POSITION)).to_have_text("Question 1 of 4")
    second = take(page, "BBBB")
    assert not set(first) & set(second)
    page.reload()
    page.click("[data-action=start]")
    expect(page.locator(POSITION)).to_have_text("Question 1 of 4")
    assert not set(take(page, "BBBB")) & set(second)


def test_retry_of_the_missed_gives_no_verdict(page, strength):
    page.goto(strength())
    start(page)
    ids = take(page, "BABA")
    page.click("[data-action=retry-missed]")
    expect(page.locator(POSITION)).to_have_text("Question 1 of 2")
    assert take(page, "BA") == [ids[1], ids[3]]
    expect(page.locator(POSITION)).to_have_text("1 of 2 right this time")
    expect(page.locator(".quiz-about")).to_contain_text(
        "You had just seen these questions. A new test gives a new verdict."
    )
    expect(page.locator(".quiz-verdicts")).to_have_count(0)
    page.click("[data-action=retry-missed]")
    expect(page.locator(POSITION)).to_have_text("Question 1 of 1")
    take(page, "B")
    expect(page.locator("[data-action=retry-missed]")).to_be_hidden()


def test_verdicts_and_what_to_read(page, strength):
    page.goto(strength(pages={"a/": entries("pruning", 2), "deep/b/": entries("quantization", 2)}))
    start(page)
    for n in range(4):
        item = page.locator("quiz-question:visible")
        answer(page, "B" if "pruning" in (item.get_attribute("id") or "") else "A")
        onward(page, "finish" if n == 3 else "next")
    rows = page.locator(".quiz-verdicts tbody tr")
    assert rows.all_text_contents() == ["Pruning2 of 2✓ strong", "Quantization0 of 2✗ weak"]
    links = page.locator(".quiz-reading a")
    expect(links).to_have_count(1)
    expect(links).to_have_text("Page deep/b")
    expect(page.locator(".quiz-verdicts thead")).to_have_text("TopicPointsVerdict")
    assert "/deep/b/#quantization-" in (links.get_attribute("href") or "")
    expect(page.locator(".quiz-reading li")).to_have_text("Quantization: Page deep/b")


def test_a_site_with_outcomes_gets_its_verdicts_on_them(page, strength, fixture_page):
    pages = {"a/": entries("pruning", 3), "b/": entries("quantization", 1)}
    both, choose = ["choose", "measure"], ["choose"]
    served = dict(zip((f"pruning-{n}" for n in range(3)), (both, choose, choose), strict=True))
    url = strength(pages=pages)
    banks.write_bank(fixture_page.folder, pages, served={**served, "quantization-0": choose})
    page.goto(url)
    page.evaluate("document.addEventListener('quiz-finished', e => (window.done = e.detail))")
    start(page)
    for n in range(4):
        id_ = page.locator("quiz-question:visible").get_attribute("id") or ""
        answer(page, "A" if id_ in ("pruning-0", "pruning-1") else "B")
        onward(page, "finish" if n == 3 else "next")
    rows = page.locator(".quiz-verdicts tr")
    assert rows.all_text_contents() == [
        "OutcomePointsVerdict",
        "Choose settings2 of 4○ shaky",
        "Measure speed0 of 1– too few to say",
    ]
    expect(page.locator(".quiz-rule")).to_have_text(
        "Strong: at least 4 of 5 of its points. Shaky: at least half. Weak: less than half. "
        "One question alone is too few to say."
    )
    expect(page.locator(".quiz-reading li")).to_have_text(["Measure speed: Page a", "Choose settings: Page a"])
    links = page.locator(".quiz-reading a").evaluate_all("nodes => nodes.map(node => node.getAttribute('href'))")
    root = page.evaluate("location.origin")
    assert links == [f"{root}/a/#pruning-0", f"{root}/outcomes/#choose", f"{root}/a/#pruning-0"]
    done = page.evaluate("done")
    assert (done["by"], done["verdicts"]) == ("outcome", {"choose": "shaky", "measure": "few"})
    page.reload()
    expect(page.locator(".quiz-verdicts tbody tr")).to_have_count(2)


def test_what_it_draws_from_are_the_questions_of_its_topics(page, strength):
    page.goto(strength(topics="pruning"))
    expect(page.locator(".quiz-about")).to_contain_text("4 questions, drawn from 4; easier ones first.")


def test_what_was_answered_before_is_not_announced(page, strength):
    page.add_init_script(markup.LISTEN)
    page.goto(strength())
    start(page)
    page.evaluate("said.length = 0")
    answer(page, "B")
    onward(page)
    answer(page, "C")
    assert page.evaluate("said") == ["Right.", "Wrong. The answer is B."]
    page.reload()
    expect(page.locator("quiz-question:visible")).to_have_attribute("data-state", "wrong")
    assert page.evaluate("said") == ["Loading the questions…"]
    onward(page)
    onward(page)
    onward(page, "finish")
    expect(page.locator(".quiz-results li")).to_have_count(4)
    assert page.evaluate("said") == ["Loading the questions…"]


@pytest.mark.parametrize("done", [False, True])
def test_a_question_that_was_removed_ends_the_run(page, strength, fixture_page, done):
    page.goto(strength(pages={"a/": entries("pruning", 4)}))
    start(page)
    if done:
        take(page, "BBBB")
    else:
        answer(page, "B")
    banks.write_bank(fixture_page.folder, {"a/": [*entries("pruning", 3), *entries("quantization", 4)]})
    page.reload()
    expect(page.locator(POSITION)).to_have_text("Strength page")
    words = "The questions of your last test have changed since; it cannot go on."
    expect(page.get_by_text(words)).to_have_count(0 if done else 1)
    assert page.evaluate(STORED) != [], "what was answered stays"
    start(page)


def test_a_question_that_changed_ends_the_run_and_says_so(page, strength, fixture_page):
    page.goto(strength())
    start(page)
    answer(page, "B")
    changed = [(*entry[:4], entry[4].replace("1a2b3c4d5e6f", "ffffffffffff")) for entry in entries("pruning", 4)]
    other = [(*entry[:4], entry[4].replace("1a2b3c4d5e6f", "ffffffffffff")) for entry in entries("quantization", 4)]
    banks.write_bank(fixture_page.folder, {"a/": changed, "b/": other})
    page.reload()
    expect(page.locator(".quiz-about")).to_contain_text("The questions of your last test have changed since")
    start(page)


@pytest.mark.parametrize(
    "kept",
    [
        "{",
        "[]",
        '{"version":2}',
        '{"version":1,"ids":[],"last":[],"results":{},"at":0,"stage":"running"}',
        '{"version":1,"ids":["pruning-0"],"last":[],"results":{"pruning-0":null},"at":0,"stage":"done"}',
        '{"version":1,"ids":["pruning-0"],"last":[],"results":{},"at":-1,"stage":"running"}',
        '{"version":1,"ids":["pruning-0"],"last":[],"results":{},"at":0,"stage":"elsewhere"}',
        '{"version":1,"ids":["pruning-0"],"last":[],"results":{"pruning-0":{"hash":"1a2b3c4d5e6f"}},"at":0,"stage":"done"}',
    ],
)
def test_a_run_that_cannot_be_read_is_a_fresh_start(page, strength, kept):
    page.add_init_script(f"localStorage.setItem('/.quizproof.run.strength', {json.dumps(kept)})")
    page.goto(strength())
    expect(page.locator(POSITION)).to_have_text("Strength page")
    start(page)


def test_an_index_that_does_not_arrive_can_be_tried_again(page, strength, fixture_page, complaints):
    complaints.allow("Failed to load resource")
    url = strength()
    fixture_page.server.faults["index.json"] = 404
    page.goto(url)
    expect(page.locator(".quiz-panel")).to_contain_text(LOST)
    fixture_page.server.faults.clear()
    page.click("[data-action=start]")
    expect(page.locator(POSITION)).to_have_text("Strength page")
    expect(page.locator(POSITION)).to_be_focused()
    start(page)


def test_a_question_that_does_not_arrive_changes_nothing(page, strength, fixture_page, complaints):
    complaints.allow("Failed to load resource")
    url = strength(pages={"a/": entries("pruning", 8)})
    page.goto(url)
    fixture_page.server.faults["0.json"] = 503
    page.click("[data-action=start]")
    expect(page.locator("quiz-set [role=status]").first).to_have_text(LOST)
    assert page.locator("quiz-set").get_attribute("data-state") == "ready"
    fixture_page.server.faults.clear()
    start(page)
    expect(page.locator(".quiz-panel [role=status]")).to_have_text("")


def test_a_newer_bank_is_refused(page, fixture_page):
    banks.write_bank(fixture_page.folder, {"a/": entries("pruning", 4)}, version=2)
    page.goto(fixture_page(banks.drawn_set("strength")))
    expect(page.locator(".quiz-panel")).to_contain_text(LOST)


def test_without_a_bank_the_page_says_so(page, fixture_page):
    page.goto(fixture_page(banks.drawn_set("strength", bank="") + markup.question()))
    page.wait_for_selector("#first [data-action=check]")
    expect(page.locator(".quiz-undrawn")).to_be_visible()
    expect(page.locator(".quiz-panel")).to_have_count(0)


def test_links_and_images_are_those_of_the_sites_root(page, strength):
    stem = '<a href="deep/b/#x">x</a> <a href="#pruning-0">own</a> <a href="https://example.org/">out</a>'
    stem += '<img src="assets/i.svg" srcset="assets/i.svg 1x, assets/j.svg 2x" alt="">'
    html = markup.question("pruning-0", stem=stem)
    page.route("**/*.svg", lambda route: route.fulfill(body="<svg/>", content_type="image/svg+xml"))
    page.goto(strength(pages={"a/": [("pruning-0", "choice", "beginner", "pruning", html)]}))
    start(page)
    links = page.locator("quiz-question a").evaluate_all("nodes => nodes.map(node => node.getAttribute('href'))")
    root = page.evaluate("location.origin")
    assert links == [f"{root}/deep/b/#x", "#pruning-0", "https://example.org/"]
    image = page.locator("quiz-question img")
    assert image.get_attribute("src") == f"{root}/assets/i.svg"
    assert image.get_attribute("srcset") == f"{root}/assets/i.svg 1x, {root}/assets/j.svg 2x"


def test_wide_code_of_a_drawn_question_can_be_scrolled_by_keyboard(page, strength):
    wide = f"<pre style='overflow: auto'><code>{'wide ' * 90}</code></pre>"
    html = markup.question("pruning-0", stem=wide + "<pre style='overflow: auto'><code>narrow</code></pre>")
    page.goto(strength(pages={"a/": [("pruning-0", "choice", "beginner", "pruning", html)]}))
    start(page)
    expect(page.locator("pre").first).to_have_attribute("tabindex", "0")
    assert page.locator("pre").last.get_attribute("tabindex") is None


def test_code_of_a_drawn_question_can_be_run(page, fixture_page):
    code = (
        '<quiz-code id="x-code" data-block="x" data-engine="python" data-state="idle" data-timeout="10">'
        '<div data-part="source"><div class="highlight"><pre><code>print(1)</code></pre></div></div>'
        '<p data-part="status" role="status"></p></quiz-code>'
    )
    banks.write_bank(
        fixture_page.folder, {"a/": [("x", "choice", "beginner", "pruning", markup.question("x", stem=code))]}
    )
    page.goto(fixture_page(banks.drawn_set("strength"), code=True))
    start(page)
    expect(page.locator("#x-code [data-action=run]")).to_be_visible()


def run(page, script, *arguments):
    return page.evaluate(f"async args => {{ {MODULE} {script} }}", list(arguments))


def bank_items(*levels, kind="choice", topic="pruning"):
    return [
        {"id": f"{level}-{n}", "kind": kind, "level": level, "topics": [topic], "page": 0, "hash": ""}
        for n, level in enumerate(levels)
    ]


DRAW = "const [items, rule, avoid] = args; return s.draw(items, ['beginner', 'expert'], rule, avoid)"


def test_the_draw_follows_its_levels_and_fills_up_evenly(page, fixture_page):
    page.goto(fixture_page("<p></p>"))
    items = bank_items(*["beginner"] * 9, *["expert"] * 9)
    for _ in range(5):
        found = run(page, DRAW, items, {"count": 6, "levels": [["expert", 4]], "topics": []}, [])
        assert [id_.split("-")[0] for id_ in found] == ["beginner", "expert", "expert", "expert", "expert", "expert"]
        assert len(set(found)) == 6
    even = run(page, DRAW, items, {"count": 6, "levels": [], "topics": []}, [])
    assert [id_.split("-")[0] for id_ in even] == ["beginner"] * 3 + ["expert"] * 3


def test_the_draw_repeats_only_what_it_must(page, fixture_page):
    page.goto(fixture_page("<p></p>"))
    items = bank_items(*["beginner"] * 3, *["expert"] * 3)
    rule = {"count": 4, "levels": [], "topics": []}
    avoid = ["beginner-0", "beginner-1", "beginner-2"]
    for _ in range(5):
        found = run(page, DRAW, items, rule, avoid)
        assert {"expert-3", "expert-4", "expert-5"} < set(found)
        assert len(found) == 4
    assert len(run(page, DRAW, items[:2], rule, avoid)) == 2, "fewer than asked for, and none twice"


def test_the_draw_asks_of_each_outcome(page, fixture_page):
    page.goto(fixture_page("<p></p>"))
    often = [{**item, "outcomes": ["often"]} for item in bank_items(*["beginner"] * 12, *["expert"] * 12)]
    rare = [{**item, "id": f"rare-{n}", "outcomes": ["rare"]} for n, item in enumerate(often[8:16])]
    rule = {"count": 8, "levels": [], "topics": []}
    for _ in range(5):
        found = run(page, DRAW, [*often, *rare], rule, [])
        assert len(found) == 8
        assert sum(id_.startswith("rare") for id_ in found) == 4, "as often as the other"
    found = run(page, DRAW, [*often, *rare], rule, [item["id"] for item in rare])
    assert not any(id_.startswith("rare") for id_ in found), "those of the last test come last"


def test_the_draw_takes_choice_questions_of_its_topics_only(page, fixture_page):
    page.goto(fixture_page("<p></p>"))
    items = [*bank_items("expert", kind="flashcard"), *bank_items("beginner", topic="tools"), *bank_items("", "")]
    found = run(page, DRAW, items, {"count": 9, "levels": [], "topics": ["pruning"]}, [])
    assert sorted(found) == ["-0", "-1"]


@pytest.mark.parametrize(
    ("points", "of", "verdict"),
    [
        (2, 2, "strong"),
        (4, 5, "strong"),
        (3.9, 5, "shaky"),
        (1, 1, "few"),
        (1, 2, "shaky"),
        (0.9, 2, "weak"),
        (0, 1, "few"),
        (0, 0, "few"),
        (0, 2, "weak"),
    ],
)
def test_thresholds(page, fixture_page, points, of, verdict):
    page.goto(fixture_page("<p></p>"))
    assert run(page, "return s.verdict(...args)", points, of) == verdict


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_in_every_state(new_context, strength, findings, scheme):  # noqa: F811
    page = new_context(color_scheme=scheme).new_page()
    page.goto(strength())
    page.add_style_tag(content=":root { color-scheme: light dark; background: Canvas; color: CanvasText }")
    page.locator("[data-action=start]").wait_for()
    assert findings(page) == []
    start(page)
    assert findings(page) == []
    answer(page, "A", 3)
    assert findings(page) == []
    onward(page)
    answer(page, "B", 1)
    onward(page)
    onward(page)
    onward(page, "finish")
    assert findings(page) == []


def test_a_narrow_screen_needs_no_scrolling_sideways(new_context, strength):
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    page.goto(strength())
    start(page)
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(fits)
    take(page, "BABA", "3210")
    assert page.evaluate(fits)
