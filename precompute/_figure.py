"""Figures as HTML fragments that a Markdown page includes: theme-aware SVG, data table, provenance.

The text is currentColor and the accent is the theme's own variable, as presentation attributes: no style attribute or
element, so a strict content security policy holds. No blank line, so Markdown leaves the fragment alone. No ids, so a
page may include a fragment twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

WIDTH, HEIGHT = 440, 300  # small enough that 14 px text stays legible when a phone scales the drawing down
LEFT, RIGHT, TOP, BOTTOM = 50, 12, 12, 48
ACCENT = "var(--md-accent-fg-color, #526cfe)"
TEXT = "currentColor"


@dataclass(frozen=True)
class Line:
    """A labelled curve: x to a summary with mean, low and high."""

    label: str
    points: Mapping[int, Mapping[str, Any]]


def figure(data: Mapping[str, Any], name: str, reading: str, body: str, note: str) -> str:
    """Put together the one-sentence reading, the body (drawing, table) and the provenance; `name` is a record id."""
    versions = data["versions"]
    seeds = ", ".join(map(str, data["seeds"]))
    return (
        f'<figure class="quiz-figure" data-record="{name}">\n'
        f"<figcaption>{_unbroken(escape(reading))}</figcaption>\n"
        f"{body}\n"
        f"<p><small>Small CNN, {grouped(data['parameters'])} parameters, on scikit-learn's digits "
        f"({data['test_images']} held out); seeds {seeds}; {note}. "
        f"Recorded with Python {versions['python']}, torch {versions['torch']}, "
        f"scikit-learn {versions['scikit-learn']} in <code>precompute/records/{name}.json</code>.</small></p>\n"
        "</figure>\n"
    )


def grouped(count: int) -> str:
    """Set thousands apart by a no-break space."""
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")


def _unbroken(text: str) -> str:
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Make a closed details element with a table whose first column holds row headers."""
    heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "\n".join(
        f'<tr><th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in rest) + "</tr>"
        for first, *rest in rows
    )
    return (
        "<details>\n<summary>The same numbers as a table</summary>\n"
        f"<table>\n<caption>{escape(caption)}</caption>\n<thead>\n<tr>{heads}</tr>\n</thead>\n"
        f"<tbody>\n{body}\n</tbody>\n</table>\n</details>"
    )


def spread(summary: Mapping[str, Any]) -> str:
    """Write mean and range, as in `97.6 (97.0–98.2)`."""
    return f"{summary['mean']} ({summary['low']}–{summary['high']})"


def literal(name: str, values: Mapping[Any, Any]) -> str:
    """Write a dict as one line of a generated snippet."""
    return f"{name} = {{{', '.join(f'{key!r}: {value!r}' for key, value in values.items())}}}".replace("'", '"')


def line_chart(title: str, description: str, lines: Sequence[Line], x_label: str, y_label: str) -> str:
    """Draw two curves at most, over 0 to 100 %: accent and solid with dots, text colour and dashed with squares."""
    lowest = min(point["low"] for line in lines for point in line.points.values())
    floor = int(lowest // 10) * 10
    parts = [*_axes(floor, x_label, y_label)]
    for index, line in enumerate(lines):
        parts += _curve(line, index, floor)
        parts += _legend(line.label, index)
    return svg(title, description, WIDTH, HEIGHT, parts)


def svg(title: str, description: str, width: int, height: int, parts: Sequence[str]) -> str:
    """Wrap a drawing; its labels are kept out of the search index, the table is not."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" data-search-exclude="" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-size="14" fill="{TEXT}">\n'
        f"<title>{escape(title)}</title>\n<desc>{escape(description)}</desc>\n" + "\n".join(parts) + "\n</svg>"
    )


def _x(percent: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * percent / 100, 1)


def _y(value: float, floor: int) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (100 - value) / (100 - floor), 1)


def _axes(floor: int, x_label: str, y_label: str) -> list[str]:
    bottom, middle = HEIGHT - BOTTOM, (TOP + HEIGHT - BOTTOM) / 2
    parts = []
    for value in range(floor, 101, 10):
        y = _y(value, floor)
        parts.append(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="{TEXT}" stroke-opacity=".2"/>')
        if value % 20 == 0:
            parts.append(f'<text x="{LEFT - 6}" y="{y + 5}" text-anchor="end">{value}</text>')
    for value in range(0, 101, 20):
        parts.append(f'<path d="M{_x(value)} {bottom}v4" stroke="{TEXT}"/>')
        parts.append(f'<text x="{_x(value)}" y="{bottom + 19}" text-anchor="middle">{value}</text>')
    parts.append(f'<text x="{_x(50)}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x_label)}</text>')
    parts.append(f'<text transform="translate(14 {middle}) rotate(-90)" text-anchor="middle">{escape(y_label)}</text>')
    return parts


def _curve(line: Line, index: int, floor: int) -> list[str]:
    colour = (ACCENT, TEXT)[index]
    points = sorted(line.points.items())
    upper = [f"{_x(x)},{_y(point['high'], floor)}" for x, point in points]
    lower = [f"{_x(x)},{_y(point['low'], floor)}" for x, point in reversed(points)]
    middle = [(_x(x), _y(point["mean"], floor)) for x, point in points]
    return [
        f'<polygon points="{" ".join(upper + lower)}" fill="{colour}" fill-opacity=".18"/>',
        f'<polyline points="{" ".join(f"{x},{y}" for x, y in middle)}" fill="none" stroke="{colour}" '
        f'stroke-width="2"{_dash(index)}/>',
        *(_marker(x, y, index) for x, y in middle),
    ]


def _legend(label: str, index: int) -> list[str]:
    x, y = LEFT + 14, HEIGHT - BOTTOM - 44 + 24 * index
    return [
        f'<path d="M{x} {y}h34" stroke="{(ACCENT, TEXT)[index]}" stroke-width="2"{_dash(index)}/>',
        _marker(x + 17, y, index),
        f'<text x="{x + 42}" y="{y + 5}">{escape(label)}</text>',
    ]


def _dash(index: int) -> str:
    return ' stroke-dasharray="6 4"' if index else ""


def _marker(x: float, y: float, index: int) -> str:
    if index == 0:
        return f'<circle cx="{x}" cy="{y}" r="4" fill="{ACCENT}"/>'
    return f'<rect x="{x - 3.5:g}" y="{y - 3.5:g}" width="7" height="7" fill="{TEXT}"/>'


def bar_chart(title: str, description: str, bars: Sequence[tuple[str, str, Mapping[str, float]]], unit: str) -> str:
    """Draw per step: label, a second text at the right, and two bars (accent above, text colour below)."""
    longest = max(size for _, _, sizes in bars for size in sizes.values())
    parts = []
    for row, (label, second, sizes) in enumerate(bars):
        y = 22 + 62 * row
        parts.append(f'<text x="0" y="{y}" font-weight="bold">{escape(label)}</text>')
        parts.append(f'<text x="{WIDTH}" y="{y}" text-anchor="end">{escape(second)}</text>')
        for index, (name, size) in enumerate(sizes.items()):
            parts += _bar(y + 8 + 19 * index, size / longest, index, f"{size:.0f} {unit} {name}")
    return svg(title, description, WIDTH, 62 * len(bars) + 4, parts)


def _bar(y: int, share: float, index: int, label: str) -> list[str]:
    length = round(290 * share, 1)
    opacity = ' fill-opacity=".55"' if index else ""
    return [
        f'<rect x="0" y="{y}" width="{length}" height="14" fill="{(ACCENT, TEXT)[index]}"{opacity}/>',
        f'<text x="{length + 8}" y="{y + 12}">{escape(label)}</text>',
    ]
