"""What the tests of runnable blocks share: their HTML, and what a reader does with them."""

import html
import re
import threading
from collections.abc import Callable
from pathlib import Path

from conftest import FixtureSite, Handler, Server
from playwright.sync_api import Locator, Page, Worker, expect

NUMPY = """\
import numpy as np

weights = np.array([0.9, -1.2, 0.3, 2.7])
codes = np.round(weights / 0.1).astype(np.int8)
print(codes.tolist())
"""
BOOT = 120_000
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


class Gate:
    """A fault that holds a file back: half of it comes, and the rest when a test has seen what comes before."""

    def __init__(self) -> None:
        self._opened = threading.Event()

    def open(self) -> None:
        self._opened.set()

    def __call__(self, handler: Handler) -> None:
        data = Path(handler.translate_path(handler.path)).read_bytes()
        handler.send_response(200)
        handler.send_header("Content-Type", handler.guess_type(handler.path.split("?")[0]))
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data[: len(data) // 2])
        handler.wfile.flush()
        self._opened.wait(BOOT / 1000)
        handler.wfile.write(data[len(data) // 2 :])


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


def workers(page: Page) -> list[Worker]:
    """Every worker that the page opens from now on."""
    opened: list[Worker] = []

    def add(worker: Worker) -> None:  # a list's own method does not take the mark that Playwright leaves
        opened.append(worker)

    page.on("worker", add)
    return opened
