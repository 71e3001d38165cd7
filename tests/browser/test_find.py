"""The reference page's search field: words, headings, links into what is left out, paper."""

import markup
import pytest
from playwright.sync_api import Page, expect
from test_axe import axe, findings  # noqa: F401  (fixtures)

FOUND = "quiz-find [role=status]"


def entry(id_: str, title: str, text: str) -> str:
    html = markup.question(id_, title=title, stem=f"<p>{text}</p>").replace(
        " data-kind=", ' data-view="reference" data-kind=', 1
    )
    return f'<div class="quiz-entry">{html}<p class="quiz-where"><a href="#{id_}">Page</a></p></div>'


@pytest.fixture
def reference(page, fixture_page) -> Page:
    assets = "../assets/quizproof-test"
    html = f"""<link rel="stylesheet" href="{assets}/reference.css">
<script type="module" src="{assets}/find.js"></script>
<p><a id="link" href="#second">to the second</a></p>
<quiz-find></quiz-find>
<h2 id="topic-a">A</h2><p class="quiz-about-topic">All on A</p>
{entry("first", "Which weights?", "Magnitude pruning")}
{entry("second", "Which filter?", "Structured pruning, e.g. by NORM")}
<h2 id="topic-b">B</h2>
{entry("third", "Which scale?", "Quantization")}"""
    page.goto(fixture_page(html))
    page.locator("quiz-find input").wait_for()
    return page


def shown(page: Page) -> list[str]:
    return page.locator("quiz-question:visible").evaluate_all("nodes => nodes.map(node => node.id)")


def test_it_leaves_what_has_every_word(reference):
    page = reference
    field = page.get_by_role("searchbox", name="Find in questions, answers and proofs")
    field.fill("PRUNING")
    expect(page.locator(FOUND)).to_have_text("2 questions of 3")
    assert shown(page) == ["first", "second"]
    expect(page.locator("#topic-b")).to_be_hidden()
    expect(page.locator(".quiz-about-topic")).to_be_visible()
    field.fill("  norm pruning ")
    expect(page.locator(FOUND)).to_have_text("1 question of 3")
    assert shown(page) == ["second"]
    field.fill("scale")
    expect(page.locator(".quiz-about-topic")).to_be_hidden()
    expect(page.locator("#topic-b")).to_be_visible()
    field.fill("<b>nothing")
    expect(page.locator(FOUND)).to_have_text("0 questions of 3")
    assert shown(page) == []
    field.fill("")
    expect(page.locator(FOUND)).to_have_text("")
    assert shown(page) == ["first", "second", "third"]


def test_a_link_to_what_is_left_out_shows_it_again(reference):
    page = reference
    page.fill("quiz-find input", "scale")
    page.click("#link")
    expect(page.locator("#second")).to_be_in_viewport()
    expect(page.locator("quiz-find input")).to_have_value("")
    page.fill("quiz-find input", "filter")
    page.evaluate("location.hash = '%E0%A4%A'")
    page.evaluate("location.hash = 'nowhere'")
    assert shown(page) == ["second"]


def test_on_paper_stand_all(reference):
    page = reference
    page.fill("quiz-find input", "scale")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert shown(page) == ["first", "second", "third"]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert shown(page) == ["third"]


def test_axe_with_and_without_words(reference, findings):  # noqa: F811
    page = reference
    page.add_style_tag(content=":root { color-scheme: light dark; background: Canvas; color: CanvasText }")
    assert findings(page) == []
    own = "async () => (await axe.run({ include: ['quiz-find'] })).violations.map(v => v.id)"
    assert page.evaluate(own) == []
    page.fill("quiz-find input", "norm")
    expect(page.locator(FOUND)).to_have_text("1 question of 3")
    assert page.evaluate(own) == []
