"""Puts the tables that code already holds into the pages: `<!-- table: NAME -->` becomes the table. An MkDocs hook.

It also puts each table of a question where it scrolls and the keyboard reaches it: the theme's scroller takes no focus.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from quiz_plugin.evidence.engines import ENGINES
from quiz_plugin.listing import describe, summary
from quiz_plugin.load import load_pages
from quiz_plugin.model import LEVELS
from quiz_plugin.parse.front_matter import SETTINGS
from quiz_plugin.problems import CODES
from quiz_plugin.reference import FRAGMENT
from quiz_plugin.settings import OPTIONS, find_project

# Not a page, but it has a place of the same form.
LANGUAGE = "llms.txt"
PLACE = re.compile(r"^<!-- table: (\w+) -->$", re.MULTILINE)
# As Markdown makes them. A figure's, which has a caption, scrolls already.
TABLE = re.compile(r"<table>\s*<thead>.*?</table>", re.DOTALL)
# A figure with two questions would be two landmarks of one name on the reference page.
LANDMARK, GROUP = 'role="region" aria-label=', 'role="group" aria-label='
SCROLLER = r'<div class="site-table" role="group" aria-label="Table" tabindex="0">\g<0></div>'


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _problems() -> str:
    rows = ((f"`{name}`", code.group, code.severity, code.meaning) for name, code in CODES.items())
    return _table(("code", "group", "severity", "what is wrong"), rows)


def _codes() -> str:
    return "\n".join(f"- `{name}` ({code.severity}): {code.meaning}" for name, code in CODES.items())


def _settings() -> str:
    return _table(("setting", "expects", "what it does"), ((f"`{s.name}`", s.wants, s.help) for s in SETTINGS))


def _options() -> str:
    rows = ((f"`{name}`", f"`{option.default!r}`", option.help) for name, option in OPTIONS.items())
    return _table(("option", "default", "what it does"), rows)


def _engines() -> str:
    rows = (
        (f"`{name}`", "in the page" if engine.browser else "offline only", f"{engine.seconds:g} s")
        for name, engine in ENGINES.items()
    )
    return _table(("engine", "readers run it", "time limit when recorded"), rows)


def _balance() -> str:
    project = find_project(Path(__file__).parents[1])
    rows = [describe(page, q, project) for page in load_pages((project.docs,), project) for q in page.questions]
    choice = summary(rows, project)["choice"]
    lines = [
        (project.topics.get(name, name), *(str(n) for n in levels.values()), str(choice["topics"][name]))
        for name, levels in choice["levels of topics"].items()
    ]
    total = ("**Questions**", *(str(choice["level"][level]) for level in LEVELS), str(choice["count"]))
    return _table(("topic", *LEVELS, "in all"), [*lines, total])


TABLES: dict[str, Callable[[], str]] = {
    "balance": _balance,
    "codes": _codes,
    "engines": _engines,
    "options": _options,
    "problems": _problems,
    "settings": _settings,
}


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Fill every place; an unknown name raises KeyError, which fails the build."""
    return PLACE.sub(lambda match: TABLES[match[1]](), markdown)


def on_page_content(html: str, **_: Any) -> str:
    """Wrap the tables of questions; the reference page and drawn sets take them from here."""
    return FRAGMENT.sub(lambda question: TABLE.sub(SCROLLER, question[0]).replace(LANDMARK, GROUP), html)


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Fill the places of the language on one page."""
    if found := files.get_file_from_path(LANGUAGE):
        files.remove(found)
        files.append(File.generated(config, LANGUAGE, content=on_page_markdown(found.content_string)))
    return files
