"""What a lab shows, as plain data: facts, and views that the page draws.

Each view carries its own table and its own description, so that nobody has to see it. A result is
{"say": one sentence, "facts": [...], "views": [...]}; every function here makes one fact or one view.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import lab_network
import numpy as np
from lab_network import Floats
from numpy.typing import NDArray

View = dict[str, Any]
Rows = Sequence[Sequence[str]]

SPACE = "\N{NO-BREAK SPACE}"
MOST_DIGITS = 12
LEVELS = 8
SHADES = "0123456789abcdefg"


def number(value: float, digits: int = 0) -> str:
    """Write a number with thousands set apart."""
    return f"{value:,.{digits}f}".replace(",", SPACE)


def per_cent(value: float, digits: int = 1) -> str:
    """Write per cent."""
    return f"{value:.{digits}f}{SPACE}%"


def kilobytes(size: float) -> str:
    """Write bytes in units of 1000."""
    return f"{size / 1000:.1f}{SPACE}kB"


def fact(name: str, value: str, note: str = "") -> dict[str, str]:
    """One number that matters."""
    return {"name": name, "value": value, "note": note}


def accuracy_fact(now: float) -> dict[str, str]:
    """Say the test accuracy beside the untouched network's."""
    before = lab_network.accuracy(lab_network.dense_predictions())
    apart = round(now - before, 1)
    note = "as the untouched network" if not apart else f"{apart:+.1f} points; untouched {per_cent(before)}"
    return fact("Test accuracy", per_cent(now), note.replace("-", "−"))


def view(kind: str, title: str, text: str, table: tuple[Sequence[str], Rows], **rest: object) -> View:
    """Put together what every view has: what it is, what it says in words, and as a table."""
    return {
        "kind": kind,
        "title": title,
        "text": text,
        "head": list(table[0]),
        "rows": [list(r) for r in table[1]],
        **rest,
    }


def axis(label: str, ticks: Mapping[float, str]) -> dict[str, Any]:
    """An axis that ends at its outer ticks."""
    return {"label": label, "ticks": sorted(ticks.items())}


def accuracy_axis(lowest: float) -> dict[str, Any]:
    """Per cent, from the twenty below the lowest value."""
    first = int(lowest // 20) * 20
    return axis("test accuracy (%)", {value: str(value) for value in range(first, 101, 20)})


def line(label: str, points: Mapping[float, Sequence[float]], chosen: bool) -> dict[str, Any]:
    """A recorded curve: x to mean, lowest, highest of the seeds; the `chosen` one is drawn strongly."""
    return {"label": label, "points": [[x, *found[:3]] for x, found in sorted(points.items())], "chosen": chosen}


def live_point(x: float, y: float, words: str) -> dict[str, Any]:
    """Where the lab stands now."""
    return {"x": x, "y": y, "words": words}


def bars(title: str, text: str, head: Sequence[str], rows: Sequence[tuple[str, float, str]], **rest: object) -> View:
    """Lengths: label, value, and the value in words."""
    table = (head, [(label, words) for label, _, words in rows])
    return view("bars", title, text, table, bars=[list(row) for row in rows], **rest)


def kernels(title: str, text: str, weight: Floats, most: float, mask: NDArray[np.bool_] | None = None) -> View:
    """The sixteen 3 x 3 filters of conv1, -1 to 1 in units of `most`; None where a mask pruned the weight."""
    flat = np.round(weight.reshape(len(weight), 9) / most, 3)
    shown: list[list[float | None]] = flat.tolist()
    if mask is not None:
        for row, kept in zip(shown, mask.reshape(len(weight), 9).tolist(), strict=True):
            row[:] = [value if left else None for value, left in zip(row, kept, strict=True)]
    words = [" ".join("pruned" if v is None else f"{v * most:.2f}".replace("-", "−") for v in row) for row in shown]
    rows = [(f"filter {n}", values) for n, values in enumerate(words, 1)]
    return view("kernels", title, text, (("Filter", "Weights, row by row"), rows), kernels=shown)


def cells(title: str, text: str, masks: Mapping[str, NDArray[np.bool_]]) -> View:
    """How many weights are left between each output (row) and each input channel (column), layer by layer."""
    maps, rows = [], []
    for name, mask in masks.items():
        # A cell is one channel: its 3 x 3 weights, in fc1 its 16 places, in fc2 its one weight.
        channels = 32 if name == "fc1" else mask.shape[1]
        levels = np.ceil(mask.reshape(len(mask), channels, -1).mean(axis=2) * LEVELS).astype(int)
        left = int(mask.sum())
        maps.append({"name": name, "width": levels.shape[1], "cells": "".join(map(str, levels.ravel().tolist()))})
        rows.append((name, number(left), number(mask.size), per_cent(100 * left / mask.size)))
    return view("cells", title, text, (("Layer", "Weights left", "of", "Share"), rows), maps=maps, most=LEVELS)


def flips(now: NDArray[np.intp]) -> View:
    """The digits whose verdict changed against the untouched network, the lost ones first."""
    before, labels = lab_network.dense_predictions(), lab_network.digits()[1]
    lost = np.flatnonzero((before == labels) & (now != labels))
    won = np.flatnonzero((before != labels) & (now == labels))
    items = [_flip(int(i), now) for i in [*lost, *won][:MOST_DIGITS]]
    text = f"Right before and wrong now: {len(lost)}. Wrong before and right now: {len(won)}."
    if len(lost) + len(won) > MOST_DIGITS:
        text += f" The first {MOST_DIGITS} are shown."
    rows = [(str(i["label"]), str(i["before"]), str(i["now"])) for i in items]
    return view("digits", "Digits that flip", text, (("Digit", "Read before as", "Read now as"), rows), digits=items)


def _flip(i: int, now: NDArray[np.intp]) -> dict[str, Any]:
    levels, labels = lab_network.pictures()
    pixels = "".join(SHADES[level] for level in levels[i].ravel().tolist())
    read = {"before": int(lab_network.dense_predictions()[i]), "now": int(now[i])}
    return {"index": i, "label": int(labels[i]), "pixels": pixels} | read
