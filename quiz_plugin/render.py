"""Questions to HTML elements; the pieces come in as elements that Markdown has made already.

The markup is a contract with themes, tests and scripts: docs/contribute/markup.md.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from quiz_plugin.evidence.proof import proof_of
from quiz_plugin.evidence.records import Record
from quiz_plugin.marks import INLINE, Mark
from quiz_plugin.model import DRAWN_MODES, Block, Choice, Part, Problem, Question, Settings

STASHED = re.compile(r"\s*\x02wzxhzdk:\d+\x03\s*")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ue0f0-\ue0f2]")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
PROOFS = {
    "decided": "Proof: each choice decided by code",
    "computed": "Proof: computed by code",
    "supported": "Proof: assertions that hold",
    "cited": "Proof",
    "none": "Proof",
}
UNDRAWN = "A script draws these questions from the whole site; it has not run here. Each also stands on its own page."
UNCOUNTED = (
    "What you have answered is kept in this browser, and a script of this page counts it; it has not run here. "
    "It needs JavaScript, and a page from a web server rather than from a file. Nothing that is kept is lost."
)
SUMMARIES = {"Steps": "Worked steps", "Mistakes": "Common mistakes"}


@dataclass
class Pieces:
    """What Markdown made of a question: its heading, and elements by role and index; `marks` counts what came."""

    question: Question
    heading: Element | None = None
    elements: dict[tuple[str, int], list[Element]] = field(default_factory=dict)
    recorded: list[Element] = field(default_factory=list)
    marks: int = 0
    _role: tuple[str, int] = ("", 0)

    def of(self, role: str, index: int = 0) -> list[Element]:
        return self.elements.get((role, index), [])

    def start(self, mark: Mark) -> None:
        """The next elements belong to the piece that this mark begins."""
        self.marks += 1
        self._role = ("", 0) if mark.role == "begin" else (mark.role, mark.at)

    def add(self, child: Element) -> None:
        if child.tag in HEADINGS and self.heading is None and self._role == ("", 0):
            self.heading = _title(child)
            self._role = ("back" if self.question.kind == "flashcard" else "stem", 0)
        else:
            self.elements.setdefault(self._role, []).append(child)


def _title(heading: Element) -> Element:
    identifier = heading.attrib.pop("id", "")
    heading.set("class", "quiz-title")
    heading.set("data-quiz-id", identifier)
    heading.tail = None
    return heading


def element(tag: str, attributes: dict[str, str], *children: Element | str | None) -> Element:
    """An element with children; text must come first, None is left out."""
    made = Element(tag, attributes)
    for child in children:
        if isinstance(child, str):
            made.text = child
        elif child is not None:
            made.append(child)
    return made


def render_question(pieces: Pieces) -> Element:
    """The custom element of a question: quiz-card for a flashcard, else quiz-question."""
    question = pieces.question
    if question.kind == "flashcard":
        return _card(question, pieces)
    body = _choices(question, pieces) if question.kind == "choice" else _draft()
    stem = pieces.of("stem")
    fieldset = element(
        "fieldset",
        {},
        element("legend", {}, pieces.heading),
        _part("stem", stem) if stem else None,
        *body,
    )
    hidden = element("quiz-hidden", {"data-search-exclude": ""}, *_hints(question, pieces), _answer(question, pieces))
    return element("quiz-question", _attributes(question), element("form", {}, fieldset, hidden, _status()))


def _attributes(question: Question) -> dict[str, str]:
    found = {"id": question.id, "data-kind": question.kind}
    found["data-state"] = "front" if question.kind == "flashcard" else "unanswered"
    found["data-hash"] = question.hash
    for name in ("level", "topics", "skill", "points", "seconds", "shuffle"):
        if value := question.get(name):
            found[f"data-{name}"] = value
    return found


def _status() -> Element:
    return element("p", {"class": "quiz-status", "role": "status"})


def _part(name: str, children: Iterable[Element], tag: str = "div", **attributes: str) -> Element:
    return element(tag, {"data-part": name, **attributes}, *_without_headings(children))


def _without_headings(children: Iterable[Element]) -> list[Element]:
    """Headings inside a piece stay headings to a screen reader and leave the page's table of contents alone."""
    found = list(children)
    for child in found:
        for inner in child.iter():
            if inner.tag in HEADINGS:
                inner.set("role", "heading")
                inner.set("aria-level", inner.tag[1])
                inner.set("class", "quiz-heading")
                inner.tag = "p"
    return found


def _details(name: str, summary: str, children: Iterable[Element], **attributes: str) -> Element:
    return element(
        "details", {"data-part": name, **attributes}, element("summary", {}, summary), *_without_headings(children)
    )


def _choices(question: Question, pieces: Pieces) -> list[Element | None]:
    several = len(question.key) > 1
    note = element("p", {"class": "quiz-instruction"}, "Choose all that apply.") if several else None
    rows = (_choice(question, c, pieces.of("choice", n), several) for n, c in enumerate(question.choices))
    return [note, element("div", {"class": "quiz-choices"}, *rows)]


def _choice(question: Question, choice: Choice, children: list[Element], several: bool) -> Element:
    kind = "checkbox" if several else "radio"
    control = element("input", {"type": kind, "name": question.id, "value": choice.letter})
    letter = element("span", {"class": "quiz-letter"}, choice.letter)
    text = _inline(children)
    if text is not None:
        label = element("label", {}, control, letter, text)
        return element("div", {"class": "quiz-choice", "data-letter": choice.letter}, label)
    return _block_choice(question, choice, control, element("label", {}, control, letter), children)


def _inline(children: list[Element]) -> Element | None:
    """A span with the content of a lone paragraph; None where the choice holds blocks."""
    if len(children) != 1 or children[0].tag != "p" or STASHED.fullmatch(children[0].text or ""):
        return None
    paragraph = children[0]
    span = element("span", {"class": "quiz-text"}, *paragraph)
    span.text = (paragraph.text or "").removeprefix(INLINE)
    return span


def _draft() -> list[Element | None]:
    return [element("textarea", {"class": "quiz-draft", "rows": "5", "aria-label": "Your explanation"})]


def _hints(question: Question, pieces: Pieces) -> list[Element]:
    hints = [n for n, part in enumerate(question.parts) if part.kind == "Hint"]
    found = []
    for position, n in enumerate(hints, 1):
        summary = f"Hint {position} of {len(hints)}" if len(hints) > 1 else "Hint"
        found.append(_details("hint", summary, pieces.of("part", n)))
    return found


def _answer(question: Question, pieces: Pieces) -> Element:
    if question.kind == "explain":
        explanation = [_answer_part(question, p, pieces.of("part", n)) for n, p in _shown_parts(question)]
        return element(
            "details",
            {"data-part": "answer"},
            element("summary", {}, "Model answer"),
            *explanation,
            _concepts(question, pieces),
        )
    key = element("p", {"class": "quiz-key"}, _key_words(question))
    key.append(element("strong", {}, ", ".join(question.key)))
    feedback = [_feedback(c, pieces.of("feedback", n)) for n, c in enumerate(question.choices) if c.feedback]
    parts = [_answer_part(question, p, pieces.of("part", n)) for n, p in _shown_parts(question)]
    return element(
        "details",
        {"data-part": "answer", "data-key": " ".join(question.key)},
        element("summary", {}, "Answer"),
        key,
        *feedback,
        *parts,
        *pieces.recorded,
    )


def _key_words(question: Question) -> str:
    return "Correct answers: " if len(question.key) > 1 else "Correct answer: "


def _shown_parts(question: Question) -> list[tuple[int, Part]]:
    return [(n, part) for n, part in enumerate(question.parts) if part.kind != "Hint"]


def _feedback(choice: Choice, children: list[Element]) -> Element:
    letter = element("p", {"class": "quiz-feedback-letter"}, choice.letter)
    return _part("feedback", [letter, *children], **{"data-letter": choice.letter})


def _answer_part(question: Question, part: Part, children: list[Element]) -> Element:
    name = part.kind.lower()
    if part.kind == "Proof":
        return _details(name, PROOFS[proof_of(question)], children)
    if part.kind in SUMMARIES:
        return _details(name, SUMMARIES[part.kind], children)
    if part.kind == "Source":
        children = [element("p", {"class": "quiz-part-title"}, "Sources"), *children]
    return _part(name, children)


def _concepts(question: Question, pieces: Pieces) -> Element:
    rows = []
    for n, choice in enumerate(question.choices):
        control = element("input", {"type": "checkbox", "value": choice.letter})
        quoted = [element("blockquote", {}, *pieces.of("feedback", n))] if choice.feedback else []
        rows.append(_concept(question, choice, control, [*pieces.of("choice", n), *quoted]))
    return element("fieldset", {"class": "quiz-concepts"}, element("legend", {}, "Tick what your answer says"), *rows)


def _concept(question: Question, choice: Choice, control: Element, children: list[Element]) -> Element:
    text = _inline(children)
    if text is not None:
        return element(
            "div", {"class": "quiz-choice", "data-letter": choice.letter}, element("label", {}, control, text)
        )
    return _block_choice(question, choice, control, element("label", {}, control), children)


def _block_choice(
    question: Question, choice: Choice, control: Element, label: Element, children: list[Element]
) -> Element:
    name = f"{question.id}-{choice.letter}"
    control.set("aria-labelledby", name)
    blocks = element("div", {"class": "quiz-text", "id": name}, *_without_headings(children))
    return element("div", {"class": "quiz-choice quiz-choice--blocks", "data-letter": choice.letter}, label, blocks)


def _card(question: Question, pieces: Pieces) -> Element:
    back = _part("back", pieces.of("back"))
    answer = element("details", {"data-part": "answer"}, element("summary", {}, "Show the answer"), back)
    hidden = element("quiz-hidden", {"data-search-exclude": ""}, answer)
    return element("quiz-card", _attributes(question), pieces.heading, hidden, _status())


def render_block(block: Block, source: list[Element], record: Record | None, locked: bool) -> Element:
    """The custom element of a runnable block; `locked`: its output answers the question it stands in."""
    attributes = {"id": block.dom_id, "data-block": block.id, "data-engine": block.engine, "data-state": "idle"}
    attributes["data-timeout"] = block.options.get("timeout", "10")
    if block.options.get("editable") == "false":
        attributes["data-editable"] = "false"
    if block.expect:
        attributes["data-expect"] = block.expect
    if locked:
        attributes["data-locked"] = ""
    return element(
        "quiz-code",
        attributes,
        element("div", {"data-part": "source"}, *source),
        None if locked or record is None else element("div", {"data-part": "output"}, *_output(record)),
        element("p", {"data-part": "status", "role": "status"}),
        _provenance(record) if record else None,
    )


def render_recorded(block: Block, record: Record) -> Element:
    """What a locked block shows once its question is answered."""
    return element("div", {"data-part": "recorded", "data-for": block.dom_id}, *_output(record))


def _output(record: Record) -> list[Element]:
    found = [element("p", {"class": "quiz-output-title"}, "Recorded output")]
    if record.stdout or not (record.exception or record.answer is not None or record.verdicts):
        found.append(_pre("", record.stdout or "(nothing printed)"))
    if record.exception:
        found.append(_pre("quiz-exception", record.last_line))
    if record.answer is not None:
        found.append(_pre("quiz-verdict", f"answer = {record.answer}"))
    if record.verdicts:
        shown = "\n".join(f"{letter}: {value}" for letter, value in sorted(record.verdicts.items()))
        found.append(_pre("quiz-verdict", shown))
    return found


def _pre(name: str, text: str) -> Element:
    return element("pre", {"class": name} if name else {}, element("samp", {}, CONTROL.sub("\ufffd", text)))


def _provenance(record: Record) -> Element:
    names = {"python": "Python", "numpy": "NumPy", "torch": "PyTorch"}
    versions = sorted(record.versions.items(), key=lambda item: item[0] != "python")
    made = ", ".join(f"{names.get(name, name)} {version}" for name, version in versions)
    seed = f" · seed {record.seed}" if record.seed is not None else ""
    text = f"{made}{seed} · {record.seconds:.2f} s · record {record.id} · code sha256 {record.sha256[:12]}…"
    summary = element("summary", {}, "How this was recorded")
    return element("details", {"class": "quiz-provenance"}, summary, element("p", {}, text))


def render_problems(title: str, problems: Iterable[Problem]) -> Element:
    """A box that stands in for what cannot be shown."""
    rows = []
    for problem in problems:
        row = element("li", {}, element("code", {}, f"{problem.path}:{problem.line}:{problem.column}"))
        row[0].tail = f" {problem.code}: {problem.message}. {problem.hint}"
        rows.append(row)
    heading = element("p", {"class": "admonition-title"}, title)
    return element("div", {"class": "quiz-problem admonition failure"}, heading, element("ul", {}, *rows))


def render_set(settings: Settings, name: str, key: str) -> Element:
    """The empty element that goes around the questions of a page with a mode."""
    attributes = {"data-mode": settings.mode, "data-state": "ready", "data-name": name}
    if key:
        attributes["data-set"] = key
    if settings.mode == "challenge":
        attributes["data-seconds"] = str(settings.seconds_per_question)
        attributes["data-attempts"] = str(settings.attempts)
        if settings.badge:
            attributes["data-badge"] = settings.badge
        attributes |= dict(_draw(settings.draw))
    if settings.mode not in DRAWN_MODES:
        return element("quiz-set", attributes)
    # The plugin fills the name of the bank in; without one the text stands for the set.
    attributes |= {"data-bank": "", **dict(_draw(settings.draw))}
    return element("quiz-set", attributes, element("p", {"class": "quiz-undrawn"}, UNDRAWN))


def render_progress() -> Element:
    """The element in which a script shows what is kept; the plugin fills in the bank and the review page."""
    attributes = {"data-bank": "", "data-review": ""}
    return element("quiz-progress", attributes, element("p", {"class": "quiz-uncounted"}, UNCOUNTED))


def _draw(draw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    topics = draw.get("topics", ())
    if count := draw.get("count"):
        yield "data-count", str(count)
    if topics:
        yield "data-topics", topics if isinstance(topics, str) else " ".join(topics)
    if levels := draw.get("levels"):
        yield "data-levels", " ".join(f"{level}:{n}" for level, n in levels.items())
