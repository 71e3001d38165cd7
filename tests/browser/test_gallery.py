"""The gallery of snippets: each of them runs in the reader's browser and says what was recorded."""

import re

import pytest
from conftest import ROOT
from playwright.sync_api import Page, expect
from runnable import BOOT

pytest_plugins = ["python_fixtures"]

PAGE = (ROOT / "docs" / "snippets" / "index.md").read_text(encoding="utf-8")
WRITTEN = re.findall(r'^```python run="\w+" id="([\w-]+)"', PAGE, re.MULTILINE)


@pytest.mark.usefixtures("numpy")
def test_every_snippet_runs_and_says_what_was_recorded(site: str, page: Page) -> None:
    page.goto(f"{site}snippets/")
    blocks = page.locator("quiz-code:has([data-action=run])")
    expect(blocks).to_have_count(len(WRITTEN))
    assert [code.get_attribute("data-block") for code in blocks.all()] == WRITTEN
    assert len(WRITTEN) == len(list((ROOT / "snippets").glob("*.py"))) == 36
    # Pressed one after the other without waiting, as a reader may: they run in this order.
    for code in blocks.all():
        code.locator("[data-action=run]").click()
    other = {}
    for name, code in zip(WRITTEN, blocks.all(), strict=True):
        expect(code).to_have_attribute("data-state", re.compile("done|failed|stopped"), timeout=BOOT)
        said = code.locator('[data-part="status"]').inner_text()
        if not re.fullmatch(r"Same as recorded\. Ran in \d+\.\d\d s\.", said):
            other[name] = said
    assert other == {}
