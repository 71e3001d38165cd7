"""Runs the blocks of one page inside Pyodide: their output, their limits, their tracebacks.

The worker executes this file once, behind python_baseline.py and in the same names, and calls `start`, `run` and
`new_page`. Neither has imports from Pyodide, so that they run, and are tested, on any Python.
"""

import base64
import builtins
import codecs
import contextlib
import importlib
import io
import json
import linecache
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quiz_plugin.assets.python_baseline import Baseline

Send = Callable[..., object]

MAX_CHARS = 100_000
MAX_LINES = 2_000
MAX_TRACEBACK = 10_000
MAX_FIGURES = 20
MAX_FIGURE_BYTES = 4_000_000

# Its own, whatever a block does to the module or the class.
ENCODE = json.JSONEncoder(separators=(",", ":")).encode

NO_INPUT = 'input() is not available here: write the value into the code, for example name = "Ada"'
NO_NETWORK = "the network is not available here: write the data into the code"
NO_FIGURE = "display() shows SVG text, PNG bytes, or an object with _repr_svg_() or _repr_png_(), not {}"


class Output:
    """What one run may print, out and err together; counts what goes beyond."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.chars, self.lines = MAX_CHARS, MAX_LINES
        self.cut_chars = self.cut_lines = 0
        self.figures = 0
        self.told = 0.0

    def write(self, stream: str, text: str) -> None:
        kept = self._fitting(text)
        self.chars -= len(kept)
        self.lines -= kept.count("\n")
        if kept:
            self.send("output", stream, kept)
        if len(kept) < len(text):
            self.cut_chars += len(text) - len(kept)
            self.cut_lines += text.count("\n", len(kept))
            self._tell()

    def _fitting(self, text: str) -> str:
        if not self.lines:
            return ""
        lines = text[: self.chars].split("\n", self.lines)
        return "\n".join(lines[: self.lines]) + "\n" if len(lines) > self.lines else "\n".join(lines)

    def _tell(self) -> None:
        """Four times a second: an endless loop is stopped from outside, so a last word never comes."""
        now = time.monotonic()
        if now - self.told > 0.25:
            self.told = now
            self.send("cut", self.cut_chars, self.cut_lines)


def silent(*values: object) -> None:
    """Stand in for the way out of what belongs to a page that is gone."""


class Pipe(io.RawIOBase):
    """The bytes under `sys.stdout` and `sys.stderr`."""

    def __init__(self, output: Output, stream: str) -> None:
        super().__init__()
        self.output, self.stream = output, stream
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.output.write(self.stream, self.decoder.decode(bytes(data)))
        return len(data)


class NoInput(io.TextIOBase):
    """`sys.stdin`: says why nothing can be read."""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> str:
        raise RuntimeError(NO_INPUT)

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        raise RuntimeError(NO_INPUT)


def no_input(prompt: object = "") -> str:
    """Stand in for `input`."""
    raise RuntimeError(NO_INPUT)


def no_network(*arguments: object, **options: object) -> None:
    """Stand in for what would fetch."""
    raise OSError(NO_NETWORK)


def figure(item: object) -> tuple[str, bytes]:
    """The (media type, bytes) of what `display()` was given."""
    for method in ("_repr_svg_", "_repr_png_"):
        if hasattr(item, method):
            item = getattr(item, method)()
            break
    if isinstance(item, (bytes, bytearray)) and item.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png", bytes(item)
    if isinstance(item, str) and item.lstrip().startswith(("<svg", "<?xml")):
        named = item if "xmlns=" in item else item.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
        return "image/svg+xml", named.lstrip().encode()
    raise TypeError(NO_FIGURE.format(type(item).__name__))


class Session:
    """The variables of one page, shared by its blocks."""

    def __init__(self, send: Send, baseline: Baseline) -> None:
        self.send, self.baseline = send, baseline
        self.files: set[str] = set()
        self.output = Output(send)
        self.outputs: list[Output] = []
        self.main = types.ModuleType("__main__")

    def new_page(self) -> None:
        if self.outputs:  # else nothing has run
            self._leave()
        self.main = types.ModuleType("__main__")
        self.main.__dict__["display"] = self.display
        sys.modules["__main__"] = self.main

    def _leave(self) -> None:
        for output in self.outputs:  # what is left of the page may still hold its streams
            output.send = silent
        self.outputs.clear()
        for name in self.files:
            linecache.cache.pop(name, None)
        self.files.clear()
        self.baseline.restore()

    def display(self, item: object, alt: str = "") -> None:
        """Show a figure below the output: SVG text, PNG bytes, or an object that makes either."""
        media, data = figure(item)
        if len(data) > MAX_FIGURE_BYTES:
            raise ValueError(f"display() shows figures of up to {MAX_FIGURE_BYTES:,} bytes, not {len(data):,}")
        self.output.figures += 1
        if self.output.figures > MAX_FIGURES:
            raise ValueError(f"display() shows up to {MAX_FIGURES} figures in one run")
        sys.stdout.flush()
        self.send("figure", media, base64.b64encode(data).decode(), str(alt))

    def run(self, block: str, code: str) -> str:
        """Run one block; JSON of seconds, exception, exit and verdict (see DoneMessage)."""
        file = f"{block}.py"
        self.files.add(file)
        linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
        for name in ("__warningregistry__", "answer", "verdicts"):
            self.main.__dict__.pop(name, None)
        self.output = output = Output(self.send)
        self.outputs.append(output)
        streams = text_stream(output, "out"), text_stream(output, "err")
        sys.stdout, sys.stderr, sys.stdin = *streams, NoInput()
        begun = time.perf_counter()
        result = self._outcome(code, file)
        for stream in streams:
            with contextlib.suppress(ValueError):  # the block may have closed it
                stream.flush()
        if output.cut_chars:
            self.send("cut", output.cut_chars, output.cut_lines)
        seconds = time.perf_counter() - begun
        return ENCODE({**result, "verdict": verdict_of(self.main.__dict__), "seconds": seconds})

    def _outcome(self, code: str, file: str) -> dict[str, object]:
        try:
            exec(compile(code, file, "exec", dont_inherit=True), self.main.__dict__)
        except SystemExit as leaving:
            given = "" if leaving.code is None else repr(leaving.code)
            return {"exception": None, "exit": {"call": f"sys.exit({shortened(given)})", "message": str(leaving)}}
        except BaseException as error:  # also KeyboardInterrupt: whatever a block raises is the reader's to see
            return {"exception": self._described(error), "exit": None}
        return {"exception": None, "exit": None}

    def _described(self, error: BaseException) -> dict[str, object]:
        shown = traceback.TracebackException.from_exception(error)
        for part in linked(shown):
            part.stack = traceback.StackSummary.from_list([f for f in part.stack if f.filename in self.files])
        place = shown.stack[-1] if shown.stack else None
        line = place.lineno if place else getattr(error, "lineno", 0)
        return {
            "type": type(error).__name__,
            "message": shortened(message_of(error)),
            "text": shortened("".join(shown.format())),
            "block": place.filename.removesuffix(".py") if place else "",
            "line": line or 0,
            "memory": isinstance(error, MemoryError),
        }


def text_stream(output: Output, stream: str) -> io.TextIOWrapper:
    """Text that is passed on at every line, as a terminal does."""
    pipe: Any = Pipe(output, stream)
    return io.TextIOWrapper(pipe, encoding="utf-8", errors="backslashreplace", newline="\n", line_buffering=True)


def linked(shown: traceback.TracebackException | None) -> Iterator[traceback.TracebackException]:
    """An exception's traceback and those of its causes, contexts and group members."""
    if shown:
        yield shown
        for other in (shown.__cause__, shown.__context__, *(getattr(shown, "exceptions", None) or ())):
            yield from linked(other)


def message_of(error: BaseException) -> str:
    """As a traceback's last line has it: a syntax error's without its place; even of one that cannot say it."""
    try:
        return str(error.msg) if isinstance(error, SyntaxError) else str(error)
    except Exception:
        return "<exception str() failed>"


def plain(value: Any) -> Any:
    """What a record keeps of a value: NumPy's scalars and arrays as Python's."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return plain(value.tolist()) if hasattr(value, "tolist") else str(value)


def verdict_of(names: dict[str, Any]) -> str:
    """The lines under the output of a proof: the `answer` and the `verdicts` that a block set."""
    answer, verdicts = plain(names.get("answer")), plain(names.get("verdicts"))
    lines = [] if answer is None else [f"answer = {answer}"]
    if verdicts and isinstance(verdicts, dict):
        lines += [f"{letter}: {value}" for letter, value in sorted(verdicts.items())]
    return shortened("\n".join(lines))


def shortened(text: str) -> str:
    """At most `MAX_TRACEBACK` characters; says in the middle how many are missing."""
    over = len(text) - MAX_TRACEBACK
    half = MAX_TRACEBACK // 2
    return text if over <= 0 else f"{text[:half]}\n… {over:,} characters cut …\n{text[-half:]}"


def without_network() -> None:
    """Put a module that says no in the place of Pyodide's own."""
    http: Any = types.ModuleType("pyodide.http")
    http.pyfetch = http.open_url = no_network
    sys.modules["pyodide.http"] = http


def start(send: Send) -> Session:
    """Called once, after the interpreter has started."""
    builtins.input = no_input
    without_network()
    session = Session(send, Baseline())
    session.new_page()
    return session


def imported(session: Session, package: str) -> None:
    """Import a package before the clock of a run starts, and let it stay as it comes."""
    importlib.invalidate_caches()
    imports = session.baseline.imports
    imports.packages.add(package)
    before = set(sys.modules)
    module = __import__(package)
    imports.adopt(name for name in sys.modules if name not in before or name in imports.known)
    if package == "numpy":
        session.baseline.numpy = {"print": module.get_printoptions(), "errors": module.geterr()}
