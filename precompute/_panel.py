"""The cheat sheet's small drawings: curves in a frame, each labelled in its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from _chart import STYLES, TEXT, Axis, svg

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 320, 172, 46, 10, 10, 40


@dataclass(frozen=True)
class Curve:
    """A label, its place (x, y, anchor) in the units of the axes, and points; `mark` is their radius, `line` joins."""

    label: str
    place: tuple[float, float, str]
    points: Sequence[tuple[float, float]]
    mark: float = 0.0
    line: bool = True


def panel(title: str, description: str, curves: Sequence[Curve], x_axis: Axis, y_axis: Axis) -> str:
    """Draw up to five curves in a small frame, each labelled in its place, so that no legend is needed."""
    bottom, middle = HEIGHT - BOTTOM, (TOP + HEIGHT - BOTTOM) / 2
    parts = []
    for value, words in sorted(y_axis.ticks.items()):
        y = _down(value, y_axis)
        parts.append(f'<path d="M{LEFT} {y:g}H{WIDTH - RIGHT}" stroke="{TEXT}" stroke-opacity=".2"/>')
        parts.append(f'<text x="{LEFT - 5}" y="{y + 5:g}" text-anchor="end">{escape(words)}</text>')
    for value, words in sorted(x_axis.ticks.items()):
        parts.append(f'<path d="M{_across(value, x_axis):g} {bottom}v4" stroke="{TEXT}"/>')
        parts.append(
            f'<text x="{_across(value, x_axis):g}" y="{bottom + 17}" text-anchor="middle">{escape(words)}</text>'
        )
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2:g}" y="{HEIGHT - 5}" text-anchor="middle">{x_axis.label}</text>'
    )
    parts.append(f'<text transform="translate(11 {middle:g}) rotate(-90)" text-anchor="middle">{y_axis.label}</text>')
    for index, curve in enumerate(curves):
        parts += _drawn(curve, index, x_axis, y_axis)
    return svg(title, description, WIDTH, HEIGHT, parts)


def _across(value: float, axis: Axis) -> float:
    return round(LEFT + 4 + (WIDTH - LEFT - RIGHT - 12) * (value - axis.low) / (axis.high - axis.low), 1)


def _down(value: float, axis: Axis) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (axis.high - value) / (axis.high - axis.low), 1)


def _drawn(curve: Curve, index: int, x_axis: Axis, y_axis: Axis) -> list[str]:
    colour, dash = STYLES[index]
    spots = [(_across(x, x_axis), _down(min(max(y, y_axis.low), y_axis.high), y_axis)) for x, y in curve.points]
    parts = []
    if curve.line:
        style = f' stroke-dasharray="{dash}"' if dash else ""
        corners = " ".join(f"{x:g},{y:g}" for x, y in spots)
        parts.append(f'<polyline points="{corners}" fill="none" stroke="{colour}" stroke-width="2"{style}/>')
    if curve.mark:
        parts += [f'<circle cx="{x:g}" cy="{y:g}" r="{curve.mark:g}" fill="{colour}"/>' for x, y in spots]
    x, y, anchor = curve.place
    spot = f'x="{_across(x, x_axis):g}" y="{_down(y, y_axis):g}" text-anchor="{anchor}" fill="{colour}"'
    return [*parts, f"<text {spot}>{escape(curve.label)}</text>"]


def decades(low: int, high: int, label: str) -> Axis:
    """Return an axis of powers of ten, for values whose logarithm is drawn."""
    superscripts = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    return Axis(label, {power: f"10{str(power).translate(superscripts)}" for power in range(low, high + 1)})
