"""The one model that page, checker, collector, records and exports read."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

KINDS = ("choice", "flashcard", "explain")
FUTURE_KINDS = ("numeric", "blank", "order", "match", "code")
LEVELS = ("beginner", "intermediate", "advanced", "expert")
SKILLS = ("concept", "predict", "tune", "measure", "debug")
# Modes whose questions are drawn from the whole site.
DRAWN_MODES = ("strength", "review")
# What a `<div data-quiz-…="NAME"></div>` of a page can be filled with.
PLACES = ("topic", "outcome")
PARTS = ("Hint", "Explanation", "Steps", "Mistakes", "Proof", "Source")
ENGINES = ("python", "numpy", "torch")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Problem(NamedTuple):
    """One thing that is wrong in a source file; `line` and `column` count from 1."""

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str
    severity: str = "error"
    question: str = ""

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}:{self.column}: {self.severity}[{self.code}] {self.message}"
        return f"{where}\n    {self.hint}" if self.hint else where


class Text(NamedTuple):
    """Markdown of one piece, dedented, with the source line number (from 1) of each line."""

    lines: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()

    @property
    def source(self) -> str:
        return "\n".join(self.lines)

    @property
    def line(self) -> int:
        return self.numbers[0] if self.numbers else 0

    def __bool__(self) -> bool:
        return bool(self.lines)


class Attribute(NamedTuple):
    """One token of a heading's `{ … }`; a class has the name ".", an id "#"; `value_column` is 0 without a value."""

    name: str
    value: str
    column: int
    value_column: int = 0


class Choice(NamedTuple):
    """One line of the task list: a possible answer, or a concept of an `.explain` question."""

    letter: str
    correct: bool
    body: Text
    feedback: Text
    line: int
    column: int


class Part(NamedTuple):
    """A named section that follows the choices."""

    kind: str
    body: Text
    line: int


class Block(NamedTuple):
    """A fence with `run="ENGINE"`; `place` says where: page, stem, choice, back, or a part's name in lower case."""

    id: str
    engine: str
    code: str
    options: Mapping[str, str]
    line: int
    end_line: int
    column: int
    place: str = "page"
    question: str = ""

    @property
    def expect(self) -> str:
        return self.options.get("expect", "")

    @property
    def dom_id(self) -> str:
        """The element's id in the page: a block named like its question makes way for the question."""
        return f"{self.id}-code" if self.id == self.question else self.id


@dataclass(frozen=True)
class Question:
    """A heading with a kind class and all that belongs to it; `end_line` is its last line."""

    kind: str
    id: str
    title: str
    depth: int
    line: int
    end_line: int
    attributes: tuple[Attribute, ...]
    stem: Text = field(default_factory=Text)
    choices: tuple[Choice, ...] = ()
    parts: tuple[Part, ...] = ()
    blocks: tuple[Block, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    # What the page's  [name]: address  lines say.
    addresses: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def get(self, name: str) -> str:
        """The value of an attribute, else the page's default for it, else an empty string."""
        return self._values.get(name, "")

    @cached_property
    def _values(self) -> Mapping[str, str]:
        # The first of two with one name counts.
        return {**self.defaults, **{a.name: a.value for a in reversed(self.attributes)}}

    def column_of(self, name: str) -> int:
        """The source column of an attribute, or 1 when the heading does not have it."""
        return next((a.column for a in self.attributes if a.name == name), 1)

    @property
    def level(self) -> str:
        return self.get("level")

    @property
    def skill(self) -> str:
        return self.get("skill")

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(self.get("topics").split())

    @property
    def outcomes(self) -> tuple[str, ...]:
        return tuple(self.get("outcomes").split())

    @property
    def ignored(self) -> tuple[str, ...]:
        return tuple(self.get("ignore").split())

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The letters of the correct choices, in source order."""
        return tuple(c.letter for c in self.choices if c.correct)

    def parts_named(self, kind: str) -> tuple[Part, ...]:
        return tuple(p for p in self.parts if p.kind == kind)

    @property
    def proof_block(self) -> Block | None:
        return next((b for b in self.blocks if b.place == "proof"), None)

    @property
    def stem_block(self) -> Block | None:
        return next((b for b in self.blocks if b.place == "stem"), None)

    @cached_property
    def hash(self) -> str:
        """Twelve hex digits over what the answer depends on: title, stem, choices and key."""
        pieces = [self.kind, self.title, _tidy(self.stem)]
        pieces += [f"{'x' if c.correct else ' '} {_tidy(c.body)}" for c in self.choices]
        return hashlib.sha256(_encode(pieces).encode()).hexdigest()[:12]


_encode = json.JSONEncoder(ensure_ascii=False).encode


def _tidy(text: Text) -> str:
    return "\n".join(line.rstrip() for line in text.lines).strip()


class Control(NamedTuple):
    """One input of a lab; `kind`: range (lowest, highest, step), choices (value and words each) or switch."""

    name: str
    label: str
    kind: str
    value: object
    unit: str = ""
    range: tuple[float, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()


class Lab(NamedTuple):
    """A fence with `lab="ID"`; `call`: MODULE.FUNCTION of one of the `files`, named from its page's folder."""

    id: str
    call: str
    files: tuple[str, ...]
    packages: tuple[str, ...]
    seconds: int
    controls: tuple[Control, ...]
    line: int
    end_line: int


@dataclass(frozen=True)
class Settings:
    """The page's `quiz:` front matter; a name that the page does not set has its default here.

    `places` has source line and column of each value that is set, by its dotted name.
    """

    mode: str = "study"
    seconds_per_question: int = 120
    attempts: int = 1
    badge: str = ""
    topics: tuple[str, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    draw: Mapping[str, object] = field(default_factory=dict)
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Page:
    """All that the parser knows of one Markdown file; `lines` start at source line `first_line`."""

    path: str
    lines: tuple[str, ...]
    settings: Settings
    questions: tuple[Question, ...]
    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...]
    first_line: int = 1
    labs: tuple[Lab, ...] = ()

    @property
    def all_blocks(self) -> tuple[Block, ...]:
        """The page's own blocks and those of its questions, in source order."""
        inside = [b for q in self.questions for b in q.blocks]
        return tuple(sorted([*self.blocks, *inside], key=lambda b: b.line))
