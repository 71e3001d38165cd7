"""Boxes, and what people write when they mean one.

Anywhere in a question a list item may begin with a box, or with something that is hardly anything else. Among choices,
and only there, more is taken for one: what else could an item without a box, or a line that begins `a) [x]`, be?
"""

import re
from typing import NamedTuple

from quiz_plugin.parse.spaces import ANY_SPACE, ODD_CHARACTERS, name_of, trim
from quiz_plugin.regex import regex

BOX = regex(r"\[([ xX])\](?=[ \t]|$)")
# Behind a bullet; a link, a footnote or a reference is none of these.
NEAR_BOX = regex(r"\[( ?[xXyYvV✓✔✗✘*oO√] ?|[ \t]*)\](?![(\[:])")
CLEAR_BOX = regex(rf"\[([ xX])\](?=[{ANY_SPACE}]|$)")
TIGHT_BOX = regex(r"\[([ xX])\]")
BULLETS = frozenset("-*+")
# Bullets of word processors, which Markdown does not know.
ODD_BULLETS = frozenset("–—•‣◦●▪·‐‑‒―−・→")
NUMBER = regex(r"\d{1,9}[.)]")
# White space, then what was meant for a bullet: a number or a letter with its mark, or punctuation; white space again.
LEAD = regex(
    rf"([{ANY_SPACE}]*)"
    rf"(\d{{1,9}}[.)]|\(?[^\W_]{{1,3}}[.):]\)?|(?:_|[^\w\[\](){{}}`\"'<>|\\$#~!@&^{ANY_SPACE}])"
    rf"(?:_|[^\w\[\](){{}}`\"'<|\\$#~{ANY_SPACE}]){{0,2}})?"
    rf"([{ANY_SPACE}]*)"
)
_GAP = rf"[{ANY_SPACE}]{{0,3}}"
# Letters and signs that look like an x, or that tick a box.
_X = "xXхХχΧｘＸ×✓✔√✅☑"
LOOKALIKE = regex(rf"[\[［]{_GAP}([{_X}yYvV]?)\ufe0f?{_GAP}[\]］](?=[{ANY_SPACE}]|$)")
BRACKETS = regex(
    rf"(?:\\?\[|[［【]){_GAP}([{_X}yYvVoO*+✗✘✖❌☒☐01–—-]{{1,2}}\ufe0f?|(?i:true|false|yes|no|right|wrong|ok)|){_GAP}"
    rf"(?:\\?\]|[］】]):?(?=[{ANY_SPACE}]+\S)"
)
ROUND = regex(rf"[(（]{_GAP}([{_X}]?)\ufe0f?{_GAP}[)）](?=[{ANY_SPACE}]+\S)")
STRONG = regex(rf"([*_]{{1,3}})\[([ xX])\][{ANY_SPACE}]+(?=\S)")
MEANT = regex(rf"[{_X}yYvV☒+1]|true|right|ok", re.IGNORECASE)


class Meant(NamedTuple):
    """What stands in the place of a box, or of its bullet; `text` is what follows, `found` and `note` say what it is.

    `kind` is bad (the box is wrong), loose (no bullet of Markdown) or odd (white space that is none to Markdown).
    `guessed`: only among choices it means a box.
    """

    kind: str
    correct: bool
    found: str
    text: str
    note: str = ""
    guessed: bool = False


def near_box(body: str) -> Meant | None:
    """What is hardly anything but a box at the start of a list item's text."""
    match = NEAR_BOX.match(body)
    if match is None:
        return None
    return Meant(
        "bad", _is_meant(match[1]), _with_behind(body, match.end()), trim(body[match.end() :]), _note(match[1])
    )


def guessed_box(body: str) -> Meant | None:
    """What was meant for a box at the start of a list item's text, among choices."""
    if match := BRACKETS.match(body) or ROUND.match(body):
        return Meant("bad", _is_meant(match[1]), match[0], trim(body[match.end() :]), _note(match[0]), guessed=True)
    if match := STRONG.match(body):
        return Meant("bad", match[2] != " ", trim(match[0]), match[1] + body[match.end() :], guessed=True)
    lead = LEAD.match(body)
    if lead and lead[2] and (box := CLEAR_BOX.match(body, lead.end())):
        return Meant("bad", box[1] != " ", body[: box.end()], trim(body[box.end() :]), guessed=True)
    return None


def unusual_item(line: str, among: bool) -> Meant | None:
    """What a line was meant for that is no list item to Markdown; `among` choices, more than elsewhere."""
    lead = LEAD.match(line)
    if lead is None:
        return None
    before, bullet, behind = lead.groups(default="")
    end, shown = lead.end(), trim(line)
    box = CLEAR_BOX.match(line, end)
    odd = _odd_space(before, behind) if bullet in BULLETS or NUMBER.fullmatch(bullet) else ""
    if box and odd:
        return Meant("odd", box[1] != " ", shown[:40], trim(line[box.end() :]), odd)
    if bullet in BULLETS and not behind and (box := TIGHT_BOX.match(line, end)):
        return Meant("bad", box[1] != " ", shown[:20], trim(line[box.end() :]))
    if box and (bullet in ODD_BULLETS or (among and not bullet)):
        return Meant("loose", box[1] != " ", shown[:40], trim(line[box.end() :]))
    return _guessed_item(line, before, bullet, behind) if among else None


def _guessed_item(line: str, before: str, bullet: str, behind: str) -> Meant | None:
    shown, end = trim(line), len(before) + len(bullet) + len(behind)
    if strong := STRONG.match(line, len(before)):
        return Meant("loose", strong[2] != " ", shown[:40], strong[1] + line[strong.end() :], guessed=True)
    of_markdown = bullet in BULLETS
    if of_markdown and (bullet != "*" or "*" not in line[end:]):
        box = NEAR_BOX.match(line, end) or BRACKETS.match(line, end) or ROUND.match(line, end)
        if box is None:
            return None
        text, odd = trim(line[box.end() :]), _odd_space(before, behind)
        if odd:
            return Meant("odd", _is_meant(box[1]), shown[:40], text, odd, guessed=True)
        return Meant("bad", _is_meant(box[1]), shown[:20], text, _note(box[0]), guessed=True)
    box = LOOKALIKE.match(line, end)
    if box is None or (not bullet and (box[0] in ("[]", "［］") or box[1] in (*"yYvV",))):
        return None
    return Meant("loose", _is_meant(box[1]), shown[:40], trim(line[box.end() :]), _note(box[0]), guessed=True)


def _is_meant(mark: str) -> bool:
    return MEANT.search(mark) is not None


def _with_behind(body: str, end: int) -> str:
    """The near box, which ends at `end`, with what is stuck to it."""
    behind = body[end : end + 1]
    if behind and behind in ODD_CHARACTERS:
        return f"{body[:end]} and {name_of(behind)}"
    return body[:end] + body[end:].split(maxsplit=1)[0][:12] if behind.strip() else body[:end]


def _odd_space(before: str, behind: str) -> str:
    """What is odd about the white space around a bullet, in words."""
    for space, where in ((before, "before"), (behind, "behind")):
        if character := next((c for c in space if c in ODD_CHARACTERS), ""):
            return f"{name_of(character)} {where} the bullet"
    return ""


def _note(found: str) -> str:
    """In brackets, the name of a character that looks like another."""
    return next((f" ({name_of(c)})" for c in found if c in "хХχΧ×" or c in ODD_CHARACTERS), "")
