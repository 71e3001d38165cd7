"""The labs in a real browser: the same numbers as PyTorch's, every state, every way to fail, for everyone."""

import json
import re
from pathlib import Path
from typing import Any

import markdown
import pytest
from conftest import ROOT, FixtureSite
from playwright.sync_api import BrowserContext, Locator, Page, expect
from runnable import BOOT, Gate, block, server_of

pytest_plugins = ["python_fixtures"]

LABS = ROOT / "docs" / "labs"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; img-src 'self' data:"
SCHEMES = "<style>:root { color-scheme: light dark; background: Canvas; color: CanvasText }</style>"
HEAD = (
    '<link rel="stylesheet" href="../assets/quizproof-test/lab.css">'
    '<script type="module" src="../assets/quizproof-test/lab.js?runtime=../pyodide-test/manifest.json"></script>'
)
SMALL = """
```yaml lab="small"
call: lab_small.show
files: [lab_small.py]
packages: []
seconds: 2
controls:
  level: {label: Level, range: [0, 9], unit: "%", value: 1}
  loud: {label: Loud, value: false}
  kind: {label: Kind, choices: {a: First, b: Second}, value: a}
```
"""
CODE = """
import time
calls = 0

def show(level, loud, kind):
    global calls
    calls += 1
    if level == 7:
        raise ValueError("seven is too many")
    if level == 8:
        print("hello")
    while level == 9:
        pass
    words = f"level {level}, {'loud' if loud else 'quiet'}, {kind}, call {calls}"
    table = {"head": ["Name", "Value"], "rows": [["level", str(level)]]}
    bars = {"kind": "bars", "title": "Levels", "text": "Bars.", "bars": [["level", level, str(level)]], "most": 9}
    bars |= table
    return {"say": words + ".", "facts": [{"name": "Level", "value": str(level), "note": ""}], "views": [bars]}
"""


def lab_of(name: str) -> str:
    """The fence of a lab's page."""
    page = (LABS / f"{name}.md").read_text(encoding="utf-8")
    return page[page.index("```yaml lab=") :].split("\n```\n")[0] + "\n```\n"


def opened(site: FixtureSite, page: Page, text: str, more: str = "", head: str = "", **options: Any) -> Locator:
    """Open a page with these labs, whose files lie beside it."""
    html = markdown.markdown(text, extensions=["quizproof"])
    address = site(html + more, head=head + HEAD, **options)
    for file in LABS.iterdir():
        if file.suffix != ".md":
            (site.folder / "page" / file.name).unlink(missing_ok=True)
            (site.folder / "page" / file.name).symlink_to(file)
    (site.folder / "page" / "lab_small.py").write_text(CODE, encoding="utf-8")
    page.goto(address)
    return page.locator("quiz-lab").first


def start(lab: Locator, state: str = "ready") -> None:
    lab.get_by_role("button", name="Start the lab").click()
    expect(lab).to_have_attribute("data-state", re.compile("ready|failed|stopped"), timeout=BOOT)
    assert lab.get_attribute("data-state") == state, status(lab)


def status(lab: Locator) -> str:
    return lab.locator('[data-part="status"]').inner_text()


def fact(lab: Locator, name: str) -> str:
    return lab.locator("dl div", has_text=name).locator("dd").first.inner_text()


STEP = """([lab, settings]) => new Promise(done => {
  const form = lab.querySelector("form");
  for (const [name, value] of Object.entries(settings)) form.elements.namedItem(name).value = value;
  lab.addEventListener("quiz-lab-shown", () => done(lab.querySelector("dl").textContent), { once: true });
  form.dispatchEvent(new Event("input", { bubbles: true }));
})"""


def step(lab: Locator, **settings: Any) -> float:
    """Move the controls; the accuracy that the lab then shows."""
    said = lab.page.evaluate(STEP, [lab.element_handle(), settings])
    found = re.search(r"Test accuracy([\d.]+)", said)
    assert found, said
    return float(found[1])


def recorded(group: str, *path: object) -> float:
    value = json.loads((ROOT / "precompute" / "records" / "lab-weights.json").read_text(encoding="utf-8"))
    value = value["data"]["accuracy"][group]
    for key in path:
        value = value[str(key)]
    return float(value["each"][0])


@pytest.mark.usefixtures("numpy")
def test_the_labs_agree_with_pytorch_in_the_page(site_with_python: FixtureSite, page: Page, complaints: Any) -> None:
    complaints.allow("404")
    labs = lab_of("pruning") + lab_of("quantization") + lab_of("budget")
    policy = {"Content-Security-Policy": POLICY}
    first = opened(site_with_python, page, labs, faults={"network.f32": 404}, headers=policy)
    start(first, "failed")
    assert status(first) == "network.f32 is missing on the server (404). Press Start to try again."
    server_of(site_with_python).faults.clear()
    start(first)
    expect(first.locator('[data-part="status"]')).to_have_text(re.compile(r"^50\s% pruned, smallest of all layers: "))
    for kind, level in (("global", 80), ("layer", 60), ("units", 50), ("units", 95), ("global", 90)):
        assert abs(step(first, kind=kind, sparsity=level) - recorded("pruned", kind, level)) <= 0.2 + 1e-9
    second = page.locator("quiz-lab").nth(1)
    start(second)
    for scale, codes, bits in (("tensor", "affine", 3), ("channel", "affine", 2), ("tensor", "symmetric", 2)):
        found = step(second, scale=scale, range=codes, bits=bits)
        assert abs(found - recorded("rounded", f"{scale}_{codes}", bits)) <= 0.2 + 1e-9
    assert abs(step(second, keep=95) - recorded("clipped", "tensor_symmetric", "95.0", 2)) <= 0.2 + 1e-9
    third = page.locator("quiz-lab").nth(2)
    start(third)
    assert abs(step(third, sparsity=70, bits=3) - recorded("both", 70, 3)) <= 0.2 + 1e-9
    assert third.locator("dl dt").first.inner_text() == "Fits"
    # The first one still answers: all of them live in one Python.
    assert abs(step(first, kind="global", sparsity=80) - recorded("pruned", "global", 80)) <= 0.2 + 1e-9
    figures = first.locator("figure")
    assert figures.count() == 5
    for n in range(figures.count()):
        figure = figures.nth(n)
        figure.locator("summary").click()
        expect(figure.get_by_role("table")).to_be_visible()
        assert len(figure.locator("p").inner_text()) > 20


def test_steps_the_newest_wins_and_is_said_once(site_with_python: FixtureSite, page: Page) -> None:
    lab = opened(site_with_python, page, SMALL)
    expect(lab.locator("form")).to_be_hidden()
    requested = [path for path in server_of(site_with_python).requests if "pyodide" in path or "lab_small" in path]
    assert requested == []
    lab.get_by_role("button", name="Start the lab").focus()
    page.keyboard.press("Enter")
    expect(lab).to_have_attribute("data-state", "ready", timeout=BOOT)
    expect(lab.get_by_role("slider", name="Level")).to_be_focused()
    page.evaluate("""() => {
      window.said = []; window.shown = 0;
      const lab = document.querySelector("quiz-lab"), status = lab.querySelector('[data-part="status"]');
      new MutationObserver(() => window.said.push(status.textContent)).observe(status, { childList: true });
      lab.addEventListener("quiz-lab-shown", () => window.shown++);
      const input = lab.querySelector("[name=level]");
      for (let n = 0; n < 60; n++) {
        input.value = String(n % 6);
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }""")
    expect(lab.locator('[data-part="status"]')).to_have_text("level 5, quiet, a, call 3.")
    assert page.evaluate("window.shown") == 2
    assert page.evaluate("window.said") == ["level 5, quiet, a, call 3."]
    page.keyboard.press("ArrowRight")
    expect(lab.locator("dl dd")).to_have_text("6")
    expect(lab.get_by_role("slider", name="Level")).to_have_attribute("aria-valuetext", "6 %")
    lab.get_by_role("checkbox", name="Loud").check()
    lab.get_by_role("radio", name="Second").check()
    expect(lab.locator('[data-part="status"]')).to_have_text(re.compile("^level 6, loud, b, call "))
    lab.locator("figure summary").click()
    lab.get_by_role("button", name="Back to the beginning").click()
    expect(lab.locator('[data-part="status"]')).to_have_text(re.compile("^level 1, quiet, a, call "))
    # What was opened stays open, and follows.
    expect(lab.get_by_role("row", name="level 1")).to_be_visible()


def test_what_python_says_wrong_and_what_it_never_says(site_with_python: FixtureSite, page: Page) -> None:
    lab = opened(site_with_python, page, SMALL)
    start(lab)
    slider = lab.get_by_role("slider", name="Level")
    again = "Press Start to try again."
    for level, said in (
        ("7", f"The lab's code raised ValueError: seven is too many. {again}"),
        ("8", f"The lab's code said something else than a result. {again}"),
        ("9", "Timed out: stopped after 2 seconds."),
    ):
        slider.fill(level)
        expect(lab).to_have_attribute("data-state", "failed")
        assert status(lab) == said
        expect(slider).to_be_disabled()
        lab.locator("[name=level]").evaluate("input => { input.value = 2 }")
        start(lab)
        assert fact(lab, "Level") == "2"


def test_stop_while_a_step_is_under_way(site_with_python: FixtureSite, page: Page) -> None:
    lab = opened(site_with_python, page, SMALL.replace("seconds: 2", "seconds: 60"))
    start(lab)
    lab.get_by_role("slider", name="Level").fill("9")
    lab.get_by_role("button", name="Stop").click()
    expect(lab).to_have_attribute("data-state", "stopped")
    assert status(lab) == "Stopped. Press Start to go on."


def test_the_lab_goes_on_when_another_block_has_ended_python(site_with_python: FixtureSite, page: Page) -> None:
    endless = block("while True: pass", attributes='data-timeout="1"')
    lab = opened(site_with_python, page, SMALL, endless, code=True)
    start(lab)
    page.locator('quiz-code [data-action="run"]').click()
    expect(page.locator("quiz-code")).to_have_attribute("data-state", "stopped", timeout=BOOT)
    lab.get_by_role("slider", name="Level").fill("4")
    expect(lab.locator('[data-part="status"]')).to_have_text("level 4, quiet, a, call 1.", timeout=BOOT)


def test_without_a_network_and_stopped_while_loading(
    site_with_python: FixtureSite, page: Page, context: BrowserContext, complaints: Any
) -> None:
    complaints.allow("ERR_INTERNET_DISCONNECTED|404")
    lab = opened(site_with_python, page, SMALL)
    lab.get_by_role("button", name="Start the lab").wait_for()
    context.set_offline(True)
    start(lab, "failed")
    assert status(lab) == "No network: lab_small.py could not be loaded. Press Start to try again."
    context.set_offline(False)
    server = server_of(site_with_python)
    server.faults["manifest.json"] = 404
    start(lab, "failed")
    assert status(lab) == "manifest.json is missing on the server (404). Press Start to try again."
    server.faults.clear()
    gate = server.faults["pyodide.asm.wasm"] = Gate()
    lab.get_by_role("button", name="Start the lab").click()
    expect(lab.get_by_role("progressbar", name="Loading")).to_be_visible()
    expect(lab.locator(".lab-loading")).to_have_text(re.compile("^(Loading|Starting)"))
    lab.get_by_role("button", name="Stop").click()
    expect(lab).to_have_attribute("data-state", "stopped")
    assert status(lab) == "Stopped. Press Start to go on."
    expect(lab.get_by_role("button", name="Start the lab")).to_be_focused()
    gate.open()
    server.faults.clear()
    start(lab)


@pytest.fixture(scope="module")
def axe() -> Path:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci")
    return AXE


def findings(page: Page, axe: Path) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe.read_text(encoding="utf-8"))
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        result = page.evaluate("axe.run('quiz-lab', { resultTypes: ['violations'] })")
        found += [f"{scheme} {v['id']}: {v['nodes'][0]['html'][:120]}" for v in result["violations"]]
    return found


@pytest.mark.usefixtures("numpy")
def test_for_everyone(site_with_python: FixtureSite, new_context: Any, axe: Path) -> None:
    context = new_context(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    page = context.new_page()
    gate = Gate()
    lab = opened(site_with_python, page, lab_of("quantization"), head=SCHEMES, faults={"pyodide.asm.wasm": gate})
    lab.get_by_role("button", name="Start the lab").wait_for()
    assert findings(page, axe) == []
    lab.get_by_role("button", name="Start the lab").tap()
    expect(lab.get_by_role("button", name="Stop")).to_be_visible()
    assert findings(page, axe) == []
    gate.open()
    expect(lab).to_have_attribute("data-state", "ready", timeout=BOOT)
    assert step(lab, bits=2) < 90
    assert findings(page, axe) == []
    for summary in lab.locator("figure summary").all():
        summary.tap()
    assert findings(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    targets = lab.locator("button:visible, summary:visible, [type=range], label:has(input)")
    for target in targets.all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, target.inner_text()
    pictures = lab.get_by_role("img").all()
    assert len(pictures) >= 5
    assert all(picture.get_attribute("aria-label") for picture in pictures)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0
    colours = lab.locator(".lab-bar").first.evaluate("bar => getComputedStyle(bar).fill")
    assert colours != lab.evaluate("lab => getComputedStyle(lab).backgroundColor")


def test_without_javascript_the_recorded_numbers_are_there(site: str, new_context: Any) -> None:
    page = new_context(java_script_enabled=False).new_page()
    for name in ("pruning", "quantization", "budget"):
        page.goto(f"{site}labs/{name}/")
        expect(page.get_by_text("This lab needs JavaScript")).to_be_visible()
        expect(page.locator("quiz-lab button, quiz-lab input")).to_have_count(0)
        expect(page.locator(".quiz-figure svg[role=img]")).to_be_visible()
        page.locator(".quiz-figure summary").click()
        expect(page.locator(".quiz-figure table")).to_be_visible()
        for link in page.locator("quiz-lab a").all():
            assert page.request.get(link.evaluate("a => a.href")).status == 200


@pytest.mark.usefixtures("numpy")
def test_a_lab_of_the_site_as_built(site: str, page: Page) -> None:
    page.goto(f"{site}labs/budget/")
    lab = page.locator("quiz-lab")
    start(lab)
    assert fact(lab, "Does not fit") == "25.8\N{NO-BREAK SPACE}kB"
    # By instant navigation to another lab: the same Python, other files.
    page.locator(".md-footer__link--prev").click()
    lab = page.locator("quiz-lab#lab-quantization")
    start(lab)
    assert fact(lab, "Codes") == "15"
