"""What the analysis found, as a text, as data, as a page."""

import json
from collections.abc import Callable
from html import escape

from quiz_plugin.analyse.export import Reader
from quiz_plugin.analyse.items import EASY, ENOUGH, HARD, Item

HEAD = ("right", "disc.", "answers")
NOTE = (
    f"right: share of first answers that are right. disc.: how far those who get it right do better on their other "
    f"questions, -1 to 1 (item-rest correlation). Warnings need {ENOUGH} answers: more than {EASY:.0%} or fewer than "
    f"{HARD:.0%} right, a negative discrimination, a wrong choice that nobody takes."
)
STYLE = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
div { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
caption, th, td { padding: .4rem .6rem; text-align: start; vertical-align: top; }
tr { border-bottom: 1px solid color-mix(in srgb, CanvasText 25%, Canvas); }
td { font-variant-numeric: tabular-nums; }
th p { margin: .2rem 0; font-weight: normal; }
thead th:not(:first-child) { text-align: end; }
.number { text-align: end; white-space: nowrap; }
.flag { font-weight: 600; color: light-dark(#b3261e, #ff9d94); }
.soft { color: color-mix(in srgb, CanvasText 70%, Canvas); }
meter { width: 6rem; }
"""


def summary(readers: list[Reader], items: list[Item]) -> list[str]:
    """How much was read, and which files were taken for one reader's."""
    answers, flagged = sum(i.answers for i in items), sum(bool(i.flags) for i in items)
    few = sum(i.answers < ENOUGH for i in items)
    counts = f"{_some(len(readers), 'reader')}, {_some(answers, 'first answer')} to {_some(len(items), 'question')}"
    lines = [f"{counts}: {flagged} with warnings, {few} with fewer than {ENOUGH} answers"]
    joined = (", ".join(r.files) for r in readers if len(r.files) > 1)
    lines += [f"taken for one reader, as they share answers: {names}" for names in joined]
    if left := sum(i.left_out for i in items):
        lines.append(f"left out: {_some(left, 'first answer')} to another version of a question")
    return lines


def _some(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def as_text(readers: list[Reader], items: list[Item]) -> str:
    """A table with the warnings below their questions."""
    lines = [*summary(readers, items), ""]
    width = max([len(_chosen(i)) for i in items] + [len("chosen")])
    if items:
        lines.append(f"{HEAD[0]:>5}  {HEAD[1]:>5}  {HEAD[2]:>7}  {'chosen':<{width}}  question")
    for item in items:
        figure = "-" if item.discrimination is None else f"{item.discrimination:.2f}"
        named = "  ".join(part for part in (item.where, item.id, item.title) if part)
        lines.append(f"{item.right:>5.2f}  {figure:>5}  {item.answers:>7}  {_chosen(item):<{width}}  {named}")
        notes = [f"! {flag}" for flag in item.flags]
        if item.why and item.answers >= ENOUGH:
            notes.append(f"no disc.: {item.why}")
        lines += [f"{'':21}  {note}" for note in notes]
    return "\n".join([*lines, "", "* marks the key.", NOTE])


def _chosen(item: Item) -> str:
    return "  ".join(f"{letter}{'*' if letter in item.key else ''} {n}" for letter, n in item.chosen.items())


def as_json(readers: list[Reader], items: list[Item]) -> str:
    """Data: the readers' files, and of each question its figures."""
    rows = [
        {
            "id": item.id,
            "path": item.place.path if item.place else None,
            "line": item.place.line if item.place else None,
            "title": item.title,
            "answers": item.answers,
            "right": item.right,
            "discrimination": item.discrimination,
            "no_discrimination": item.why,
            "chosen": dict(item.chosen),
            "key": list(item.key),
            "left_out": item.left_out,
            "flags": list(item.flags),
        }
        for item in items
    ]
    return json.dumps({"readers": [list(r.files) for r in readers], "questions": rows}, indent=2, ensure_ascii=False)


def as_html(readers: list[Reader], items: list[Item]) -> str:
    """A page of its own: no script, nothing from elsewhere."""
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Question", "Right", "Disc.", "Answers", "Chosen"))
    lines = "".join(f"<p>{escape(line)}</p>\n" for line in summary(readers, items))
    rows = "\n".join(map(_row, items))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Weak questions</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>Weak questions</h1>\n{lines}"
        '<div tabindex="0" role="region" aria-label="Questions">\n'
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>\n"
        f'<p class="soft">* marks the key. {escape(NOTE)}</p>\n</body>\n</html>\n'
    )


def _row(item: Item) -> str:
    about = f'<code>{escape(item.id)}</code> <span class="soft">{escape(item.where)}</span>'
    flags = "".join(f'<p class="flag">! {escape(flag)}</p>' for flag in item.flags)
    figure = (
        f"{item.discrimination:.2f}"
        if item.discrimination is not None
        else f'<span class="soft">{escape(item.why)}</span>'
    )
    chosen = "<br>".join(
        f'{escape(letter)}{"*" if letter in item.key else ""} <meter max="{item.answers}" value="{n}"></meter> {n}'
        for letter, n in item.chosen.items()
    )
    return (
        f'<tr><th scope="row">{escape(item.title or item.id)}<p>{about}</p>{flags}</th>'
        f'<td class="number">{item.right:.2f}</td><td class="number">{figure}</td>'
        f'<td class="number">{item.answers}</td><td class="number">{chosen}</td></tr>'
    )


FORMATS: dict[str, Callable[[list[Reader], list[Item]], str]] = {"text": as_text, "json": as_json}
