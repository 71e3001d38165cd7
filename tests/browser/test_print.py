"""Questions on paper: empty boxes and no answer; on the reference page the answers stand where the reader wants."""

import markup
import pytest
from playwright.sync_api import Page, expect

RECORDED = '<div data-part="recorded" data-for="first-code"><pre><samp>the output</samp></pre></div>'
CODE = (
    '<quiz-code id="first-code" data-locked><div data-part="source"><pre><code>print()</code></pre></div></quiz-code>'
)
SECRETS = ("explanation of", "Correct answer", "feedback", "correct", "Right.", "the output", "back of", "model answer")
BOXES = ".quiz-choices input"


def pages(page: Page) -> int:
    """How many sheets Chromium prints."""
    return page.pdf().count(b"/Type /Page\n")


def on_paper(page: Page) -> str:
    page.emulate_media(media="print")
    return str(page.inner_text("main"))


@pytest.mark.parametrize("answered", [False, True], ids=["unanswered", "answered"])
def test_choices_with_empty_boxes(page, fixture_page, answered):
    question = markup.question(stem=CODE, answer=RECORDED)
    page.goto(fixture_page(question + markup.explain() + markup.card()))
    page.wait_for_selector("#card [data-action=reveal]")
    if answered:
        page.check("#first input[value=B]")
        page.click("#first [data-action=check]")
        page.click("#first [data-action=hint]")
        page.fill("#why textarea", "my words")
        page.click("#why [data-action=check]")
        page.click("#card [data-action=reveal]")
        expect(page.get_by_text("the output")).to_be_visible()
    text = on_paper(page)
    assert [secret for secret in SECRETS if secret in text] == []
    assert "Title of first" in text
    assert "choice D" in text
    looks = "[...document.querySelectorAll('.quiz-choices input')].map(n => [getComputedStyle(n)]"
    looks += ".map(s => [s.appearance, s.borderTopWidth, s.backgroundImage, s.backgroundColor].join())[0])"
    assert set(page.evaluate(looks)) == {"none,1px,none,rgba(0, 0, 0, 0)"}
    assert page.locator("button:visible").count() == 0
    assert pages(page) == 1


def entry(html: str) -> str:
    """As quiz_plugin/reference.py cuts it out."""
    html = html.replace(' data-kind="', ' data-view="reference" data-kind="', 1)
    html = html.replace('<details data-part="answer"', '<details open data-part="answer"', 1)
    return f'<div class="quiz-entry">{html}</div>'


def reference(fixture_page) -> str:
    assets = "../assets/quizproof-test/reference"
    head = f'<link rel="stylesheet" href="{assets}.css"><script type="module" src="{assets}.js"></script>'
    code = '<quiz-code id="c"><div data-part="source"><p id="twice">a line of code</p></div></quiz-code>'
    card = markup.card().replace("<p>back of card</p>", f"<p>back of card</p>{code}")
    parts = (markup.question(count=3), markup.question("second", key="A C"), markup.explain(), card)
    return str(fixture_page("<quiz-print></quiz-print><h2>T</h2>" + "".join(map(entry, parts)), head=head))


def test_the_reference_as_it_is(page, fixture_page):
    page.goto(reference(fixture_page))
    page.wait_for_selector("quiz-print fieldset")
    assert page.locator("quiz-print label").all_inner_texts() == ["with each question", "at the end", "not at all"]
    expect(page.get_by_label("with each question")).to_be_checked()
    assert page.locator(".quiz-keys").count() == 0
    text = on_paper(page)
    for shown in ("explanation of second", "Correct answer: A, C", "back of card", "the model answer"):
        assert shown in text
    assert "On paper" not in text
    assert "a line of code" not in text, "proofs' code would fill the paper"
    assert page.locator(BOXES).first.is_hidden()


def test_the_reference_without_answers(page, fixture_page):
    page.goto(reference(fixture_page))
    page.get_by_label("not at all").check()
    assert "explanation of second" in page.inner_text("main"), "the screen stays as it is"
    text = on_paper(page)
    assert [secret for secret in SECRETS if secret in text] == []
    assert page.locator(BOXES).first.is_visible()
    assert page.locator(".quiz-draft").is_visible()
    assert page.locator(".quiz-keys").count() == 0


def test_the_answers_at_the_end(page, fixture_page):
    page.goto(reference(fixture_page))
    page.get_by_label("with each question").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("at the end")).to_be_checked()
    expect(page.locator(".quiz-keys")).to_be_hidden()
    page.evaluate("window.print = () => (window.printed = true)")
    page.get_by_role("button", name="Print this page").click()
    assert page.evaluate("window.printed")
    text = on_paper(page)
    questions = text.partition("Answers")[0]
    assert [secret for secret in SECRETS if secret in questions] == []
    items = [" ".join(item.split()) for item in page.locator(".quiz-keys li").all_inner_texts()]
    assert items == ["B choice B", "A choice A C choice C", "the model answer", "back of card a line of code"]
    assert page.locator(".quiz-keys quiz-code").count() == 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(n => n.id)")
    assert len(ids) == len(set(ids))
    assert pages(page) == 2
    page.emulate_media(media="screen")
    page.get_by_label("not at all").check()
    page.get_by_label("at the end").check()
    assert page.locator(".quiz-keys").count() == 1
    page.get_by_label("with each question").check()
    on_paper(page)
    expect(page.locator(".quiz-keys")).to_be_hidden()
