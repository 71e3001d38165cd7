"""The MkDocs plugin, thin: it adds the extension, the assets, the reference and the strictness."""

import gc
import hashlib
import logging
import posixpath
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from mkdocs.config import config_options
from mkdocs.config.base import BaseConfigOption, LegacyConfig
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as SitePage
from mkdocs.structure.toc import AnchorLink
from mkdocs.utils import get_relative_url
from mkdocs.utils.meta import get_data

from quiz_plugin import bank, overview, reference
from quiz_plugin.checks import check_site
from quiz_plugin.evidence.engines import ENGINES
from quiz_plugin.extension import Visit
from quiz_plugin.load import unreadable
from quiz_plugin.model import Page, Problem, Settings
from quiz_plugin.parse.front_matter import not_read, read_settings, split_front_matter
from quiz_plugin.plain import plain
from quiz_plugin.render import render_problems
from quiz_plugin.search import searchable
from quiz_plugin.settings import OPTIONS, RUNTIMES, Option, make_project
from quiz_plugin.tags import tags

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer

    from quiz_plugin.preview import Built

ASSETS = Path(__file__).parent / "assets"
FIRST, LAST = 100, -100
NO_TEXT = "<!-- -->"
log = get_plugin_logger("quizproof")


class _Runtime(config_options.Choice[str]):
    """One of RUNTIMES; a bare `off` is False to YAML."""

    def run_validation(self, value: object) -> str:
        return super().run_validation("off" if value is False else value)


def _scheme(name: str, option: Option) -> BaseConfigOption[Any]:
    if name == "runtime":
        return _Runtime(RUNTIMES, default=option.default)
    return config_options.Type(option.type, default=option.default)


def _links_from(page: SitePage) -> Callable[[str, str], str]:
    """`(page_url, link)` to that link as this page must write it."""

    def relative(page_url: str, link: str) -> str:
        if urlsplit(link).scheme or link.startswith("/"):
            return link
        target = urljoin(f"/{page_url}", link).lstrip("/")
        path, mark, anchor = target.partition("#")
        return get_relative_url(path, page.url) + mark + anchor

    return relative


def _into_contents(page: SitePage, links: list[AnchorLink]) -> None:
    """Append to the page's table of contents, below its title."""
    top = page.toc.items[0].children if page.toc.items else page.toc.items
    top.extend(links)


def _say(problems: list[Problem]) -> None:
    """Under `serve` a problem is a line on the terminal."""
    for problem in problems:
        log.log(logging.ERROR if problem.severity == "error" else logging.WARNING, "%s", problem)


# Its options come from a table, not from a class.
class QuizproofPlugin(BasePlugin[LegacyConfig]):  # type: ignore[no-untyped-call]
    """Options: quiz_plugin.settings.OPTIONS."""

    config_scheme = tuple((name, _scheme(name, option)) for name, option in OPTIONS.items())

    def __init__(self) -> None:
        self.serving = False
        self.thresholds = gc.get_threshold()
        self.current: Visit | None = None
        self.visits: dict[str, Visit] = {}
        self.site_problems: tuple[Problem, ...] = ()
        self.unreadable: dict[str, Problem] = {}
        self.contents: dict[str, str] = {}
        self.manifest = ""
        self.order: dict[str, int] = {}
        self.bank: bank.Bank | None = None
        self.review: str | None = None
        self.reference: str | None = None
        self.nav: Navigation | None = None
        self.making: Built | None = None
        self.built: Built | None = None

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Under `serve` problems are shown in place; a build fails with them."""
        self.serving = command == "serve"

    @event_priority(FIRST)
    def on_serve(self, server: "LiveReloadServer", *, config: MkDocsConfig, builder: Any) -> "LiveReloadServer":
        """Show what an author saves before the whole site is built; a strict server has MkDocs' own way."""
        from quiz_plugin import preview  # noqa: PLC0415  (a build needs none of it)

        return preview.attach(server, config, self) if self.serving and not config.strict else server

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Look for garbage less often: a build makes objects by the million, and few of them in cycles."""
        self.built = None
        self.thresholds = gc.get_threshold()
        gc.unfreeze()
        gc.set_threshold(400_000, 20, 20)

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Leave the process as it was found, with what Python would look through in vain out of its way."""
        self.built = self.making
        if self.serving:
            gc.collect()
            gc.freeze()
        else:
            self.visits.clear()
        gc.set_threshold(*self.thresholds)

    def on_build_error(self, *, error: Exception) -> None:
        """As after a build that went well."""
        gc.set_threshold(*self.thresholds)

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Put the extension into the site's Markdown."""
        root = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
        self.project = make_project(root, config.docs_dir, self.config)
        self.visits, self.contents, self.unreadable = {}, {}, {}
        if "quizproof" not in config.markdown_extensions:
            config.markdown_extensions.append("quizproof")
        config.mdx_configs["quizproof"] = {"visit": lambda: self.current}
        return config

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
        """Keep the order in which readers see the pages."""
        self.order = {page.url: n for n, page in enumerate(nav.pages)}
        self.nav = nav

    def on_pre_page(self, page: SitePage, *, config: MkDocsConfig, files: Files) -> SitePage:
        """A page that is no text becomes an empty one with that problem; MkDocs would end with a traceback."""
        if problem := unreadable(page.file.content_bytes, lambda: self._path(page.file)):
            self.unreadable[page.file.src_uri] = problem
            page.file.content_string = ""
        return page

    def _path(self, file: File) -> str:
        return self.project.relative(Path(file.abs_src_path)) if file.abs_src_path else file.src_uri

    @event_priority(LAST)
    def on_page_markdown(self, markdown: str, *, page: SitePage, config: MkDocsConfig, files: Files) -> str:
        """Tell the extension which page comes next, and where its text stands in the source file."""
        source = page.file.content_string.replace("\r\n", "\n")
        front, taken = split_front_matter(source)
        broken = self.unreadable.get(page.file.src_uri)
        path = broken.path if broken else self._path(page.file)
        settings, problems = read_settings(path, front) if front else (Settings(), not_read(path, source))
        # A plugin that changed the text has kept its lines, as far as one can tell.
        body = markdown if source.endswith(markdown) else get_data(source)[0]
        offset = source.removesuffix(body).count("\n") if source.endswith(body) else taken
        if offset < taken and (problems or settings != Settings()) and body is markdown:
            # MkDocs shows front matter that it cannot read as text.
            markdown, offset = "\n".join(source.split("\n")[taken:]), taken
        key = page.file.src_uri.rpartition(".")[0]
        name = page.title or page.file.name
        front_problems = (broken, *problems) if broken else tuple(problems)
        self.current = Visit(self.project, path, offset, settings, name, key, front_problems=front_problems)
        # Python-Markdown passes over a page without text, and so over what its settings put there.
        says_more = bool(front_problems) or settings != Settings()
        return NO_TEXT if says_more and not markdown.strip() else markdown

    @event_priority(LAST)
    def on_page_content(self, html: str, *, page: SitePage, config: MkDocsConfig, files: Files) -> None:
        """Keep what the extension found on this page."""
        if self.current:
            self.visits[page.file.src_uri], self.current = self.current, None
        # What rendered the page is in a cycle with itself. Now it is all young, and little else is.
        gc.collect(0)

    def on_env(self, env: Any, *, config: MkDocsConfig, files: Files) -> None:
        """All pages are rendered and none is written yet: judge the site, then add what it needs."""
        self._judge(config.strict)
        if self._wants_bank(files) or any(v.has_questions or v.has_code or v.has_labs for v in self.visits.values()):
            for source in sorted(p for p in ASSETS.rglob("*") if p.is_file()):
                name = f"{self.assets_folder}/{source.relative_to(ASSETS).as_posix()}"
                files.append(File.generated(config, name, content=source.read_bytes()))
        self._add_runtime(config, files)
        references = [f.page for f in files.documentation_pages() if f.page and self._mode(f.src_uri) == "reference"]
        self.reference = references[0].url if references else None
        leaves = tuple(self._leaves(files))
        self._add_bank(config, files, leaves)
        self._fill_places(files, leaves)
        for page in references:
            self._add_reference(page, files, leaves)
        if self.serving and self.nav:
            from quiz_plugin.preview import Built  # noqa: PLC0415  (as in on_serve)

            self.making = Built(config, files, self.nav, env, frozenset(self.contents))

    @property
    def pages(self) -> tuple[Page, ...]:
        """The models of all pages that have been rendered."""
        return tuple(v.page for v in self.visits.values() if v.page)

    def _judge(self, strict: bool) -> None:
        self.site_problems = check_site(self.pages, self.project)
        problems = [p for v in self.visits.values() for p in v.problems] + list(self.site_problems)
        # MkDocs' own count of warnings misses what `--quiet` keeps back.
        fatal = [p for p in problems if strict or p.severity == "error"]
        if fatal and not self.serving:
            count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
            raise PluginError(f"Quizproof found {count}:\n\n" + "\n".join(map(str, problems)))
        _say(problems)

    def judge_page(self, uri: str) -> None:
        """Judge the site anew, and say what is wrong with one page, which has been rendered again."""
        visit = self.visits[uri]
        self.site_problems = check_site(self.pages, self.project)
        _say([*visit.problems, *(p for p in self.site_problems if p.path == visit.path)])

    @cached_property
    def assets_folder(self) -> str:
        """The folder in the site, named by what is in it: a new version is never mixed with an old one from a cache."""
        whole = hashlib.sha256()
        for source in sorted(p for p in ASSETS.rglob("*") if p.is_file()):
            whole.update(source.name.encode() + source.read_bytes())
        return f"assets/quizproof-{whole.hexdigest()[:10]}"

    def _add_runtime(self, config: MkDocsConfig, files: Files) -> None:
        engines = {b.engine for v in self.visits.values() if v.page for b in v.page.all_blocks}
        self.manifest = ""
        wanted = any(v.has_labs for v in self.visits.values()) or any(
            e in ENGINES and ENGINES[e].browser for e in engines
        )
        if self.config["runtime"] == "off" or not wanted:
            return
        from quiz_plugin import runtime  # noqa: PLC0415  (a site without runnable code needs none of it)

        try:
            built = runtime.build(self.config["runtime"], progress=runtime.announcing(log.info))
        except runtime.NotBuiltError as error:
            raise PluginError(str(error)) from error
        log.info("%s", built.note)
        self.manifest = f"assets/{built.name}/{built.manifest_name}"
        if built.folder is None:
            files.append(File.generated(config, self.manifest, content=built.manifest_text))
            return
        for file in built.files:
            source = str(built.folder / file.name)
            files.append(File.generated(config, f"assets/{built.name}/{file.name}", abs_src_path=source))

    def _add_bank(self, config: MkDocsConfig, files: Files, leaves: tuple[overview.Leaf, ...]) -> None:
        """Only a site with a page that draws questions, or counts them, has a bank."""
        self.bank = None
        if not self._wants_bank(files):
            return
        visits = {file.url: self.visits.get(file.src_uri) for file in files.documentation_pages()}
        reviews = (url for url, v in visits.items() if v and v.settings and v.settings.mode == "review")
        self.review = next(reviews, None)
        addresses = overview.addresses(leaves)
        subjects = bank.Subjects(self.project.topics, self.project.outcomes, addresses, self.reference)
        self.bank = bank.build(self._entries(files), subjects)
        for name, text in self.bank.files.items():
            files.append(File.generated(config, f"assets/{self.bank.name}/{name}", content=text))

    def _wants_bank(self, files: Files) -> bool:
        pages = (file.page for file in files.documentation_pages())
        return any(bank.asked_for(page.content or "") for page in pages if page)

    def _mode(self, uri: str) -> str:
        visit = self.visits.get(uri)
        return visit.settings.mode if visit and visit.settings else ""

    def _add_reference(self, page: SitePage, files: Files, leaves: tuple[overview.Leaf, ...]) -> None:
        entries = list(self._entries(files))
        groups = reference.group(entries, self.project.topics)

        content = page.content or ""
        self.contents[page.file.src_uri] = content
        around = overview.around(leaves, self.project.topics, self.project.outcomes)
        page.content = content + reference.render_reference(groups, _links_from(page), around)
        page.present_anchor_ids = (page.present_anchor_ids or set()) | set(reference.anchors(groups))
        links = [AnchorLink(found.title, found.anchor, 2) for found in groups]
        for link, found in zip(links, groups, strict=True):
            link.children = [AnchorLink(plain(e.question.title), e.question.id, 3) for e in found.entries]
        _into_contents(page, links)

    def _leaves(self, files: Files) -> Iterator[overview.Leaf]:
        """The pages in the order in which readers see them."""
        pages = [f.page for f in files.documentation_pages() if f.page]
        for page in sorted(pages, key=lambda p: self.order.get(p.url, len(self.order))):
            visit = self.visits.get(page.file.src_uri)
            section = next((str(a.title) for a in reversed(list(page.ancestors))), "")
            model = visit.page if visit else None
            yield overview.Leaf(page.file.url, str(page.title), section, page.content or "", model)

    def _fill_places(self, files: Files, leaves: tuple[overview.Leaf, ...]) -> None:
        """Put what there is on a topic or an outcome where a page asks for it; the search index sees none of it."""
        if not overview.asks(leaves):
            return
        site = overview.survey(leaves)
        for page in (f.page for f in files.documentation_pages() if f.url in site.asking):
            if page:
                content = page.content or ""
                self.contents[page.file.src_uri] = content
                page.content, headings = overview.fill(content, site, _links_from(page))
                page.present_anchor_ids = (page.present_anchor_ids or set()) | {h.anchor for h in headings}
                _into_contents(page, [AnchorLink(h.title, h.anchor, 2) for h in headings])

    def _entries(self, files: Files) -> Iterator[reference.Entry]:
        for file in files.documentation_pages():
            visit = self.visits.get(file.src_uri)
            if visit and visit.page and file.page:
                yield from reference.entries(visit.page, str(file.page.title), file.url, file.page.content or "")

    @event_priority(FIRST)
    def _before_search(self, context: Any, *, page: SitePage, config: MkDocsConfig, nav: Any) -> None:
        """Let the search plugins, which index in this event, see questions as sections and answers not at all."""
        uri = page.file.src_uri
        visit = self.visits.get(uri)
        if visit is None or not (visit.has_questions or uri in self.contents):
            return
        shown = self.contents.get(uri, page.content or "")
        self.contents[uri] = page.content or ""
        page.content = searchable(shown)

    @event_priority(LAST)
    def _after_search(self, context: Any, *, page: SitePage, config: MkDocsConfig, nav: Any) -> None:
        """Give the page its whole content back, with what it needs to load."""
        page.content = self.contents.get(page.file.src_uri, page.content or "")
        visit = self.visits.get(page.file.src_uri)
        if visit is None:
            return
        if self.reference not in (None, page.url) and visit.has_questions:
            page.content = reference.linked(page.content, get_relative_url(self.reference or "", page.url))
        if mine := self._unshown(visit):
            from xml.etree.ElementTree import tostring  # noqa: PLC0415  (only ever under serve)

            box = tostring(render_problems("Problems of this page", mine), encoding="unicode", method="html")
            page.content = box + page.content
        if self.bank:
            review = None if self.review is None else get_relative_url(self.review, page.url)
            page.content = bank.fill(page.content, self.bank.name, review)
        code = self.bank is not None and self.bank.has_code
        base = get_relative_url(self.assets_folder, page.url)
        manifest = posixpath.relpath(self.manifest, self.assets_folder) if self.manifest else ""
        page.content = "".join(tags(visit, page.content, base, manifest, bank_has_code=code)) + page.content

    def _unshown(self, visit: Visit) -> list[Problem]:
        """Under `serve`, what is wrong with a page and does not stand in a question's place already."""
        if not self.serving:
            return []
        site = [p for p in self.site_problems if p.path == visit.path]
        return [p for p in visit.problems if p not in visit.shown] + site

    on_page_context = CombinedEvent(_before_search, _after_search)
