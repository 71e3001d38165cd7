"""A real Chromium, a loopback server, and pages that load the real assets."""

import functools
import http.server
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tools.browser import FOR_TESTS, on_path

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "quiz_plugin" / "assets"
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOME = ("http://127.0.0.1:", "data:", "blob:", "about:")

# A busy machine is slow, and not wrong: only a test that fails waits so long (ms).
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)

Fault = int | Callable[["Handler"], object]


class Handler(http.server.SimpleHTTPRequestHandler):
    """Static files, with the headers and the faults of its server."""

    protocol_version = "HTTP/1.1"
    extensions_map: ClassVar[dict[str, str]] = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".svg": "image/svg+xml",
        ".whl": "application/octet-stream",
    }
    server: "Server"

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.requests.append(path)
        for suffix, fault in list(self.server.faults.items()):
            if not path.endswith(suffix):
                continue
            if callable(fault):
                fault(self)
            else:
                self.send_error(fault)
            return
        if path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
            return
        super().do_GET()

    def do_POST(self) -> None:
        """A browser's report of what a policy forbade."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.reports.append(json.loads(body)["csp-report"])
        self.send_response(204)
        self.end_headers()

    def end_headers(self) -> None:
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a test's own message is what counts."""


class Server(http.server.ThreadingHTTPServer):
    """A folder on an ephemeral loopback port.

    `faults` maps the end of a path to a status, or to a function that answers
    the request itself; it may be changed while the server runs.
    `requests` holds every path asked for, `reports` what browsers reported of
    a policy that names an address of this server as its `report-uri`.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, folder: Path, headers: dict[str, str] | None, faults: dict[str, Fault] | None) -> None:
        super().__init__(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
        self.folder = folder
        self.headers = {"Cache-Control": "no-store", **(headers or {})}
        self.faults = faults if faults is not None else {}
        self.requests: list[str] = []
        self.reports: list[dict[str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_port}/"
        self.ended = False
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that closes a connection early is not an error."""

    def _serve(self) -> None:
        # `serve_forever` would wake up again and again to see whether it is over, in hundreds of servers.
        while not self.ended:
            self.handle_request()

    def stop(self) -> None:
        self.ended = True
        # A last connection wakes it up.
        socket.create_connection(("127.0.0.1", self.server_port)).close()
        self.thread.join()
        self.server_close()


class Complaints(list[str]):
    """What a page complained about; `allow` says which complaints a test expects."""

    def __init__(self) -> None:
        super().__init__()
        self.allowed: list[str] = []

    def allow(self, pattern: str) -> None:
        self.allowed.append(pattern)

    def unexpected(self) -> list[str]:
        return [text for text in self if not any(re.search(pattern, text) for pattern in self.allowed)]

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(f"pageerror: {error}"))

    def attach(self, context: BrowserContext) -> None:
        context.on("page", self.watch)
        context.on("console", lambda m: self.append(f"console: {m.text} {m.location}") if m.type == "error" else None)
        context.on("request", lambda r: None if r.url.startswith(HOME) else self.append(f"foreign request: {r.url}"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium on the PATH, else Playwright's own."""
    flags = [*FLAGS, "--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=on_path(FOR_TESTS), args=flags)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def new_context(browser: Browser, complaints: Complaints) -> Iterator[Callable[..., BrowserContext]]:
    """Open a watched context with options; any unexpected complaint fails the test."""
    opened: list[BrowserContext] = []

    def open_context(**options: object) -> BrowserContext:
        context = browser.new_context(**{"viewport": {"width": 1000, "height": 800}, **options})  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        complaints.attach(context)
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        context.close()
    assert complaints.unexpected() == []


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    return new_context()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="session")
def servers() -> Iterator[list[Server]]:
    running: list[Server] = []
    yield running
    for server in running:
        server.stop()


@pytest.fixture
def serve(servers: list[Server]) -> Callable[..., Server]:
    """`serve(folder, headers=…, faults=…)` → a running `Server` (`.url`, `.faults`, `.requests`)."""

    def start(folder: Path, headers: dict[str, str] | None = None, faults: dict[str, Fault] | None = None) -> Server:
        server = Server(folder, headers, faults)
        servers.append(server)
        return server

    return start


class FixtureSite:
    """A site in a temporary folder whose assets are the real ones.

    Call it with the HTML of a body → the page's URL. `folder` is the site's
    root; put more files there (a runtime manifest, say) as a test needs them.
    """

    def __init__(self, folder: Path, start: Callable[..., Server]) -> None:
        self.folder = folder
        self.start = start
        self.server: Server | None = None
        (folder / "assets").mkdir(parents=True)
        (folder / "assets" / "quizproof-test").symlink_to(ASSETS, target_is_directory=True)

    def __call__(
        self,
        html: str,
        *,
        name: str = "page",
        code: bool = False,
        runtime: str = "../pyodide-test/manifest.json",
        head: str = "",
        body: str = "",
        headers: dict[str, str] | None = None,
        faults: dict[str, Fault] | None = None,
    ) -> str:
        """Write `name`/index.html around `html`; `code` loads code.css and python.js too."""
        base = "../assets/quizproof-test"
        links = f'<link rel="stylesheet" href="{base}/quiz.css"><script type="module" src="{base}/quiz.js"></script>'
        if code:
            links += f'<link rel="stylesheet" href="{base}/code.css">'
            links += f'<script type="module" src="{base}/python.js?runtime={runtime}"></script>'
        page = self.folder / name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Fixture</title>'
            '<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width, initial-scale=1">'
            f"{head}</head><body {body}><main><h1>Fixture</h1>{links}\n{html}\n</main></body></html>",
            encoding="utf-8",
        )
        if self.server is None:
            self.server = self.start(self.folder, headers=headers, faults=faults)
        return f"{self.server.url}{name}/"


@pytest.fixture
def fixture_page(tmp_path: Path, serve: Callable[..., Server]) -> FixtureSite:
    return FixtureSite(tmp_path / "fixture-site", serve)


@pytest.fixture(scope="session")
def site_server(tmp_path_factory: pytest.TempPathFactory, servers: list[Server]) -> Server:
    """The real documentation site, built strictly once, and its server.

    QUIZPROOF_SITE names a folder that holds it already, for quick runs by hand.
    """
    built = os.environ.get("QUIZPROOF_SITE")
    server = Server(Path(built) if built else tmp_path_factory.mktemp("built-site"), None, None)
    servers.append(server)
    if built:
        return server
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(server.folder)]
    # Instant navigation follows the sitemap, which follows SITE_URL.
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "SITE_URL": server.url}
    done = subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"mkdocs build failed:\n{done.stdout}\n{done.stderr}"
    return server


@pytest.fixture(scope="session")
def site(site_server: Server) -> str:
    """The URL of the real site, ending in a slash."""
    return site_server.url
