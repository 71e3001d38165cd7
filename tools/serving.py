"""`mkdocs serve` as a process of its own, for the tests and the measurements."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
ALONE, WHOLE = "the whole site follows", "Building documentation"
SHOWN = re.compile("Reloading browsers|Serving on|An error happened")
# Seconds after which what was waited for is not going to happen.
PATIENCE = 30.0


def free_port() -> int:
    """A loopback port that nothing listens on; MkDocs does not say which one it was given for port 0."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Serving:
    """The server of the site in a folder; what it says is in `log`."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "serve.log"
        command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--dev-addr", f"127.0.0.1:{free_port()}"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "NO_MKDOCS_2_WARNING": "1"}
        with self.log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            self.wait("it serves", lambda: "Serving on" in self.said)
        except BaseException:
            self.stop()
            raise
        self.address = re.findall(r"Serving on (\S+)", self.said)[0]

    @property
    def said(self) -> str:
        """What stands on its terminal."""
        return self.log.read_text(encoding="utf-8")

    def wait(self, what: str, happened: Callable[[], bool]) -> None:
        """Return when `happened` says so."""
        end = time.monotonic() + PATIENCE
        while not happened():
            if self.process.poll() is not None or time.monotonic() > end:
                raise TimeoutError(f"waited in vain until {what}; mkdocs serve said:\n{self.said}")
            time.sleep(0.05)

    def settle(self) -> None:
        """Wait until the whole site has been built after the last page that was made alone."""
        self.wait("the site follows", lambda: WHOLE in self.said.rpartition(ALONE)[2])
        self.wait("it is shown", lambda: bool(SHOWN.search(self.said.rpartition(WHOLE)[2])))

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait()
