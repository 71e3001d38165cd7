"""Places that the plugin fills: `<div data-quiz-topic="NAME"></div>` becomes all there is on a topic, or an outcome."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import groupby
from typing import NamedTuple

from quiz_plugin.evidence.includes import included
from quiz_plugin.model import PLACES, Page
from quiz_plugin.plain import plain
from quiz_plugin.reference import HEADERLINK, ID, TAG_REST, Around, Entry, Relative, Target, entries, inside
from quiz_plugin.regex import regex

PLACE = regex(rf'<div data-quiz-({"|".join(PLACES)})="([^"]*)"></div>')
HEADING = regex(rf"<h[1-6]\b{TAG_REST}>{inside('h[1-6]')}</h[1-6]>")
MARKUP = regex(r"<[^<>]*>")
KIND_TITLES = {"choice": "Questions", "explain": "Open questions", "flashcard": "Flashcards"}


class Leaf(NamedTuple):
    """A page of the site: its address and title, the section of the navigation it is in, its HTML and its model."""

    url: str
    title: str
    section: str
    content: str
    page: Page | None


class Mention(NamedTuple):
    """A page, or a runnable block of it, that says which topics it is about; it is listed under `group`."""

    group: str
    title: str
    page_url: str
    anchor: str
    topics: tuple[str, ...]
    includes: tuple[str, ...]


class Heading(NamedTuple):
    """A heading that was put in, for the page's table of contents."""

    title: str
    anchor: str


@dataclass(frozen=True)
class Survey:
    """What there is to list, in the order of the navigation, and the addresses of the pages that ask for it."""

    entries: list[Entry] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    asking: frozenset[str] = frozenset()


def asks(leaves: Iterable[Leaf]) -> bool:
    """Whether a page has a place to fill."""
    return any(PLACE.search(leaf.content) for leaf in leaves)


def survey(leaves: Iterable[Leaf]) -> Survey:
    """Look over the site; `leaves` come in the order of the navigation."""
    pages = list(leaves)
    found = [e for leaf in pages if leaf.page for e in entries(leaf.page, leaf.title, leaf.url, leaf.content)]
    asking = frozenset(leaf.url for leaf in pages if PLACE.search(leaf.content))
    return Survey(found, [m for leaf in pages for m in _mentions(leaf)], asking)


def _mentions(leaf: Leaf) -> Iterator[Mention]:
    if leaf.page is None:
        return
    title, own = _text(leaf.title), leaf.page.settings.topics
    if own:
        inside = {n for q in leaf.page.questions for n in range(q.line, q.end_line + 1)}
        lines = (line for n, line in enumerate(leaf.page.lines, leaf.page.first_line) if n not in inside)
        yield Mention(leaf.section or title, title, leaf.url, "", own, included(lines))
    for block in leaf.page.blocks:
        if topics := tuple(block.options.get("topics", "").split()):
            above = _heading_above(leaf.content.partition(f' id="{block.dom_id}"')[0])[0]
            files = included(block.code.splitlines())
            yield Mention(title, above or title, leaf.url, block.dom_id, topics, files)


def addresses(leaves: Iterable[Leaf]) -> dict[tuple[str, str], str]:
    """Where each topic and outcome is listed, by `(kind, name)`: the heading above its first place."""
    found: dict[tuple[str, str], str] = {}
    for leaf in leaves:
        for match in PLACE.finditer(leaf.content):
            above = _heading_above(leaf.content[: match.start()])[1]
            found.setdefault((match[1], unescape(match[2])), f"{leaf.url}#{above}" if above else leaf.url)
    return found


def around(leaves: Iterable[Leaf], topics: Mapping[str, str], outcomes: Mapping[str, str]) -> Around:
    """What questions lead to; `topics` and `outcomes` are their titles."""
    pages = list(leaves)
    site, listed = survey(pages), addresses(pages)
    about = {n: Target(f"All on {title}", listed["topic", n]) for n, title in topics.items() if ("topic", n) in listed}
    aims = {n: Target(title, listed["outcome", n]) for n, title in outcomes.items() if ("outcome", n) in listed}
    return Around(about, aims, {e.question.id: _uses(e, site.mentions) for e in site.entries if e.includes})


def _uses(entry: Entry, mentions: list[Mention]) -> list[Target]:
    """What stands outside of questions and brings in a file that the question brings in."""
    found = (m for m in mentions if m.page_url != entry.page_url and set(m.includes) & set(entry.includes))
    return [Target(m.title, f"{m.page_url}#{m.anchor}" if m.anchor else m.page_url) for m in found]


def _heading_above(html: str) -> tuple[str, str]:
    """Text and id of the last heading, or two empty strings."""
    found = HEADING.findall(html)
    if not found:
        return "", ""
    anchor = ID.search(found[-1])
    return _text(HEADERLINK.sub("", found[-1])), anchor[1] if anchor else ""


def _text(html: str) -> str:
    return unescape(MARKUP.sub("", html)).strip()


def fill(html: str, site: Survey, relative: Relative) -> tuple[str, list[Heading]]:
    """The HTML with its places filled, and what headings that put in; `relative(page_url, link)` writes its links."""
    headings: list[Heading] = []

    def filled(match: re.Match[str]) -> str:
        kind, name = match[1], unescape(match[2])
        if kind == "outcome":
            body = _by_page([e for e in site.entries if name in e.question.outcomes], relative)
        else:
            groups = list(_groups(name, site, relative))
            headings.extend(heading for heading, _ in groups)
            body = "\n".join(f'<h2 id="{h.anchor}">{escape(h.title)}</h2>\n{text}' for h, text in groups)
        body = body or f"<p>Nothing names this {kind} yet.</p>"
        return f'<div class="quiz-overview" data-quiz-{kind}="{match[2]}">\n{body}\n</div>'

    return PLACE.sub(filled, html), headings


def _groups(name: str, site: Survey, relative: Relative) -> Iterator[tuple[Heading, str]]:
    """What is on a topic: questions by kind, then pages and blocks by section."""
    for kind, title in KIND_TITLES.items():
        found = [e for e in site.entries if name in e.question.topics and e.question.kind == kind]
        if found:
            yield Heading(f"{title} ({len(found)})", _anchor(name, title)), _by_page(found, relative)
    sections: dict[str, list[str]] = {}
    for mention in site.mentions:
        if name in mention.topics:
            sections.setdefault(mention.group, []).append(f"<li>{mention_link(mention, relative)}</li>")
    for title, items in sections.items():
        yield Heading(title, _anchor(name, title)), "<ul>\n" + "\n".join(items) + "\n</ul>"


def _anchor(name: str, title: str) -> str:
    return f"{name}-{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')}"


def _by_page(found: list[Entry], relative: Relative) -> str:
    pages = []
    for url, group in groupby(found, key=lambda e: e.page_url):
        mine = list(group)
        items = "\n".join(f"<li>{_question(e, relative)}</li>" for e in mine)
        pages.append(f"<li>{_link(relative(url, ''), _text(mine[0].page_title))}\n<ul>\n{items}\n</ul></li>")
    return "<ul>\n" + "\n".join(pages) + "\n</ul>" if pages else ""


def _question(entry: Entry, relative: Relative) -> str:
    q = entry.question
    about = f" <small>{escape(q.level)}</small>" if q.level else ""
    return _link(relative(entry.page_url, f"#{q.id}"), plain(q.title)) + about


def mention_link(mention: Mention, relative: Relative) -> str:
    """A link to what announced itself."""
    return _link(relative(mention.page_url, f"#{mention.anchor}" if mention.anchor else ""), mention.title)


def _link(address: str, title: str) -> str:
    return f'<a href="{escape(address)}">{escape(title)}</a>'
