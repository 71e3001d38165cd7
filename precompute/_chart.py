"""Drawings in SVG: curves with bands, bars, and ranges. Text is currentColor, the accent is the theme's own variable.

Both are presentation attributes. Curves differ in dash and marker as well, so that colour never has to tell them apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

WIDTH, HEIGHT = 440, 300  # small enough that 14 px text stays legible when a phone scales the drawing down
LEFT, RIGHT, TOP, BOTTOM = 50, 12, 12, 48
LEGEND_LINE = 24
ACCENT = "var(--md-accent-fg-color, #526cfe)"
TEXT = "currentColor"
STYLES = ((ACCENT, ""), (TEXT, "6 4"), (ACCENT, "2 4"), (TEXT, ""), (ACCENT, "10 3 2 3"))


@dataclass(frozen=True)
class Line:
    """A labelled curve: x to a summary with mean, low and high."""

    label: str
    points: Mapping[float, Mapping[str, Any]]


@dataclass(frozen=True)
class Axis:
    """A label, and the places that have a tick with the words at each; the axis ends at the outer ones."""

    label: str
    ticks: Mapping[float, str]

    @property
    def low(self) -> float:
        """The axis's beginning."""
        return min(self.ticks)

    @property
    def high(self) -> float:
        """The axis's end."""
        return max(self.ticks)


PERCENT_PRUNED = Axis("weights pruned (%)", {value: str(value) for value in range(0, 101, 20)})


def accuracy_axis(lines: Sequence[Line]) -> Axis:
    """Return an axis from the ten below the lowest value to 100 %."""
    lowest = min(point["low"] for line in lines for point in line.points.values())
    floor = int(lowest // 10) * 10
    step = 2 if floor >= 90 else 5 if floor >= 80 else 10 if floor >= 60 else 20
    return Axis(
        "test accuracy (%)", {value: str(value) for value in range(100, floor - 1, -step)} | {floor: str(floor)}
    )


def named_axis(label: str, names: Sequence[str]) -> Axis:
    """Return an axis with one tick for each name, at 0, 1, 2 and so on."""
    return Axis(label, dict(enumerate(names)))


def line_chart(title: str, description: str, lines: Sequence[Line], x_axis: Axis, y_axis: Axis | None = None) -> str:
    """Draw up to five curves with bands from lowest to highest, and a legend below."""
    y_axis = y_axis or accuracy_axis(lines)
    parts = [*_axes(x_axis, y_axis)]
    for index, line in enumerate(lines):
        parts += _curve(line, index, x_axis, y_axis)
    for index, line in enumerate(lines):
        parts += _legend(line.label, index)
    return svg(title, description, WIDTH, HEIGHT + LEGEND_LINE * len(lines) + 4, parts)


def svg(title: str, description: str, width: int, height: int, parts: Sequence[str]) -> str:
    """Wrap a drawing; its labels are kept out of the search index, the table is not."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" data-search-exclude="" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-size="14" fill="{TEXT}">\n'
        f"<title>{escape(title)}</title>\n<desc>{escape(description)}</desc>\n" + "\n".join(parts) + "\n</svg>"
    )


def _x(value: float, axis: Axis) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT - 8) * (value - axis.low) / (axis.high - axis.low), 1)


def _y(value: float, axis: Axis) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (axis.high - value) / (axis.high - axis.low), 1)


def _axes(x_axis: Axis, y_axis: Axis) -> list[str]:
    bottom, middle = HEIGHT - BOTTOM, (TOP + HEIGHT - BOTTOM) / 2
    parts = []
    for value, words in sorted(y_axis.ticks.items()):
        y = _y(value, y_axis)
        parts.append(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="{TEXT}" stroke-opacity=".2"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 5:g}" text-anchor="end">{escape(words)}</text>')
    for value, words in sorted(x_axis.ticks.items()):
        x = _x(value, x_axis)
        parts.append(f'<path d="M{x} {bottom}v4" stroke="{TEXT}"/>')
        parts.append(f'<text x="{x}" y="{bottom + 19}" text-anchor="middle">{escape(words)}</text>')
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{x_axis.label}</text>')
    parts.append(f'<text transform="translate(14 {middle}) rotate(-90)" text-anchor="middle">{y_axis.label}</text>')
    return parts


def _curve(line: Line, index: int, x_axis: Axis, y_axis: Axis) -> list[str]:
    colour, _ = STYLES[index]
    points = sorted(line.points.items())
    upper = [f"{_x(x, x_axis)},{_y(point['high'], y_axis)}" for x, point in points]
    lower = [f"{_x(x, x_axis)},{_y(point['low'], y_axis)}" for x, point in reversed(points)]
    middle = [(_x(x, x_axis), _y(point["mean"], y_axis)) for x, point in points]
    return [
        f'<polygon points="{" ".join(upper + lower)}" fill="{colour}" fill-opacity=".14"/>',
        f'<polyline points="{" ".join(f"{x},{y}" for x, y in middle)}" fill="none" {_stroke(index)}/>',
        *(_marker(x, y, index) for x, y in middle),
    ]


def _legend(label: str, index: int) -> list[str]:
    x, y = LEFT, HEIGHT + 12 + LEGEND_LINE * index
    return [
        f'<path d="M{x} {y}h34" {_stroke(index)}/>',
        _marker(x + 17, y, index),
        f'<text x="{x + 42}" y="{y + 5}">{escape(label)}</text>',
    ]


def _stroke(index: int) -> str:
    colour, dash = STYLES[index]
    return f'stroke="{colour}" stroke-width="2"' + (f' stroke-dasharray="{dash}"' if dash else "")


def _marker(x: float, y: float, index: int) -> str:
    colour, _ = STYLES[index]
    corners = {2: ((0, -5), (5, 4), (-5, 4)), 3: ((0, -5), (5, 0), (0, 5), (-5, 0)), 4: ((0, 5), (5, -4), (-5, -4))}
    if index == 0:
        return f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>'
    if index == 1:
        return f'<rect x="{x - 3.5:g}" y="{y - 3.5:g}" width="7" height="7" fill="{colour}"/>'
    points = " ".join(f"{x + right:g},{y + down:g}" for right, down in corners[index])
    return f'<polygon points="{points}" fill="{colour}"/>'


def bar_chart(title: str, description: str, bars: Sequence[tuple[str, str, Mapping[str, float]]], unit: str) -> str:
    """Draw per step: label, a second text at the right, and its bars (accent above, text colour below)."""
    longest = max(size for _, _, sizes in bars for size in sizes.values())
    parts, y = [], 22
    for label, second, sizes in bars:
        parts.append(f'<text x="0" y="{y}" font-weight="bold">{escape(label)}</text>')
        parts.append(f'<text x="{WIDTH}" y="{y}" text-anchor="end">{escape(second)}</text>')
        for index, (name, size) in enumerate(sizes.items()):
            parts += _bar(y + 8 + 19 * index, size / longest, index, f"{size:.0f} {unit} {name}".rstrip())
        y += 24 + 19 * len(sizes)
    return svg(title, description, WIDTH, y - 18, parts)


def _bar(y: int, share: float, index: int, label: str) -> list[str]:
    length = round(290 * share, 1)
    opacity = ' fill-opacity=".55"' if index else ""
    return [
        f'<rect x="0" y="{y}" width="{length}" height="14" fill="{(ACCENT, TEXT)[index]}"{opacity}/>',
        f'<text x="{length + 8}" y="{y + 12}">{escape(label)}</text>',
    ]


def range_chart(title: str, description: str, rows: Sequence[tuple[str, Mapping[str, Any]]], axis: Axis) -> str:
    """Draw per row: its label above, a line from lowest to highest, and a dot at the mean."""
    bottom = 8 + 44 * len(rows)
    parts = []
    for value, words in sorted(axis.ticks.items()):
        x = _across(value, axis)
        parts.append(f'<path d="M{x} 4V{bottom}" stroke="{TEXT}" stroke-opacity=".2"/>')
        parts.append(f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{escape(words)}</text>')
    for row, (label, found) in enumerate(rows):
        y = 20 + 44 * row
        low, middle, high = (_across(found[key], axis) for key in ("low", "mean", "high"))
        parts.append(f'<text x="0" y="{y}">{escape(label)}</text>')
        parts.append(f'<path d="M{low} {y + 14}H{high}" stroke="{ACCENT}" stroke-width="4" stroke-opacity=".4"/>')
        parts.append(f'<circle cx="{middle}" cy="{y + 14}" r="5" fill="{ACCENT}"/>')
    parts.append(f'<text x="{WIDTH / 2:g}" y="{bottom + 40}" text-anchor="middle">{escape(axis.label)}</text>')
    return svg(title, description, WIDTH, bottom + 48, parts)


def _across(value: float, axis: Axis) -> float:
    return round(14 + (WIDTH - 28) * (value - axis.low) / (axis.high - axis.low), 1)
