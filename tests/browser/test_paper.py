"""The cheat sheet on paper is two sides of A4 with nothing cut off; on a phone nothing sticks out."""

import re

import pytest

A4_WIDTH = round(196 / 25.4 * 96)  # between margins of 7 mm, in CSS pixels
A4_HEIGHT = round(283 / 25.4 * 96)
CONTENT = ".md-content__inner"
# Every block of a column, and what is drawn or set in it, with how far it sticks out to the right of the column.
STICKING_OUT = """
() => {
  const sheet = document.querySelector(".md-content__inner").getBoundingClientRect();
  const column = (sheet.width - 2 * 13.6) / 3;
  const found = [];
  for (const block of document.querySelectorAll(".md-content__inner > *")) {
    for (const box of [block, ...block.querySelectorAll("math *, svg, pre, td")]) {
      const own = box.getBoundingClientRect();
      if (box.tagName === "H1" || own.width === 0) continue;
      // A block that breaks has a fragment in each column.
      for (const part of box.getClientRects()) {
        const left = sheet.left + Math.floor((part.left - sheet.left + 6) / (column + 13.6)) * (column + 13.6);
        const over = part.right - (left + column);
        if (over > 4) found.push(`${box.tagName} ${box.textContent.trim().slice(0, 30)}: ${Math.round(over)} px`);
      }
    }
  }
  return found;
}
"""
VISIBLE = "elements => elements.filter(element => element.getClientRects().length).length"
SMALLEST = """
(selector) => Math.min(...[...document.querySelectorAll(selector)]
  .filter((element) => element.getClientRects().length)
  .map((element) => parseFloat(getComputedStyle(element).fontSize) * 0.75))
"""


def pages_of(document: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", document))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_prints_on_two_sides_of_a4(new_context, site, scheme):
    page = new_context(color_scheme=scheme).new_page()
    page.goto(site + "cheat-sheet/")
    document = page.pdf(prefer_css_page_size=True, print_background=True)
    assert pages_of(document) == 2
    sizes = {tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox \[([\d. ]+)\]", document)}
    assert {(round(right), round(top)) for _, _, right, top in sizes} == {(595, 842)}


def test_on_paper_all_is_there_and_nothing_is_cut(new_context, site):
    page = new_context(viewport={"width": A4_WIDTH, "height": A4_HEIGHT}, color_scheme="dark").new_page()
    page.goto(site + "cheat-sheet/")
    page.locator("quiz-code .quiz-tools").first.wait_for()
    page.emulate_media(media="print")
    assert page.evaluate(STICKING_OUT) == []
    sheet = page.locator(CONTENT)
    assert sheet.evaluate("element => getComputedStyle(element).columnCount") == "3"
    # Ink on white, whatever the scheme on the screen.
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    )
    assert sheet.evaluate("element => getComputedStyle(element).color") != "rgb(255, 255, 255)"
    for hidden in (".quiz-tools", ".quiz-provenance", "figure details", "figure > p", ".cheat-try", ".headerlink"):
        assert sheet.locator(hidden).count() > 0
        assert sheet.locator(hidden).evaluate_all(VISIBLE) == 0
    for shown in ("figure svg", "figcaption", ".cheat-idea", ".cheat-symbols", ".cheat-not", ".cheat-sources"):
        assert sheet.locator(shown).evaluate_all(VISIBLE) == sheet.locator(shown).count() > 0
    assert sheet.locator("figure svg").count() == 11
    assert sheet.locator("h2").count() == 11
    # No figure is broken between columns, and none is higher than a page.
    broken = "elements => elements.filter(e => e.getClientRects().length > 1 || e.clientHeight > 400).length"
    assert sheet.locator("figure").evaluate_all(broken) == 0
    assert page.evaluate(SMALLEST, f"{CONTENT} > p:not(.cheat-sources), {CONTENT} figcaption") >= 7.49
    assert page.evaluate(SMALLEST, f"{CONTENT} pre code, {CONTENT} .cheat-sources") >= 6.19


def test_on_a_phone_nothing_sticks_out_and_wide_things_scroll_inside(new_context, site):
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    page.goto(site + "cheat-sheet/")
    page.locator("quiz-code .quiz-tools").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.locator("figure details").evaluate_all("elements => elements.forEach(element => { element.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    wide = "elements => elements.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => getComputedStyle(e).overflowX)"
    for scrolls in ("div.arithmatex", "figure [role=region]", "table"):
        assert set(page.locator(f"{CONTENT} {scrolls}").evaluate_all(wide)) <= {"auto", "scroll"}
    assert page.locator("div.arithmatex").evaluate_all(wide) != []


def test_on_a_desk_a_figure_stands_beside_its_caption(new_context, site):
    page = new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(site + "cheat-sheet/")
    drawing, caption = (page.locator(f"figure {part}").first.bounding_box() for part in ("svg", "figcaption"))
    assert caption["x"] >= drawing["x"] + drawing["width"]
    assert abs(caption["y"] - drawing["y"]) < 30


def test_its_style_is_left_behind_with_the_page(page, site):
    page.goto(site + "cheat-sheet/")
    page.locator(f"{CONTENT} > p a", has_text="glossary").click()
    page.locator("h1", has_text="Glossary").wait_for()
    assert page.locator('link[href$="cheat-sheet.css"]').count() == 0
