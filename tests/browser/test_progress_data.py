"""The reader's data: export, import with a preview, deletion with undo, and what each does when something is wrong."""

import json
from pathlib import Path

import progress_fixtures as fixtures
from playwright.sync_api import Page, expect
from progress_fixtures import DAY, KEY, ROWS, everything, export, file_of, kept, row
from test_progress import open_progress  # noqa: F401  (fixture)

VECTORS = Path(__file__).parents[1] / "vectors"
SAMPLE = json.loads((VECTORS / "export.json").read_text(encoding="utf-8"))
STATUS = "quiz-progress section:last-child > .quiz-status"
PANEL = ".quiz-import"
ALL = "JSON.stringify(Object.entries(localStorage).sort())"
MODULES = """
const load = name => import(`/assets/quizproof-test/${name}.js`);
const [{ store, merge, Store, LIMIT }, { take, kept }, { pack, unpack, csv }] =
  await Promise.all(['store', 'kept', 'transfer'].map(load));
const schema = await (await fetch('/assets/quizproof-test/progress.schema.json')).json();
"""


def run(page: Page, code: str, given: object = None) -> object:
    """What a function body returns that has the modules at hand."""
    return page.evaluate(f"async given => {{ {MODULES} {code} }}", given)


def attempts(page: Page) -> list[list[object]]:
    return json.loads(page.evaluate(f"localStorage['{KEY}'] ?? '{{\"attempts\":[]}}'"))["attempts"]


def choose(page: Page, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.click("[data-action=import]")
    chooser.value.set_files(path)


def saved(page: Page, action: str) -> tuple[str, str]:
    with page.expect_download() as download:
        page.click(f"[data-action={action}]")
    expect(page.locator(STATUS)).to_have_text("The file is among your downloads.")
    return download.value.suggested_filename, Path(download.value.path()).read_bytes().decode()


def changed(case: dict[str, object]) -> str:
    """The file of a case: its text, or the sample with one place changed or taken out."""
    if "text" in case:
        return str(case["text"])
    whole = json.loads(json.dumps(SAMPLE))
    *path, last = case["path"]
    place = whole
    for part in path:
        place = place[part]
    if "value" in case:
        place[last] = case["value"]
    else:
        del place[last]
    return json.dumps(whole)


def test_what_is_exported_is_the_sample(open_progress):  # noqa: F811
    rows = [list(attempt.values()) for attempt in SAMPLE["attempts"]]
    badges = {f"badge.{name}": value for name, value in SAMPLE["badges"].items()}
    drafts = {f"draft.{name}": value for name, value in SAMPLE["drafts"].items()}
    page = open_progress(kept(rows, **badges, **drafts, **{"run.x": {"at": 1}, "draft.empty": " "}))
    name, text = saved(page, "export")
    assert name == "quizproof-progress-2026-10-05.json"
    whole = json.loads(text)
    assert list(whole) == list(SAMPLE)
    assert (whole["site"], whole["exported"]) == (page.url.removesuffix("progress/"), "2026-10-05T20:00:00.000Z")
    assert {**whole, "site": "", "exported": ""} == {**SAMPLE, "site": "", "exported": ""}
    found = run(page, "const { rows, badges, drafts } = unpack(given, schema); return { rows, badges, drafts }", text)
    assert found == {"rows": rows, "badges": SAMPLE["badges"], "drafts": SAMPLE["drafts"]}


def test_a_spreadsheet_takes_nothing_for_a_formula(open_progress, fixture_page):  # noqa: F811
    texts = ["prune-a", "=1+1", "@x", "-2", "+3", "\t4", 'a "b", c', "＝5"]
    rows = [row(text, n / 24, chosen="AC", hints=n % 2) for n, text in enumerate(texts)]
    page = open_progress(kept([*rows, [*row("prune-b", 1, score=0.5), 3]]))
    titles = next((fixture_page.folder / "assets").glob("*/titles.json"))
    titles.write_text(json.dumps(["=HYPERLINK(A1)", "Two\nlines", *"cdef"]), encoding="utf-8")
    page.reload()
    name, text = saved(page, "export-csv")
    assert name == "quizproof-progress-2026-10-05.csv"
    head, *lines = text.split("\r\n")
    assert head == "\ufefftime,question,title,topics,level,mode,chosen,score,hints,seconds,confidence,hash"
    assert lines == [
        '2026-10-04T20:00:00.000Z,prune-b,"Two\nlines",pruning,intermediate,study,A,0.5,0,12.3,3,1a2b3c4d5e6f',
        "2026-10-05T13:00:00.000Z,'＝5,,,,study,AC,1,1,12.3,,1a2b3c4d5e6f",
        '2026-10-05T14:00:00.000Z,"a ""b"", c",,,,study,AC,1,0,12.3,,1a2b3c4d5e6f',
        "2026-10-05T15:00:00.000Z,'\t4,,,,study,AC,1,1,12.3,,1a2b3c4d5e6f",
        "2026-10-05T16:00:00.000Z,'+3,,,,study,AC,1,0,12.3,,1a2b3c4d5e6f",
        "2026-10-05T17:00:00.000Z,'-2,,,,study,AC,1,1,12.3,,1a2b3c4d5e6f",
        "2026-10-05T18:00:00.000Z,'@x,,,,study,AC,1,0,12.3,,1a2b3c4d5e6f",
        "2026-10-05T19:00:00.000Z,'=1+1,,,,study,AC,1,1,12.3,,1a2b3c4d5e6f",
        "2026-10-05T20:00:00.000Z,prune-a,'=HYPERLINK(A1),pruning,beginner,study,AC,1,0,12.3,,1a2b3c4d5e6f",
        "",
    ]


def test_an_import_says_what_it_adds_and_adds_it(open_progress, tmp_path):  # noqa: F811
    page = open_progress(everything())
    before = page.evaluate(ALL)
    later, earlier = ({**fixtures.BADGE, "time": fixtures.BADGE["time"] + days * DAY} for days in (1, -1))
    more = {"badges": {"one": later, "two": fixtures.BADGE}, "drafts": {"why": "other", "both": "mine"}}
    rows = [*ROWS[:3], row("prune-b", 0.5), row("elsewhere", 0.4)]
    path = file_of(tmp_path / "other.json", rows, **more)
    choose(page, path)
    panel = page.get_by_role("group", name="Import")
    expect(panel).to_be_focused()
    assert panel.locator("h3, p").all_text_contents() == [
        "other.json",
        "Exported on Oct 4, 2026, 8:00 AM.",
        "Adds 2 answers, 1 badge, 1 draft; 3 answers, 1 badge, 1 draft already here.",
        "Where a draft here reads otherwise, both are kept, one below the other.",
        "1 question in it is not on this site. What you answered there is kept all the same.",
    ]
    panel.locator("[data-action=import-cancel]").click()
    expect(panel).to_be_hidden()
    expect(page.locator(STATUS)).to_have_text("Nothing was imported.")
    expect(page.locator("[data-action=import]")).to_be_focused()
    assert page.evaluate(ALL) == before

    choose(page, path)
    page.click("[data-action=import-add]")
    expect(page.locator(STATUS)).to_have_text("Imported. You now have 9 answers, 2 badges, 2 drafts.")
    expect(page.locator("[data-action=import]")).to_be_focused()
    expect(page.locator(".quiz-count")).to_have_text("9 answers.")
    assert [one[0] for one in attempts(page)[-2:]] == ["prune-b", "elsewhere"]
    assert json.loads(page.evaluate(f"localStorage['{KEY}.draft.why']")) == "Fewer weights\n\n* * *\n\nother"
    badge = f"JSON.parse(localStorage['{KEY}.badge.one'])"
    assert page.evaluate(badge) == fixtures.BADGE
    choose(page, file_of(tmp_path / "older.json", [], badges={"one": earlier}))
    page.click("[data-action=import-add]")
    assert page.evaluate(badge) == earlier

    choose(page, path)
    expect(panel).to_contain_text("Adds nothing; 5 answers, 2 badges, 2 drafts already here.")


def test_an_import_by_keyboard_alone(open_progress, tmp_path):  # noqa: F811
    page = open_progress()
    with page.expect_file_chooser() as chooser:
        # Playwright takes the chooser over while the page goes on: what asks the page something waits for that.
        page.focus("[data-action=import]")
        expect(page.locator("[data-action=import]")).to_be_focused()
        page.keyboard.press("Enter")
    chooser.value.set_files(file_of(tmp_path / "mine.json", ROWS))
    expect(page.locator(PANEL)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(STATUS)).to_have_text("Imported. You now have 7 answers.")
    expect(page.locator(".quiz-history li")).to_have_count(7)
    expect(page.locator("[data-action=import]")).to_be_focused()


def test_what_does_not_fit_is_refused_whole_with_the_reason(open_progress, tmp_path):  # noqa: F811
    page = open_progress(everything())
    before = page.evaluate(ALL)
    cases = json.loads((VECTORS / "export-refused.json").read_text(encoding="utf-8"))
    code = "return given.map(text => { try { unpack(text, schema) } catch (error) { return error.message } })"
    found = run(page, code, [changed(case) for case in cases])
    assert dict(zip((c["name"] for c in cases), found, strict=True)) == {c["name"]: c["message"] for c in cases}
    path = tmp_path / "damaged.json"
    path.write_text(json.dumps(export([*ROWS, row("new", 0, score=2)])), encoding="utf-8")
    choose(page, path)
    expect(page.locator(STATUS)).to_have_text(
        "Nothing was imported from damaged.json. “score” of entry 8 of “attempts” is 2; expected a number from 0 to 1. "
        "Export it again where it came from, and do not edit it."
    )
    expect(page.locator(PANEL)).to_be_hidden()
    assert page.evaluate(ALL) == before


def test_a_file_too_large_and_a_format_that_does_not_arrive(open_progress, complaints, tmp_path):  # noqa: F811
    complaints.allow("Failed to load resource")
    page = open_progress(faults={"progress.schema.json": 503})
    path = tmp_path / "large.json"
    path.write_bytes(b" " * 20_000_001)
    choose(page, path)
    expect(page.locator(STATUS)).to_have_text(
        "Nothing was imported from large.json. It is larger than 20 MB, and no export is. "
        "Choose a file that a progress page exported; its name ends in .json."
    )
    choose(page, file_of(tmp_path / "good.json", ROWS))
    expect(page.locator(STATUS)).to_have_text(
        "Nothing was imported from good.json. What a file must look like could not be loaded. "
        "Check the connection, then try again."
    )


def test_an_import_that_the_device_cannot_keep_says_so(open_progress, tmp_path):  # noqa: F811
    full = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
    page = open_progress(full)
    choose(page, file_of(tmp_path / "mine.json", ROWS))
    page.click("[data-action=import-add]")
    expect(page.locator(STATUS)).to_have_text(
        "Imported. You now have 7 answers. Progress is not kept: this browser’s storage is full."
    )
    expect(page.locator(".quiz-notice")).to_have_text("Progress is not kept: this browser’s storage is full.")
    page.click("[data-action=delete]")
    expect(page.locator(".quiz-begin")).to_be_visible()
    page.click("[data-action=undo]")
    expect(page.locator(".quiz-count")).to_have_text("7 answers.")


def test_everything_is_deleted_and_can_be_put_back(open_progress):  # noqa: F811
    page = open_progress(everything())
    page.evaluate("localStorage['/other.quizproof'] = '1'; localStorage['/.__palette'] = '{}'")
    before = page.evaluate(ALL)
    page.click("[data-action=delete]")
    assert page.evaluate("Object.keys(localStorage).sort()") == ["/.__palette", "/other.quizproof"]
    expect(page.locator(STATUS)).to_have_text(
        "Deleted: 7 answers, 1 badge, 1 draft. You can undo this until you close or reload the page."
    )
    expect(page.locator(".quiz-begin")).to_be_visible()
    page.click("[data-action=undo]")
    expect(page.locator(STATUS)).to_have_text("Put back. You now have 7 answers, 1 badge, 1 draft.")
    assert page.evaluate(ALL) == before
    expect(page.locator("[data-action=undo]")).to_be_hidden()

    page.click("[data-action=delete]")
    # As instant navigation does: the element goes and comes again, in the same page.
    page.evaluate(
        "element => { const old = document.querySelector('quiz-progress'); old.outerHTML = element }", fixtures.ELEMENT
    )
    other = page.context.new_page()
    other.goto(page.url)
    fresh = {"version": 1, "attempts": [row("prune-b", 0.05)]}
    other.evaluate(f"text => localStorage.setItem('{KEY}', text)", json.dumps(fresh))
    other.evaluate(f"localStorage['{KEY}.draft.why'] = '\"newer\"'")
    expect(page.locator(".quiz-count")).to_have_text("1 answer.")
    page.click("[data-action=undo]")
    expect(page.locator(".quiz-count")).to_have_text("8 answers.")
    assert len(attempts(page)) == 8
    assert page.evaluate(f"localStorage['{KEY}.draft.why']") == '"newer"'
    assert page.evaluate(f"localStorage['{KEY}.badge.one']") == fixtures.text(fixtures.BADGE)

    page.click("[data-action=delete]")
    page.reload()
    expect(page.locator(".quiz-begin")).to_be_visible()
    expect(page.locator("[data-action=undo]")).to_be_hidden()


def test_what_a_newer_version_kept_is_put_back_as_it_was(open_progress):  # noqa: F811
    newer = '{"version":2,"attempts":"who knows"}'
    page = open_progress(f"localStorage['{KEY}'] = {json.dumps(newer)}")
    expect(page.locator("[data-action=export]")).to_have_attribute("aria-disabled", "true")
    page.click("[data-action=delete]")
    expect(page.locator(STATUS)).to_have_text("Deleted. You can undo this until you close or reload the page.")
    assert page.evaluate("Object.keys(localStorage)") == []
    page.click("[data-action=undo]")
    assert page.evaluate(f"localStorage['{KEY}']") == newer


def test_imports_are_commutative_idempotent_and_lose_nothing(open_progress):  # noqa: F811
    page = open_progress()
    wrong = run(
        page,
        """
        const wrong = [];
        let seed = 7;
        const random = n => (seed = (seed * 48271) % 2147483647) % n;
        const rows = () => Array.from({ length: random(8) }, () =>
          [`q${random(4)}`, 'h', 'AB'[random(2)], random(2), 0, random(3), 1 + random(6), 'study']);
        const ids = ['one', 'two', 'three'];
        const some = make => Object.fromEntries(ids.filter(() => random(3)).map(id => [id, make()]));
        const badges = () => some(() => ({ name: 'ab'[random(2)], time: 1 + random(3) }));
        const texts = ['less', 'less is more', ' more\\n', 'two\\nlines', '* * *', ' * * *', 'x * * *', '\\n'];
        const drafts = () => some(() => texts.filter(() => !random(3)).join('\\n'.repeat(random(3))));
        const file = () =>
          unpack(pack({ rows: merge(rows(), []), badges: badges(), drafts: drafts() }, '', 0), schema);
        const sorted = values => Object.entries(values).sort();
        const after = (...files) => { localStorage.clear(); store.forget(); files.forEach(take);
          const here = JSON.stringify(store.attempts);
          if (here !== JSON.stringify(JSON.parse(localStorage['/.quizproof']).attempts)) wrong.push(['kept', ...files]);
          const all = kept();
          return JSON.stringify([all.rows, sorted(all.badges), sorted(all.drafts)]) };
        const name = row => `${row[6]} ${row[0]}`;
        for (let n = 0; n < 400; n++) {
          const [a, b, c] = [file(), file(), file()];
          const both = after(a, b);
          if (both !== after(b, a)) wrong.push(['commutative', a, b]);
          if (both !== after(a, b, a, b) || both !== after(a, a, b)) wrong.push(['idempotent', a, b]);
          if (after(a, b, c) !== after(c, b, a)) wrong.push(['associative', a, b, c]);
          after(a, b);
          const all = kept();
          const names = new Set(all.rows.map(name));
          for (const one of [a, b]) {
            if (!one.rows.every(row => names.has(name(row)))) wrong.push(['loses an answer', a, b]);
            if (!sorted(one.badges).every(([id, { time }]) => all.badges[id].time <= time)) wrong.push(['badge', a, b]);
            const lines = sorted(one.drafts).flatMap(([id, text]) => text.split('\\n').map(line => [id, line.trim()]));
            for (const [id, line] of lines)
              if (line && line !== '* * *' && !all.drafts[id].includes(line)) wrong.push(['loses words', a, b]);
          }
        }
        return wrong""",
    )
    assert wrong == []


def test_ten_thousand_attempts_are_kept_and_the_rest_is_named(open_progress, tmp_path):  # noqa: F811
    page = open_progress(kept([row("prune-a", 40, score=0)]))
    many = [row(f"question-of-some-length-{n % 900}", 30 - n / 1000, mode="challenge") for n in range(10_003)]
    choose(page, file_of(tmp_path / "many.json", many))
    expect(page.locator(PANEL)).to_contain_text("Adds 10,003 answers.")
    expect(page.locator(PANEL)).to_contain_text(
        "This site keeps the newest 10,000 answers, and the last one to each question: "
        "3 older answers will be left out."
    )
    page.click("[data-action=import-add]")
    expect(page.locator(STATUS)).to_have_text("Imported. You now have 10,001 answers.")
    rows = attempts(page)
    assert (rows[0][0], len(rows)) == ("prune-a", 10_001)
    assert page.evaluate(f"new TextEncoder().encode(localStorage['{KEY}']).length") < 1_500_000
