"""Puts the tables that code already holds into the pages: `<!-- table: NAME -->` becomes the table. An MkDocs hook."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from quiz_plugin.evidence.engines import ENGINES
from quiz_plugin.parse.front_matter import SETTINGS
from quiz_plugin.problems import CODES
from quiz_plugin.settings import OPTIONS

PLACE = re.compile(r"^<!-- table: (\w+) -->$", re.MULTILINE)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _problems() -> str:
    rows = ((f"`{name}`", code.group, code.severity, code.meaning) for name, code in CODES.items())
    return _table(("code", "group", "severity", "what is wrong"), rows)


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


TABLES: dict[str, Callable[[], str]] = {
    "engines": _engines,
    "options": _options,
    "problems": _problems,
    "settings": _settings,
}


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Fill every place; an unknown name raises KeyError, which fails the build."""
    return PLACE.sub(lambda match: TABLES[match[1]](), markdown)
