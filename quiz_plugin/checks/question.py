"""What can be wrong in one question, without running anything."""

import re
from collections.abc import Iterator

from quiz_plugin.model import KINDS, LETTERS, LEVELS, SKILLS, Attribute, Choice, Question
from quiz_plugin.plain import folded
from quiz_plugin.problems import CODES, did_you_mean, one_of
from quiz_plugin.settings import Project

Found = Iterator[tuple[int, int, str, str, str]]
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
NUMBER = re.compile(r"[1-9]\d{0,5}")
ATTRIBUTES = ("level", "topics", "skill", "points", "seconds", "shuffle", "ignore")


def heading(question: Question, project: Project) -> Found:
    """Kind, id and attribute names."""
    name = f'"{question.title}"'
    kinds = [a for a in question.attributes if a.name == "." and a.value in KINDS]
    if len(kinds) > 1:
        message = f"{name} has two kinds, .{kinds[0].value} and .{kinds[1].value}"
        yield question.line, kinds[1].column, "unknown-kind", message, "keep one of them"
    if not question.id:
        hint = f"give it one:  {{ .{question.kind} #{_slug(question.title)} }}"
        yield question.line, 1, "missing-id", f"{name} has no id", hint
    elif not SLUG.fullmatch(question.id):
        message = f'the id "{question.id}" is not a lower-case slug'
        hint = f"use a to z, digits and single hyphens, for example:  #{_slug(question.id)}"
        yield question.line, question.column_of("#"), "bad-id", message, hint
    for attribute in question.attributes:
        yield from _known(question, attribute)


def _known(question: Question, attribute: Attribute) -> Found:
    if attribute.name == "." and attribute.value not in KINDS:
        message = f'class ".{attribute.value}" means nothing on a question'
        yield question.line, attribute.column, "unknown-attribute", message, "leave it out"
    elif attribute.name == "#" and attribute.value != question.id:
        message = f'a second id, "{attribute.value}"'
        yield question.line, attribute.column, "unknown-attribute", message, "a question has one id"
    elif attribute.name not in (".", "#", *ATTRIBUTES):
        message = f'unknown attribute "{attribute.name}"{did_you_mean(attribute.name, ATTRIBUTES)}'
        yield question.line, attribute.column, "unknown-attribute", message, f"the attributes are {one_of(ATTRIBUTES)}"


def _slug(text: str) -> str:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return "-".join(words[:5]) or "an-id"


def attribute_values(question: Question, project: Project) -> Found:
    """Attributes that can only have certain values."""
    topics = tuple(project.topics)
    lists = {"level": LEVELS, "skill": SKILLS, "shuffle": ("true", "false"), "topics": topics, "ignore": _ignorable()}
    for attribute in question.attributes:
        allowed = lists.get(attribute.name)
        words = attribute.value.split() if attribute.name in ("topics", "ignore") else [attribute.value]
        if attribute.name in ("points", "seconds") and not NUMBER.fullmatch(attribute.value):
            message = f'{attribute.name} is "{attribute.value}", expected a whole number above 0'
            yield question.line, attribute.column, "bad-value", message, f'for example:  {attribute.name}="2"'
        elif allowed:
            yield from _listed(question.line, attribute, words, allowed)
    for name, value in question.defaults.items():
        if allowed := lists.get(name):
            unset = not any(a.name == name for a in question.attributes)
            words = value.split() if name == "topics" else [value]
            if unset:
                yield from _listed(question.line, Attribute(name, value, 1), words, allowed)


def _listed(line: int, attribute: Attribute, words: list[str], allowed: tuple[str, ...]) -> Found:
    for word in words or [""]:
        if word not in allowed:
            what = "names" if attribute.name in ("topics", "ignore") else "is"
            message = f'{attribute.name} {what} "{word}"{did_you_mean(word, allowed)}'
            hint = f"{'any of' if what == 'names' else 'one of'} {one_of(allowed)}"
            yield line, attribute.column, "bad-value", message, hint


def _ignorable() -> tuple[str, ...]:
    return tuple(code for code, about in CODES.items() if about.severity == "warning")


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
        yield question.choices[0].line, 1, "one-choice", f"{name} has one choice", hint
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
    seen: dict[str, Choice] = {}
    for choice in question.choices:
        text = folded(choice.body.source)
        if not choice.body:
            message = f"choice {choice.letter} is empty"
            hint = "write what it says after the box, or delete the line"
            yield choice.line, choice.column, "empty-choice", message, hint
        elif text and text in seen:
            first = seen[text]
            message = f"choice {choice.letter} says the same as choice {first.letter} in line {first.line}"
            yield choice.line, choice.column, "duplicate-choice", message, "change one of them, or delete it"
        seen.setdefault(text, choice)


def parts(question: Question, project: Project) -> Found:
    """Parts that stand twice or are empty; an Explanation must be there."""
    seen: dict[str, int] = {}
    for part in question.parts:
        if part.kind in seen and part.kind != "Hint":
            message = f"{part.kind} stands twice, first in line {seen[part.kind]}"
            yield part.line, 1, "repeated-part", message, "join the two; only Hint can be repeated"
        seen.setdefault(part.kind, part.line)
        if not part.body:
            yield part.line, 1, "empty-part", f"{part.kind} is empty", "write it, or delete the heading"
    if question.kind != "flashcard" and question.choices and "Explanation" not in seen:
        message = f'question "{question.id}" has no Explanation'
        hint = f"say why the key is right:  {'#' * (question.depth + 1)} Explanation"
        yield question.line, 1, "missing-explanation", message, hint


def emptiness(question: Question, project: Project) -> Found:
    """A heading with nothing under it."""
    if not (question.stem or question.choices or question.parts):
        message = f'"{question.title}" is a question with nothing under it'
        hint = "write its back" if question.kind == "flashcard" else "write its choices, or take the class away"
        yield question.line, 1, "empty-question", message, hint
