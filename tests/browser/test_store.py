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


def test_a_clock_that_was_set_back_does_not_hide_the_last_answer(page, fixture_page):
    put(page, json.dumps({"version": 1, "attempts": [row("first", 9_000_000_000_000)]}))
    page.goto(fixture_page(markup.question()))
    page.click("#first [data-action=retry]")
    answer(page)
    assert [entry[6] for entry in stored(page)["attempts"]] == [9_000_000_000_000, 9_000_000_000_001]
    page.reload()
    expect(page.locator("#first")).to_have_attribute("data-state", "right")


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
