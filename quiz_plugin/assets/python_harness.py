"""Runs the blocks of one page inside Pyodide: their output, their limits, their tracebacks.

The worker executes this file once and calls `start`, `run` and `new_page`. It has no imports from Pyodide, so
that it runs, and is tested, on any Python.
"""

import asyncio
import base64
import builtins
import codecs
import contextlib
import gc
import importlib
import importlib.machinery
import io
import json
import linecache
import logging
import os
import random
import sys
import time
import traceback
import types
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Send = Callable[..., object]

MAX_CHARS = 100_000
MAX_LINES = 2_000
MAX_TRACEBACK = 10_000
MAX_FIGURES = 20
MAX_FIGURE_BYTES = 4_000_000
# Of a class's flags (CPython's Include/object.h): made while the program runs; refuses new names.
HEAP_TYPE, IMMUTABLE_TYPE = 1 << 9, 1 << 8

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


class Known:
    """A module, with its names and those of its classes as its import left them."""

    def __init__(self, module: types.ModuleType) -> None:
        self.live = module.__dict__
        self.names = dict(self.live)
        own = self.names.get("__name__")
        # Most classes that are written in C do not take new names.
        self.classes = [
            (found, found.__dict__.copy())
            for found in self.names.values()
            if isinstance(found, type)
            and found.__flags__ & (HEAP_TYPE | IMMUTABLE_TYPE) == HEAP_TYPE
            and found.__module__ == own
        ]

    def restore(self) -> None:
        put_back(self.live, self.names)
        for changed, names in self.classes:
            if differs(changed.__dict__, names):
                put_back_class(changed, names)


def put_back(live: dict[str, Any], names: dict[str, Any]) -> None:
    """Give a namespace the names that it had."""
    live.update(names)
    if len(live) != len(names):
        for name in live.keys() - names.keys():
            del live[name]


def differs(live: Mapping[str, object], names: dict[str, object]) -> bool:
    """Whether a namespace has changed; what is new in it may even refuse to be compared."""
    try:
        return live != names
    except Exception:
        return True


def put_back_class(changed: type, names: dict[str, object]) -> None:
    """As `put_back`, for a class; names with two underscores are where Python keeps what it works out."""
    live = changed.__dict__.copy()
    for name in live.keys() - names.keys():
        if not name.startswith("__"):
            type.__delattr__(changed, name)
    for name, value in names.items():
        if live.get(name) is not value:
            with contextlib.suppress(AttributeError, TypeError):
                type.__setattr__(changed, name, value)


class Imports:
    """Which modules stay from page to page, and what they held before a page could touch them.

    Those of the interpreter's start and of the site's packages stay, and compiled ones, which cannot be loaded
    twice. What else a page imports is forgotten with the page: the next import starts it afresh.
    """

    def __init__(self, home: str) -> None:
        self.home = home
        self.known: dict[str, Known] = {}
        self.staying: dict[str, Any] = {}
        self.packages: set[str] = set()
        machinery: Any = sys.modules["_frozen_importlib"]
        self.load = machinery._load_unlocked
        machinery._load_unlocked = self.loaded
        self.adopt(sys.modules)

    def loaded(self, spec: importlib.machinery.ModuleSpec) -> object:
        """Import a module, in Python's own function's place, and note what it holds at the end of its import."""
        module = self.load(spec)
        if isinstance(module, types.ModuleType):
            self.known[spec.name] = Known(module)
        compiled = isinstance(spec.loader, importlib.machinery.ExtensionFileLoader)
        if compiled or spec.name.partition(".")[0] in self.packages:
            self.adopt([spec.name])
        return module

    def adopt(self, names: Iterable[str]) -> None:
        """Let modules stay; not those that are a page's own files."""
        for name in list(names):
            module = sys.modules[name]
            if str(getattr(module, "__file__", None) or "").startswith(self.home + os.sep):
                continue
            if name not in self.known and isinstance(module, types.ModuleType):
                self.known[name] = Known(module)
            self.staying[name] = module
            parent, _, child = name.rpartition(".")
            if parent in self.known:
                self.known[parent].names.setdefault(child, module)

    def restore(self) -> None:
        for name in sys.modules.keys() - self.staying.keys():
            del sys.modules[name]
            self.known.pop(name, None)
        sys.modules.update(self.staying)
        for name in self.staying.keys() & self.known.keys():
            self.known[name].restore()


# Tracebacks leave out frames of a file with this name.
Imports.loaded.__code__ = Imports.loaded.__code__.replace(co_filename="<frozen importlib._bootstrap>")


class Tasks:
    """What a page has planned in its event loop; it must not come in the next page's time."""

    def __init__(self) -> None:
        self.handles: weakref.WeakSet[asyncio.Handle] = weakref.WeakSet()
        self.loop: Any = asyncio._get_running_loop()
        if self.loop:
            self.later = self.loop.call_later
            vars(self.loop)["call_later"] = self.planned
            self.state = dict(vars(self.loop))

    def planned(self, *arguments: Any, **options: Any) -> asyncio.Handle:
        """Plan a call, in the loop's own method's place."""
        handle: asyncio.Handle = self.later(*arguments, **options)
        self.handles.add(handle)
        return handle

    def end(self) -> None:
        """End every task without another step of it."""
        if not self.loop:
            return
        for task in asyncio.all_tasks(self.loop):
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            task.cancel()
            with contextlib.suppress(BaseException):  # whatever its last words raise
                task.get_coro().close()
        for handle in list(self.handles):
            handle.cancel()
        self.handles.clear()
        put_back(vars(self.loop), self.state)


class Baseline:
    """The interpreter's own state as it was before the first page, to put back for the next."""

    def __init__(self) -> None:
        self.builtins = vars(builtins), dict(vars(builtins))
        self.environ = dict(os.environ)
        self.home, self.recursion = os.getcwd(), sys.getrecursionlimit()
        places: list[Any] = [sys.path, sys.meta_path, sys.path_hooks, warnings.filters]
        self.lists = [(live, list(live)) for live in places]
        self.numpy: dict[str, Any] | None = None
        self.tasks = Tasks()
        self.imports = Imports(self.home)

    def restore(self) -> None:
        put_back(*self.builtins)
        self.tasks.end()
        self.imports.restore()
        for live, items in self.lists:
            live[:] = items
        os.environ.clear()
        os.environ.update(self.environ)
        sys.setrecursionlimit(self.recursion)
        sys.settrace(None)
        sys.setprofile(None)
        gc.enable()
        random.seed()
        self._restore_logging()
        self._restore_numbers()
        self._clear(self.home)
        if sys.platform == "emscripten":
            self._clear("/tmp")  # noqa: S108  (Pyodide's own file system, in memory)

    def _restore_logging(self) -> None:
        loggers = [logging.root, *logging.root.manager.loggerDict.values()]
        for logger in (found for found in loggers if isinstance(found, logging.Logger)):
            logger.handlers.clear()
            logger.filters.clear()
            logger.disabled, logger.propagate = False, True
            logger.setLevel(logging.NOTSET)
        logging.root.setLevel(logging.WARNING)
        logging.disable(logging.NOTSET)

    def _restore_numbers(self) -> None:
        decimal, numpy = sys.modules.get("decimal"), sys.modules.get("numpy")
        if decimal:
            decimal.setcontext(decimal.Context())
        if numpy and self.numpy:
            numpy.set_printoptions(**self.numpy["print"])
            numpy.seterr(**self.numpy["errors"])
            if "numpy.random" in sys.modules:  # to look for it as an attribute would import it
                numpy.random.seed()

    def _clear(self, place: str) -> None:
        os.chdir(self.home)
        for folder, folders, files in os.walk(place, topdown=False):
            for name in files:
                os.remove(os.path.join(folder, name))
            for name in folders:
                os.rmdir(os.path.join(folder, name))


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
