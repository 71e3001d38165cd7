"""White space as Python-Markdown counts it: a tab goes on to the next multiple of four. And what only looks like it."""

import re
import unicodedata

# First and last of each run of characters that show as a space or not at all, and are no space to Markdown.
_RUNS = """0-8 b-c e-1f 7f-a0 ad-ad 34f-34f 61c-61c 1680-1680 180e-180e 2000-200f 2028-202f 205f-206f
3000-3000 fe0f-fe0f feff-feff"""
_PAIRS = [tuple(int(end, 16) for end in run.split("-")) for run in _RUNS.split()]
ODD_CHARACTERS = "".join(chr(code) for first, last in _PAIRS for code in range(first, last + 1))
# For a class of a regular expression: the same, and the same with spaces and tabs.
ODD = re.escape(ODD_CHARACTERS)
ANY_SPACE = rf" \t{ODD}"
NAMES = {"\x0b": "vertical tab", "\x0c": "form feed", "\x85": "next line", "\ufeff": "byte order mark"}

# With these a page is written out on its way through Markdown (marks.py); an author's would pass for ours.
MARK_CHARACTERS = "\ue0f0\ue0f1\ue0f2"
REPLACED = dict.fromkeys(map(ord, MARK_CHARACTERS), "\ufffd")


def without_marks(text: str) -> str:
    """The text, as long as it was, with a replacement character for each of MARK_CHARACTERS."""
    return text.translate(REPLACED) if any(character in text for character in MARK_CHARACTERS) else text


def width(text: str) -> int:
    """Columns that white space takes."""
    return len(text.expandtabs(4)) if "\t" in text else len(text)


def indent_of(line: str) -> int:
    """Columns of white space that the line starts with."""
    return width(line[: len(line) - len(line.lstrip(" \t"))])


def cut(line: str, columns: int) -> str:
    """The line without its first `columns` columns of white space, or without all that it has."""
    body = line.lstrip(" \t")
    return " " * max(0, indent_of(line) - columns) + body


def trim(text: str) -> str:
    """The text without white space of any kind at its ends."""
    return text.strip(f" \t\n{ODD_CHARACTERS}")


def name_of(character: str) -> str:
    """What a character is called, with its article."""
    name = NAMES.get(character) or unicodedata.name(character, f"control character U+{ord(character):04X}").lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
