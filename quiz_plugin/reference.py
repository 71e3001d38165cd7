"""The reference page: every question of the site with its key, explanation and proof, cut out of the rendered pages."""

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import NamedTuple

from quiz_plugin.model import Question

FRAGMENT = re.compile(r'<(quiz-question|quiz-card) id="([^"]+)".*?</\1>', re.DOTALL)
TITLE = re.compile(r'<(h[1-6]) class="quiz-title" data-quiz-id="[^"]*">(.*?)</\1>', re.DOTALL)
HEADERLINK = re.compile(r'<a class="headerlink"[^>]*>.*?</a>', re.DOTALL)
LINK = re.compile(r'\b(href|src)="([^"]*)"')
LOCAL_NAME = re.compile(r'\b(id|for|name|aria-labelledby)="((?:__|fn)[^"]*)"')
ANSWER = '<details data-part="answer"'


class Entry(NamedTuple):
    """A question, the title and address of its page, and its HTML there."""

    question: Question
    page_title: str
    page_url: str
    html: str


class Group(NamedTuple):
    """A heading of the reference page and the questions under it."""

    title: str
    anchor: str
    entries: tuple[Entry, ...]


def fragments(content: str) -> dict[str, str]:
    """The HTML of every question of a page, by id."""
    return {match[2]: match[0] for match in FRAGMENT.finditer(content)}


def group(entries: list[Entry], topics: Mapping[str, str]) -> tuple[Group, ...]:
    """The entries by their first topic, in the order in which the site declares topics."""
    found = [
        Group(title, f"topic-{name}", tuple(e for e in entries if e.question.topics[:1] == (name,)))
        for name, title in topics.items()
    ]
    rest = tuple(e for e in entries if not e.question.topics or e.question.topics[0] not in topics)
    found.append(Group("Other questions" if topics else "Questions", "topic-other", rest))
    return tuple(g for g in found if g.entries)


def render_reference(groups: tuple[Group, ...], relative: Callable[[str, str], str]) -> str:
    """The page's HTML; `relative(page_url, link)` gives a link of that page as the reference page must write it."""
    return "\n".join(_group(g, relative) for g in groups)


def _group(found: Group, relative: Callable[[str, str], str]) -> str:
    body = "\n".join(_entry(entry, relative) for entry in found.entries)
    return f'<h2 id="{found.anchor}">{escape(found.title)}</h2>\n{body}'


def _entry(entry: Entry, relative: Callable[[str, str], str]) -> str:
    identifier = entry.question.id
    html = TITLE.sub(lambda m: f'<h3 class="quiz-title">{HEADERLINK.sub("", m[2])}</h3>', entry.html, count=1)
    html = LOCAL_NAME.sub(lambda m: f'{m[1]}="{identifier}--{m[2]}"', html)
    html = LINK.sub(lambda m: f'{m[1]}="{escape(relative(entry.page_url, m[2]))}"', html)
    html = html.replace(f' id="{identifier}"', f' id="{identifier}" data-view="reference"', 1)
    html = html.replace(ANSWER, ANSWER.replace("<details", "<details open"), 1)
    back = escape(relative(entry.page_url, f"#{identifier}"))
    about = " · ".join(word for word in (entry.question.level, entry.question.skill) if word)
    note = f'<p class="quiz-where">{escape(about)}{" · " if about else ""}<a href="{back}">{escape(entry.page_title)}</a></p>'
    return f'<div class="quiz-entry">{html}\n{note}</div>'


def anchors(groups: tuple[Group, ...]) -> Iterator[str]:
    """Every id that the reference page can be linked at."""
    for found in groups:
        yield found.anchor
        yield from (entry.question.id for entry in found.entries)
