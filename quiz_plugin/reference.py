"""The reference page: every question of the site with its key, explanation and proof, cut out of the rendered pages."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape, unescape
from typing import NamedTuple

from quiz_plugin.evidence.includes import included
from quiz_plugin.model import Page, Question
from quiz_plugin.regex import regex

# Attributes come in any order (Python-Markdown sorts them); their values may hold ">".
TAG_REST = r"""(?:[^<>"']|"[^"]*"|'[^']*')*"""


def inside(tag: str) -> str:
    """What stands in an element that has none of its kind in it; one that is never closed costs no second look."""
    return rf"[^<]*+(?:<(?!/?{tag}\b)[^<]*+)*+"


INSIDE = inside(r"\1")
FRAGMENT = regex(rf"<(quiz-question|quiz-card)\b({TAG_REST})>{INSIDE}</\1>")
TITLE = regex(rf"<(h[1-6])(?={TAG_REST}\sdata-quiz-id=){TAG_REST}>({INSIDE})</\1>")
HEADERLINK = regex(rf"""<a\b{TAG_REST}\bclass="headerlink"{TAG_REST}>{inside("a")}</a>""")
TAG = regex(rf"<[a-zA-Z]{TAG_REST}>")
ATTRIBUTE = regex(r'(\s)(href|src|srcset|poster|id|for|name|aria-labelledby|aria-describedby)="([^"]*)"')
ID = regex(r'\sid="([^"]*)"')
# Before all questions and beside them: what a script puts into it decides how they are printed.
SWITCH = "<quiz-print></quiz-print>"
FIND = "<quiz-find></quiz-find>"
ANSWER = regex(rf'<details(?={TAG_REST}\sdata-part="answer")')


END_OF_ANSWER = regex(r"</details>\s*</quiz-hidden>")
Relative = Callable[[str, str], str]


class Target(NamedTuple):
    """What a question leads to, by its address from the site's root."""

    title: str
    address: str


class Around(NamedTuple):
    """Where topics and outcomes are listed, by name, and what shows a file that a question uses, by its id."""

    topics: Mapping[str, Target]
    outcomes: Mapping[str, Target]
    uses: Mapping[str, Iterable[Target]]


NOTHING = Around({}, {}, {})


class Entry(NamedTuple):
    """A question, the title and address of its page, its HTML there, and the files that it brings in."""

    question: Question
    page_title: str
    page_url: str
    html: str
    includes: tuple[str, ...] = ()


class Group(NamedTuple):
    """A heading of the reference page and the questions under it."""

    title: str
    anchor: str
    entries: tuple[Entry, ...]


def fragments(content: str) -> dict[str, str]:
    """The HTML of every question of a page, by id."""
    found = {}
    for match in FRAGMENT.finditer(content):
        if identifier := ID.search(match[2]):
            found[identifier[1]] = match[0]
    return found


def entries(page: Page, title: str, url: str, content: str) -> Iterator[Entry]:
    """The questions of a page that are in its HTML."""
    html = fragments(content)
    for question in page.questions:
        if question.id in html:
            lines = page.lines[question.line - page.first_line : question.end_line - page.first_line + 1]
            yield Entry(question, title, url, html[question.id], included(lines))


def group(entries: list[Entry], topics: Mapping[str, str]) -> tuple[Group, ...]:
    """The entries by their first topic, in the order in which the site declares topics."""
    found = [
        Group(title, f"topic-{name}", tuple(e for e in entries if e.question.topics[:1] == (name,)))
        for name, title in topics.items()
    ]
    rest = tuple(e for e in entries if not e.question.topics or e.question.topics[0] not in topics)
    found.append(Group("Other questions" if topics else "Questions", "topic-other", rest))
    return tuple(g for g in found if g.entries)


def render_reference(groups: tuple[Group, ...], relative: Relative, around: Around = NOTHING) -> str:
    """The page's HTML; `relative(page_url, link)` gives a link of that page as the reference page must write it."""
    return "\n".join([SWITCH, FIND, *(_group(g, relative, around) for g in groups)]) if groups else ""


def _group(found: Group, relative: Relative, around: Around) -> str:
    body = "\n".join(_entry(entry, relative, around) for entry in found.entries)
    topic = around.topics.get(found.anchor.removeprefix("topic-"))
    more = f'<p class="quiz-about-topic">{_links([topic], relative)}</p>\n' if topic else ""
    return f'<h2 id="{found.anchor}">{escape(found.title)}</h2>\n{more}{body}'


def _links(targets: Iterable[Target], relative: Relative) -> str:
    return ", ".join(f'<a href="{escape(relative("", t.address))}">{escape(t.title)}</a>' for t in targets)


def _entry(entry: Entry, relative: Relative, around: Around) -> str:
    identifier = entry.question.id
    html = moved(titled(entry.html, "h3"), entry, relative)
    html = html.replace(f' id="{identifier}"', f' id="{identifier}" data-view="reference"', 1)
    html = ANSWER.sub("<details open", html, count=1)
    back = escape(relative(entry.page_url, f"#{identifier}"))
    about = " · ".join(word for word in (entry.question.level, entry.question.skill) if word)
    # MkDocs gives a title that it took from a heading as HTML, one of the front matter as text.
    link = f'<a href="{back}">{escape(unescape(entry.page_title))}</a>'
    note = f"{escape(about)}{' · ' if about else ''}{link}"
    if outcomes := [around.outcomes[name] for name in entry.question.outcomes if name in around.outcomes]:
        note += f"<br>\nServes: {_links(outcomes, relative)}"
    if uses := around.uses.get(identifier):
        note += f"<br>\nUses: {_links(uses, relative)}"
    return f'<div class="quiz-entry">{html}\n<p class="quiz-where">{note}</p></div>'


def linked(content: str, address: str) -> str:
    """A page's HTML whose questions lead to the reference page from the end of their answers."""

    def with_link(match: re.Match[str]) -> str:
        identifier = ID.search(match[2])
        if identifier is None:
            return match[0]
        more = f'<p class="quiz-more"><a href="{escape(address)}#{identifier[1]}">In the reference</a></p>'
        return END_OF_ANSWER.sub(lambda end: more + end[0], match[0])

    return FRAGMENT.sub(with_link, content)


def titled(html: str, tag: str) -> str:
    """A question's HTML with its heading at another level and without the link to itself."""
    return TITLE.sub(lambda m: f'<{tag} class="quiz-title">{HEADERLINK.sub("", m[2])}</{tag}>', html, count=1)


def moved(html: str, entry: Entry, relative: Relative) -> str:
    """Links as another page must write them; ids that are not the question's own made its own."""
    tags = TAG.findall(html)
    ids = {found for tag in tags for found in ID.findall(tag)}
    groups = {m[3] for tag in tags for m in ATTRIBUTE.finditer(tag) if m[2] == "name" and m[3].startswith("__")}
    foreign = (ids | groups) - _own_ids(entry.question)

    def renamed(name: str) -> str:
        return f"{entry.question.id}--{name}" if name in foreign else name

    def attribute(match: re.Match[str]) -> str:
        space, name, value = match.groups()
        if name == "srcset":
            sources = (part.split(maxsplit=1) for part in unescape(value).split(",") if part.strip())
            value = ", ".join(" ".join([relative(entry.page_url, link), *size]) for link, *size in sources)
        elif name in ("href", "src", "poster"):
            link = unescape(value)
            inside = link.startswith("#") and link[1:] in ids
            value = f"#{renamed(link[1:])}" if inside else relative(entry.page_url, link)
        else:
            return f'{space}{name}="{" ".join(map(renamed, value.split()))}"'
        return f'{space}{name}="{escape(value)}"'

    return TAG.sub(lambda tag: ATTRIBUTE.sub(attribute, tag[0]), html)


def _own_ids(question: Question) -> set[str]:
    letters = {f"{question.id}-{choice.letter}" for choice in question.choices}
    return {question.id, *letters, *(block.dom_id for block in question.blocks)}


def anchors(groups: tuple[Group, ...]) -> Iterator[str]:
    """Every id that the reference page can be linked at."""
    for found in groups:
        yield found.anchor
        yield from (entry.question.id for entry in found.entries)
