"""A question back to Markdown, in one style: what `quizproof list --format markdown` prints."""

from collections.abc import Iterator

from quiz_plugin.model import Attribute, Choice, Question
from quiz_plugin.parse.scan import UNDERLINE


def write(question: Question) -> str:
    """The question's Markdown; parsed again it gives the same title, attributes, stem, choices, parts and blocks."""
    rows = question.stem.lines
    # Below an empty line, a line over dashes would be a heading of its own.
    gap = "\n" if len(rows) > 1 and UNDERLINE.match(rows[1]) else "\n\n"
    pieces = [f"{_heading(question)}{gap if rows else ''}{question.stem.source}"]
    pieces.append("\n".join(line for choice in question.choices for line in _choice(choice)))
    marks = "#" * (question.depth + 1)
    for part in question.parts:
        pieces += [f"{marks} {part.kind}", part.body.source]
    return "\n\n".join(piece for piece in pieces if piece) + "\n"


def _heading(question: Question) -> str:
    text = f"{question.title} {{ {' '.join(map(_attribute, question.attributes))} }}".lstrip()
    # After hash marks, those at the end of the title would count as closing ones.
    if question.title.endswith("#") and question.depth <= 2:
        return f"{text}\n{'=' if question.depth == 1 else '-'}--"
    return f"{'#' * question.depth} {text}"


def _attribute(attribute: Attribute) -> str:
    if attribute.name in ".#":
        return f"{attribute.name}{attribute.value}"
    quote = "'" if '"' in attribute.value else '"'
    return f"{attribute.name}={quote}{attribute.value}{quote}"


def _choice(choice: Choice) -> Iterator[str]:
    box = f"- [{'x' if choice.correct else ' '}]"
    rows = list(choice.body.lines)
    # The first line stands beside the box, unless it is a block that has to begin on a line of its own.
    beside = choice.body.line == choice.line
    yield f"{box} {rows[0]}" if beside else box
    if not beside:
        yield ""
    yield from _indented(rows[1:] if beside else rows)
    yield from (f"    > {row}" if row else "    >" for row in choice.feedback.lines)


def _indented(rows: list[str]) -> Iterator[str]:
    return (f"    {row}" if row else "" for row in rows)
