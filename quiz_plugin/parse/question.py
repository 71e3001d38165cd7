"""One question's section: attributes, stem, choices, parts, blocks."""

from typing import NamedTuple

from quiz_plugin.model import KINDS, PARTS, Attribute, Block, Choice, Part, Question, Settings, Text
from quiz_plugin.parse.attributes import values
from quiz_plugin.parse.blocks import read_block, runnable
from quiz_plugin.parse.choices import (
    ANY,
    Item,
    Reading,
    first_text,
    item_at,
    letter,
    make_choice,
    make_text,
    read_choices,
    read_items,
)
from quiz_plugin.parse.scan import Heading, Scan
from quiz_plugin.parse.spaces import indent_of
from quiz_plugin.parse.strays import boxes
from quiz_plugin.problems import did_you_mean, nearest, one_of

# What other quiz formats call a part.
SYNONYMS = {
    "Answer": "Explanation",
    "Feedback": "Explanation",
    "Solution": "Steps",
    "Worked solution": "Steps",
    "Common mistakes": "Mistakes",
    "Pitfalls": "Mistakes",
    "Tip": "Hint",
    "Reference": "Source",
    "References": "Source",
    "Sources": "Source",
    "Links": "Source",
}


class Section(NamedTuple):
    """A question heading and the line indexes of what belongs to it; `parts` with the index where each ends."""

    heading: Heading
    end: int
    parts: tuple[tuple[Heading, int], ...]
    kind: str
    id: str

    @property
    def body(self) -> tuple[int, int]:
        first_part = self.parts[0][0].first if self.parts else self.end
        return self.heading.last + 1, first_part


def kind_of(heading: Heading) -> str:
    """The first kind class of a heading, or an empty string."""
    return next((v for v in values(heading.attributes, ".") if v in KINDS), "")


def read_question(scan: Scan, heading: Heading, inner: list[Heading], end: int, settings: Settings) -> Question:
    """Everything from the heading to `end`, a line index; `inner` are the headings in between."""
    kind = kind_of(heading)
    part_headings = _part_headings(scan, heading, inner, kind)
    ends = [h.first for h in part_headings[1:]] + [end]
    ids = values(heading.attributes, "#")
    section = Section(heading, end, tuple(zip(part_headings, ends, strict=False)), kind, ids[0] if ids else "")
    known = len(scan.problems)
    stem, choices = _body(scan, section)
    late = any(p.code == "part-before-choices" for p in scan.problems[known:])
    parts = tuple(_part(scan, section, h, e) for h, e in section.parts)
    if not late:
        _report_part_boxes(scan, section)
    return Question(
        kind,
        section.id,
        heading.title,
        heading.depth,
        scan.number(heading.first),
        scan.number(_last_line(scan, section)),
        heading.attributes,
        stem,
        choices,
        parts,
        _blocks(scan, section, choices),
        _defaults(settings),
    )


def _defaults(settings: Settings) -> dict[str, str]:
    return dict(settings.defaults)


def _last_line(scan: Scan, section: Section) -> int:
    index = section.end - 1
    while index > section.heading.last and not scan.lines[index].strip():
        index -= 1
    return index


def _part_headings(scan: Scan, heading: Heading, inner: list[Heading], kind: str) -> list[Heading]:
    if kind == "flashcard":
        return []
    found = []
    for part in inner:
        if part.depth == heading.depth + 1:
            found.append(part)
        elif part.depth <= heading.depth:
            # The parser lets only headings named like a part pass here.
            _unknown_part(scan, heading, part, "does not stand below its question, but at its level")
            found.append(part)
        elif part.title in PARTS:
            _unknown_part(scan, heading, part, f"stands {part.depth - heading.depth} levels below its question")
    return found


def _unknown_part(scan: Scan, heading: Heading, part: Heading, what: str) -> None:
    marks = "#" * (heading.depth + 1)
    deepest = heading.depth == 6
    near = "" if part.title in PARTS else did_you_mean(part.title, PARTS, SYNONYMS)
    name = part.title if part.title in PARTS else nearest(part.title, PARTS, SYNONYMS) or "Explanation"
    scan.report(
        part.first,
        1,
        "unknown-part",
        f'"{part.title}" {what}{near}',
        f"write for example:  {marks} {name}  (the parts are {one_of(PARTS)})"
        if not deepest
        else "start the question with fewer #: its parts need a level below it",
        _id(heading),
    )


def _id(heading: Heading) -> str:
    return next(iter(values(heading.attributes, "#")), "")


def _part(scan: Scan, section: Section, heading: Heading, end: int) -> Part:
    body = make_text(scan, heading.last + 1, end)
    if heading.title not in PARTS:
        _unknown_part(scan, section.heading, heading, "is not a part of a question")
    elif heading.indent:
        _unknown_part(scan, section.heading, heading, "does not start at the beginning of its line")
    elif heading.attributes:
        extra = heading.attributes[0]
        message = f"the part {heading.title} takes no attributes, found {_shown(extra)}"
        hint = f"leave the braces out:  {'#' * heading.depth} {heading.title}"
        scan.report(heading.first, extra.column, "unknown-attribute", message, hint, section.id)
    return Part(part_name(heading), body, scan.number(heading.first))


def part_name(heading: Heading) -> str:
    """The part that a heading means: a misspelt one is taken for what it resembles, so that no other error follows."""
    return heading.title if heading.title in PARTS else nearest(heading.title, PARTS, SYNONYMS) or heading.title


def _shown(attribute: Attribute) -> str:
    if attribute.name in ".#":
        return f"{attribute.name}{attribute.value}"
    return f'{attribute.name}="{attribute.value}"' if attribute.value else attribute.name


def _body(scan: Scan, section: Section) -> tuple[Text, tuple[Choice, ...]]:
    start, end = section.body
    if section.kind == "flashcard":
        _report_card_boxes(scan, section)
        return make_text(scan, start, section.end), ()
    reading = read_choices(scan, start, end)
    if reading is None:
        return make_text(scan, start, end), _hidden_choices(scan, section)
    _report_items(scan, section, reading)
    _report_gaps(scan, section, reading)
    _report_trailing(scan, section, reading.end)
    _report_inner_boxes(scan, section, reading)
    choices = tuple(make_choice(scan, item, n) for n, item in enumerate(reading.items))
    return make_text(scan, start, reading.first), choices


def _report_items(scan: Scan, section: Section, reading: Reading) -> None:
    if reading.above:
        item = reading.above[0]
        message = f'the list that begins with "{item.found}" has no boxes and runs into the choices'
        hint = f"put a sentence between the two, or give each item a box:  {_mended(item)}"
        scan.report(item.index, item.column, "wrong-marker", message, hint, section.id)
    kinds = ["box", *(item.kind for item in reading.items)]
    for before, item in zip(kinds, reading.items, strict=False):
        if item.kind == before and before in ("number", "loose", "odd"):
            continue
        if item.kind == "bad":
            message = f'expected a box "[ ]" or "[x]" and a space, found "{item.found}"{item.note}'
            scan.report(item.index, item.column, "bad-checkbox", message, f"write  {_mended(item)}", section.id)
        elif item.kind != "box":
            what = {
                "number": "a numbered choice",
                "loose": "a box without a Markdown bullet",
                "odd": item.note,
                "plain": "a list item without a box among the choices",
            }[item.kind]
            message = f'found {what}: "{item.found}"{item.note if item.kind == "loose" else ""}'
            hint = f"each choice is a bullet with a box:  {_mended(item)}"
            scan.report(item.index, item.column, "wrong-marker", message, hint, section.id)


def _mended(item: Item) -> str:
    return f"- [{'x' if item.correct else ' '}] {item.first[:60]}"


def _report_gaps(scan: Scan, section: Section, reading: Reading) -> None:
    places = {item.index: letter(n) for n, item in enumerate(reading.items)} if reading.gaps else {}
    for gap in reading.gaps:
        text = scan.lines[gap.start].strip()[:40]
        owner = places[gap.after.index]
        message = f'"{text}" splits the choices into two lists'
        hint = f"indent it by four spaces to make it part of choice {owner}, or move it above the choices"
        if item_at(scan, gap.start):
            message = f'a second list of choices begins with "{text}"'
            hint = "indent all choices alike: they are one list"
        scan.report(gap.start, indent_of(scan.lines[gap.start]) + 1, "split-choices", message, hint, section.id)


def _report_trailing(scan: Scan, section: Section, after: int) -> None:
    index = first_text(scan, after, section.body[1])
    if index is None:
        return
    message = f'found text between the choices and the first part: "{scan.lines[index].strip()[:40]}"'
    if not section.parts:
        message = f'found text below the choices: "{scan.lines[index].strip()[:40]}"'
    marks = "#" * (section.heading.depth + 1)
    hint = f"move it above the choices, under  {marks} Explanation, or indent it by four spaces to keep it in a choice"
    scan.report(index, 1, "text-after-choices", message, hint, section.id)


def _hidden_choices(scan: Scan, section: Section) -> tuple[Choice, ...]:
    """No choices where they belong: they may stand below a part, or be indented so far that they are code."""
    for heading, end in section.parts:
        reading = read_choices(scan, heading.last + 1, end)
        if reading and reading.is_sure:
            message = f"the part {heading.title} stands before the choices"
            hint = "move it below the task list: the stem and the choices come first"
            scan.report(heading.first, 1, "part-before-choices", message, hint, section.id)
            return ()
    start, end = section.body
    for index in range(start, end):
        item = item_at(scan, index, ANY)
        if item and item.kind == "box" and section.kind == "choice":
            spaces = indent_of(scan.lines[index])
            message = f"the task list is indented by {spaces} columns, so it does not stand at the question's own level"
            hint = f"start it at the beginning of the line:  {scan.lines[index].strip()}"
            scan.report(index, spaces + 1, "no-choices", message, hint, section.id)
            items, _ = read_items(scan, index, end)
            return tuple(make_choice(scan, item, n) for n, item in enumerate(items))
    return ()


def _report_inner_boxes(scan: Scan, section: Section, reading: Reading) -> None:
    """A box below a choice: a choice that is indented too far, or a list that would look like choices."""
    column = indent_of(scan.lines[reading.first]) + 1
    taken = {item.index for item in reading.items}
    for item in (b for b in boxes(scan, section.body[0], reading.first, code=True) if b.correct):
        message = f'found "{item.found}" above the choices: the first list at the question\'s own level holds them'
        hint = f"start it in column {column} to make it a choice, or put it into a fence"
        scan.report(item.index, item.column, "split-choices", message, hint, section.id)
    if all(index in taken or "[" not in scan.lines[index] for index in range(reading.first, reading.end)):
        return
    position = -1
    shown: set[int] = set()
    for item in boxes(scan, reading.first, reading.end, among=column + 2):
        if item.index in taken:
            position += 1
        if item.index in taken or position in shown:
            continue
        shown.add(position)
        message = f'found "{item.found}" inside choice {letter(position)}'
        hint = f"start it in column {column} to make it a choice; inside one use a plain list, or a code span for [x]"
        scan.report(item.index, item.column, "split-choices", message, hint, section.id)


def _report_part_boxes(scan: Scan, section: Section) -> None:
    for heading, end in section.parts:
        for item in boxes(scan, heading.last + 1, end):
            if item.correct:
                message = f'found "{item.found}" in the part {heading.title}: only choices have boxes'
                hint = "use a plain list, or a code span for the text [x]"
                scan.report(item.index, item.column, "split-choices", message, hint, section.id)


def _report_card_boxes(scan: Scan, section: Section) -> None:
    for item in boxes(scan, section.heading.last + 1, section.end):
        if item.correct:
            message = f'found "{item.found}" in a flashcard: it has no choices'
            hint = "make it a  .choice  question, use a plain list, or a code span for the text [x]"
            scan.report(item.index, item.column, "split-choices", message, hint, section.id)


def _blocks(scan: Scan, section: Section, choices: tuple[Choice, ...]) -> tuple[Block, ...]:
    found: list[Block] = []
    for fence in runnable(scan.fences, section.heading.first, section.end):
        place = _place(scan, section, fence.first, choices)
        default = "" if any(b.id == section.id for b in found) else section.id
        found.append(read_block(scan, fence, place, section.id, default))
    return tuple(found)


def _place(scan: Scan, section: Section, index: int, choices: tuple[Choice, ...]) -> str:
    for heading, end in section.parts:
        if heading.first <= index < end:
            return part_name(heading).lower()
    if section.kind == "flashcard":
        return "back"
    return "choice" if choices and scan.number(index) > choices[0].line else "stem"
