"""The schedule: FSRS as the Python package computes it, from the attempts alone."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fsrs import Card, Rating, Scheduler

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "fsrs.json").read_text(encoding="utf-8"))
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
MODULE = "const s = await import('/assets/quizproof-test/schedule.js');"
DAY = 86_400_000


def at(minutes):
    return round((START + timedelta(minutes=minutes)).timestamp() * 1000)


def row(id_, time, chosen="1", score=0.0, hints=0):
    return [id_, "1a2b3c4d5e6f", chosen, score, hints, 1, time, "study"]


def run(page, script, *arguments):
    return page.evaluate(f"async args => {{ {MODULE} {script} }}", list(arguments))


@pytest.fixture
def blank(page, fixture_page):
    page.goto(fixture_page("<p></p>"))
    return page


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_python_package_agrees_with_the_vectors(vector):
    scheduler, card = Scheduler(enable_fuzzing=False), Card(card_id=1, due=START)
    for review in vector["reviews"]:
        time = START + timedelta(minutes=review["minutes"])
        card, _ = scheduler.review_card(card, Rating(review["rating"]), time)
        assert card.stability == pytest.approx(review["stability"], abs=1e-4)
        assert card.difficulty == pytest.approx(review["difficulty"], abs=1e-4)


def test_the_browser_agrees_with_the_vectors(blank):
    logs = [[row("x", at(r["minutes"]), str(r["rating"])) for r in v["reviews"]] for v in VECTORS]
    found = run(
        blank,
        "return args[0].map(rows => rows.map((_, n) => {"
        "const card = s.replay(rows.slice(0, n + 1)).get('x'); return [card.stability, card.difficulty] }))",
        logs,
    )
    for vector, states in zip(VECTORS, found, strict=True):
        for review, (stability, difficulty) in zip(vector["reviews"], states, strict=True):
            assert stability == pytest.approx(review["stability"], abs=1e-3), (vector["name"], review)
            assert difficulty == pytest.approx(review["difficulty"], abs=1e-3), (vector["name"], review)


@pytest.mark.parametrize(
    ("chosen", "score", "hints", "rating"),
    [("3", 1, 0, 3), ("1", 0, 0, 1), ("B", 1, 0, 3), ("B", 1, 2, 2), ("A", 0, 0, 1), ("AC", 0.5, 0, 1)],
    ids=["card good", "card again", "right", "right with hints", "wrong", "partly right"],
)
def test_what_an_attempt_counts_as(blank, chosen, score, hints, rating):
    assert run(blank, "return s.ratingOf(args[0])", row("x", 5, chosen, score, hints)) == rating


def test_a_question_enters_when_it_is_missed_and_a_card_when_it_is_rated(blank):
    rows = [
        row("right", at(0), "B", 1),
        row("missed", at(1), "A", 0),
        row("card", at(2), "4", 1),
        row("right", at(3), "B", 1),
        row("late", at(4), "B", 1),
        row("late", at(5), "C", 0.5),
    ]
    found = run(blank, "return s.schedule(...args)", rows, at(60))
    assert [entry["id"] for entry in found] == ["missed", "late", "card"]
    assert found[0]["due"] == at(2)


def test_no_fuzz_the_same_attempts_give_the_same_schedule_in_any_order_of_merging(blank):
    rng = random.Random(3)
    rows = [row(f"q{rng.randrange(9)}", at(n * 700), str(rng.randrange(1, 5))) for n in range(120)]
    whole, merged = run(
        blank,
        "const { merge } = await import('/assets/quizproof-test/store.js'); const [rows, now] = args;"
        "const odd = rows.filter((_, n) => n % 2), even = rows.filter((_, n) => n % 2 === 0);"
        "return [s.schedule(rows, now), s.schedule(merge(merge(odd, even), odd), now)]",
        rows,
        at(120 * 700),
    )
    assert whole == merged
    assert [entry["due"] for entry in whole] == sorted(entry["due"] for entry in whole)


def test_intervals_of_a_new_card_and_of_one_that_is_known(blank):
    new, known = run(
        blank,
        "const [rows, now] = args;return ['new', 'x'].map(id => s.intervals(rows, id, now).map(s.words))",
        [row("x", at(0), "4"), row("x", at(8 * 1440), "3")],
        at(40 * 1440),
    )
    assert new == ["1 min", "6 min", "10 min", "8 days"]
    assert known[0] == "10 min"
    assert known[1] == "3 months"
    assert known[3] == "7 months"


@pytest.mark.parametrize(("now", "due"), [(-9 * 1440, -9 * 1440), (-9, 10), (3 * 1440, 10), (5 * 1440, 7 * 1440)])
def test_a_clock_that_was_set_back_breaks_nothing(blank, now, due):
    rows = [row("x", at(5 * 1440), "3"), row("x", at(0), "3")]
    found, next_ones = run(
        blank,
        "const [rows, now] = args; return [s.schedule(rows, now)[0].due, s.intervals(rows, 'x', now)]",
        rows,
        at(now),
    )
    assert found == at(due)
    assert all(ms > 0 for ms in next_ones)


def test_what_a_clock_that_ran_ahead_wrote_is_due_now_and_says_nothing_else(blank):
    year = 365 * 1440
    rows = [
        row("card", at(year), "4", 1),
        row("missed", at(year), "A", 0),
        row("right", at(year), "B", 1),
        row("both", at(year + 1), "1"),
        row("missed", at(0), "B", 1),
        row("both", at(1), "4"),
    ]
    due, plain = run(
        blank,
        "const [rows, now] = args;"
        "const alone = rows.filter(r => r[6] < now);"
        "return [s.schedule(rows, now), s.replay(alone).get('both').due.getTime()]",
        rows,
        at(60),
    )
    assert [(entry["id"], entry["due"]) for entry in due if entry["id"] != "missed"] == [
        ("card", at(60)),
        ("both", plain),
    ]
    assert at(0) < next(entry["due"] for entry in due if entry["id"] == "missed") < at(60)
    soon = run(blank, "const [rows, now] = args; return s.intervals(rows, 'card', now).map(s.words)", rows, at(60))
    assert soon == ["1 min", "6 min", "10 min", "8 days"]
    later = run(blank, "const [rows, now] = args; return s.schedule(rows, now)[0]", rows[:1], at(year + 9))
    assert later["due"] > at(year + 9), "a time that has come counts"


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (1, "1 min"),
        (DAY / 24 / 2, "30 min"),
        (DAY / 24, "1 hour"),
        (DAY / 3, "8 hours"),
        (DAY, "1 day"),
        (30 * DAY, "30 days"),
        (31 * DAY, "1 month"),
        (200 * DAY, "7 months"),
        (365 * DAY, "1 year"),
        (600 * DAY, "1.6 years"),
    ],
)
def test_times_in_words(blank, ms, words):
    assert run(blank, "return s.words(args[0])", ms) == words


def test_ten_thousand_attempts(blank):
    took = run(
        blank,
        "const rows = Array.from({ length: 10000 }, (_, n) =>"
        "[`question-${n % 900}`, 'h', n % 3 ? 'B' : 'A', n % 3 ? 1 : 0, 0, 1, 1.7e12 + n * 6e6, 'study']);"
        "const time = () => { const began = performance.now(); s.schedule(rows); return performance.now() - began };"
        "return Math.min(time(), time(), time())",
    )
    # The best of three: what else the machine does is not the schedule's time.
    assert took < 2000
