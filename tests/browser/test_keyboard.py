"""The whole path of every way to learn on the built site, from the home page: by mouse, and by keyboard alone.

The keyboard never gets the focus for nothing: it goes on by Tab until it is there, and fails where Tab does not lead.
"""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from runnable import BOOT

pytest_plugins = ["python_fixtures"]

POSITION = ".quiz-position"
WINDOW = {"width": 1280, "height": 900}
# A page has fewer stops than this before the one that is wanted, the theme's own included.
MOST = 250
HAS_FOCUS = "node => node === document.activeElement"


class Mouse:
    """A reader who points and clicks, and types into fields."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, control: Locator) -> None:
        control.click()

    def tick(self, box: Locator) -> None:
        box.check()

    def choose(self, question: Locator, letters: list[str]) -> None:
        for letter in letters:
            self.tick(question.locator(f".quiz-choices input[value={letter}]"))

    def write(self, field: Locator, text: str) -> None:
        field.click()
        self.page.keyboard.type(text)

    def pick(self, menu: Locator, label: str) -> None:
        menu.select_option(label=label)

    def push(self, slider: Locator) -> None:
        """Move it to another place than where it is."""
        box = slider.bounding_box()
        assert box is not None
        slider.click(position={"x": 0.9 * box["width"], "y": box["height"] / 2})


class Keyboard(Mouse):
    """A reader without a mouse."""

    def reach(self, wanted: Locator) -> None:
        wanted.wait_for()
        for _ in range(MOST):
            if wanted.evaluate(HAS_FOCUS):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {wanted}")

    def press(self, control: Locator) -> None:
        self.reach(control)
        self.page.keyboard.press("Enter")

    def tick(self, box: Locator) -> None:
        self.reach(box)
        self.page.keyboard.press("Space")
        expect(box).to_be_checked()

    def choose(self, question: Locator, letters: list[str]) -> None:
        first = question.locator(".quiz-choices input").first
        if first.get_attribute("type") == "checkbox":
            return super().choose(question, letters)
        self.tick(first)
        wanted = question.locator(f".quiz-choices input[value={letters[0]}]")
        for _ in range(6):
            if wanted.is_checked():
                return None
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrow keys do not lead to {letters[0]}")

    def write(self, field: Locator, text: str) -> None:
        self.reach(field)
        self.page.keyboard.type(text)

    def pick(self, menu: Locator, label: str) -> None:
        self.reach(menu)
        self.page.keyboard.type(label)

    def push(self, slider: Locator) -> None:
        self.reach(slider)
        for _ in range(4):
            self.page.keyboard.press("ArrowRight")


def control(page: Page, action: str) -> Locator:
    """The button of this kind that is shown."""
    return page.locator(f"[data-action={action}]:visible")


def asked(page: Page) -> Locator:
    """The question that is shown."""
    return page.locator("quiz-question:visible").first


def answer(hands: Mouse, question: Locator, *, right: bool = True) -> None:
    key = (question.locator("[data-part=answer]").get_attribute("data-key") or "").split()
    hands.choose(question, key if right else [next(letter for letter in "ABCD" if letter not in key)])
    hands.press(question.locator("[data-action=check]"))
    expect(question).to_have_attribute("data-state", "right" if right else "wrong")


def go(hands: Mouse, page: Page, link: Locator) -> str:
    """Follow a link; its address, once what it leads to is there (the theme writes the address first)."""
    address = link.evaluate("link => link.href")
    elsewhere = address.partition("#")[0] != page.url.partition("#")[0]
    page.evaluate("document.querySelector('article h1').dataset.left = ''")
    hands.press(link)
    page.wait_for_url(address)
    if elsewhere:
        expect(page.locator("article h1:not([data-left])")).to_have_count(1)
    return address


def follow(hands: Mouse, page: Page, link: Locator) -> Locator:
    """The question that a link leads to."""
    address = go(hands, page, link)
    target = page.locator(f"[id='{address.partition('#')[2]}']")
    expect(target).to_be_in_viewport()
    return target


def cheat_sheet(hands: Mouse, page: Page) -> None:
    """Run a few lines, then try a question of the topic."""
    block = page.locator("quiz-code[data-engine=numpy]").first
    hands.press(block.locator("[data-action=run]"))
    expect(block).to_have_attribute("data-same", "true", timeout=BOOT)
    answer(hands, follow(hands, page, page.locator(".cheat-try a[href*='pruning-basics']").first))


def flashcards(hands: Mouse, page: Page) -> None:
    """Rate the deck, one card badly; see the sum; take that card again."""
    count = page.locator("quiz-card").count()
    card = page.locator("quiz-card:visible")
    for at in range(count):
        expect(page.locator(POSITION)).to_have_text(f"Card {at + 1} of {count}")
        hands.press(card.locator("[data-action=reveal]"))
        expect(card.locator("[data-part=back]")).to_be_visible()
        hands.press(card.locator(f"[data-action={'good' if at else 'again'}]"))
        expect(card.locator(".quiz-status")).to_have_text("Noted: Good." if at else "Noted: Again.")
        if at < count - 1:
            hands.press(control(page, "next"))
    expect(page.locator(".quiz-summary")).to_have_text(f"All {count} answered: {count - 1} right.")
    hands.press(control(page, "retry-missed"))
    expect(page.locator(POSITION)).to_have_text(f"Card 1 of {count}")
    expect(page.locator(POSITION)).to_be_focused()
    hands.press(card.locator("[data-action=reveal]"))
    hands.press(card.locator("[data-action=easy]"))
    expect(page.locator(".quiz-summary")).to_have_text(f"All {count} answered: {count} right.")


def self_check(hands: Mouse, page: Page) -> None:
    """Miss a question, read why, open its proof; take a hint and try again; come back later."""
    question = asked(page)
    answer(hands, question, right=False)
    expect(question.locator(".quiz-status")).to_have_text(re.compile("^Wrong. The answer is [A-D]"))
    expect(question.locator("[data-part=explanation]")).to_be_visible()
    hands.press(question.locator("[data-action=proof]"))
    expect(question.locator("[data-part=proof]")).to_be_visible()
    hands.press(question.locator("[data-action=retry]"))
    hands.press(question.locator("[data-action=hint]"))
    expect(question.locator("[data-part=hint]").first).to_be_visible()
    answer(hands, question)
    page.reload()
    expect(question.locator(".quiz-status")).to_have_text("Right. You answered this before.")


def practice(hands: Mouse, page: Page) -> None:
    """All problems, one of them missed; then that one again."""
    count = page.locator("quiz-question").count()
    for at in range(count):
        expect(page.locator(POSITION)).to_have_text(f"Problem {at + 1} of {count}")
        if at == 1:
            hands.press(asked(page).locator("[data-action=hint]"))
        answer(hands, asked(page), right=at != 1)
        if at == 1:
            steps = asked(page).locator("[data-part=steps] > summary")
            hands.press(steps)
            expect(asked(page).locator("[data-part=steps] > :not(summary)").first).to_be_visible()
        if at < count - 1:
            hands.press(control(page, "next"))
    expect(page.locator(".quiz-summary")).to_have_text(f"All {count} answered: {count - 1} right.")
    hands.press(control(page, "retry-missed"))
    expect(page.locator(POSITION)).to_have_text(f"Problem 2 of {count}")
    answer(hands, asked(page))
    expect(page.locator(".quiz-summary")).to_have_text(f"All {count} answered: {count} right.")
    hands.press(control(page, "previous"))
    expect(page.locator(POSITION)).to_have_text(f"Problem 1 of {count}")
    hands.press(page.locator(f"[data-jump='{count - 1}']"))
    expect(page.locator(POSITION)).to_have_text(f"Problem {count} of {count}")


def challenge(hands: Mouse, page: Page) -> None:
    """More time, then none; one wrong attempt, one problem skipped; the missed one again, the badge, the text of it."""
    hands.press(control(page, "start"))
    hands.press(control(page, "extend"))
    expect(page.locator(".quiz-live")).to_have_text(re.compile("^1 minute added: "))
    hands.press(control(page, "timer-off"))
    expect(page.locator("[data-part=clock]")).to_have_text("No time limit")
    count = int((page.locator(POSITION).text_content() or "").split()[-1])
    for at in range(count):
        expect(page.locator(POSITION)).to_have_text(f"Problem {at + 1} of {count}")
        if at == 0:
            answer(hands, asked(page), right=False)
            hands.press(asked(page).locator("[data-action=retry]"))
        if at < count - 1:
            answer(hands, asked(page))
            hands.press(control(page, "next"))
    hands.press(control(page, "finish"))
    expect(page.locator(POSITION)).to_have_text(f"{count - 1} of {count} right")
    hands.press(control(page, "retry-missed"))
    answer(hands, asked(page))
    hands.press(control(page, "finish"))
    expect(page.locator(POSITION)).to_have_text(f"{count} of {count} right")
    expect(page.locator(".quiz-badge")).to_be_visible()
    follow(hands, page, page.locator(".quiz-results a").first)
    hands.press(control(page, "share"))
    expect(page.locator(".quiz-share [role=status]")).not_to_be_empty()
    hands.press(control(page, "start"))
    expect(page.locator(POSITION)).to_have_text(f"Problem 1 of {count}")


def strength(hands: Mouse, page: Page) -> None:
    """Ten questions, one of them missed; the verdict; the page to read next."""
    hands.press(control(page, "start"))
    for at in range(10):
        expect(page.locator(POSITION)).to_have_text(f"Question {at + 1} of 10")
        if at < 2:
            hands.tick(asked(page).locator(".quiz-confidence input").first)
        answer(hands, asked(page), right=at != 1)
        hands.press(control(page, "next" if at < 9 else "finish"))
    expect(page.locator(POSITION)).to_have_text("9 of 10 right")
    expect(page.locator(".quiz-verdicts tbody tr").first).to_be_visible()
    expect(page.locator(".quiz-about")).to_contain_text("Of 2 answers you were sure of, 1 was right.")
    follow(hands, page, page.locator(".quiz-reading a[href*='/quizzes/']").first)
    page.go_back()
    expect(page.locator(POSITION)).to_have_text("9 of 10 right")
    hands.press(control(page, "retry-missed"))
    expect(page.locator(POSITION)).to_have_text("Question 1 of 1")
    answer(hands, asked(page))
    hands.press(control(page, "finish"))
    expect(page.locator(POSITION)).to_have_text("1 of 1 right this time")


def code_lab(hands: Mouse, page: Page) -> None:
    """From the overview to a lab; start it, move its slider."""
    go(hands, page, page.locator("article td a").first)
    lab = page.locator("quiz-lab")
    hands.press(lab.locator("[data-action=start]"))
    expect(lab).to_have_attribute("data-state", "ready", timeout=BOOT)
    facts = lab.locator("[data-part=facts]")
    expect(facts).not_to_be_empty()
    before = facts.inner_text()
    hands.push(lab.get_by_role("slider").first)
    expect(facts).not_to_have_text(before, use_inner_text=True)


def explain_it(hands: Mouse, page: Page) -> None:
    """Write, compare, tick; then write more."""
    prompt = asked(page)
    hands.write(prompt.locator("textarea"), "Fewer weights, fewer bits.")
    hands.press(prompt.locator("[data-action=check]"))
    expect(prompt.get_by_role("group", name="Model answer", exact=True)).to_be_visible()
    concepts = prompt.locator(".quiz-concepts input")
    hands.tick(concepts.nth(0))
    hands.tick(concepts.nth(1))
    expect(prompt.locator(".quiz-status")).to_have_text(f"2 of {concepts.count()} concepts.")
    hands.press(prompt.locator("[data-action=retry]"))
    expect(prompt.locator("textarea")).to_be_focused()
    expect(prompt.get_by_role("group", name="Model answer", exact=True)).to_be_hidden()
    page.keyboard.press("Control+End")
    page.keyboard.type(" And less to fetch.")
    hands.press(prompt.locator("[data-action=check]"))
    expect(prompt.get_by_role("group", name="Your answer", exact=True)).to_contain_text(
        "fewer bits. And less to fetch."
    )


def review(hands: Mouse, page: Page) -> None:
    """A card and a question that are due."""
    expect(page.locator(POSITION)).to_have_text("2 due")
    hands.press(control(page, "start"))
    expect(page.locator(POSITION)).to_have_text("Card, 1 of 2")
    hands.press(control(page, "reveal"))
    hands.press(control(page, "good"))
    hands.press(control(page, "next"))
    expect(page.locator(POSITION)).to_have_text("Question, 2 of 2")
    answer(hands, asked(page))
    hands.press(control(page, "finish"))
    expect(page.locator(POSITION)).to_have_text("2 reviewed")
    expect(page.locator(".quiz-results li")).to_have_count(2)


def progress(hands: Mouse, page: Page) -> None:
    """The numbers behind a chart, a filter, a file, deleting and undoing; to a card that was missed."""
    numbers = page.locator("quiz-progress summary").first
    hands.press(numbers)
    expect(page.locator("quiz-progress table:visible").first).to_be_visible()
    hands.pick(page.locator("select[name=mode]"), "Flashcards")
    expect(page.locator(".quiz-count")).to_have_text("1 of 2 answers.")
    with page.expect_download() as kept:
        hands.press(control(page, "export"))
    assert len(json.loads(kept.value.path().read_text(encoding="utf-8"))["attempts"]) == 2
    hands.press(control(page, "delete"))
    expect(page.locator("quiz-progress .quiz-status")).to_contain_text("Deleted: 2 answers.")
    hands.press(control(page, "undo"))
    expect(page.locator("quiz-progress .quiz-status")).to_contain_text("Put back.")
    follow(hands, page, page.locator(".quiz-history a").last)


def reference(hands: Mouse, page: Page) -> None:
    """Words into the search field, and on to the page of what they find."""
    title = page.locator("quiz-question[data-kind=choice] .quiz-title").nth(20).text_content() or ""
    hands.write(page.get_by_role("searchbox", name="Find in questions"), title)
    expect(page.locator("quiz-find [role=status]")).to_have_text(re.compile(r"^[1-5] questions? of \d+$"))
    found = page.locator(".quiz-entry:visible").filter(has_text=title)
    answer(hands, follow(hands, page, found.locator(".quiz-where a").first))


PATHS: dict[str, Callable[[Mouse, Page], None]] = {
    "Cheat sheet": cheat_sheet,
    "Flashcards": flashcards,
    "Self-check": self_check,
    "Practice": practice,
    "Timed challenge": challenge,
    "Strength test": strength,
    "Code lab": code_lab,
    "Explain it": explain_it,
    "Review": review,
    "Progress": progress,
    "Reference": reference,
}
CARDS = ".grid.cards > ul > li > p:first-child a"


def remember(page: Page, site: str) -> None:
    """A card and a question of the site that were missed some days ago."""
    rows = []
    missed = ("flashcards/", "quiz-card", 3, "flashcards"), ("quizzes/self-check/", "quiz-question", 2, "study")
    for path, item, days, mode in missed:
        page.goto(site + path)
        found = page.locator(item).first
        id_, hash_ = found.get_attribute("id"), found.get_attribute("data-hash")
        time = page.evaluate("days => Date.now() - 86_400_000 * days", days)
        rows.append([id_, hash_, "1" if item == "quiz-card" else "A", 0, 0, 9, time, mode])
    page.evaluate("log => localStorage['/.quizproof'] = log", json.dumps({"version": 1, "attempts": rows}))


@pytest.mark.parametrize("hands", [Mouse, Keyboard], ids=["mouse", "keyboard"])
@pytest.mark.parametrize("name", PATHS)
def test_the_whole_path_from_the_home_page(request, new_context, site, name, hands):
    if name in ("Cheat sheet", "Code lab"):
        request.getfixturevalue("numpy")
    page = new_context(viewport=WINDOW).new_page()
    if name in ("Review", "Progress"):
        remember(page, site)
    page.goto(site)
    if name == "Review":
        expect(page.locator("quiz-due")).to_have_text("2 due now")
    card = page.locator(CARDS).filter(has_text=re.compile(f"^{name}$"))
    reader = hands(page)
    go(reader, page, card)
    PATHS[name](reader, page)


def test_each_is_a_link_on_the_home_page_and_in_the_navigation(page, site):
    page.goto(site)
    links = page.locator(CARDS)
    assert links.all_text_contents() == list(PATHS)
    addresses = links.evaluate_all("links => links.map(link => link.href)")
    navigation = set(page.locator("nav.md-nav a[href]").evaluate_all("links => links.map(link => link.href)"))
    assert [address for address in addresses if address not in navigation] == []
    for address in addresses:
        assert page.request.get(address).status == 200


def test_what_the_tab_key_does_not_reach_fails(page, fixture_page):
    page.goto(fixture_page('<button>first</button><button tabindex="-1">second</button><button>third</button>'))
    keyboard = Keyboard(page)
    keyboard.reach(page.get_by_role("button", name="third"))
    with pytest.raises(AssertionError, match="Tab does not lead to"):
        keyboard.reach(page.get_by_role("button", name="second"))
