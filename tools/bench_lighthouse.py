"""Lighthouse's performance score of the same text as plain Markdown lists, with Quizproof, and with mkdocs-quiz.

The kinds take turns, round after round, so that a machine whose speed drifts drifts for all of them. Lighthouse's own
throttling (a mid-range phone on slow 4G) makes the figures comparable between machines, within a few points.
"""

import functools
import gzip
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.bench_bank import Figure, Quiet, Server
from tools.bench_builds import build, make_site, pythons
from tools.browser import of_playwright, on_path

VERSION = "12.8.2"
ROUNDS, QUESTIONS = 7, 10
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --no-first-run"


class Packed(Quiet):
    """Static files as hosts send them: text is compressed, and a connection serves more than one file.

    With a connection for each file, the simulated phone pays two round trips for every one of them, as on no host.
    """

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # noqa: N802  (the base's name)
        """Answer with the file, compressed."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            return self.send_error(404)
        body = gzip.compress(path.read_bytes(), 6, mtime=0)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=31536000")
        self.end_headers()
        self.wfile.write(body)
        return None


def lighthouse() -> Path | None:
    """Lighthouse, through npm, in the user's cache; None, with the reason printed, where it cannot be had."""
    caches = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = caches / "quizproof" / f"lighthouse-{VERSION}"
    script = folder / "node_modules" / "lighthouse" / "cli" / "index.js"
    npm = shutil.which("npm")
    if script.exists() or npm is None:
        if npm is None:
            print("Lighthouse is left out: npm is not installed")
        return script if npm else None
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), f"lighthouse@{VERSION}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        print(f"Lighthouse is left out: npm install failed: {done.stderr.strip()[-200:]}")
        return None
    return script


def score(script: Path, address: str) -> tuple[float, dict[str, Any]]:
    """The performance score, 0 to 1, of a phone's first visit, and the audits behind it."""
    chromium = on_path() or of_playwright()
    command = ["node", str(script), address, "--quiet", "--output=json", "--only-categories=performance"]
    done = subprocess.run(
        [*command, "--no-enable-error-reporting", f"--chrome-flags={FLAGS}"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "CHROME_PATH": str(chromium)},
    )
    found = json.loads(done.stdout)
    return float(found["categories"]["performance"]["score"]), found["audits"]


def performance(_site: Path | None = None) -> Iterator[Figure]:
    """Medians of the rounds for each kind of page; total blocking time and bytes beside them."""
    script = lighthouse()
    if script is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        addresses, servers = {}, []
        for kind, python in pythons(Path(folder, "peer")).items():
            config = make_site(Path(folder, kind), kind, 1, QUESTIONS)
            build(python, config)
            server = Server(("127.0.0.1", 0), functools.partial(Packed, directory=str(config.parent / "site")))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            addresses[kind] = f"http://127.0.0.1:{server.server_port}/page-0/"
            servers.append(server)
        found: dict[str, list[tuple[float, dict[str, Any]]]] = {kind: [] for kind in addresses}
        for _ in range(ROUNDS):
            for kind, address in addresses.items():
                found[kind].append(score(script, address))
        for server in servers:
            server.shutdown()
    for kind, rounds in found.items():
        yield f"Lighthouse {VERSION}, {QUESTIONS} questions, {kind}, median of {ROUNDS}", median(rounds), "/ 100"
        for name, label, unit in AUDITS:
            values = [audits[name]["numericValue"] for _score, audits in rounds]
            yield f"  {label}", statistics.median(values), unit


AUDITS = (
    ("first-contentful-paint", "first contentful paint", "ms"),
    ("largest-contentful-paint", "largest contentful paint", "ms"),
    ("total-blocking-time", "total blocking time", "ms"),
    ("total-byte-weight", "bytes of the page, all in all", "B"),
)


def median(rounds: list[tuple[float, dict[str, Any]]]) -> float:
    """The median score, in points."""
    return 100 * statistics.median(found for found, _ in rounds)


def main() -> int:
    """Print the figures."""
    for what, value, unit in performance():
        print(f"{what:<64}{value:>10,.0f} {unit}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
