"""Figures as HTML fragments that a Markdown page includes: reading, theme-aware SVG, data table, provenance.

No style attribute or element, so a strict content security policy holds. No blank line, so Markdown leaves the fragment
alone. No ids, so a page may include a fragment twice. A wide table scrolls in a region of its own, which the keyboard
reaches; `md-typeset__scrollwrap` is the theme's class for this.
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any


def figure(data: Mapping[str, Any], name: str, reading: str, body: str, note: str) -> str:
    """Put together the one-sentence reading, the body (drawing, table) and the provenance; `name` is a record id."""
    versions = data["versions"]
    return (
        f'<figure class="quiz-figure" data-record="{name}">\n'
        f"<figcaption>{_unbroken(escape(reading))}</figcaption>\n"
        f"{body}\n"
        f"<p><small>{_origin(data)}{_unbroken(note)}. "
        f"Recorded with Python {versions['python']}, torch {versions['torch']}, "
        f"scikit-learn {versions['scikit-learn']} in <code>precompute/records/{name}.json</code>.</small></p>\n"
        "</figure>\n"
    )


def _origin(data: Mapping[str, Any]) -> str:
    if "parameters" not in data:
        return ""
    seeds = ", ".join(map(str, data["seeds"]))
    return (
        f"Small CNN, {grouped(data['parameters'])} parameters, on scikit-learn's digits "
        f"({data['test_images']} held out); seeds {seeds}; "
    )


def grouped(count: int) -> str:
    """Set thousands apart by a no-break space."""
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")


def _unbroken(text: str) -> str:
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], *, alone: bool = False) -> str:
    """Make a details element, closed beside a drawing, with a table whose first column holds row headers."""
    heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "\n".join(
        f'<tr><th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in rest) + "</tr>"
        for first, *rest in rows
    )
    return (
        f"<details{' open' if alone else ''}>\n"
        f"<summary>{'Table' if alone else 'The same numbers as a table'}</summary>\n"
        f'<div class="md-typeset__scrollwrap" role="region" aria-label="{escape(caption)}" tabindex="0">\n'
        f"<table>\n<caption>{escape(caption)}</caption>\n<thead>\n<tr>{heads}</tr>\n</thead>\n"
        f"<tbody>\n{body}\n</tbody>\n</table>\n</div>\n</details>"
    )


def claims_list(claims: Iterable[str], tolerance: str) -> str:
    """Make a list of the sentences that each verification checks against fresh numbers, and say what else it holds."""
    items = "\n".join(f"<li>{_unbroken(escape(claim[0].upper() + claim[1:]))}.</li>" for claim in claims)
    return (
        f'<ul class="quiz-claims">\n{items}\n</ul>\n'
        f'<p class="quiz-tolerance"><small>{_unbroken(escape(tolerance))}</small></p>\n'
    )


def spread(summary: Mapping[str, Any]) -> str:
    """Write mean and range, as in `97.6 (97.0–98.2)`."""
    return f"{summary['mean']} ({summary['low']}–{summary['high']})"


def literal(name: str, values: Mapping[Any, Any]) -> str:
    """Write a dict as one line of a generated snippet."""
    return f"{name} = {{{', '.join(f'{key!r}: {value!r}' for key, value in values.items())}}}".replace("'", '"')
