"""Under `mkdocs serve` a page that was saved is shown at once, alone; the build of the whole site follows it.

That build has the last word: where it makes something else of the page, or another page was looked at, browsers reload.
"""

import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from watchdog.events import FileModifiedEvent, FileSystemEvent, FileSystemEventHandler
from watchdog.observers.polling import PollingObserver
from watchdog.utils.dirsnapshot import DirectorySnapshot

from quiz_plugin.extension import Visit

if TYPE_CHECKING:
    from quiz_plugin.plugin import QuizproofPlugin

# Seconds between two looks at the files: MkDocs' own, and the least; a look may take this share of the time.
SLOWEST, FASTEST, SHARE = 0.5, 0.1, 0.05
# Seconds that a browser has to load the page before the whole build, during which MkDocs lets it wait.
PAUSE = 2.0
log = get_plugin_logger("quizproof")


class Built(NamedTuple):
    """What the last whole build worked with."""

    config: MkDocsConfig
    files: Files
    nav: Navigation
    env: jinja2.Environment
    # The pages into which something was gathered from the others.
    gathering: frozenset[str]


class Watcher(PollingObserver):
    """Notes which files changed before it tells the server that some did."""

    def __init__(self, interval: float) -> None:
        super().__init__(timeout=interval)
        self.changed: set[str] = set()
        self.server: FileSystemEventHandler | None = None

    def schedule(self, event_handler: FileSystemEventHandler, path: Any, **options: Any) -> Any:
        """As the base class, by way of a handler that notes what comes."""
        self.server = event_handler
        return super().schedule(_Noting(event_handler, self.changed), path, **options)

    def take(self) -> set[str]:
        """The files that changed since the last call."""
        taken = set(self.changed)
        self.changed -= taken
        return taken

    def ask(self) -> None:
        """Make the server build although no file has changed."""
        if self.server:
            self.server.dispatch(FileModifiedEvent(""))


class _Noting(FileSystemEventHandler):
    def __init__(self, then: FileSystemEventHandler, changed: set[str]) -> None:
        self.then, self.changed = then, changed

    def dispatch(self, event: FileSystemEvent) -> None:
        if not event.is_directory:
            self.changed.update(str(path) for path in (event.src_path, event.dest_path) if path)
        self.then.dispatch(event)


class Preview:
    """The builds of one server."""

    def __init__(self, server: LiveReloadServer, plugin: "QuizproofPlugin", watcher: Watcher) -> None:
        self.server, self.plugin, self.watcher = server, plugin, watcher
        self.whole = server.builder
        self.shown: dict[Path, bytes] = {}
        self.paths: set[str] = set()
        self.others_seen = False
        self.timer = threading.Timer(0, watcher.ask)

    def build(self) -> None:
        """What the server calls when something has changed: one page if that will do for now, else the site."""
        self.timer.cancel()
        changed = self.watcher.take()
        if changed and self._show(changed):
            self.timer = threading.Timer(PAUSE, self.watcher.ask)
            self.timer.daemon = True
            self.timer.start()
            return
        shown = dict(self.shown)
        self.shown.clear()
        self.whole()
        if shown and not changed and not self.others_seen and shown == _contents(shown):
            # Browsers load anew when the version is a later one; what they show is what this build made.
            self.server._wanted_epoch = self.server._visible_epoch

    def answer(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """A request, as the server answers it; remembers whether another page was looked at."""
        path = str(environ["PATH_INFO"]).encode("latin-1").decode("utf-8", "ignore")
        if path.endswith(("/", ".html")) and path not in self.paths:
            self.others_seen = True
        return self.server.serve_request(environ, start_response)

    def _show(self, changed: set[str]) -> bool:
        """Make the changed pages anew, each alone; false where more than their text has changed."""
        built, self.plugin.built = self.plugin.built, None
        files = _pages(built, changed) if built else []
        if not built or not files:
            return False
        start = time.perf_counter()
        try:
            if not all(self._alone(file, built) for file in files):
                return False
        except Exception:
            # The whole build says it, with all that belongs to it.
            return False
        self.plugin.built = built
        self.others_seen = self.others_seen and bool(self.shown)
        self.shown |= _contents(Path(file.abs_dest_path) for file in files)
        self.paths = {self.server.mount_path + unquote(file.url).removeprefix("./") for file in files}
        names = ", ".join(file.src_uri for file in files)
        log.info("%s: made alone in %.2f seconds; the whole site follows", names, time.perf_counter() - start)
        return True

    def _alone(self, file: File, built: Built) -> bool:
        # The steps of MkDocs' own build: a page shown alone must not be made in a second way. They are not its public
        # interface; a version without them shows every page after the whole build.
        from mkdocs.commands.build import _build_page, _populate_page  # noqa: PLC0415

        page, visits = file.page, self.plugin.visits
        if page is None or file.src_uri not in visits or file.src_uri in built.gathering:
            return False
        before = page.title, dict(page.meta), _needs(visits[file.src_uri])
        self.plugin.contents.pop(file.src_uri, None)
        _populate_page(page, built.config, built.files)
        if (page.title, dict(page.meta), _needs(visits[file.src_uri])) != before:
            return False
        self.plugin.judge_page(file.src_uri)
        pages = built.files.documentation_pages(inclusion=InclusionLevel.is_in_serve)
        draft = file.inclusion.value <= InclusionLevel.DRAFT.value
        _build_page(page, built.config, pages, built.nav, built.env, excluded=draft)
        page.validate_anchor_links(files=built.files, log_level=built.config.validation.links.anchors)
        return True


def _needs(visit: Visit) -> tuple[object, ...]:
    """What the site must hold for a page: assets and engines."""
    engines = {block.engine for block in visit.page.all_blocks} if visit.page else set()
    return visit.has_questions, visit.has_code, engines


def _pages(built: Built, changed: set[str]) -> list[File]:
    """The changed files if all are pages that were there before; an editor's passing files do not count."""
    known = {str(file.abs_src_path): file for file in built.files}
    found = [known[path] for path in changed if path in known]
    strange = [path for path in changed if path not in known and not Path(path).name.startswith(".")]
    if any(Path(path).exists() for path in strange):
        return []
    as_before = all(f.is_documentation_page() and Path(str(f.abs_src_path)).is_file() for f in found)
    return found if as_before else []


def _contents(paths: Iterable[Path]) -> dict[Path, bytes]:
    return {path: path.read_bytes() if path.is_file() else b"" for path in paths}


def attach(server: LiveReloadServer, config: MkDocsConfig, plugin: "QuizproofPlugin") -> LiveReloadServer:
    """Make the server look at its files more often, and show a saved page before it builds the site."""
    start = time.perf_counter()
    DirectorySnapshot(config.docs_dir)
    interval = min(SLOWEST, max(FASTEST, (time.perf_counter() - start) / SHARE))
    watched = dict(server._watched_paths)
    for path, times in watched.items():
        for _ in range(times):
            server.unwatch(path)
    server.observer = watcher = Watcher(interval)
    for path in watched:
        server.watch(path)
    preview = Preview(server, plugin, watcher)
    server.builder = preview.build
    server.set_app(preview.answer)
    return server
