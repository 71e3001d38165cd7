"""The progress page: what it says of what is kept, by mouse and by keyboard, and what is missing or has changed."""

import json
import re

import banks
import progress_fixtures as fixtures
import pytest
from playwright.sync_api import Page, expect
from progress_fixtures import KEY, NOW, ROWS, kept, row
from test_axe import axe, findings  # noqa: F401  (fixtures)

NO_BANK = (
    "The list of this site’s questions could not be loaded: what you know by topic and what is due are not shown. "
    "What is kept is safe. Reload to try again."
)
BEGIN = (
    "Nothing is kept yet. Answer a question or rate a card on this site: what you know, what is due, and every answer "
    "then stand here. Choose how to begin"
)
DENIED = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
HISTORY = ".quiz-history li"


@pytest.fixture
def open_progress(new_context, fixture_page):
    """`open_progress(script, **changes of the bank)` → the page, on 5 October 2026, once it is ready."""

    def open_it(
        script: str = "", *, to: Page | None = None, faults: dict[str, int] | None = None, **bank: object
    ) -> Page:
        to = to or new_context(timezone_id="UTC").new_page()
        fixtures.write_bank(fixture_page.folder, **bank)
        to.clock.set_fixed_time(NOW / 1000)
        if script:
            to.add_init_script(script)
        head = '<link rel="stylesheet" href="../assets/quizproof-test/progress.css">'
        head += '<script type="module" src="../assets/quizproof-test/progress.js"></script>'
        to.goto(fixture_page(fixtures.ELEMENT, name="progress", head=head, faults=faults))
        expect(to.locator("quiz-progress")).to_have_attribute("data-state", "ready")
        return to

    return open_it


def section(page: Page, title: str):
    return page.locator("section").filter(has=page.get_by_role("heading", name=title, exact=True))


def cells(table) -> list[list[str]]:
    return [line.locator("th, td").all_text_contents() for line in table.locator("tr").all()]


def boxes(chart) -> list[tuple[str, float, ...]]:
    """What a chart is made of: part, x, y, width, height."""
    found = chart.locator("rect").evaluate_all(
        "nodes => nodes.map(node => [node.getAttribute('class'), "
        "...['x', 'y', 'width', 'height'].map(name => node[name].baseVal.value)])"
    )
    return [(kind.rpartition("--")[2], *(round(number, 1) for number in numbers)) for kind, *numbers in found]


def test_what_is_known_due_and_earned(open_progress):
    page = open_progress(fixtures.everything())
    figures = page.locator(".quiz-figures > div")
    assert figures.all_text_contents() == ["questions and cards known2 of 6", "answers7", "badge1"]
    due = section(page, "Due today")
    expect(due).to_have_text(
        "Due today4 questions or cards are due for review now. Coming: 1 in the six days after. Start the review"
    )
    expect(due.get_by_role("link", name="Start the review")).to_have_attribute("href", "../review/")

    known = section(page, "What you know")
    assert [node.get_attribute("aria-label") for node in known.locator(".quiz-bars [role=img]").all()] == [
        "Pruning: 1 known, 1 shaky, 1 missed, 0 not tried",
        "Quantization: 1 known, 2 shaky, 1 missed, 0 not tried",
    ]
    assert known.locator(".quiz-bars li").all_text_contents() == ["Pruning33 %", "Quantization25 %"]
    assert boxes(known.locator(".quiz-bars svg").nth(1)) == [
        ("known", 0, 0, 25, 10),
        ("shaky", 25, 0, 50, 10),
        ("missed", 75, 0, 25, 10),
    ]
    known.locator("summary").click()
    assert cells(known.get_by_role("table", name="Questions and cards by topic", exact=True)) == [
        ["Topic", "Known", "Shaky", "Missed", "Not tried"],
        ["Pruning", "1", "1", "1", "0"],
        ["Quantization", "1", "2", "1", "0"],
    ]
    assert cells(known.get_by_role("table", name="Questions and cards known, by topic and level")) == [
        ["Topic", "Beginner", "Intermediate", "All levels"],
        ["Pruning", "1 of 1", "0 of 2", "1 of 3"],
        ["Quantization", "1 of 2", "0 of 2", "1 of 4"],
        ["All topics", "2 of 3", "0 of 3", "2 of 6"],
    ]
    expect(known.locator(".quiz-how")).to_contain_text("Your last answer to each question counts.")

    weeks = section(page, "The last 12 weeks")
    expect(weeks).to_contain_text("7 answers, at most 4 in a week.")
    drawn = boxes(weeks.locator("svg").first)
    assert drawn[-2:] == [("known", 101, 30, 8, 30), ("other", 101, 0, 8, 30)], "two right of four, which is the most"
    assert ("known", 91, 45, 8, 15) in drawn
    weeks.locator("summary").click()
    numbers = cells(weeks.get_by_role("table"))
    assert numbers[:4] == [
        ["Week from", "Right", "Partly right or wrong"],
        ["Oct 5", "0", "0"],
        ["Sep 28", "2", "2"],
        ["Sep 21", "1", "1"],
    ]
    assert (len(numbers), sum(int(n) for line in numbers[1:] for n in line[1:])) == (13, 7)
    assert page.locator(".quiz-badges [role=img]").get_attribute("aria-label") == (
        "Badge: Model Master. Page one, September 30, 2026."
    )


def test_the_history_and_its_filters(open_progress):
    page = open_progress(kept())
    lines = page.locator(HISTORY)
    assert lines.all_text_contents() == [
        "Title of both✗ wrongOct 4, 2026, 8:00 PM · Challenge · 12 s",
        "Title of card✓ easyOct 4, 2026, 8:00 AM · Flashcards · 12 s",
        "Title of why○ partly rightOct 3, 2026, 8:00 PM · Self-check · 12 s",
        "Title of quant-a✓ rightOct 2, 2026, 8:00 PM · Self-check · 1 hint · 12 s",
        "Title of prune-b○ partly rightSep 27, 2026, 8:00 PM · Practice · 12 s",
        "Title of prune-a✓ rightSep 26, 2026, 8:00 PM · Self-check · 12 s",
        "Title of prune-a✗ wrongSep 15, 2026, 8:00 PM · Self-check · 12 s",
    ]
    expect(lines.first.get_by_role("link")).to_have_attribute("href", re.compile(r"/one/#both$"))
    count = page.locator(".quiz-count")
    expect(count).to_have_text("7 answers.")
    for name, value, words in [
        ("Topic", "Pruning", "4 of 7 answers."),
        ("Level", "Intermediate", "2 of 7 answers."),
        ("Result", "Wrong", "1 of 7 answers."),
        ("Mode", "Self-check", "0 of 7 answers."),
        ("Level", "All", "1 of 7 answers."),
    ]:
        page.get_by_role("combobox", name=name, exact=True).select_option(label=value)
        expect(count).to_have_text(words)
    expect(lines).to_have_text(["Title of prune-a✗ wrongSep 15, 2026, 8:00 PM · Self-check · 12 s"])
    assert page.get_by_role("combobox", name="Mode", exact=True).locator("option").all_text_contents() == [
        "All",
        "Challenge",
        "Flashcards",
        "Practice",
        "Self-check",
    ]


def test_by_keyboard_alone(open_progress):
    page = open_progress(kept([row("prune-a", n / 10, score=n % 2) for n in range(30, 0, -1)]))

    def tab_to(selector: str) -> None:
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"the Tab key does not reach {selector}")

    tab_to("[href='../review/']")
    tab_to("summary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name="Questions and cards by topic", exact=True)).to_be_visible()
    tab_to(".quiz-table")
    tab_to("select[name=result]")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".quiz-count")).to_have_text("15 of 30 answers.")
    expect(page.get_by_role("combobox", name="Result", exact=True)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator(HISTORY)).to_have_count(20)
    page.focus("[data-action=more]")
    page.keyboard.press("Enter")
    expect(page.locator(HISTORY)).to_have_count(30)
    expect(page.locator(HISTORY).nth(20)).to_be_focused()
    expect(page.locator("[data-action=more]")).to_be_hidden()
    for _ in range(10):
        page.keyboard.press("Tab")
    tab_to("[data-action=delete]")
    page.keyboard.press("Space")
    expect(page.locator("quiz-progress .quiz-status")).to_have_text(
        "Deleted: 30 answers. You can undo this until you close or reload the page."
    )
    expect(page.locator("[data-action=delete]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("quiz-progress .quiz-status")).to_have_text("Put back. You now have 30 answers.")
    expect(page.locator("[data-action=delete]")).to_be_focused()


def test_nothing_yet(open_progress, fixture_page):
    page = open_progress()
    expect(page.locator(".quiz-begin")).to_have_text(BEGIN)
    expect(page.get_by_role("link", name="Choose how to begin")).to_have_attribute("href", fixture_page.server.url)
    assert [h.text_content() for h in page.get_by_role("heading", level=2).all()] == ["Your data"]
    expect(section(page, "Your data")).to_contain_text("There is nothing of yours here.")
    for action, off in {"export": True, "export-csv": True, "import": False, "delete": True}.items():
        assert (page.get_attribute(f"[data-action={action}]", "aria-disabled") == "true") is off
    page.click("[data-action=delete]", force=True)
    expect(page.locator("quiz-progress .quiz-status")).to_be_empty()
    assert "ts-fsrs.js" not in "".join(fixture_page.server.requests), "the scheduler comes when there is something"


def test_what_changed_moved_or_went_since(open_progress):
    page = open_progress(kept(), changed=["prune-a"], moved=["quant-a"], without=["both"])
    expect(page.locator(".quiz-figures > div").first).to_have_text("questions and cards known1 of 5")
    label = page.locator(".quiz-bars [role=img]").first.get_attribute("aria-label")
    assert label == "Pruning: 0 known, 1 shaky, 0 missed, 1 not tried"
    lines = page.locator(HISTORY)
    expect(lines.first).to_have_text("both✗ wrongOct 4, 2026, 8:00 PM · Challenge · 12 s · no longer on this site")
    expect(lines.first.get_by_role("link")).to_have_count(0)
    expect(lines.nth(3).get_by_role("link")).to_have_attribute("href", re.compile(r"/one/#quant-a$"))
    expect(lines.nth(5)).to_contain_text("the question has changed since")
    expect(section(page, "Due today")).to_contain_text("3 questions or cards are due")
    assert len(json.loads(page.evaluate(f"localStorage['{KEY}']"))["attempts"]) == len(ROWS)


@pytest.mark.parametrize("lost", ["index.json", "titles.json", "ts-fsrs.js"])
def test_what_does_not_arrive_leaves_the_rest(open_progress, complaints, lost):
    complaints.allow("Failed to load resource")
    page = open_progress(kept(), faults={lost: 503})
    whole = lost != "index.json"
    expect(page.locator(".quiz-notice")).to_have_text("" if whole else NO_BANK)
    expect(page.locator(HISTORY).first).to_contain_text("Title of both" if lost == "ts-fsrs.js" else "both")
    expect(page.locator(HISTORY)).to_have_count(7)
    expect(section(page, "What you know")).to_have_count(int(whole))
    expect(section(page, "Due today")).to_have_count(int(lost == "titles.json"))
    expect(page.locator(".quiz-history a")).to_have_count(7 if whole else 0)
    expect(page.locator("[data-action=export]")).not_to_have_attribute("aria-disabled", "true")


def test_what_another_tab_answers_is_shown(open_progress):
    page = open_progress(kept())
    other = page.context.new_page()
    other.goto(page.url)
    log = {"version": 1, "attempts": [*ROWS, row("prune-b", 0.05)]}
    other.evaluate(f"text => localStorage.setItem('{KEY}', text)", json.dumps(log))
    expect(page.locator(".quiz-count")).to_have_text("8 answers.")
    section(page, "What you know").locator("summary").click()
    page.locator(".quiz-history a").nth(1).focus()
    log["attempts"].append(row("quant-a", 0.01))
    other.evaluate(f"text => localStorage.setItem('{KEY}', text)", json.dumps(log))
    page.wait_for_function("async () => (await import('/assets/quizproof-test/store.js')).store.attempts.length === 9")
    page.bring_to_front()
    page.keyboard.press("Tab")
    expect(page.locator(".quiz-history a").nth(2)).to_be_focused()
    expect(page.locator(".quiz-count")).to_have_text("8 answers.")
    page.get_by_role("combobox", name="Mode", exact=True).focus()
    expect(page.locator(".quiz-count")).to_have_text("9 answers.")
    expect(page.get_by_role("table", name="Questions and cards by topic", exact=True)).to_be_visible()
    other.evaluate("localStorage.clear()")
    expect(page.locator(".quiz-begin")).to_be_visible()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (
            DENIED,
            "Progress is not kept: this browser does not allow storage.",
        ),
        (
            f"localStorage['{KEY}'] = '{{'",
            "Earlier progress could not be read. It was set aside, and a new record was started.",
        ),
        (
            f"localStorage['{KEY}'] = JSON.stringify({{ version: 2, attempts: [] }})",
            "Progress is not kept: it was saved by a newer version of this site. Reload the page to get that version.",
        ),
    ],
    ids=["denied", "corrupt", "newer"],
)
def test_storage_faults_are_said(open_progress, fault, words):
    page = open_progress(fault)
    expect(page.locator(".quiz-notice")).to_have_text(words)
    expect(page.locator(".quiz-begin")).to_be_visible()
    if words.startswith("Earlier"):
        expect(section(page, "Your data")).to_contain_text(
            "1 earlier record that could not be read is set aside, and deleted only with everything else."
        )


def test_titles_and_names_are_text(open_progress, fixture_page):
    script = "<img src=x onerror=window.hit=1>"
    page = open_progress(kept([row(script), row("prune-a")], **{"badge.one": {**fixtures.BADGE, "name": script}}))
    titles = next((fixture_page.folder / "assets").glob("*/titles.json"))
    titles.write_text(json.dumps([script] * 6), encoding="utf-8")
    page.reload()
    expect(page.locator(".quiz-history a")).to_have_text([script])
    expect(page.locator(".quiz-badges svg")).to_contain_text("onerror")
    assert page.evaluate("window.hit") is None


def test_without_javascript_the_page_says_what_it_needs(new_context, fixture_page):
    page = new_context(java_script_enabled=False).new_page()
    head = '<link rel="stylesheet" href="../assets/quizproof-test/progress.css">'
    page.goto(fixture_page(fixtures.ELEMENT, head=head))
    expect(page.get_by_text("Without scripts.")).to_be_visible()


def test_phone_paper_and_forced_colours(open_progress, new_context):
    page = open_progress(fixtures.everything(), to=new_context(viewport={"width": 320, "height": 640}).new_page())
    page.locator("summary").first.click()
    page.evaluate("document.querySelectorAll('details').forEach(node => (node.open = true))")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = "[...document.querySelectorAll('button, select')].filter(n => n.checkVisibility() && n.offsetHeight < 44)"
    assert page.evaluate(f"{small}.length") == 0
    page.emulate_media(media="print")
    for selector in (".quiz-bars svg", f"{HISTORY} .quiz-mark"):
        expect(page.locator(selector).first).to_be_visible()
    for selector in (".quiz-filters", "button"):
        expect(page.locator(selector).first).to_be_hidden()
    page.emulate_media(media="screen", forced_colors="active")
    fill = "part => getComputedStyle(document.querySelector('.quiz-bars .quiz-fill--' + part)).fill"
    assert page.evaluate(fill, "known") != page.evaluate(fill, "missed")
    stroke = page.evaluate("getComputedStyle(document.querySelector('.quiz-stripe--missed')).stroke")
    assert stroke == page.evaluate(fill, "known")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_in_every_state(open_progress, new_context, findings, tmp_path, scheme):  # noqa: F811
    page = open_progress(to=new_context(color_scheme=scheme).new_page())
    look = ":root { color-scheme: light dark; background: Canvas; color: CanvasText }"
    page.add_style_tag(content=look)
    assert findings(page) == []
    page.evaluate("sessionStorage.clear()")
    open_progress(fixtures.everything(), to=page)
    page.add_style_tag(content=look)
    page.evaluate("document.querySelectorAll('details').forEach(node => (node.open = true))")
    assert findings(page) == []
    page.get_by_role("combobox", name="Topic", exact=True).select_option(label="Pruning")
    page.set_input_files("input[type=file]", fixtures.file_of(tmp_path / "other.json", [row("card", 3, "2")]))
    page.locator(".quiz-import").wait_for()
    assert findings(page) == []
    page.set_input_files("input[type=file]", fixtures.file_of(tmp_path / "bad.json", [row("card", 3, 2)]))
    expect(page.locator("quiz-progress .quiz-status")).to_contain_text("expected a text")
    assert findings(page) == []
    page.click("[data-action=delete]")
    assert findings(page) == []


def test_the_count_on_another_page_loads_no_more_than_it_needs(page, fixture_page):
    fixtures.write_bank(fixture_page.folder)
    page.clock.set_fixed_time(NOW / 1000)
    html = f'<p>Review <quiz-due data-bank="{banks.NAME}"></quiz-due></p>'
    script = '<script type="module" src="../assets/quizproof-test/due.js"></script>'
    url = fixture_page(html, head=script)

    def loaded(*rows: list[object]) -> tuple[str | None, list[str]]:
        fixture_page.server.requests.clear()
        page.evaluate(f"text => localStorage.setItem('{KEY}', text)", json.dumps({"version": 1, "attempts": rows}))
        page.reload()
        page.evaluate("name => import('/assets/quizproof-test/due.js').then(due => due.dueCounts(name))", banks.NAME)
        names = {path.rpartition("/")[2] for path in fixture_page.server.requests}
        return page.text_content("quiz-due"), sorted(names & {"schedule.js", "ts-fsrs.js", "bank.js", "index.json"})

    page.goto(url)
    page.evaluate("localStorage.clear()")
    assert loaded() == ("", [])
    assert loaded(row("prune-a")) == ("", ["schedule.js", "ts-fsrs.js"])
    every = ["bank.js", "index.json", "schedule.js", "ts-fsrs.js"]
    assert loaded(row("prune-a", 1, score=0), row("gone", 1, score=0)) == ("1 due now", every)
    assert loaded(row("card", 0, "4")) == ("Nothing is due now", every)
    assert loaded(row("gone", 1, score=0)) == ("", every)
