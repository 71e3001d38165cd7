"""Every problem code there is, with its group, its severity and what it means; the docs' table is made from this."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple


class Code(NamedTuple):
    """What a problem code stands for."""

    group: str
    severity: str
    meaning: str


CODES: dict[str, Code] = {
    "unknown-kind": Code("heading", "error", "a class that is almost a kind, a kind still to come, or two kinds"),
    "missing-id": Code("heading", "error", "a question, or a second runnable block, without an id"),
    "bad-id": Code("heading", "error", "an id that is not a lower-case slug"),
    "duplicate-id": Code("heading", "error", "an id that another question or block of the site has"),
    "unknown-attribute": Code("heading", "error", "an attribute or class that means nothing here"),
    "bad-value": Code("heading", "error", "an attribute with a value that it cannot have"),
    "unclassed-question": Code("heading", "error", "a heading over a list with [x], without a kind class"),
    "no-choices": Code("choices", "error", "a choice question without a task list"),
    "one-choice": Code("choices", "error", "a choice question with a single choice"),
    "no-correct-choice": Code("choices", "error", "no choice is marked [x]"),
    "all-correct": Code("choices", "error", "every choice is marked [x]"),
    "empty-choice": Code("choices", "error", "a choice without text"),
    "duplicate-choice": Code("choices", "error", "two choices that say the same"),
    "bad-checkbox": Code("choices", "error", "a box that is neither [ ] nor [x]"),
    "split-choices": Code("choices", "error", "a second task list, or a box outside the choices"),
    "wrong-marker": Code("choices", "error", "a numbered choice, or a bullet without a box among the choices"),
    "too-many-choices": Code("choices", "error", "more choices than there are letters"),
    "unknown-part": Code("parts", "error", "a heading inside a question that is none of its parts"),
    "repeated-part": Code("parts", "error", "a part that stands twice"),
    "empty-part": Code("parts", "error", "a part with nothing in it"),
    "unordered-steps": Code("parts", "error", "Steps that are not an ordered list"),
    "part-before-choices": Code("parts", "error", "a part that stands before the choices"),
    "missing-explanation": Code("parts", "error", "a question without an Explanation"),
    "text-after-choices": Code("parts", "error", "text between the choices and the first part"),
    "unclosed-fence": Code("structure", "error", "a code fence that is never closed, or none to Markdown"),
    "unclosed-html": Code(
        "structure", "error", "an HTML comment or element that is not closed, or not opened, in its piece"
    ),
    "included-question": Code("structure", "error", "a question from an include or a macro, or in a quotation or list"),
    "empty-question": Code("structure", "error", "a question heading with nothing under it"),
    "bad-front-matter": Code("structure", "error", "front matter that cannot be read, or a setting of the wrong type"),
    "unknown-setting": Code("structure", "error", "a setting under quiz: that does not exist"),
    "bad-draw": Code("structure", "error", "a drawn set that cannot be filled, or a question that its page never asks"),
    "unreadable-file": Code("structure", "error", "a file that is not UTF-8 text"),
    "unknown-engine": Code("code", "error", "run= names no engine"),
    "unknown-option": Code("code", "error", "an option of a runnable fence that does not exist"),
    "bad-lab": Code("code", "error", "a lab that cannot be read, or whose files, call or controls are wrong"),
    "bad-include": Code("code", "error", "an include in a runnable fence that cannot be resolved"),
    "missing-record": Code("code", "error", "a runnable block without a committed record"),
    "stale-record": Code("code", "error", "a record of other code than the block's"),
    "raised": Code("code", "error", "the block raised"),
    "not-run": Code("code", "error", "the block or program could not be run to its end"),
    "did-not-raise": Code("code", "error", "the block did not raise what expect= names"),
    "changed-output": Code("code", "error", "the block says something else than its record"),
    "no-proof": Code(
        "code",
        "warning",
        "a choice question that does not say how its key is known, or whose proof only writes it down",
    ),
    "key-contradicted": Code("code", "error", "the proof says another key"),
    "ambiguous-output": Code("code", "error", "a distractor equals the output"),
    "verdict-letters": Code("code", "error", "verdicts for other letters than the choices have"),
    "bad-link": Code("code", "error", "a Source part without a well-formed link"),
    "longest-is-key": Code("craft", "warning", "the key is by far the longest choice"),
    "key-position-bias": Code("craft", "warning", "the keys of a page stand mostly at one position"),
    "all-or-none-of-the-above": Code("craft", "warning", "a choice that speaks of the others' positions"),
    "unmarked-negative": Code("craft", "warning", "a not in the question without emphasis"),
    "absolute-term": Code("craft", "warning", "always or never in a distractor, a giveaway"),
}


def nearest(found: str, known: Sequence[str], synonyms: Mapping[str, str] | None = None) -> str:
    """The known name that was probably meant, or an empty string; `synonyms` are other words for known names."""
    names = {k.lower(): k for k in known} | {k.lower(): v for k, v in (synonyms or {}).items()}
    near = get_close_matches(found.lower(), names, n=1, cutoff=0.7)
    return names[near[0]] if near else ""


def did_you_mean(found: str, known: Sequence[str], synonyms: Mapping[str, str] | None = None) -> str:
    """` (did you mean "x"?)`, or an empty string when nothing is near."""
    near = nearest(found, known, synonyms)
    return f' (did you mean "{near}"?)' if near else ""


def one_of(known: Sequence[str]) -> str:
    """`a, b or c`."""
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} or {known[-1]}"
