"""One question's section: attributes, stem, choices, parts, blocks."""

from dataclasses import dataclass
from itertools import pairwise

from quiz_plugin.model import KINDS, PARTS, Attribute, Block, Choice, Part, Question, Settings, Text
from quiz_plugin.parse.attributes import values
from quiz_plugin.parse.blocks import read_block, runnable
from quiz_plugin.parse.choices import Item, find_list, item_at, make_choice, make_text, read_items
from quiz_plugin.parse.scan import Heading, Scan, indent_of
from quiz_plugin.problems import did_you_mean, one_of

REPEATABLE = ("Hint",)
EXAMPLE_CHOICE = "- [ ] The smallest absolute weights"


@dataclass(frozen=True, slots=True)
class Section:
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
    stem, choices = _body(scan, section)
    parts = tuple(_part(scan, section, h, e) for h, e in section.parts)
    _report_stray_boxes(scan, section)
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
        elif part.title in PARTS:
            _unknown_part(scan, heading, part, f"stands {part.depth - heading.depth} levels below its question")
    return found


def _unknown_part(scan: Scan, heading: Heading, part: Heading, what: str) -> None:
    marks = "#" * (heading.depth + 1)
    near = did_you_mean(part.title, PARTS) if part.title not in PARTS else ""
    scan.report(
        part.first,
        1,
        "unknown-part",
        f'"{part.title}" {what}{near}',
        f"parts are headings one level below the question:  {marks} Explanation  ({one_of(PARTS)})",
        _id(heading),
    )


def _id(heading: Heading) -> str:
    return next(iter(values(heading.attributes, "#")), "")


def _part(scan: Scan, section: Section, heading: Heading, end: int) -> Part:
    if heading.title not in PARTS:
        _unknown_part(scan, section.heading, heading, "is not a part of a question")
    elif heading.attributes:
        extra = heading.attributes[0]
        message = f"the part {heading.title} takes no attributes, found {_shown(extra)}"
        scan.report(heading.first, extra.column, "unknown-attribute", message, "leave the braces out", section.id)
    body = make_text(scan, heading.last + 1, end)
    return Part(heading.title, body, scan.number(heading.first))


def _shown(attribute: Attribute) -> str:
    if attribute.name in ".#":
        return f"{attribute.name}{attribute.value}"
    return f'{attribute.name}="{attribute.value}"' if attribute.value else attribute.name


def _body(scan: Scan, section: Section) -> tuple[Text, tuple[Choice, ...]]:
    start, end = section.body
    if section.kind == "flashcard":
        return make_text(scan, start, section.end), ()
    first, above = find_list(scan, start, end)
    if first is None:
        _report_late_choices(scan, section)
        return make_text(scan, start, end), ()
    items, after = read_items(scan, first, end)
    _report_items(scan, section, above, items)
    _report_trailing(scan, section, after, end)
    good = [i for i in items if i.kind == "box"]
    return make_text(scan, start, first), tuple(make_choice(scan, item, n) for n, item in enumerate(good))


def _report_items(scan: Scan, section: Section, above: list[Item], items: list[Item]) -> None:
    for item in [*above, *items]:
        if item.kind == "bad":
            message = f'expected a box "[ ]" or "[x]" and a space, found "{item.found}"'
            scan.report(item.index, item.column, "bad-checkbox", message, EXAMPLE_CHOICE, section.id)
        elif item.kind != "box":
            what = "a numbered choice" if item.kind == "number" else "a list item without a box among the choices"
            message = f'found {what}, "{item.found}"'
            hint = f"each choice is a bullet with a box, for example:  {EXAMPLE_CHOICE}"
            scan.report(item.index, item.column, "wrong-marker", message, hint, section.id)


def _report_trailing(scan: Scan, section: Section, after: int, end: int) -> None:
    index = next((i for i in range(after, end) if scan.lines[i].strip()), None)
    if index is None:
        return
    second, _ = find_list(scan, index, end)
    if second is not None:
        message = "a second task list: only the first one holds the choices"
        hint = "keep all choices in one list; indent what belongs to a choice by four spaces"
        scan.report(second, indent_of(scan.lines[second]) + 1, "split-choices", message, hint, section.id)
        return
    message = f'found text between the choices and the first part: "{scan.lines[index].strip()[:40]}"'
    hint = "move it above the choices, under ### Explanation, or indent it by four spaces to make it part of a choice"
    scan.report(index, 1, "text-after-choices", message, hint, section.id)


def _report_late_choices(scan: Scan, section: Section) -> None:
    for heading, end in section.parts:
        index, _ = find_list(scan, heading.last + 1, end)
        if index is not None:
            message = f"the part {heading.title} stands before the choices"
            hint = "move it below the task list: the stem and the choices come first"
            scan.report(heading.first, 1, "part-before-choices", message, hint, section.id)
            return


def _report_stray_boxes(scan: Scan, section: Section) -> None:
    """Every [x] that is not a choice's mark: in a part, below a choice, in the stem."""
    marked = {p.line for p in scan.problems if p.code in ("split-choices", "bad-checkbox", "wrong-marker")}
    taken = _choice_lines(scan, section)
    for index in range(section.heading.last + 1, section.end):
        line = scan.lines[index]
        if "[" not in line or scan.opaque[index] or index in taken or scan.number(index) in marked:
            continue
        item = item_at(scan, index, most=1000)
        if item and (item.kind in ("bad", "number") or item.mark == "x"):
            message = f'found "{item.found}" outside the choices'
            hint = "choices are the first task list of a question; elsewhere use a plain list, or a code span for [x]"
            scan.report(index, item.column, "split-choices", message, hint, section.id)


def _choice_lines(scan: Scan, section: Section) -> set[int]:
    start, end = section.body
    if section.kind == "flashcard":
        return set()
    first, _ = find_list(scan, start, end)
    if first is None:
        late = next((h for h, e in section.parts if find_list(scan, h.last + 1, e)[0] is not None), None)
        return set() if late is None else set(range(late.first, section.end))
    return {item.index for item in read_items(scan, first, end)[0]}


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
            return heading.title.lower()
    if section.kind == "flashcard":
        return "back"
    return "choice" if choices and scan.number(index) > choices[0].line else "stem"


def nested_pairs(headings: list[Heading]) -> list[tuple[Heading, Heading]]:
    """Question headings that stand inside the question before them."""
    return [(a, b) for a, b in pairwise(headings) if b.depth > a.depth]
