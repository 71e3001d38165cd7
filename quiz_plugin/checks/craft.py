"""Warnings of craft, after the item-writing literature; reasons and sources stand in docs/contribute/craft.md."""

import re
from collections import Counter
from collections.abc import Iterator

from quiz_plugin.model import Page, Question
from quiz_plugin.plain import plain
from quiz_plugin.settings import Project

Found = Iterator[tuple[int, int, str, str, str]]
ABOVE = re.compile(
    r"\b(all|none|both|neither|any|some) of (the|these|those) (above|answers|choices|options)\b", re.IGNORECASE
)
LETTER_REFERENCE = re.compile(r"\b(?i:both|either|neither) [A-F] (and|or|nor) [A-F]\b")
# Nearly every choice has none of these, which both expressions above need.
REFERRING = ("of the", "of tho", "both", "either")
NEGATIVE = re.compile(r"\b(not|never|except|least likely)\b")
MARKED = re.compile(r"(\*\*|__|\*|_|`)[^*_`\n]*\b(not|never|except|least likely)\b[^*_`\n]*\1", re.IGNORECASE)
ABSOLUTE = re.compile(r"\b(always|never|only ever|completely|impossible|guarantees?|in every case)\b", re.IGNORECASE)
LONGEST_RATIO, LONGEST_CHARACTERS = 1.6, 25
BIAS_LEAST, BIAS_SHARE = 5, 0.6


def longest_is_key(question: Question, project: Project) -> Found:
    """A key that is much longer than every distractor."""
    if len(question.key) != 1 or len(question.choices) < 3:
        return
    sizes = {c.letter: len(plain(c.body.source)) for c in question.choices}
    key = sizes.pop(question.key[0])
    longest = max(sizes.values())
    if key > LONGEST_RATIO * longest and key - longest > LONGEST_CHARACTERS:
        message = f"the key {question.key[0]} has {key} characters, the longest distractor {longest}"
        hint = "shorten the key, or give the distractors as much detail; move reasons to the Explanation"
        choice = next(c for c in question.choices if c.correct)
        yield choice.line, choice.column, "longest-is-key", message, hint


def all_or_none(question: Question, project: Project) -> Found:
    """Choices that speak of the others' positions: they break under shuffle, and test logic, not knowledge."""
    for choice in question.choices if question.kind == "choice" else ():
        source = choice.body.source
        if not any(word in source.lower() for word in REFERRING):
            continue
        match = ABOVE.search(source) or LETTER_REFERENCE.search(source)
        if match:
            message = f'choice {choice.letter} says "{match[0]}"'
            hint = "say what it means, or mark several choices with [x]"
            yield choice.line, choice.column, "all-or-none-of-the-above", message, hint


def unmarked_negative(question: Question, project: Project) -> Found:
    """A not that the reader may overlook: only in the sentence that asks."""
    if question.kind != "choice":
        return
    asked = question.title if question.title.rstrip().endswith("?") or not question.stem else ""
    for sentence in [asked, *_questions_in(question)]:
        match = NEGATIVE.search(sentence)
        if match and not MARKED.search(sentence):
            hint = f"emphasise it, **{match[0]}**, or ask the question the other way round"
            yield question.line, 1, "unmarked-negative", f'"{match[0]}" in the question stands without emphasis', hint
            return


def _questions_in(question: Question) -> list[str]:
    text = " ".join(line for line in question.stem.lines if not line.startswith(("    ", "`", "~")))
    return [s for s in re.split(r"(?<=[.!?:])\s", text) if s.rstrip().endswith("?")]


def absolute_term(question: Question, project: Project) -> Found:
    """Always and never mark a distractor to the test-wise reader."""
    for choice in question.choices if question.kind == "choice" else ():
        source = choice.body.source
        if choice.correct or "`" in source or not ABSOLUTE.search(source):
            continue
        if match := ABSOLUTE.search(plain(source)):
            message = f'distractor {choice.letter} says "{match[0]}"'
            hint = "name the misconception without it, for example by its condition"
            yield choice.line, choice.column, "absolute-term", message, hint


def key_position_bias(page: Page, project: Project) -> Found:
    """Most keys of a page at one position, of which a reader would learn the position."""
    keyed = [q for q in page.questions if q.kind == "choice" and len(q.key) == 1]
    if len(keyed) < BIAS_LEAST:
        return
    letter, count = Counter(q.key[0] for q in keyed).most_common(1)[0]
    if count / len(keyed) > BIAS_SHARE:
        message = f"{count} of {len(keyed)} keys of this page are choice {letter}"
        yield keyed[0].line, 1, "key-position-bias", message, "move some keys, or set shuffle=true on the questions"
