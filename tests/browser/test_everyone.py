"""Every mode on a small screen, at 400 % zoom, in forced colours and with reduced motion, as the real site shows it."""

import json
import re
import time
from collections.abc import Callable, Iterator

import pytest
from conftest import ASSETS
from playwright.sync_api import Page, expect
from test_weight import STATED

from tools.bench import FOR_CODE, gzipped

NOW = round(time.time() * 1000)
# What is left of a window of 1280 x 1024 pixels at 400 %.
ZOOMED = {"width": 320, "height": 256}
PHONE = {"width": 320, "height": 640}
OURS = "quiz-question, quiz-card, quiz-set, .quiz-notice"
# Elements of ours that stick out of the window, and are not inside something that can be scrolled.
INSIDE = "[...document.querySelectorAll(selector)].flatMap(root => [root, ...root.querySelectorAll('*')])"
# What sticks out of a window 320 pixels wide, and cannot be scrolled.
OUTSIDE = f"""selector => {INSIDE}
  .filter(n => n.checkVisibility() && !n.closest('.quiz-live, svg, math'))
  .filter(n => {{ const b = n.getBoundingClientRect(); return b.width && (b.right > 321 || b.left < -1); }})
  .filter(n => {{ for (let p = n; p !== document.body; p = p.parentElement) {{
    const scrolls = ['auto', 'scroll'].includes(getComputedStyle(p).overflowX);
    if (scrolls && p.clientWidth < p.scrollWidth) return false; }}
    return true; }})
  .map(n => n.outerHTML.slice(0, 120))"""
# Controls too small for a finger.
SMALL = f"""selector => {INSIDE}.filter(n => n.matches('button[data-action], button[data-jump]') && n.checkVisibility())
  .filter(n => {{ const b = n.getBoundingClientRect(); return b.height < 44 || b.width < 44; }})
  .map(n => n.outerHTML.slice(0, 120))"""
# Text in the colour of what it stands on, and controls without an edge.
UNSEEN = f"""selector => {INSIDE}.filter(n => n.matches('button[data-action], button[data-jump], summary'))
  .filter(n => n.checkVisibility()).filter(n => {{ const s = getComputedStyle(n);
    return s.color === s.backgroundColor || (n.tagName === 'BUTTON' && s.borderTopStyle === 'none'); }})
  .map(n => n.outerHTML.slice(0, 120))"""
MOVING = f"selector => {INSIDE}.filter(n => n.getAnimations().length).map(n => n.outerHTML.slice(0, 120))"
# What is switched on looks other than what is off; the one main button of a row is always filled.
ON = "button:is([aria-pressed=true], [aria-current]):visible"
MAIN = ", ".join(f"[data-action={name}]" for name in ("check", "start", "finish", "reveal"))
OFF = f"button[data-action]:not([aria-pressed=true], {MAIN}):visible"
LOOKS = "n => getComputedStyle(n).backgroundColor"
RING = "(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1)(getComputedStyle(document.activeElement))"


def check(page: Page) -> Iterator[str]:
    """Answer the question that is shown."""
    item = page.locator("quiz-question:visible").first
    yield "asked"
    item.locator(".quiz-choice > label > input").first.check()
    item.locator("[data-action=check]").click()
    yield "answered"


def study(page: Page) -> Iterator[str]:
    yield from check(page)


def practice(page: Page) -> Iterator[str]:
    yield from check(page)
    page.click("[data-action=next]")
    yield "next"


def challenge(page: Page) -> Iterator[str]:
    yield "ready"
    page.click("[data-action=start]")
    page.click("[data-action=timer-off]")
    yield from check(page)
    while page.locator("[data-action=next]").is_visible():
        page.click("[data-action=next]")
    page.click("[data-action=finish]")
    page.wait_for_selector("[data-action=share]")
    yield "done"


def strength(page: Page) -> Iterator[str]:
    yield "ready"
    page.click("[data-action=start]")
    page.wait_for_selector("quiz-question:visible .quiz-confidence")
    yield from check(page)
    while page.locator("[data-action=next]").is_visible():
        before = page.locator(".quiz-position").text_content()
        page.click("[data-action=next]")
        page.wait_for_function("was => document.querySelector('.quiz-position').textContent !== was", arg=before)
    page.click("[data-action=finish]")
    page.wait_for_selector(".quiz-verdicts")
    yield "done"


def flashcards(page: Page) -> Iterator[str]:
    yield "front"
    page.click("[data-action=reveal] >> visible=true >> nth=0")
    page.wait_for_selector("[data-action=good] small")
    yield "back"
    page.click("[data-action=good] >> visible=true >> nth=0")
    yield "rated"


def review(page: Page) -> Iterator[str]:
    yield "ready"
    page.click("[data-action=start]")
    page.wait_for_selector("quiz-card:visible [data-action=reveal]")
    yield from flashcards(page)


def explain(page: Page) -> Iterator[str]:
    yield "asked"
    item = page.locator("quiz-question[data-kind=explain]:visible").first
    item.locator("textarea").fill("A long word: " + "quantization" * 8)
    item.locator("[data-action=check]").click()
    page.wait_for_selector(".quiz-concepts input:visible")
    item.locator(".quiz-concepts input").first.check()
    expect(item.locator(".quiz-beside")).to_have_css("display", "grid")  # its style sheet comes late
    yield "compared"


MODES: dict[str, tuple[str, Callable[[Page], Iterator[str]]]] = {
    "self-check": ("quizzes/self-check/", study),
    "practice": ("quizzes/practice/", practice),
    "challenge": ("quizzes/challenge/", challenge),
    "strength": ("quizzes/strength/", strength),
    "flashcards": ("flashcards/", flashcards),
    "review": ("review/", review),
    "explain": ("quizzes/explain/", explain),
}


WEIGHED = {
    "self-check": "Self-check",
    "practice": "Practice",
    "challenge": "Timed challenge",
    "strength": "Strength test",
    "flashcards": "Flashcards",
    "review": "Review",
    "explain": "Explain it",
}


def opened(page: Page, site: str, mode: str) -> Iterator[str]:
    """The states of a mode, one after the other."""
    path, walk = MODES[mode]
    due = [["card-what-pruning-is", "0", "1", 0, 0, 1, NOW - 90_000_000, "flashcards"]]
    if mode == "review":
        page.goto(site + "flashcards/")
        card = page.locator("quiz-card").first
        due[0][:2] = [card.get_attribute("id"), card.get_attribute("data-hash")]
        log = json.dumps({"version": 1, "attempts": due})
        page.evaluate("log => localStorage.setItem('/.quizproof', log)", log)
    page.goto(site + path)
    page.wait_for_selector("[data-action] >> visible=true")
    yield from walk(page)


@pytest.mark.parametrize("mode", MODES)
def test_every_state_of_every_mode(new_context, site, mode):
    page = new_context(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=4).new_page()
    for state in opened(page, site, mode):
        for size in (ZOOMED, PHONE):
            page.set_viewport_size(size)
            assert page.evaluate(OUTSIDE, OURS) == [], state
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, state
            assert page.evaluate(SMALL, OURS) == [], state
        page.emulate_media(forced_colors="active", reduced_motion="reduce", color_scheme="dark")
        assert page.evaluate(UNSEEN, OURS) == [], state
        assert page.evaluate(MOVING, OURS) == [], state
        on = {node.evaluate(LOOKS) for node in page.locator(ON).all()}
        assert on.isdisjoint(node.evaluate(LOOKS) for node in page.locator(OFF).all()), state
        page.keyboard.press("Tab")
        assert page.evaluate(RING), state
        page.emulate_media(forced_colors="none", reduced_motion="no-preference", color_scheme="light")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    files = {match[1] for name in loaded if (match := re.search(r"/quizproof-[^/]+/(.+\.(?:js|css))(?:$|\?)", name))}
    weight = {file: gzipped(ASSETS / file) for file in files if not file.startswith(FOR_CODE)}
    assert 0 < sum(weight.values()) <= STATED[WEIGHED[mode]], weight
