"""Running other programs: no shell, no window of output, never for ever."""

import subprocess
from pathlib import Path


def run(command: list[str], *, timeout: float, cwd: Path | None = None) -> subprocess.CompletedProcess[str] | None:
    """Run a command to its end with its output captured; None when it took more than `timeout` seconds."""
    try:
        return subprocess.run(
            command, cwd=cwd, timeout=timeout, capture_output=True, encoding="utf-8", errors="replace", check=False
        )
    except subprocess.TimeoutExpired:
        return None
