"""How a key is known, and what a run says about it."""

import re
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from quiz_plugin.model import Block, Question
from quiz_plugin.plain import plain

SETS = {"decided": re.compile(r"^verdicts\b", re.MULTILINE), "computed": re.compile(r"^answer\b", re.MULTILINE)}
ASSERTS = re.compile(r"^[ \t]*assert\b", re.MULTILINE)
LINK = re.compile(r"\[[^\[\]\n]+\]\(\s*<?(https?://[^\s<>()]+(?:\([^\s<>()]*\))?[^\s<>()]*)|<(https?://[^\s<>]+)>")


class Said(Protocol):
    """A record or a fresh outcome."""

    @property
    def stdout(self) -> str: ...
    @property
    def exception(self) -> dict[str, str] | None: ...
    @property
    def answer(self) -> object: ...
    @property
    def verdicts(self) -> dict[str, object] | None: ...


class Finding(NamedTuple):
    """A problem code, what is wrong, and what to do."""

    code: str
    message: str
    hint: str


def proof_of(question: Question) -> str:
    """decided, computed, supported, cited or none: the strongest that the question offers."""
    block = question.proof_block
    if block:
        kind = next((name for name, pattern in SETS.items() if pattern.search(block.code)), "")
        if kind:
            return kind
    if question.skill == "predict" and question.stem_block:
        return "computed"
    if block and ASSERTS.search(block.code):
        return "supported"
    return "cited" if any(LINK.search(p.body.source) for p in question.parts_named("Source")) else "none"


def proving_block(question: Question) -> Block | None:
    """The block whose run decides about the key, where there is one."""
    proof = proof_of(question)
    if proof == "computed" and (question.proof_block is None or not SETS["computed"].search(question.proof_block.code)):
        return question.stem_block
    return None if proof in ("cited", "none") else question.proof_block


def last_line(exception: dict[str, str] | None) -> str:
    """The last line of a traceback, or an empty string."""
    if exception is None:
        return ""
    return f"{exception['type']}: {exception['message']}" if exception["message"] else exception["type"]


def judge_run(block: Block, said: Said) -> Iterator[Finding]:
    """Whether the block raised what it should, and nothing else."""
    raised = said.exception["type"] if said.exception else ""
    if raised and raised != block.expect:
        wanted = f"expected {block.expect}, found" if block.expect else "it raised"
        message = f'block "{block.id}": {wanted} {last_line(said.exception)}'
        yield Finding("raised", message, f'mend the code, or say that this is wanted:  expect="{raised}"')
    elif block.expect and not raised:
        message = f'block "{block.id}" was to raise {block.expect} and did not'
        yield Finding("did-not-raise", message, 'mend the code, or take expect="…" away')


def judge_key(question: Question, block: Block, said: Said) -> Iterator[Finding]:
    """Whether what the run said makes exactly the marked choices right."""
    if said.exception and said.exception["type"] != block.expect:
        return
    proof = proof_of(question)
    if proof == "decided":
        yield from _judge_verdicts(question, said)
    elif proof == "computed":
        yield from _judge_answer(question, block, said)


def _judge_verdicts(question: Question, said: Said) -> Iterator[Finding]:
    verdicts = said.verdicts
    letters = [c.letter for c in question.choices]
    if not isinstance(verdicts, dict) or sorted(verdicts) != sorted(letters):
        found = ", ".join(sorted(verdicts)) if isinstance(verdicts, dict) else repr(verdicts)
        message = f"verdicts has {found or 'no letters'}, expected {', '.join(letters)}"
        yield Finding("verdict-letters", message, "give every choice its letter, in the order of the source")
        return
    odd = [k for k in letters if not isinstance(verdicts[k], bool)]
    if odd:
        message = f"verdict {odd[0]} is {verdicts[odd[0]]!r}, expected True or False"
        yield Finding("verdict-letters", message, "compute each verdict with a comparison, or wrap it in bool()")
        return
    true = tuple(k for k in letters if verdicts[k])
    if true != question.key:
        yield _contradiction(_letters(question.key), _letters(true))


def _letters(letters: tuple[str, ...]) -> str:
    return " and ".join(letters) if letters else "none"


def _contradiction(key: str, said: str) -> Finding:
    hint = "one of the two is wrong: mark what the code says with [x], or mend the code"
    return Finding("key-contradicted", f"the key is {key}, the proof says {said}", hint)


def _judge_answer(question: Question, block: Block, said: Said) -> Iterator[Finding]:
    text = answer_text(block, said)
    same = tuple(c.letter for c in question.choices if plain(c.body.source) == plain_output(text))
    if same == question.key and len(same) == 1:
        return
    others = [letter for letter in same if letter not in question.key]
    if others and set(question.key) & set(same):
        message = f"the output {_quoted(text)} is also choice {_letters(tuple(others))}"
        yield Finding("ambiguous-output", message, "make the choices differ in what they say")
        return
    says = f"{_quoted(text)} (choice {_letters(same)})" if same else f"{_quoted(text)} (no choice)"
    keyed = next((c for c in question.choices if c.correct), None)
    shown = f"{_letters(question.key)}: {_quoted(plain(keyed.body.source))}" if keyed else "none"
    yield _contradiction(shown, says)


def answer_text(block: Block, said: Said) -> str:
    """What a computed proof compares with the choices: `answer`, the exception's last line, or stdout."""
    if SETS["computed"].search(block.code):
        return str(said.answer)
    return last_line(said.exception) if block.expect else said.stdout


def plain_output(text: str) -> str:
    """Output as `plain` leaves a choice: white space folded line by line."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _quoted(text: str) -> str:
    folded = plain_output(text).replace("\n", "⏎")
    return f'"{folded[:80]}…"' if len(folded) > 80 else f'"{folded}"'
