"""What can be wrong between the braces of a question's heading."""

import re
from collections.abc import Iterator

from quiz_plugin.model import KINDS, LEVELS, SKILLS, Attribute, Page, Question
from quiz_plugin.parse.attributes import CURLY, broken_syntax
from quiz_plugin.parse.front_matter import MOST_SECONDS
from quiz_plugin.problems import CODES, did_you_mean, one_of
from quiz_plugin.settings import Project

Found = Iterator[tuple[int, int, str, str, str]]
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
NUMBER = re.compile(r"[1-9][0-9]{0,5}")
# The numbers, with the most that each can be.
MOST = {"points": 1000, "seconds": MOST_SECONDS}
# Each attribute with an example, which hints show.
EXAMPLES = {
    "level": "level=beginner",
    "topics": 'topics="pruning quantization"',
    "skill": "skill=concept",
    "outcomes": 'outcomes="measure choose"',
    "points": "points=2",
    "seconds": "seconds=90",
    "shuffle": "shuffle=true",
    "ignore": 'ignore="longest-is-key"',
}
ATTRIBUTES = tuple(EXAMPLES)
LISTS = ("topics", "outcomes", "ignore")
TRUTH = ("true", "false")
WARNINGS = tuple(code for code, about in CODES.items() if about.severity == "warning")


def kind_and_id(question: Question, project: Project) -> Found:
    """One kind, and an id that is a slug."""
    name = f'"{question.title}"'
    kinds = [a for a in question.attributes if a.name == "." and a.value in KINDS]
    if len(kinds) > 1:
        message = f"{name} has two kinds, .{kinds[0].value} and .{kinds[1].value}"
        yield question.line, kinds[1].column, "unknown-kind", message, "keep one of them"
    written = next((a for a in question.attributes if a.name == "id" and a.value), None)
    if question.id and not SLUG.fullmatch(question.id):
        message = f'the id "{question.id}" is not a lower-case slug'
        hint = f"use a to z, digits and single hyphens, for example:  #{slug(question.id)}"
        yield question.line, question.column_of("#"), "bad-id", message, hint
    elif not question.id and written:
        message = f'the id is written as id="{written.value}"'
        yield (
            question.line,
            written.column,
            "missing-id",
            message,
            f"write it with #, for example:  #{slug(written.value)}",
        )
    elif not question.id:
        hint = f"give it one:  {{ .{question.kind} #{slug(question.title)} }}"
        yield question.line, 1, "missing-id", f"{name} has no id", hint


def slug(text: str) -> str:
    """A lower-case slug of the first five words."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return "-".join(words[:5]) or "an-id"


def names(question: Question, project: Project) -> Found:
    """Attributes that there are, each once, each written as attr_list has it."""
    if broken := _broken_syntax(question.attributes):
        column, message, hint = broken
        yield question.line, column, "bad-value", message, hint
        return
    seen: set[str] = set()
    for attribute in question.attributes:
        at = question.line, attribute.column
        if attribute.name in seen:
            message = f'the attribute "{attribute.name}" stands twice'
            yield *at, "unknown-attribute", message, "keep one of the two"
        elif attribute.name == "." and attribute.value not in KINDS:
            message = f'the class ".{attribute.value}" means nothing on a question'
            yield *at, "unknown-attribute", message, "leave it out"
        elif attribute.name == "#" and attribute.value != question.id:
            message = f'found a second id, "{attribute.value}"'
            yield *at, "unknown-attribute", message, f"a question has one id; keep  #{question.id}"
        elif attribute.name not in (".", "#", "id", *ATTRIBUTES) or (attribute.name == "id" and question.id):
            message = f'there is no attribute "{attribute.name}"{did_you_mean(attribute.name, ATTRIBUTES)}'
            yield *at, "unknown-attribute", message, f"the attributes are {one_of(ATTRIBUTES)}"
        if attribute.name in ATTRIBUTES:
            seen.add(attribute.name)


def _broken_syntax(attributes: tuple[Attribute, ...]) -> tuple[int, str, str] | None:
    """Column, message and hint of what makes all tokens after it meaningless."""
    broken = broken_syntax(attributes)
    return (broken[0].column, broken[1], _example(broken[0].name)) if broken else None


def _example(name: str) -> str:
    return f"for example:  {EXAMPLES.get(name, EXAMPLES['level'])}"


def values(question: Question, project: Project) -> Found:
    """Attributes that can only have certain values."""
    if _broken_syntax(question.attributes):
        return
    allowed = _allowed(project)
    for attribute in question.attributes:
        name, value = attribute.name, attribute.value
        at = question.line, attribute.value_column or attribute.column
        if name in ATTRIBUTES and not value.strip():
            yield *at, "bad-value", f"{name} has no value", _example(name)
        elif name in ATTRIBUTES and value.strip(CURLY) != value:
            yield *at, "bad-value", f"{name} has typographic quotes: {value}", _example(name)
        elif name in MOST and not (NUMBER.fullmatch(value) and int(value) <= MOST[name]):
            wanted = f"a whole number from 1 to {MOST[name]}"
            yield *at, "bad-value", f'{name} is "{value}", expected {wanted}', _example(name)
        elif allowed.get(name):
            for column, word in _words(attribute) if name in LISTS else [(at[1], value)]:
                if word not in allowed[name]:
                    yield question.line, column, "bad-value", *_not_allowed(name, word, allowed[name])


def _allowed(project: Project) -> dict[str, tuple[str, ...]]:
    """The values of each attribute that has a list of them; an empty list allows any."""
    site = {"topics": tuple(project.topics), "outcomes": tuple(project.outcomes)}
    return {"level": LEVELS, "skill": SKILLS, "shuffle": TRUTH, "ignore": WARNINGS, **site}


def _words(attribute: Attribute) -> Iterator[tuple[int, str]]:
    for match in re.finditer(r"\S+", attribute.value):
        yield attribute.value_column + match.start(), match[0]


def _not_allowed(name: str, word: str, allowed: tuple[str, ...]) -> tuple[str, str]:
    if name in LISTS:
        return f'{name} names "{word}"{did_you_mean(word, allowed)}', f"any of {one_of(allowed)}"
    return f'{name} is "{word}"{did_you_mean(word, allowed)}', f"one of {one_of(allowed)}"


def defaults(page: Page, project: Project) -> Found:
    """Topics and outcomes of the page's defaults; level and skill are checked where the front matter is read."""
    for name in ("topics", "outcomes"):
        at = page.settings.places.get(f"defaults.{name}", (1, 1))
        known, value = _allowed(project)[name], page.settings.defaults.get(name, "")
        for word in value.split() if known else ():
            if word not in known:
                message, hint = _not_allowed(name, word, known)
                yield *at, "bad-value", f"quiz: defaults: {message}", hint


def page_topics(page: Page, project: Project) -> Found:
    """What the front matter says the page is about."""
    known = tuple(project.topics)
    for word in page.settings.topics if known else ():
        if word not in known:
            message, hint = _not_allowed("topics", word, known)
            yield *page.settings.places.get("topics", (1, 1)), "bad-value", f"quiz: {message}", hint
