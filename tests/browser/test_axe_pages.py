"""Every page of the site with everything answered and opened: axe finds nothing, nothing is cut off on a phone."""

import re

import pytest
from conftest import ROOT
from playwright.sync_api import Page
from test_axe import COLOURS, axe, findings  # noqa: F401  (fixtures)
from test_everyone import OUTSIDE, PHONE

DOCS = ROOT / "docs"
OURS = re.compile(r"\{ \.(?:choice|flashcard|explain) |^ *```.* (?:run|lab)=|^quiz:\s+\{?mode:|<quiz-", re.MULTILINE)
# The pages on how to write questions show them as text.
PAGES = [
    page.relative_to(DOCS).with_suffix("").as_posix()
    for page in sorted(DOCS.rglob("*.md"))
    if "contribute" not in page.parts and OURS.search(page.read_text(encoding="utf-8"))
]
# Everything answered, right and wrong in turn, and everything opened; what a set keeps back is shown with the rest.
ANSWER = """async () => {
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  for (const [at, item] of all(document, "quiz-question:not([data-view])").entries()) {
    for (const hint of all(item, "[data-part=hint]")) item.querySelector("[data-action=hint]").click();
    const draft = item.querySelector("textarea.quiz-draft");
    if (draft) draft.value = "An answer";
    const key = item.querySelector("[data-part=answer]").dataset.key?.split(" ") ?? [];
    const inputs = all(item, ".quiz-choices .quiz-choice > label > input");
    const fit = input => key.includes(input.value) === (at % 2 === 0);
    (key.length > 1 ? inputs.filter(fit) : inputs.filter(fit).slice(0, 1)).forEach(input => input.click());
    item.querySelector("[data-action=check]").click();
    item.querySelector(".quiz-concepts input")?.click();
    item.querySelector("[data-action=proof]")?.click();
  }
  for (const [at, card] of all(document, "quiz-card:not([data-view])").entries()) {
    card.querySelector("[data-action=reveal]").click();
    if (at % 2) card.querySelector("[data-action=good]").click();
  }
  for (const node of all(document, "quiz-question, quiz-card, quiz-set > *")) node.hidden = false;
  for (const details of all(document, "details")) details.open = true;
  for (const card of all(document, "quiz-card:not([data-view])"))
    while (!card.querySelector("small")) await new Promise(done => setTimeout(done, 20));
}"""


# One of each mode; of the others axe looks at the last state alone.
AS_IT_COMES = ("flashcards/index", "quizzes/challenge", "quizzes/explain", "quizzes/practice", "quizzes/self-check")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_as_it_comes_and_answered_and_opened(new_context, site, findings, scheme, path):  # noqa: F811
    page = new_context(color_scheme=scheme).new_page()
    page.set_default_timeout(60_000)
    page.goto(site + re.sub(r"(^|/)index$", r"\1", path).rstrip("/") + "/")
    ready(page)
    # The other rules do not ask for colours: one scheme will do.
    only = COLOURS if scheme == "dark" else None
    if path in AS_IT_COMES:
        assert findings(page, only) == []
    page.evaluate(ANSWER)
    ready(page)
    assert findings(page, only) == []
    if only is None:
        page.set_viewport_size(PHONE)
        assert page.evaluate(OUTSIDE, "article") == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def ready(page: Page) -> None:
    """Every element of ours has its controls."""
    page.wait_for_load_state("load")
    for item in (
        "quiz-question",
        "quiz-card",
        "quiz-code[data-engine=numpy]:not([data-locked])",
        "quiz-find",
        "quiz-print",
    ):
        live = f"{item}:not([data-view], :has([data-action], input))"
        page.wait_for_function("live => !document.querySelector(live)", arg=live)
    page.wait_for_function("[...document.querySelectorAll('quiz-set')].every(set => set.querySelector('.quiz-panel'))")
    page.wait_for_function("!document.querySelector('quiz-progress:not([data-state=ready])')")
