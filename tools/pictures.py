"""Takes the pictures of the docs and the README from the site as built: `python -m tools.pictures [NAME…]`.

A picture is a function that brings a page into its state and returns what to show; add it to PICTURES.
"""

import base64
import functools
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tools.bench_bank import Quiet, Server
from tools.browser import on_path

IMAGES = Path(__file__).parent.parent / "docs" / "assets" / "images"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
PHONE, DESKTOP = 390, 780
# Milliseconds. Python starts in the page for some pictures.
PATIENCE = 90_000
# Image pixels for a CSS pixel; CSS pixels around what is shown; of 1, the first that will do; bytes.
SCALE, MARGIN, QUALITIES, MOST = 2, 12, (0.72, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15), 100_000
# The theme's header and its button to the top would lie on what is shown; nothing is caught while it moves.
STILL = """.md-header, .md-tabs, .md-top, [data-left-out] { display: none !important }
* { transition: none !important; animation: none !important; caret-color: transparent !important }"""
# Answers of some weeks, the same each time: to most questions of the bank, more of them right as time goes on.
ANSWERS = """async () => {
  const root = document.querySelector("script[src*=quizproof-]").src.replace(/assets\\/quizproof-.*/, "");
  const name = document.querySelector("[data-bank]").dataset.bank;
  const index = await (await fetch(`${root}assets/${name}/index.json`)).json();
  let seed = 7;
  const chance = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const asked = index.questions.filter(() => chance() < 0.62);
  const modes = ["study", "practice", "challenge", "strength"];
  const attempts = asked.map(([id, , kind, , , hash], at) => {
    const card = index.kinds[kind] === "flashcard";
    const [right, seconds] = [chance() < 0.5 + 0.4 * at / asked.length, 20 + Math.round(40 * chance())];
    const time = Math.round(Date.now() - 3_600_000 * (24 * 70 * (1 - at / asked.length) + 20 * chance()));
    const mode = card ? "flashcards" : modes[Math.floor(4 * chance())];
    return [id, hash, card ? (right ? "3" : "1") : "A", right ? 1 : 0, 0, seconds, time, mode];
  });
  attempts.sort((one, other) => one[6] - other[6]);
  localStorage.setItem("/.quizproof", JSON.stringify({ version: 1, attempts }));
}"""
LEAVE_OUT = "nodes => nodes.forEach(node => { node.dataset.leftOut = ''; })"
# Chromium's own WebP of a clip has one pixel for each of CSS.
WEBP = """async ([png, qualities, most]) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext("2d").drawImage(picture, 0, 0);
  let blob;
  for (const quality of qualities) {
    blob = await canvas.convertToBlob({ type: "image/webp", quality });
    if (blob.size <= most) break;
  }
  return btoa(Array.from(new Uint8Array(await blob.arrayBuffer()), byte => String.fromCharCode(byte)).join(""));
}"""
BOX = (
    """node => { const b = node.getBoundingClientRect(); return [b.x + scrollX, b.y + scrollY, b.width, b.height]; }"""
)


class Picture(NamedTuple):
    """What is shown: a page, the window's width, a colour scheme, what is done first, and how much of it at most.

    `most` is in CSS pixels from the top of what is shown.
    """

    page: str
    act: Callable[[Page], Locator]
    width: int = DESKTOP
    scheme: str = "light"
    most: int = 2000


def answer(question: Locator, *, right: bool = True) -> None:
    """Choose the key, or the first choice that is not in it, and check."""
    key = (question.locator("[data-part=answer]").get_attribute("data-key") or "").split()
    wrong = next(letter for letter in "ABCD" if letter not in key)
    for letter in key if right else [wrong]:
        question.locator(f".quiz-choices input[value={letter}]").check()
    question.locator("[data-action=check]").click()
    expect(question).to_have_attribute("data-state", "right" if right else "wrong")


def leave_out(page: Page, selector: str) -> None:
    """Take away what would make the picture long."""
    page.locator(selector).evaluate_all(LEAVE_OUT)


def home(page: Page) -> Locator:
    """The ways to learn."""
    return page.locator(".grid.cards")


def self_check(page: Page) -> Locator:
    """A question missed, with the feedback of its choice."""
    question = page.locator("quiz-question").first
    answer(question, right=False)
    return question


def practice(page: Page) -> Locator:
    """A hint open, before the answer."""
    page.locator("[data-jump='1']").click()
    question = page.locator("quiz-question:visible").first
    question.locator("[data-action=hint]").click()
    return page.locator("quiz-set")


def challenge(page: Page) -> Locator:
    """The clock running."""
    page.locator("[data-action=start]").click()
    return page.locator("quiz-set")


def badge(page: Page) -> Locator:
    """Everything right: the result and the badge."""
    page.locator("[data-action=start]").click()
    while True:
        answer(page.locator("quiz-question:visible"))
        onward = page.locator("quiz-set [data-action=next]:visible")
        if not onward.count():
            break
        onward.click()
    page.locator("quiz-set [data-action=finish]").click()
    page.locator("[data-action=save-badge]").wait_for()
    return page.locator(".quiz-panel")


def flashcard(page: Page) -> Locator:
    """A card turned, with the next four intervals."""
    card = page.locator("quiz-card:visible").first
    card.locator("[data-action=reveal]").click()
    card.locator("small").first.wait_for()
    return page.locator("quiz-set")


def strength(page: Page) -> Locator:
    """Ten questions answered, some of them wrong: the verdict."""
    page.locator("[data-action=start]").click()
    heading = page.locator(".quiz-position")
    for number in range(1, 11):
        expect(heading).to_contain_text(f"Question {number} of 10")
        question = page.locator("quiz-question:visible")
        question.locator(f".quiz-confidence input[value='{2 + number % 2}']").check()
        answer(question, right=number % 4 != 0)
        page.locator(f"quiz-set > .quiz-nav [data-action={'finish' if number == 10 else 'next'}]").click()
    expect(heading).to_contain_text("right")
    leave_out(page, ".quiz-about > .quiz-part-title:has(+ .quiz-results), .quiz-results, .quiz-panel > .quiz-controls")
    return page.locator(".quiz-panel")


def explain(page: Page) -> Locator:
    """An own answer beside the model answer, two concepts ticked."""
    prompt = page.locator("#explain-int8-roundtrip")
    prompt.locator("textarea").fill(
        "The weight is divided by the size of one step and rounded to a whole number. "
        "What rounding takes away, half a step at most, does not come back."
    )
    prompt.locator("[data-action=check]").click()
    for box in prompt.locator(".quiz-concepts input").all()[:2]:
        box.check()
    leave_out(page, "#explain-int8-roundtrip [data-part=source]")
    return prompt


def code(page: Page) -> Locator:
    """A block that ran in the page and said what was recorded."""
    block = page.locator("quiz-code[data-block=cheat-sparse-bytes], #cheat-sparse-bytes").first
    block.locator("[data-action=run]").click()
    expect(block).to_have_attribute("data-same", "true", timeout=PATIENCE)
    return block


def lab(page: Page) -> Locator:
    """A lab started, and its slider moved."""
    found = page.locator("quiz-lab")
    found.locator("[data-action=start]").click()
    expect(found).to_have_attribute("data-state", "ready", timeout=PATIENCE)
    found.get_by_role("slider").first.fill("80")
    expect(found.locator("[data-part=status]")).to_contain_text("80")
    leave_out(page, "quiz-lab figure:nth-of-type(n + 3), quiz-lab > :is(details, [data-part=files])")
    return found


def answered(page: Page) -> None:
    """Keep the answers of some weeks."""
    page.evaluate(ANSWERS)
    page.reload()
    page.add_style_tag(content=STILL)


def review(page: Page) -> Locator:
    """What is due, and the first of it."""
    answered(page)
    page.locator("[data-action=start]").click()
    page.locator("quiz-card:visible [data-action=reveal]").click()
    page.locator("quiz-card:visible small").first.wait_for()
    return page.locator("quiz-set")


def progress(page: Page) -> Locator:
    """What some weeks of answers come to."""
    answered(page)
    page.locator("quiz-progress[data-state=ready] .quiz-bars").wait_for()
    leave_out(
        page,
        "quiz-progress section:has(.quiz-bars) ~ *, quiz-progress .quiz-history, quiz-progress > section:last-child",
    )
    leave_out(page, "quiz-progress section:has(.quiz-filters), quiz-progress .quiz-unfold")
    return page.locator("quiz-progress")


def reference(page: Page) -> Locator:
    """Two words in the search field, and what they find."""
    page.locator("quiz-find input").fill("scale outlier")
    expect(page.locator("quiz-find [role=status]")).not_to_be_empty()
    leave_out(page, "article > :is(h1, p, quiz-print), article > a, .quiz-about-topic")
    return page.locator("article")


CHECK, CHALLENGE, SHEET = "quizzes/self-check/", "quizzes/challenge/", "cheat-sheet/"
PICTURES = {
    "home": Picture("", home, most=906),
    "home-dark": Picture("", home, scheme="dark", most=906),
    "self-check": Picture(CHECK, self_check),
    "self-check-dark": Picture(CHECK, self_check, scheme="dark"),
    "practice": Picture("quizzes/practice/", practice, PHONE),
    "practice-dark": Picture("quizzes/practice/", practice, PHONE, "dark"),
    "challenge": Picture(CHALLENGE, challenge, PHONE),
    "challenge-dark": Picture(CHALLENGE, challenge, PHONE, "dark"),
    "badge": Picture(CHALLENGE, badge),
    "badge-dark": Picture(CHALLENGE, badge, scheme="dark"),
    "flashcard": Picture("flashcards/", flashcard, PHONE),
    "flashcard-dark": Picture("flashcards/", flashcard, PHONE, "dark"),
    "strength": Picture("quizzes/strength/", strength),
    "strength-dark": Picture("quizzes/strength/", strength, scheme="dark"),
    "explain": Picture("quizzes/explain-quantization/", explain),
    "explain-dark": Picture("quizzes/explain-quantization/", explain, scheme="dark"),
    "code": Picture(SHEET, code),
    "code-dark": Picture(SHEET, code, scheme="dark"),
    "lab": Picture("labs/pruning/", lab),
    "lab-dark": Picture("labs/pruning/", lab, scheme="dark"),
    "review": Picture("review/", review, PHONE),
    "review-dark": Picture("review/", review, PHONE, "dark"),
    "progress": Picture("progress/", progress, most=1100),
    "progress-dark": Picture("progress/", progress, scheme="dark", most=1100),
    "reference": Picture("reference/", reference, most=970),
    "reference-dark": Picture("reference/", reference, scheme="dark", most=970),
}


def take(browser: Browser, address: str, picture: Picture) -> bytes:
    """The picture as WebP."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": 1200},
        color_scheme="dark" if picture.scheme == "dark" else "light",
        device_scale_factor=SCALE,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address + picture.page)
    page.add_style_tag(content=STILL)
    shown = picture.act(page)
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(300)
    x, y, width, height = shown.evaluate(BOX)
    left, top = max(0, x - MARGIN), max(0, y - MARGIN)
    clip = {
        "x": left,
        "y": top,
        "width": min(x + width + MARGIN, picture.width) - left,
        "height": min(y + height + MARGIN - top, picture.most),
    }
    png = base64.b64encode(page.screenshot(clip=clip, full_page=True)).decode()
    data = page.evaluate(WEBP, [png, QUALITIES, MOST])
    context.close()
    return base64.b64decode(data)


def main(names: list[str]) -> None:
    """Build the site, or take the one that QUIZPROOF_SITE names; take the named pictures, or all."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = os.environ.get("QUIZPROOF_SITE", folder)
        build = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", folder]
        if site == folder and subprocess.run(build, check=False).returncode:
            raise SystemExit("pictures: the site does not build (see above)")
        server = Server(("127.0.0.1", 0), functools.partial(Quiet, directory=site))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=on_path(), args=list(FLAGS))
        for name in names or PICTURES:
            data = take(browser, f"http://127.0.0.1:{server.server_port}/", PICTURES[name])
            (IMAGES / f"{name}.webp").write_bytes(data)
            print(f"{name}.webp  {len(data) / 1000:.0f} kB{' (too large)' if len(data) > MOST else ''}", flush=True)
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1:])
