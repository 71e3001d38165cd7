"""Puts the interpreter back as it was before a page ran: its modules, its planned tasks, its settings, its files.

The worker executes this file before python_harness.py, in the same names.
"""

import asyncio
import builtins
import contextlib
import gc
import importlib
import importlib.machinery
import logging
import os
import random
import sys
import types
import warnings
import weakref
from collections.abc import Iterable, Mapping
from typing import Any

# Of a class's flags (CPython's Include/object.h): made while the program runs; refuses new names.
HEAP_TYPE, IMMUTABLE_TYPE = 1 << 9, 1 << 8


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
