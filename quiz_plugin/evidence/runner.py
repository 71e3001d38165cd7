"""Runs in a process of its own (`python -I runner.py`): reads a job as JSON, runs it, writes what happened as JSON.

It imports nothing of this package: the author's code gets a fresh interpreter and nothing else.
"""

import contextlib
import importlib.util
import io
import json
import linecache
import os
import sys
import time
import traceback

MOST_CHARACTERS = 100_000


class Capped(io.StringIO):
    """Keeps the first MOST_CHARACTERS, and counts what it drops."""

    dropped = 0

    def write(self, text):
        room = MOST_CHARACTERS - self.tell()
        self.dropped += max(0, len(text) - room)
        super().write(text[: max(0, room)])
        return len(text)


def no_network(*args, **kwargs):
    raise OSError("the network is not available to blocks and programs: what they say must not depend on it")


def close_network():
    import socket

    socket.socket.connect = no_network
    socket.socket.connect_ex = no_network
    socket.create_connection = no_network
    socket.getaddrinfo = no_network


def plain(value):
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


def run_block(job):
    """Execute the code as a main module; returns stdout, exception, answer, verdicts, seed."""
    code, name = job["code"], "block.py"
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    space = {"__name__": "__main__", "__builtins__": __builtins__}
    out, result = Capped(), {"exception": None}
    with contextlib.redirect_stdout(out):
        try:
            exec(compile(code, name, "exec"), space)
        except BaseException as error:  # noqa: BLE001  (SystemExit too is something that the block did)
            result["exception"] = {"type": type(error).__name__, "message": str(error)}
            shown = traceback.format_exception(type(error), error, error.__traceback__.tb_next)
            result["traceback"] = "".join(shown)
    result["stdout"] = out.getvalue()
    result["dropped"] = out.dropped
    for wanted in ("answer", "verdicts", "seed"):
        if wanted in space:
            result[wanted] = plain(space[wanted])
    return result


def run_program(job):
    """Import the program and call `build()`, or `differences(recorded, fresh)` and `artifacts(data)` on top."""
    folder = os.path.dirname(job["program"])
    sys.path.insert(0, folder)
    sys.path.insert(0, os.path.dirname(folder))
    spec = importlib.util.spec_from_file_location("program", job["program"])
    module = importlib.util.module_from_spec(spec)
    with contextlib.redirect_stdout(sys.stderr):
        spec.loader.exec_module(module)
        data = plain(module.build())
    result = {"data": data, "exception": None}
    if hasattr(module, "artifacts"):
        shown = job["recorded"] if job.get("recorded") is not None else data
        result["artifacts"] = module.artifacts(shown)
    if job.get("recorded") is not None:
        compare = getattr(module, "differences", lambda old, new: [] if old == new else ["the result differs"])
        result["differences"] = list(compare(job["recorded"], data))
    return result


def versions(packages):
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in packages:
        if name in sys.modules or importlib.util.find_spec(name):
            found[name] = str(__import__(name).__version__)
    return found


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    close_network()
    before = versions(job["packages"])
    start = time.perf_counter()
    result = run_program(job) if "program" in job else run_block(job)
    result["seconds"] = round(time.perf_counter() - start, 3)
    result["versions"] = before
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
