"""What a piece of Markdown says once its markup is taken off: for comparing choices and outputs."""

import html
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from quiz_plugin.regex import regex

FENCE_LINE = regex(r"^[ \t]*(?:`{3,}|~{3,})[^\n]*$", re.MULTILINE)
TICKS = regex("`+")
# With its white space, so that a text is split and joined again.
PARAGRAPH_END = regex(r"(\n[ \t]*\n)")
STARS = regex(r"(?<!\\)(\*{1,3})(?=[^\s*])([^*\n]+?)(?<=[^\s\\])\1")
UNDERSCORES = regex(r"(?<![\w\\])(_{1,3})(?=[^\s_])([^_\n]+?)(?<=[^\s\\])\1(?!\w)")
LINK = regex(r"(?<!!)\[([^\[\]\n]*)\](?:\([^()\n]*\)|\[[^\[\]\n]*\])")
IMAGE = regex(r"!\[([^\[\]\n]*)\]\([^()\n]*\)")
COMMENT = regex(r"<!--.*?-->", re.DOTALL)
TAG = regex(r"</?(?!(?:img|svg|video|audio|iframe|object)\b)[a-zA-Z][\w-]*(?:\s[^<>]*)?/?>")
# What has none of these says what it says.
MARKUP = regex(r"[`~*_\[<&\\\ue0f5]")
# A private-use character stands for each piece of code while the markup around it is taken off.
CODE = "\ue0f5"
NOT_AN_END = regex(r"[^\n]")
ESCAPE = regex(r"\\([!-/:-@\[-`{-~])")


@lru_cache(maxsize=4096)
def plain(source: str) -> str:
    """The text without fences, code spans, emphasis, links and tags, its white space folded line by line."""
    if not MARKUP.search(source):
        return _tidied(source)
    text, code = _parted(source)
    return _tidied(_joined(_unmarked(text), code))


def folded(source: str) -> str:
    """As `plain`, on one line, and without case but in code: two choices with the same value say the same.

    Two images are the same only with the same address.
    """
    if not MARKUP.search(source):
        return " ".join(source.casefold().split())
    text, code = _parted(source)
    return " ".join(_joined(_unmarked(text, images=False).casefold(), code).split())


def folded_output(text: str) -> str:
    """Output as `plain` leaves a choice: white space folded line by line."""
    return _tidied(text)


def _tidied(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _parted(source: str) -> tuple[str, list[str]]:
    """The text with CODE for each piece of code, and these pieces."""
    code: list[str] = []
    out, prose = list[str](), list[str]()
    fence = ""
    for line in source.replace(CODE, "").split("\n"):
        bare = line.strip()
        if fence and bare != fence:
            code[-1] += line + "\n"
        elif fence:
            fence = ""
        elif FENCE_LINE.match(line) and bare[0] not in bare.lstrip(bare[0]):
            out += [_without_spans("\n".join(prose), code), f"\n{CODE}\n"]
            fence, prose = bare[: len(bare) - len(bare.lstrip(bare[0]))], []
            code.append("")
        else:
            prose.append(line)
    return "".join([*out, _without_spans("\n".join(prose), code)]), code


def _joined(text: str, code: list[str]) -> str:
    pieces = text.split(CODE)
    return "".join([piece for pair in zip(pieces, [*code, ""], strict=False) for piece in pair])


def without_code(lines: Iterable[str]) -> str:
    """The lines with nothing in the place of code blocks and spans; all else keeps its line and column."""
    whole = "\n".join(lines)
    if "`" not in whole and "~~~" not in whole:
        return whole
    found, fence = list[str](), ""
    for line in whole.split("\n"):
        bare = line.strip().lstrip("> ")
        if fence:
            fence = "" if bare == fence else fence
            found.append("")
        elif bare.startswith(("```", "~~~")) and bare[0] not in bare.lstrip(bare[0]):
            fence = bare[: len(bare) - len(bare.lstrip(bare[0]))]
            found.append("")
        else:
            found.append(line)
    return "".join(map(blank_code, PARAGRAPH_END.split("\n".join(found))))


def blank_code(paragraph: str) -> str:
    """The paragraph with a space for each character of its code spans; every other one keeps its place."""
    out, last = list[str](), 0
    for start, _, end in _spans(paragraph):
        out += [paragraph[last:start], NOT_AN_END.sub(" ", paragraph[start:end])]
        last = end
    return "".join([*out, paragraph[last:]])


def _without_spans(text: str, code: list[str]) -> str:
    out, last = list[str](), 0
    for start, ticks, end in _spans(text):
        out += [text[last:start], CODE]
        code.append(text[start + ticks : end - ticks].strip())
        last = end
    return "".join([*out, text[last:]])


def _spans(text: str) -> Iterator[tuple[int, int, int]]:
    """Where each code span begins, how many backticks it has on either side, and where it ends."""
    if "`" not in text:
        return
    runs = list(TICKS.finditer(text))
    # For each run of backticks the next one of the same length, found from the end in one pass.
    nearest: dict[int, int] = {}
    closing: list[int | None] = [None] * len(runs)
    for n in range(len(runs) - 1, -1, -1):
        length = len(runs[n][0])
        closing[n] = nearest.get(length)
        nearest[length] = n
    n = 0
    while n < len(runs):
        end = closing[n]
        if end is not None and not _is_escaped(text, runs[n].start()):
            yield runs[n].start(), len(runs[n][0]), runs[end].end()
            n = end
        n += 1


def _is_escaped(text: str, index: int) -> bool:
    first = index
    while first and text[first - 1] == "\\":
        first -= 1
    return (index - first) % 2 == 1


def _unmarked(text: str, images: bool = True) -> str:
    """Without markup; an image leaves its text, or all of it when `images` is false."""
    if "<" in text:
        end = text.rfind("-->") + 3
        text = TAG.sub("", (COMMENT.sub("", text[:end]) if end > 2 else "") + text[end if end > 2 else 0 :])
    if "[" in text:
        text = LINK.sub(r"\1", IMAGE.sub(r"\1", text) if images else text)
    for _ in range(2):  # emphasis within emphasis
        if "*" in text:
            text = STARS.sub(r"\2", text)
        if "_" in text:
            text = UNDERSCORES.sub(r"\2", text)
    if "\\" in text:
        text = ESCAPE.sub(r"\1", text)
    return html.unescape(text) if "&" in text else text
