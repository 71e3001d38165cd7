"""What the tests of runnable blocks share: their HTML, and what a reader does with them."""

import html
import re
from collections.abc import Callable

from conftest import FixtureSite, Server
from playwright.sync_api import Locator, expect

NUMPY = """\
import numpy as np

weights = np.array([0.9, -1.2, 0.3, 2.7])
codes = np.round(weights / 0.1).astype(np.int8)
print(codes.tolist())
"""
BOOT = 60_000
Open = Callable[..., Locator]


def block(
    code: str,
    name: str = "demo",
    *,
    engine: str = "python",
    output: str | None = None,
    raised: str = "",
    attributes: str = "",
) -> str:
    """The HTML that the extension writes for a runnable block."""
    exception = f'<pre class="quiz-exception"><samp>{html.escape(raised)}</samp></pre>' if raised else ""
    recorded = (
        ""
        if output is None
        else '<div data-part="output"><p class="quiz-output-title">Recorded output</p>'
        f"<pre><samp>{html.escape(output)}</samp></pre>{exception}</div>"
    )
    return (
        f'<quiz-code id="{name}-code" data-block="{name}" data-engine="{engine}" data-state="idle" {attributes}>'
        f'<div data-part="source"><div class="highlight"><pre><code>{html.escape(code)}</code></pre></div></div>'
        f'{recorded}<p data-part="status" role="status"></p></quiz-code>'
    )


def press(code: Locator, action: str) -> None:
    code.locator(f'[data-action="{action}"]').click()


def run(code: Locator, state: str = "done") -> None:
    press(code, "run")
    ended(code, state)


def ended(code: Locator, state: str = "done") -> None:
    expect(code).to_have_attribute("data-state", re.compile("done|failed|stopped"), timeout=BOOT)
    assert code.get_attribute("data-state") == state, status(code)


def status(code: Locator) -> str:
    return code.locator('[data-part="status"]').inner_text()


def live(code: Locator) -> str:
    return code.locator('[data-part="live"] samp').first.text_content() or ""


def edit(code: Locator, text: str) -> None:
    if not code.locator("textarea").count():
        press(code, "edit")
    code.locator("textarea").fill(text)


def server_of(site: FixtureSite) -> Server:
    """The server of a site that has been opened."""
    assert site.server is not None
    return site.server


def requests(site: FixtureSite) -> list[str]:
    return server_of(site).requests
