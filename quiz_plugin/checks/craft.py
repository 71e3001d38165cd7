"""Warnings of craft, after the item-writing literature; reasons and sources stand in docs/contribute/craft.md."""

import re
from collections import Counter
from collections.abc import Iterator

from quiz_plugin.model import Choice, Page, Question
from quiz_plugin.plain import STARS, UNDERSCORES, plain, without_code
from quiz_plugin.regex import regex
from quiz_plugin.settings import Project

Found = Iterator[tuple[int, int, str, str, str]]
ABOVE = regex(
    r"\b(?:all|none|both|neither|either|any|some)"
    r"(?:(?: of)? the above| of (?:the|these|those) (?:answers|choices|options))\b"
    r"|\b(?:answers|choices|options) above\b",
    re.IGNORECASE,
)
# These speak of other choices only where they are all that a choice says.
OTHERS = regex(
    r"(?:none of (?:these|those)|(?:all|both) of these|(?:both|neither)(?: of (?:them|the two))?)"
    r"(?:(?: answers| choices| options)?(?: is| are)? (?:right|correct|true|wrong|false))?",
    re.IGNORECASE,
)
LETTERS = regex(
    r"(?i:(?:only|both|either|neither)\s+)?(?i:(?:answers?|choices?|options?)\s+)?"
    r"([A-H](?:\s*(?:,|&|\+|,?\s(?i:and|or|nor)\b)\s*[A-H])+)\b"
    r"(?i:\s+(?:only|together|are (?:both )?(?:right|correct|true)))?"
)
LETTER = regex(r"\b[A-H]\b")
# Nearly every choice has none of these, and needs no closer look.
REFERRING = ("above", "answer", "choice", "option", "both", "neither", "these", "those")
CAPITAL = regex(r"[A-H](?![^\W_])")
# An or before it, or an only behind it, makes a not of another kind.
NEGATIVE = regex(r"(?<!or )\b(?:not\b(?! only\b)|never\b|except\b|least likely\b|cannot\b|\w+n['’]t\b)")
# Such a question asks for the reason of something that is not so.
ASKS_WHY = regex(r"\b(?:why|how come)\b", re.IGNORECASE)
# A sentence that asks without a question mark.
ASKED_FOR = regex(r"\W*(?:choose|pick|select|mark|tick|find|name|identify|which of|all of these)\b", re.IGNORECASE)
EMPHASISED = regex(r"<(b|strong|em|i|u|mark)>([^<>]*)</\1>")
ABSOLUTE = regex(
    r"(\b(?:almost|nearly|practically|virtually|hardly|not|cannot|\w+n['’]t|nor) +)?"
    r"\b(always|never|only ever|completely|impossible|guarantees?|in every case)\b",
    re.IGNORECASE,
)
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
    if question.kind != "choice" or not _may_refer("\n".join(c.body.source for c in question.choices)):
        return
    for choice in question.choices:
        if words := _of_others(question, choice):
            message = f'choice {choice.letter} says "{words}"'
            hint = "say what it means, or mark several choices with [x]"
            yield choice.line, choice.column, "all-or-none-of-the-above", message, hint


def _may_refer(source: str) -> bool:
    lower = source.lower()
    return any(word in lower for word in REFERRING) or CAPITAL.search(source) is not None


def _of_others(question: Question, choice: Choice) -> str:
    says = plain(choice.body.source)
    if found := ABOVE.search(says):
        return found[0]
    whole = says.rstrip(".! ")
    if OTHERS.fullmatch(whole):
        return whole
    if found := LETTERS.search(says):
        named = set(LETTER.findall(found[1]))
        alone = found[0] == whole or found[0].split()[0].lower() in ("both", "either", "neither")
        others = {c.letter for c in question.choices} - {choice.letter}
        # A question about things that are called A and B may have an answer that names them.
        asked = set(LETTER.findall(f"{question.title} {question.stem.source}"))
        return found[0] if alone and named <= others and not named <= asked else ""
    return ""


def unmarked_negative(question: Question, project: Project) -> Found:
    """A not that the reader may overlook: only in the sentence that asks."""
    if question.kind != "choice":
        return
    asked = question.title if _asks(question.title) or not question.stem else ""
    for sentence in [without_code([asked]), *_questions_in(question)]:
        match = NEGATIVE.search(sentence)
        if match and not ASKS_WHY.search(sentence, 0, match.start()) and not _is_marked(sentence):
            hint = f"emphasise it, **{match[0]}**, or ask the question the other way round"
            yield question.line, 1, "unmarked-negative", f'"{match[0]}" in the question stands without emphasis', hint
            return


def _is_marked(sentence: str) -> bool:
    patterns = (STARS, UNDERSCORES, EMPHASISED)
    return any(NEGATIVE.search(match[2]) for pattern in patterns for match in pattern.finditer(sentence))


def _questions_in(question: Question) -> list[str]:
    if not question.stem:
        return []
    text = " ".join(line for line in without_code(question.stem.lines).split("\n") if not line.startswith("    "))
    return [sentence for sentence in re.split(r"(?<=[.!?:])\s", text) if _asks(sentence)]


def _asks(sentence: str) -> bool:
    return sentence.rstrip().endswith("?") or ASKED_FOR.match(sentence) is not None


def absolute_term(question: Question, project: Project) -> Found:
    """Always and never mark a distractor to the test-wise reader; almost always does not, nor where a key has one."""
    found = [(c, word) for c in question.choices if question.kind == "choice" and (word := _absolute(c.body.source))]
    for choice, word in () if any(choice.correct for choice, _ in found) else found:
        message = f'distractor {choice.letter} says "{word}"'
        hint = "name the misconception without it, for example by its condition"
        yield choice.line, choice.column, "absolute-term", message, hint


def _absolute(source: str) -> str:
    if "`" in source or not ABSOLUTE.search(source):
        return ""
    return next((m[0] for m in ABSOLUTE.finditer(plain(source)) if not m[1]), "")


def key_position_bias(page: Page, project: Project) -> Found:
    """Most keys of a page at one position, of which a reader would learn the position."""
    single = [q for q in page.questions if q.kind == "choice" and len(q.key) == 1]
    keyed = [q for q in single if q.get("shuffle") != "true"]
    if len(keyed) < BIAS_LEAST or any("key-position-bias" in q.ignored for q in page.questions):
        return
    letter, count = Counter(q.key[0] for q in keyed).most_common(1)[0]
    if count / len(keyed) > BIAS_SHARE:
        where = "of this page" if len(keyed) == len(single) else "of this page that stay in place"
        message = f"{count} of {len(keyed)} keys {where} are choice {letter}"
        yield keyed[0].line, 1, "key-position-bias", message, "move some keys, or set shuffle=true on the questions"
