"""The scripts behind the Makefile: formulas, links, and the search for a browser."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from growth import grows_with_size
from markdown import Markdown

from tools import browser, links
from tools.maths import MathsExtension, mathml

ROOT = Path(__file__).parent.parent


def site_markdown() -> Markdown:
    return Markdown(
        extensions=["pymdownx.arithmatex", MathsExtension()],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )


def test_inline_formula_becomes_mathml() -> None:
    html = site_markdown().convert(r"A code is $q < \frac{w}{s}$.")
    assert html == (
        '<p>A code is <span class="arithmatex"><math><mrow><mi>q</mi><mo>&lt;</mo><mfrac><mrow><mi>w</mi></mrow>'
        "<mrow><mi>s</mi></mrow></mfrac></mrow></math></span>.</p>"
    )


def test_block_formula_stands_alone() -> None:
    assert '<div class="arithmatex">\n<math display="block">' in site_markdown().convert("$$\nx^2\n$$")


def test_price_and_code_are_no_formulas() -> None:
    assert "<math" not in site_markdown().convert("It costs $5, or $6. `$x$`")


@pytest.mark.parametrize(
    ("tex", "why"),
    [
        (r"\frobnicate x", r"uses \frobnicate, which has no MathML here"),
        (r"\left( x", "is not complete TeX (ExtraLeftOrMissingRightError)"),
        ("{", "is not complete TeX (NoAvailableTokensError)"),
        ("x & y", r"has an & that aligns nothing (write \&, or use the environment align*)"),
    ],
)
def test_formula_that_fails_says_why(tex: str, why: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole text is compared below
        mathml(tex, block=False)
    assert str(caught.value) == why


def test_formula_that_fails_stays_and_warns(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "mkdocs.hooks.maths"):
        html = site_markdown().convert(r"A $\frobnicate$ here")
    assert r"\(\frobnicate\)" in html
    assert caplog.messages == [r"the formula  \frobnicate  uses \frobnicate, which has no MathML here"]


def page(site: Path, name: str, body: str) -> None:
    path = site / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"<!doctype html>\n<title>t</title>\n{body}\n", encoding="utf-8")


def test_sound_site_has_no_problems(tmp_path: Path) -> None:
    page(
        tmp_path, "index.html", '<a href="a%20b/#one">to</a> <a href="https://example.org/">out</a> <a href="#">up</a>'
    )
    page(tmp_path, "a b/index.html", '<p id="one"><a href="..">back</a> <img src="data:image/gif;base64,"></p>')
    page(tmp_path, "404.html", '<a href="/nowhere">served anywhere</a>')
    assert list(links.problems(tmp_path)) == []


def test_each_problem_of_a_site_is_found(tmp_path: Path) -> None:
    page(
        tmp_path,
        "index.html",
        '<a href="gone/">a</a>\n<a href="#none">b</a>\n<script src="https://cdn.example/x.js"></script>\n'
        '<link rel="icon" href="//cdn.example/i.png">\n<pre class="mermaid">graph</pre>\n<img src="../up.png">',
    )
    assert list(links.problems(tmp_path)) == [
        "index.html:3: gone/ leads to gone/index.html, which the site does not have",
        "index.html:4: #none names an anchor that index.html does not have",
        "index.html:8: ../up.png leads to up.png, which the site does not have",
        "index.html:5: https://cdn.example/x.js is loaded from another host; keep a copy in docs/assets",
        "index.html:6: //cdn.example/i.png is loaded from another host; keep a copy in docs/assets",
        "index.html:7: the theme loads Mermaid from another host; draw the diagram as an SVG",
    ]


def test_links_without_a_site_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert links.main([str(tmp_path)]) == 2
    assert capsys.readouterr().out == f"{tmp_path} holds no built site; run  make build  first\n"


def test_placeholder_under_a_browsers_name_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, code in (("chromium", 1), ("google-chrome", 0)):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\nexit {code}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.on_path() == str(tmp_path / "google-chrome")


def test_the_tests_take_a_browser_without_windows_if_they_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("chromium", "chromium-headless-shell"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.main() == 0
    assert capsys.readouterr().out == f"Browser tests use {tmp_path / 'chromium-headless-shell'}\n"
    (tmp_path / "chromium-headless-shell").unlink()
    assert browser.main() == 0
    assert capsys.readouterr().out == f"Browser tests use {tmp_path / 'chromium'}\n"


def test_no_browser_at_all_names_both_reasons(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(browser, "on_path", lambda names=None: None)
    monkeypatch.setattr(browser, "of_playwright", lambda: None)
    monkeypatch.setattr(browser, "download", lambda: "Error: no such host")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert browser.main() == 1
    assert capsys.readouterr().out.splitlines() == [
        "No Chromium here yet; the browser tests need one:",
        "  Playwright's download: Error: no such host",
        "  the system's packages: only root may install packages",
        "No Chromium could be had. Install one as chromium or chromium-browser or google-chrome or "
        "chromium-headless-shell on the PATH, then run make test again.",
    ]


def test_reason_is_the_line_that_calls_itself_an_error() -> None:
    assert browser.reason("Get:1 x\nE: Unable to locate package chromium\n  at line 3\n") == (
        "E: Unable to locate package chromium"
    )
    assert browser.reason("one\n\n two \n") == "two"
    assert browser.reason("") == ""


def test_command_that_is_missing_or_slow_says_so() -> None:
    assert browser.run(["no-such-command-here"], 5) == "no-such-command-here is not on this system"
    assert browser.run([sys.executable, "-c", "import time; time.sleep(9)"], 1) == "gave up after 1 s"


def test_make_refuses_an_old_python(tmp_path: Path) -> None:
    old = tmp_path / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.10.2" && exit 0\nexit 1\n')
    old.chmod(0o755)
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).touch()
    done = subprocess.run(["make", "build", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[:2] == [
        f"Quizproof needs Python 3.11 or newer, and {old} is: Python 3.10.2",
        "Name another one, for example:  make build PYTHON=python3.12",
    ]
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(("power", "grows"), [(1.0, True), (1.3, True), (1.7, False), (2.0, False)])
def test_growth_is_told_from_two_sizes(monkeypatch: pytest.MonkeyPatch, power: float, grows: bool) -> None:
    monkeypatch.setattr("growth.cpu_seconds", lambda _, size: 1e-4 * size**power)
    assert grows_with_size(lambda _: None, 1_000, 8_000) is grows
