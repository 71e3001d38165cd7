"""Progress survives: quota, denied storage, corrupt, older and newer values, two tabs."""

import json
import random

import markup
import pytest
from playwright.sync_api import expect

KEY = "/.quizproof"
MODULE = "const s = await import('/assets/quizproof-test/store.js');"


def stored(page):
    text = page.evaluate(f"localStorage.getItem('{KEY}')")
    return json.loads(text) if text else None


def answer(page, id_="first", letter="B"):
    page.check(f"#{id_} input[value={letter}]")
    page.click(f"#{id_} [data-action=check]")


def put(page, text):
    page.add_init_script(
        f"if (!sessionStorage.put) {{ localStorage.setItem('{KEY}', {json.dumps(text)}); sessionStorage.put = 1 }}"
    )


def row(id_, time, chosen="A", seconds=1, hash_="1a2b3c4d5e6f"):
    return [id_, hash_, chosen, 0, 0, seconds, time, "study"]


def test_one_compact_row_per_attempt(page, fixture_page):
    page.goto(fixture_page(markup.question()))
    answer(page)
    log = stored(page)
    assert log["version"] == 1
    [(id_, hash_, chosen, score, hints, seconds, time, mode)] = log["attempts"]
    assert (id_, hash_, chosen, score, hints, mode) == ("first", "1a2b3c4d5e6f", "B", 1, 0, "study")
    assert seconds >= 0
    assert abs(time - page.evaluate("Date.now()")) < 60_000
    expect(page.locator(".quiz-notice")).to_have_count(0)


def test_the_scope_is_the_sites_root(page, serve, tmp_path, fixture_page):
    url = fixture_page(markup.question())
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "site").symlink_to(fixture_page.folder, target_is_directory=True)
    server = serve(tmp_path)
    page.goto(f"{server.url}sub/site/{url.rsplit('/', 2)[1]}/")
    answer(page)
    assert page.evaluate("Object.keys(localStorage)") == ["/sub/site/.quizproof"]


DENIED = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
QUOTA = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (DENIED, "Progress is not kept: this browser does not allow storage."),
        (QUOTA, "Progress is not kept: this browser’s storage is full."),
    ],
    ids=["denied", "quota"],
)
def test_works_without_storage_and_says_so_once(page, fixture_page, fault, words):
    page.add_init_script(fault)
    page.goto(fixture_page(markup.question() + markup.question("second") + markup.explain()))
    answer(page)
    answer(page, "second", "A")
    page.fill("#why textarea", "kept for now")
    expect(page.locator(".quiz-notice")).to_have_count(1)
    expect(page.locator(".quiz-notice")).to_have_text(words)
    assert page.locator("#first").get_attribute("data-state") == "right"
    page.click("#first [data-action=retry]")
    answer(page, "first", "A")
    assert page.evaluate(f"(async () => {{ {MODULE} return s.store.attempts.length }})()") == 3


def test_after_a_full_quota_everything_is_written_once_there_is_room(page, fixture_page):
    page.add_init_script("window.real = Storage.prototype.setItem;" + QUOTA)
    page.goto(fixture_page(markup.question() + markup.question("second")))
    answer(page)
    page.evaluate("() => { Storage.prototype.setItem = real }")
    answer(page, "second")
    assert [entry[0] for entry in stored(page)["attempts"]] == ["first", "second"]


@pytest.mark.parametrize("text", ["{", "null", "7", "[]", '{"version":1}', '{"version":0,"rows":[]}'])
def test_a_corrupt_value_is_set_aside(page, fixture_page, text):
    put(page, text)
    page.goto(fixture_page(markup.question()))
    expect(page.locator(".quiz-notice")).to_have_text(
        "Earlier progress could not be read. It was set aside, and a new record was started."
    )
    aside = page.evaluate("Object.entries(localStorage).filter(([key]) => key.includes('.aside.'))")
    assert [value for _, value in aside] == [text]
    assert aside[0][0].startswith(f"{KEY}.aside.")
    answer(page)
    assert len(stored(page)["attempts"]) == 1
    page.reload()
    expect(page.locator("#first > form > .quiz-status")).to_contain_text("Right.")
    expect(page.locator(".quiz-notice")).to_have_count(0)


def test_a_partly_corrupt_value_keeps_what_can_be_read(page, fixture_page):
    text = json.dumps({"version": 1, "attempts": [row("first", 5), ["first", None], "nonsense"]})
    put(page, text)
    page.goto(fixture_page(markup.question()))
    expect(page.locator("#first")).to_have_attribute("data-state", "wrong")
    assert stored(page)["attempts"] == [row("first", 5)]
    assert text in page.evaluate("Object.values(localStorage)")


def test_a_corrupt_value_that_cannot_be_set_aside_is_not_overwritten(page, fixture_page):
    put(page, "{")
    page.add_init_script(
        "const real = Storage.prototype.setItem; Storage.prototype.setItem = function (key, value) {"
        "if (key.includes('.aside.')) throw new DOMException('full', 'QuotaExceededError');"
        "return real.call(this, key, value) }"
    )
    page.goto(fixture_page(markup.question()))
    answer(page)
    assert page.evaluate(f"localStorage.getItem('{KEY}')") == "{"
    expect(page.locator(".quiz-notice")).to_have_text("Progress is not kept: this browser’s storage is full.")


def test_a_newer_version_is_left_alone(page, fixture_page):
    text = '{"version":2,"attempts":"who knows"}'
    put(page, text)
    page.goto(fixture_page(markup.question()))
    expect(page.locator(".quiz-notice")).to_have_text(
        "Progress is not kept: it was saved by a newer version of this site. Reload the page to get that version."
    )
    answer(page)
    assert page.locator("#first").get_attribute("data-state") == "right"
    assert page.evaluate(f"localStorage.getItem('{KEY}')") == text


def test_an_older_version_is_migrated(page, fixture_page):
    page.goto(fixture_page("<p></p>"))
    found = page.evaluate(
        f"""async rows => {{ {MODULE}
        s.MIGRATIONS[-1] = log => ({{ attempts: log.rows.map(r => [...r.slice(0, 7), 'study']) }});
        s.MIGRATIONS[0] = log => ({{ attempts: log.attempts.map(r => r.with(2, 'B')) }});
        localStorage.setItem('older', JSON.stringify({{ version: -1, rows }}));
        const store = new s.Store(() => localStorage, 'older');
        return [store.latest('first'), store.problem] }}""",
        [row("first", 5)[:7]],
    )
    assert found == [row("first", 5, "B"), ""]


def test_two_tabs_lose_nothing(context, fixture_page):
    url = fixture_page(markup.question() + markup.question("second"))
    one, two = context.new_page(), context.new_page()
    one.goto(url)
    two.goto(url)
    answer(one, "first")
    answer(two, "second", "A")
    one.click("#first [data-action=retry]")
    answer(one, "first", "C")
    assert [(entry[0], entry[2]) for entry in stored(two)["attempts"]] == [
        ("first", "B"),
        ("second", "A"),
        ("first", "C"),
    ]


def test_two_tabs_that_write_in_the_same_moment(context, page, fixture_page):
    url = fixture_page(markup.question() + markup.question("second"))
    page.goto(url)
    with context.expect_page() as opened:
        page.evaluate("url => { window.other = open(url) }", url)
    other = opened.value
    other.wait_for_selector("#second [data-action=check]")
    other.check("#second input[value=A]")
    # The other tab writes after this one has read, and before it writes: what it wrote is overwritten.
    page.evaluate(
        """() => {
        const write = Storage.prototype.setItem;
        Storage.prototype.setItem = function (...pair) {
          Storage.prototype.setItem = write;
          other.document.querySelector('#second [data-action=check]').click();
          window.between = localStorage.getItem(pair[0]);
          write.apply(this, pair);
          window.after = localStorage.getItem(pair[0]);
        } }"""
    )
    answer(page)
    between, after = (json.loads(page.evaluate(name))["attempts"] for name in ("window.between", "window.after"))
    assert [[entry[0] for entry in rows] for rows in (between, after)] == [["second"], ["first"]]
    page.wait_for_function(f"JSON.parse(localStorage.getItem('{KEY}')).attempts.length === 2")
    for tab in (page, other):
        tab.wait_for_function(f"async () => {{ {MODULE} return s.store.attempts.length === 2 }}")


def test_tabs_that_write_all_the_time(context, fixture_page):
    url = fixture_page("<p></p>")
    tabs = [context.new_page() for _ in range(3)]
    for tab in tabs:
        tab.goto(url)
        tab.evaluate(f"async () => {{ {MODULE} window.store = s.store }}")
    for name, tab in enumerate(tabs):
        tab.evaluate(
            """name => {
            let left = 60;
            const write = () => {
              const id = `tab ${name}, answer ${left}`;
              store.record([id, 'h', 'A', 0, 0, 1, store.time(id), 'study']);
              if (--left) setTimeout(write, Math.random() * 4);
            };
            write() }""",
            name,
        )
    for tab in tabs:
        tab.wait_for_function("store.attempts.length === 180")
    assert len({entry[0] for entry in stored(tabs[0])["attempts"]}) == 180


def test_a_tick_on_a_later_day_is_what_stays(page, fixture_page):
    def at(seconds):
        page.clock.set_fixed_time(1_791_230_400 + seconds)

    at(0)
    page.goto(fixture_page(markup.explain()))
    page.wait_for_selector("#why [data-action=check]")
    page.focus("#why textarea")
    at(300)
    page.fill("#why textarea", "less")
    page.click("#why [data-action=check]")
    page.check("#why input[value=A]")
    exported = stored(page)["attempts"]
    assert [(entry[2], entry[5]) for entry in exported] == [("A", 300)]
    at(86_400)
    page.reload()
    page.wait_for_selector("#why input[value=B]")
    page.focus("#why input[value=B]")
    at(86_402.5)
    page.check("#why input[value=B]")
    assert [(entry[2], entry[5]) for entry in stored(page)["attempts"]] == [("AB", 302.5)], "it goes on"
    page.evaluate(f"async rows => {{ {MODULE} s.store.add(rows) }}", exported)
    assert [entry[2] for entry in stored(page)["attempts"]] == ["AB"]
    page.reload()
    expect(page.locator("#why .quiz-status")).to_have_text("2 of 3 concepts. You answered this before.")


def test_hints_are_carried_over_too(page, fixture_page):
    hint = '<details data-part="hint"><summary>Hint 1 of 1</summary><p>Think.</p></details><details data-part="answer">'
    page.goto(fixture_page(markup.explain().replace('<details data-part="answer">', hint)))
    page.click("#why [data-action=hint]")
    page.fill("#why textarea", "less")
    page.click("#why [data-action=check]")
    page.check("#why input[value=A]")
    page.reload()
    # Its own style moves what is below it.
    page.wait_for_function("[...document.styleSheets].some(({ href }) => href?.includes('explain'))")
    page.check("#why input[value=B]")
    assert [(entry[2], entry[4]) for entry in stored(page)["attempts"]] == [("AB", 1)]
    page.click("#why [data-action=retry]")
    page.click("#why [data-action=check]")
    page.check("#why input[value=A]")
    assert [(entry[2], entry[4]) for entry in stored(page)["attempts"]] == [("AB", 1), ("A", 0)]


def test_a_tick_in_a_second_tab_is_not_taken_back_by_the_first(context, fixture_page):
    url = fixture_page(markup.explain() + markup.question())
    one, two = context.new_page(), context.new_page()
    one.clock.install()
    one.goto(url)
    one.wait_for_selector("#why [data-action=check]")
    one.focus("#why textarea")
    one.clock.run_for(60_000)
    one.fill("#why textarea", "less")
    one.click("#why [data-action=check]")
    one.check("#why input[value=A]")
    two.goto(url)
    two.check("#why input[value=B]")
    [ticked] = stored(two)["attempts"]
    assert ticked[2] == "AB"
    assert ticked[5] > 60
    one.wait_for_function(f"async () => {{ {MODULE} return s.store.latest('why')[2] === 'AB' }}")
    answer(one)
    assert [(entry[0], entry[2]) for entry in stored(one)["attempts"]] == [("why", "AB"), ("first", "B")]


def test_a_change_of_the_same_attempt_outlasts_what_it_replaces(page, fixture_page):
    page.goto(fixture_page("<p></p>"))
    rows = [row("first", 5, "AC", 9.7), row("first", 5, "A", 3), row("first", 5, "A", 9.8), row("first", 5, "A", 9.9)]
    kept = page.evaluate(
        f"""async rows => {{ {MODULE}
        const store = new s.Store(() => localStorage, 'changes');
        const found = rows.map(r => {{ store.record([...r]); return store.attempts.map(r => [...r]) }});
        return [...found, s.merge(found[1], found[0]), s.merge(found[0], found[1])] }}""",
        rows,
    )
    assert [[(entry[2], entry[5]) for entry in log] for log in kept] == [
        [("AC", 9.7)],
        [("A", 9.8)],
        [("A", 9.8)],
        [("A", 9.9)],
        [("A", 9.8)],
        [("A", 9.8)],
    ]


def test_a_draft_that_cannot_be_kept_says_so(page, fixture_page):
    page.add_init_script(QUOTA)
    page.goto(fixture_page(markup.explain()))
    page.fill("#why textarea", "many words")
    expect(page.locator(".quiz-notice")).to_have_text("Progress is not kept: this browser’s storage is full.")


def test_what_another_tab_overwrote_is_written_again(context, fixture_page):
    url = fixture_page(markup.question())
    one, two = context.new_page(), context.new_page()
    one.goto(url)
    two.goto(url)
    answer(one)
    foreign = json.dumps({"version": 1, "attempts": [row("other", 5)]})
    two.evaluate(f"text => localStorage.setItem('{KEY}', text)", foreign)
    one.wait_for_function(f"JSON.parse(localStorage.getItem('{KEY}')).attempts.length === 2")


def test_what_another_tab_deleted_stays_deleted(context, fixture_page):
    url = fixture_page(markup.question())
    one, two = context.new_page(), context.new_page()
    one.goto(url)
    two.goto(fixture_page.server.url)
    answer(one)
    two.evaluate(f"localStorage.removeItem('{KEY}')")
    one.click("#first [data-action=retry]")
    answer(one)
    assert len(stored(two)["attempts"]) == 1


NOW = 1_791_230_400_000
HOUR, YEAR = 3_600_000, 365 * 86_400_000


@pytest.mark.parametrize(("back", "times"), [(HOUR, [0, 1]), (YEAR, [0, -YEAR])], ids=["by an hour", "by a year"])
def test_a_clock_that_was_set_back_does_not_hide_the_last_answer(page, fixture_page, back, times):
    put(page, json.dumps({"version": 1, "attempts": [row("first", NOW)]}))
    page.clock.set_fixed_time((NOW - back) / 1000)
    page.goto(fixture_page(markup.question()))
    expect(page.locator("#first")).to_have_attribute("data-state", "wrong")
    page.click("#first [data-action=retry]")
    answer(page)
    assert [entry[6] - NOW for entry in stored(page)["attempts"]] == times
    page.reload()
    expect(page.locator("#first")).to_have_attribute("data-state", "right")
    page.click("#first [data-action=retry]")
    answer(page, letter="C")
    page.reload()
    assert page.locator("#first input:checked").input_value() == "C"


def test_answers_after_a_clock_that_ran_ahead_have_their_own_time(page, fixture_page):
    rows = [row("first", NOW - HOUR), row("second", NOW - HOUR), row("second", NOW + YEAR, "B")]
    put(page, json.dumps({"version": 1, "attempts": rows}))
    page.clock.set_fixed_time(NOW / 1000)
    page.goto(fixture_page(markup.question() + markup.question("second") + markup.question("third")))
    for id_, letter in (("second", "C"), ("third", "B")):
        if id_ == "second":
            page.click("#second [data-action=retry]")
        answer(page, id_, letter)
    times = {(entry[0], entry[2]): entry[6] for entry in stored(page)["attempts"]}
    assert (times["second", "C"], times["third", "B"]) == (NOW, NOW)
    page.reload()
    assert page.locator("#second input:checked").input_value() == "C"
    assert len(stored(page)["attempts"]) == 5, "nothing is lost"


def test_the_seconds_of_a_clock_that_was_set_back_are_none(page, fixture_page):
    page.clock.set_fixed_time(1_791_230_400)
    page.goto(fixture_page(markup.question() + markup.card()))
    page.check("#first input[value=A]")
    page.click("#card [data-action=reveal]")
    page.clock.set_fixed_time(1_791_140_000)
    page.click("#first [data-action=check]")
    page.click("#card [data-action=good]")
    assert [(entry[0], entry[5]) for entry in stored(page)["attempts"]] == [("first", 0), ("card", 0)]


def test_a_question_that_was_edited_moved_or_removed(page, fixture_page):
    rows = [row("first", 5), row("moved", 6, "B"), row("removed", 7)]
    put(page, json.dumps({"version": 1, "attempts": rows}))
    page.goto(fixture_page(markup.question(hash_="ffffffffffff")))
    expect(page.locator("#first")).to_have_attribute("data-state", "unanswered")
    expect(page.locator("#first .quiz-status")).to_have_text("This question has changed since you answered.")
    answer(page)
    page.goto(fixture_page(markup.question("moved"), name="other"))
    expect(page.locator("#moved")).to_have_attribute("data-state", "right")
    assert stored(page)["attempts"][:3] == rows
    assert stored(page)["attempts"][3][:3] == ["first", "ffffffffffff", "B"]


def test_merge_is_commutative_idempotent_and_loses_nothing(page, fixture_page):
    page.goto(fixture_page("<p></p>"))
    rng = random.Random(7)
    logs = [
        [
            row(f"q{rng.randrange(4)}", rng.randrange(6), rng.choice("AB"), rng.randrange(3))
            for _ in range(rng.randrange(9))
        ]
        for _ in range(60)
    ]
    wrong = page.evaluate(
        f"""async logs => {{ {MODULE}
        const same = (x, y) => JSON.stringify(x) === JSON.stringify(y);
        const names = rows => [...new Set(rows.map(r => r[6] + r[0]))].sort();
        const wrong = [];
        for (const a of logs) for (const b of logs) {{
          const ab = s.merge(a, b);
          if (!same(ab, s.merge(b, a))) wrong.push(['commutative', a, b]);
          if (!same(ab, s.merge(ab, b)) || !same(ab, s.merge(a, ab))) wrong.push(['idempotent', a, b]);
          if (!same(names(ab), names([...a, ...b]))) wrong.push(['loses', a, b]);
        }}
        for (let at = 2; at < logs.length; at++) {{
          const [a, b, c] = logs.slice(at - 2, at + 1);
          if (!same(s.merge(s.merge(a, b), c), s.merge(a, s.merge(b, c)))) wrong.push(['associative', a, b, c]);
        }}
        return wrong }}""",
        logs,
    )
    assert wrong == []


def test_bounded_but_every_question_keeps_its_last_result(page, fixture_page):
    page.goto(fixture_page("<p></p>"))
    size, first, count = page.evaluate(
        f"""async () => {{ {MODULE}
        const rows = Array.from({{ length: s.LIMIT + 500 }}, (_, at) =>
          [at ? `question-of-some-length-${{at % 90}}` : 'old',
            '1a2b3c4d5e6f', 'B', 1, 0, 12.5, 1.79e12 + at, 'challenge']);
        const kept = s.merge(rows, []);
        return [JSON.stringify(kept).length, kept[0][0], kept.length] }}"""
    )
    assert first == "old"
    assert count == 10_001
    assert size < 1_500_000
