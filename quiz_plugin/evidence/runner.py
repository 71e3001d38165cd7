"""Runs in a process of its own (`python -I runner.py`): reads a job as JSON, runs it, writes what happened as JSON.

It imports nothing of this package: the author's code gets a fresh interpreter and nothing else.
"""

import base64
import contextlib
import importlib.util
import io
import json
import linecache
import os
import sys
import time
import traceback
import types
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from typing import Any

MOST_CHARACTERS = 100_000
NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg")
REFUSED = "the network is not available to blocks and programs: what they say must not depend on it"


class Capped(io.StringIO):
    """Keeps the first MOST_CHARACTERS, and counts what it drops."""

    kept = 0
    dropped = 0

    def write(self, text: str) -> int:
        room = max(0, MOST_CHARACTERS - self.kept)
        self.kept += min(room, len(text))
        self.dropped += max(0, len(text) - room)
        super().write(text[:room])
        return len(text)

    def text(self) -> str:
        """What was kept; a last line says what was not."""
        return self.getvalue() + (f"\n… and {self.dropped} more characters\n" if self.dropped else "")


def no_network(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook that refuses the network, but not the sockets between processes of one machine."""
    if event in NETWORK and not (event == "socket.connect" and isinstance(arguments[1], str | bytes)):
        raise OSError(REFUSED)


class Absent:
    """An import finder that hides packages which the engine does not have in the reader's browser."""

    def __init__(self, engine: str, names: Sequence[str]) -> None:
        self.engine, self.names = engine, names

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Raise for the hidden ones, and leave all others to the finders that follow."""
        if name in self.names:
            raise ModuleNotFoundError(
                f'No module named {name!r}: the engine "{self.engine}" does not have it', name=name
            )
        return None


def plain(value: Any) -> Any:
    """A JSON value for what the block set: numpy and torch scalars by `item`, arrays by `tolist`."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return str(value)


def packed(content: str | bytes) -> str | dict[str, str]:
    """An artifact as JSON can hold it: text as it is, bytes in base64."""
    return content if isinstance(content, str) else {"base64": base64.b64encode(content).decode()}


def said(error: BaseException) -> dict[str, str]:
    """Type and message as the last line of a traceback shows them: a syntax error's without file and line."""
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return {"type": type(error).__name__, "message": message}


def run_block(job: dict[str, Any]) -> dict[str, Any]:
    """Execute the code as a main module; returns stdout, exception, answer, verdicts, seed."""
    code, name = job["code"], "block.py"
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    # The code's own module, so that pickle and dataclasses find its classes where they look for them.
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    # What it shows is for the reader's browser; a record holds what the block says.
    module.__dict__["display"] = lambda *shown, **options: None
    out, result = Capped(), dict[str, Any](exception=None)
    with contextlib.redirect_stdout(out):
        try:
            exec(compile(code, name, "exec"), module.__dict__)
        except BaseException as error:  # SystemExit too is something that the block did
            result["exception"] = said(error)
            own = error.__traceback__.tb_next if error.__traceback__ else None
            result["traceback"] = "".join(traceback.format_exception(type(error), error, own))
    result["stdout"] = out.text()
    result["dropped"] = out.dropped
    for wanted in ("answer", "verdicts", "seed"):
        # A function of that name is no answer, and its text would hold an address.
        if wanted in module.__dict__ and not callable(module.__dict__[wanted]):
            result[wanted] = plain(module.__dict__[wanted])
    return result


def run_program(job: dict[str, Any]) -> dict[str, Any]:
    """Import the program and call `build()`, or `differences(recorded, fresh)` and `artifacts(data)` on top."""
    folder = os.path.dirname(job["program"])
    sys.path.insert(0, folder)
    sys.path.insert(0, os.path.dirname(folder))
    spec = importlib.util.spec_from_file_location("program", job["program"])
    if spec is None or spec.loader is None:
        raise ImportError(f"{job['program']} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules["program"] = module
    with contextlib.redirect_stdout(sys.stderr):
        spec.loader.exec_module(module)
        data = plain(module.build())
    result: dict[str, Any] = {"data": data, "exception": None}
    recorded = job.get("recorded")
    if hasattr(module, "artifacts"):
        made = module.artifacts(data if recorded is None else recorded)
        result["artifacts"] = {name: packed(content) for name, content in made.items()}
    if recorded is not None:
        compare = getattr(module, "differences", lambda old, new: [] if old == new else ["the result differs"])
        result["differences"] = list(compare(recorded, data))
    return result


def versions(packages: Sequence[str]) -> dict[str, str]:
    """The versions of Python and of the packages, which are imported by this."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in packages:
        if name in sys.modules or importlib.util.find_spec(name):
            found[name] = str(__import__(name).__version__)
    return found


def main() -> None:
    """Read the job, run it, write the result."""
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    sys.addaudithook(no_network)
    sys.meta_path.insert(0, Absent(job["engine"], job["absent"]))
    before = versions(job["packages"])
    start = time.perf_counter()
    result = run_program(job) if "program" in job else run_block(job)
    result["seconds"] = round(time.perf_counter() - start, 3)
    result["versions"] = before
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
