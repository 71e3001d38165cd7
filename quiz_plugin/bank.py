"""The bank: an index of every question of the site, and their HTML in one file a page.

Sets that draw from all pages (strength test, review) and the progress page load it in the browser, each file when it is
needed. All files lie in one folder whose name holds a hash of them.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from html import unescape
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from quiz_plugin.model import KINDS, LEVELS
from quiz_plugin.plain import plain
from quiz_plugin.reference import Entry, linked, moved, titled

VERSION = 1
# An element with `data-bank=""` is given the bank's name in it, and makes the site have one; one with `data-review=""`
# is given the address of the site's review page. The same in code that is shown is text: it is not inside a tag.
BANK, REVIEW = (re.compile(rf'(<[a-z][\w-]*(?:\s[^<>]*)?) data-{name}=""') for name in ("bank", "review"))
# This element says how much is due, and brings its own script.
DUE = "<quiz-due"
MARKUP = re.compile(r"<[^<>]*>")
HEADING = "h2"


class Bank(NamedTuple):
    """The folder's name in the site's assets, its files, and whether a question holds runnable code."""

    name: str
    files: dict[str, str]
    has_code: bool


class Subjects(NamedTuple):
    """Topics and outcomes with their declared titles, where each is listed, by `("topic", name)`, and the reference."""

    topics: Mapping[str, str]
    outcomes: Mapping[str, str]
    addresses: Mapping[tuple[str, str], str]
    reference: str | None = None


def build(entries: Iterable[Entry], subjects: Subjects) -> Bank:
    """The bank of these questions, which come page by page."""
    found = list(entries)
    topics, outcomes = subjects.topics, subjects.outcomes
    named = {name: topics.get(name, name) for e in found for name in e.question.topics}
    order = [*(name for name in topics if name in named), *sorted(named.keys() - topics.keys())]
    pages: list[list[str]] = []
    rows: list[list[Any]] = []
    files: dict[str, str] = {}
    for url, group in groupby(found, key=lambda e: e.page_url):
        mine = list(group)
        files[f"{len(pages)}.json"] = _compact({e.question.id: fragment(e, subjects.reference) for e in mine})
        rows += (_row(e, len(pages), order, list(outcomes)) for e in mine)
        pages.append([url, unescape(MARKUP.sub("", mine[0].page_title))])
    index = {
        "version": VERSION,
        "kinds": KINDS,
        "levels": LEVELS,
        "topics": [_subject("topic", name, named[name], subjects) for name in order],
        "outcomes": [_subject("outcome", name, title, subjects) for name, title in outcomes.items()],
        "pages": pages,
        "questions": rows,
    }
    files["index.json"] = _compact(index)
    files["titles.json"] = _compact([plain(e.question.title) for e in found])
    return Bank(_name(files), files, any(e.question.blocks for e in found))


def asked_for(content: str) -> bool:
    """Whether a page's content has an element that asks for the bank."""
    # Most pages do not, and a plain search is a hundred times as fast.
    return 'data-bank=""' in content and BANK.search(content) is not None


def fill(content: str, name: str, review: str | None) -> str:
    """Name the bank, and the address of the review page, where they are asked for; without one the attribute goes."""
    named = BANK.sub(lambda match: f'{match[1]} data-bank="{name}"', content)
    return REVIEW.sub(lambda match: match[1] if review is None else f'{match[1]} data-review="{review}"', named)


def fragment(entry: Entry, reference: str | None = None) -> str:
    """The question's HTML with links from the site's root, to be shown on any page."""
    html = moved(titled(entry.html, HEADING), entry, from_root)
    return html if reference is None else linked(html, reference or "./")


def from_root(page_url: str, link: str) -> str:
    """A link of a page as counted from the site's root."""
    if urlsplit(link).scheme or link.startswith("/"):
        return link
    return urljoin(f"/{page_url}", link).lstrip("/") or "./"


def _subject(kind: str, name: str, title: str, subjects: Subjects) -> list[str]:
    address = subjects.addresses.get((kind, name))
    return [name, title] if address is None else [name, title, address]


def _row(entry: Entry, page: int, topics: list[str], outcomes: list[str]) -> list[Any]:
    q = entry.question
    level = LEVELS.index(q.level) if q.level in LEVELS else -1
    row = [q.id, page, KINDS.index(q.kind), level, [topics.index(name) for name in q.topics], q.hash]
    served = [outcomes.index(name) for name in q.outcomes if name in outcomes]
    return [*row, served] if served else row


def _compact(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _name(files: Mapping[str, str]) -> str:
    whole = hashlib.sha256()
    for name, text in sorted(files.items()):
        whole.update(f"{name}\0{text}\0".encode())
    return f"quizproof-bank-{whole.hexdigest()[:10]}"
