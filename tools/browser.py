"""Finds a Chromium for the browser tests, or installs one.

In this order: one on the PATH, one that Playwright has, Playwright's download, the system's packages (as root).
The tests look in the same order: PATH first, else Playwright's own. They take Chromium without its windows where it is
there, as Playwright does: a page of its own for each test costs a third of the time then.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SHELL = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", SHELL)
FOR_TESTS = (SHELL, *NAMES)
# A machine without any font draws no letters.
DEBIAN = ("chromium", "fonts-dejavu-core")
# Seconds. A download host that cannot be reached is given up soon; a slow one has its time.
START, DOWNLOAD, PACKAGES = 30, 600, 600


def starts(path: Path | str) -> bool:
    """Whether the program answers `--version`; some systems have a placeholder under a browser's name."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=START, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def on_path(names: tuple[str, ...] = NAMES) -> str | None:
    """Return the first browser of these names on the PATH that starts."""
    found = (shutil.which(name) for name in names)
    return next((path for path in found if path and starts(path)), None)


def of_playwright() -> str | None:
    """Return Playwright's own Chromium if it is installed and starts."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() and starts(path) else None


def run(command: list[str], seconds: int) -> str | None:
    """Run a command; return None if it worked, else why not."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "15000"}
    print("  " + " ".join(["playwright", *command[3:]] if command[0] == sys.executable else command), flush=True)
    try:
        done = subprocess.run(
            command,
            env=environment,
            timeout=seconds,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError:
        return f"{command[0]} is not on this system"
    except subprocess.TimeoutExpired:
        return f"gave up after {seconds} s"
    if done.returncode == 0:
        return None
    return reason(done.stdout) or f"exit code {done.returncode}"


def reason(output: str) -> str:
    """Return the line that says why: the first that calls itself an error, else the last one."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return next((line for line in lines if line.startswith(("Error:", "E:"))), lines[-1] if lines else "")


def download() -> str | None:
    """Install Playwright's Chromium (as root with the libraries it needs); return why not."""
    playwright = [sys.executable, "-m", "playwright"]
    why = run([*playwright, "install", "chromium"], DOWNLOAD)
    if why or of_playwright():
        return why
    if os.geteuid() == 0:
        why = run([*playwright, "install-deps", "chromium"], PACKAGES)
        if why or of_playwright():
            return why
    return "it does not start: system libraries are missing (as root: python -m playwright install-deps chromium)"


def packages() -> str | None:
    """Install the distribution's Chromium; return why not."""
    if os.geteuid() != 0:
        return "only root may install packages"
    why = run(["apt-get", "update", "-q"], PACKAGES)
    if not why:
        why = run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *DEBIAN], PACKAGES)
    if why:
        return why
    return None if on_path() else "the package was installed, but its chromium does not start"


def main() -> int:
    """Say which Chromium the tests use; 1 if there is none and none can be installed."""
    path = on_path(FOR_TESTS) or of_playwright()
    reasons = []
    if not path:
        print("No Chromium here yet; the browser tests need one:", flush=True)
        for name, install in (("Playwright's download", download), ("the system's packages", packages)):
            why = install()
            if not why:
                path = on_path() or of_playwright()
                break
            reasons.append(f"  {name}: {why}")
            print(reasons[-1], flush=True)
    if not path:
        print(f"No Chromium could be had. Install one as {' or '.join(NAMES)} on the PATH, then run make test again.")
        return 1
    print(f"Browser tests use {path}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
