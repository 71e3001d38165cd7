"""Whatever Python prints is text; figures are images."""

import base64

import pytest
from conftest import Complaints
from playwright.sync_api import Page, expect
from runnable import Open, block, run, status

pytest_plugins = ["python_fixtures"]

INJECTIONS = [
    "<script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 1'>",
    "<svg onload=window.pwned=1></svg>",
    "</samp></pre><iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<a href='javascript:window.pwned=1'>x</a>",
    "<style>body{display:none}</style>",
    "&lt;b&gt;&#60;i&#62;",
    "]]><!--",
    "<quiz-code data-engine=python></quiz-code>",
    "<details open ontoggle=window.pwned=1>",
    "\x00\x1b[31m\u2028\u202e",
]
SVG = '<svg viewBox="0 0 9 9" onload="parent.pwned=1"><script>parent.pwned=1</script><rect width="9" height="9"/></svg>'
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def elements(page: Page) -> int:
    return int(page.evaluate("document.querySelectorAll('script, iframe, svg, a, style, quiz-code, details').length"))


TEXT = "\n".join(INJECTIONS)


@pytest.mark.parametrize(
    ("source", "place", "shown"),
    [
        (f"print({TEXT!r})", '[data-part="live"] samp', TEXT),
        (f"import sys\nprint({TEXT!r}, file=sys.stderr)", ".quiz-err", TEXT),
        (f"raise ValueError({TEXT!r})", ".quiz-exception", TEXT),
        (f"import sys\nsys.exit({TEXT!r})", '[data-part="status"]', repr(TEXT)),
        (f"answer = {TEXT!r}\nverdicts = {{{TEXT!r}: {TEXT!r}}}", ".quiz-verdict", f"answer = {TEXT}\n{TEXT}: {TEXT}"),
    ],
    ids=["printed", "error stream", "raised", "exit", "verdict"],
)
def test_what_python_says_never_becomes_markup(show: Open, page: Page, source: str, place: str, shown: str) -> None:
    code = show(block(source))
    before = elements(page)
    run(code, "failed" if "raise" in source else "done")
    assert elements(page) == before
    assert page.evaluate("window.pwned") is None
    found = "".join(code.locator(place).all_text_contents())
    assert shown.replace("\x00", "") in found.replace("\x00", "")


def test_a_name_made_of_markup_is_text_too(show: Open, page: Page) -> None:
    code = show(block("raise type('<b>', (Exception,), {})('<i>x</i>')"))
    before = elements(page)
    run(code, "failed")
    assert status(code) == "<b> on line 1."
    assert elements(page) == before


def test_display_shows_svg_as_an_image(show: Open, page: Page) -> None:
    code = show(block(f"display({SVG!r}, alt='A square <b>')\nprint('below')"))
    run(code)
    image = code.locator("img")
    expect(image).to_have_attribute("alt", "A square <b>")
    assert (image.get_attribute("src") or "").startswith("data:image/svg+xml;base64,")
    page.wait_for_function("document.querySelector('quiz-code img').naturalWidth > 0")
    assert page.evaluate("window.pwned") is None
    expect(code.locator("svg")).to_have_count(0)


def test_display_shows_png_and_objects_that_make_one(show: Open, page: Page) -> None:
    source = (
        f"PNG = {PNG!r}\nclass Plot:\n    def _repr_png_(self):\n        return PNG\ndisplay(PNG)\ndisplay(Plot())\n"
    )
    code = show(block(source))
    run(code)
    expect(code.locator("img")).to_have_count(2)
    expect(code.locator("img").first).to_have_attribute("alt", "Figure made by demo")
    page.wait_for_function("[...document.querySelectorAll('quiz-code img')].every((image) => image.naturalWidth === 1)")


@pytest.mark.parametrize(
    ("source", "last"),
    [
        (
            "display(3)",
            "TypeError: display() shows SVG text, PNG bytes, or an object with _repr_svg_() or _repr_png_(), not int",
        ),
        (
            "display('<b>')",
            "TypeError: display() shows SVG text, PNG bytes, or an object with _repr_svg_() or _repr_png_(), not str",
        ),
        (
            "display('<svg>' + ' ' * 4_000_000)",
            "ValueError: display() shows figures of up to 4,000,000 bytes, not 4,000,040",
        ),
        ("for _ in range(21): display('<svg/>')", "ValueError: display() shows up to 20 figures in one run"),
    ],
)
def test_display_refuses_plainly(show: Open, source: str, last: str) -> None:
    code = show(block(source))
    run(code, "failed")
    assert (code.locator(".quiz-exception").text_content() or "").splitlines()[-1] == last


def test_a_figure_that_is_broken_says_so(show: Open, complaints: Complaints) -> None:
    code = show(block("display('<svg><unclosed>')"))
    run(code)
    expect(code.get_by_text("The figure cannot be shown.")).to_be_visible()
