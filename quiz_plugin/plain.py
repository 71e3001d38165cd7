"""What a piece of Markdown says once its markup is taken off: for comparing choices and outputs."""

import re

FENCE_LINE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[^\n]*$", re.MULTILINE)
CODE_SPAN = re.compile(r"(`+)(?!`)((?:(?!\1).)+)\1(?!`)", re.DOTALL)
EMPHASIS = re.compile(r"(\*{1,3}|_{1,3})(?=\S)([^*_\n]+?)(?<=\S)\1")
LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\n]*\)")


def plain(source: str) -> str:
    """The text without fences, code spans, emphasis and links, its white space folded line by line."""
    text = FENCE_LINE.sub("", source)
    kept: list[str] = []
    last = 0
    for match in CODE_SPAN.finditer(text):
        kept += [_unmark(text[last : match.start()]), match[2].strip()]
        last = match.end()
    kept.append(_unmark(text[last:]))
    lines = (" ".join(line.split()) for line in "".join(kept).splitlines())
    return "\n".join(line for line in lines if line)


def _unmark(text: str) -> str:
    return EMPHASIS.sub(r"\2", LINK.sub(r"\1", text)).replace("\\", "")


def folded(source: str) -> str:
    """`plain`, on one line and without case: two choices with the same value say the same."""
    return " ".join(plain(source).split()).casefold()
