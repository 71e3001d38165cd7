"""What can be wrong in one question, without running anything."""

import re
import unicodedata
from collections.abc import Iterator

from quiz_plugin.model import LETTERS, Choice, Question
from quiz_plugin.parse.spaces import ODD_CHARACTERS
from quiz_plugin.plain import folded
from quiz_plugin.regex import regex
from quiz_plugin.settings import Project

# Markup that holds words which the reader does not see.
UNSEEN = regex(r"[\[<&\\~]|```")
NO_WORD = bytes(code for code in range(128) if not chr(code).isalnum())
UNSEEN_CHARACTERS = str.maketrans(dict.fromkeys(ODD_CHARACTERS, " "))
# Emphasis of nothing, which Markdown shows as it is written.
EMPTY_EMPHASIS = regex(r"[*_\s]{4,}")
# Lines that put nothing on the page: definitions of links, footnotes and abbreviations, and rules.
NOTHING = regex(r"^ {0,3}(?:\*?\[[^\]\n]+\]:.*|([-*_])(?:[ \t]*\1){2,}[ \t]*)$", re.MULTILINE)
# An element of its own look, or one that a script fills.
FILLED = regex(r"<[a-zA-Z][\w-]*\s[^<>]*=")
STEP = regex(r"^ {0,3}\d{1,9}\.[ \t]+\S", re.MULTILINE)
FENCE = regex(r"^[ \t]*(`{3,}|~{3,})", re.MULTILINE)
Found = Iterator[tuple[int, int, str, str, str]]


def choices(question: Question, project: Project) -> Found:
    """The number of choices and of keys."""
    name, count = f'question "{question.id}"', len(question.choices)
    if question.kind == "explain":
        yield from _concepts(question)
    if question.kind != "choice" or not (question.stem or count or question.parts):
        return
    line = question.line
    if count == 0:
        yield line, 1, "no-choices", f"{name} has no choices", "add a task list, for example:  - [x] The right one"
    elif count == 1:
        hint = "add at least one distractor:  - [ ] …"
        yield question.choices[0].line, question.choices[0].column, "one-choice", f"{name} has one choice", hint
    elif not question.key:
        hint = "mark one with [x], for example:  - [x] The smallest absolute weights"
        yield line, 1, "no-correct-choice", f"{name} marks no choice as correct", hint
    elif len(question.key) == count:
        message = f"{name} marks all {count} choices as correct"
        yield line, 1, "all-correct", message, "leave [ ] at the wrong ones, or add one that is wrong"
    if count > len(LETTERS):
        message = f"{name} has {count} choices, expected at most {len(LETTERS)}"
        yield line, 1, "too-many-choices", message, "split the question"


def _concepts(question: Question) -> Found:
    if not question.choices and (question.stem or question.parts):
        message = f'question "{question.id}" lists no concepts'
        yield question.line, 1, "no-choices", message, "add the concepts of a good answer as a task list:  - [ ] …"
    for choice in question.choices:
        if choice.correct:
            message = "found [x] in an .explain question: its boxes are the reader's to tick"
            yield choice.line, choice.column, "bad-checkbox", message, "write [ ]"


def choice_texts(question: Question, project: Project) -> Found:
    """Choices that say nothing, or the same."""
    if _surely_differ([choice.body.source for choice in question.choices]):
        return
    seen: dict[str, Choice] = {}
    for choice in question.choices:
        text = _said(choice.body.source)
        if not text:
            message = f"choice {choice.letter} is empty"
            hint = "write what it says after the box, or delete the line"
            yield choice.line, choice.column, "empty-choice", message, hint
        elif text in seen:
            first = seen[text]
            message = f"choice {choice.letter} says the same as choice {first.letter} in line {first.line}"
            yield choice.line, choice.column, "duplicate-choice", message, "change one of them, or delete it"
        seen.setdefault(text, choice)


def _surely_differ(sources: list[str]) -> bool:
    """Whether letters and digits alone tell the choices apart, which spares nearly all questions the closer look."""
    whole = "\n".join(sources)
    if not whole.isascii() or UNSEEN.search(whole):
        return False
    words = {source.lower().encode().translate(None, NO_WORD) for source in sources}
    return len(words) == len(sources) and b"" not in words


def _said(source: str) -> str:
    """What a text says to its reader, folded; two ways to write an accent are one."""
    if EMPTY_EMPHASIS.fullmatch(source):
        return ""
    return " ".join(folded(unicodedata.normalize("NFC", source)).translate(UNSEEN_CHARACTERS).split())


def _says_nothing(source: str) -> bool:
    """Whether a part shows nothing at all."""
    if source[:1].isalnum() or FILLED.search(source):
        return False
    return not _said(NOTHING.sub("", source))


def parts(question: Question, project: Project) -> Found:
    """Parts that stand twice or are empty; an Explanation must be there."""
    seen: dict[str, int] = {}
    for part in question.parts:
        if part.kind in seen and part.kind != "Hint":
            message = f"{part.kind} stands twice, first in line {seen[part.kind]}"
            yield part.line, 1, "repeated-part", message, "join the two; only Hint can be repeated"
        seen.setdefault(part.kind, part.line)
        # A Source without a link has a problem of its own, unless there is nothing at all.
        about_links = part.kind == "Source" and part.body.source.strip()
        if _says_nothing(part.body.source) and not about_links:
            yield part.line, 1, "empty-part", f"{part.kind} is empty", "write it, or delete the heading"
        elif part.kind == "Steps" and not _has_steps(part.body.source):
            message = "Steps holds no ordered list"
            yield part.line, 1, "unordered-steps", message, "number the steps of the solution:  1. Sort the weights."
    if question.kind != "flashcard" and question.choices and "Explanation" not in seen:
        message = f'question "{question.id}" has no Explanation'
        hint = f"say why the key is right:  {'#' * (question.depth + 1)} Explanation"
        yield question.line, 1, "missing-explanation", message, hint


def _has_steps(source: str) -> bool:
    fence = ""
    for line in source.split("\n"):
        mark = FENCE.match(line)
        if fence:
            fence = "" if mark and line.strip() == fence else fence
        elif mark:
            fence = mark[1]
        elif STEP.match(line):
            return True
    return False


def emptiness(question: Question, project: Project) -> Found:
    """A heading with nothing under it, or without a text of its own."""
    if not question.title:
        message = f'the heading of question "{question.id}" has no text'
        yield question.line, 1, "empty-question", message, f"ask something:  {'#' * question.depth} Which …? {{ … }}"
    if not (question.stem or question.choices or question.parts):
        message = f'"{question.title}" is a question with nothing under it'
        hint = "write its back" if question.kind == "flashcard" else "write its choices, or take the class away"
        yield question.line, 1, "empty-question", message, hint
