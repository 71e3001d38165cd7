"""How a key is known, and what a run says about it."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple, Protocol

from quiz_plugin.links import links
from quiz_plugin.model import Block, Question
from quiz_plugin.plain import folded_output, plain

# From strongest to weakest.
KINDS_OF_PROOF = ("decided", "computed", "supported", "cited", "none")
WORDS = re.compile(r"^[ \t]*(assert\b|verdicts\b|answer\b)", re.MULTILINE)


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


class Claim(NamedTuple):
    """How a key is known, one of KINDS_OF_PROOF, and the block whose run decides."""

    kind: str
    block: Block | None = None


def claim_of(question: Question) -> Claim:
    """The strongest proof that the question offers."""
    proofs = [b for b in question.blocks if b.place == "proof"]
    for kind, name in (("decided", "verdicts"), ("computed", "answer")):
        for block in proofs:
            if name in _does(block.code):
                return Claim(kind, block)
    if question.skill == "predict" and question.stem_block:
        return Claim("computed", question.stem_block)
    for block in proofs:
        if "assert" in _does(block.code):
            return Claim("supported", block)
    return Claim("cited" if any(links(p.body, question.addresses) for p in question.parts_named("Source")) else "none")


def proof_of(question: Question) -> str:
    """The kind of the strongest proof."""
    return claim_of(question).kind


def proving_block(question: Question) -> Block | None:
    """The block whose run decides about the key, where there is one."""
    return claim_of(question).block


@lru_cache(maxsize=4096)
def _does(code: str) -> frozenset[str]:
    """Which of `verdicts` and `answer` the code sets, and whether it asserts."""
    if not WORDS.search(code):
        return frozenset()
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):  # an include, or code that will not run
        return frozenset(m[1] for m in WORDS.finditer(code))
    found: set[str] = set()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in ("verdicts", "answer"):
            found.add(node.id)
        elif isinstance(node, ast.Assert):
            found.add("assert")
        waiting += ast.iter_child_nodes(node)
    return frozenset(found)


@lru_cache(maxsize=4096)
def written_out(code: str) -> str:
    """`verdicts` or `answer` where the code only writes down what it should compute, else an empty string."""
    nodes = _nodes(code)
    assigned = [pair for node in nodes for pair in _assigned(node)]
    for name in ("verdicts", "answer"):
        stored = sum(_is_name(n, name) and isinstance(n.ctx, ast.Store) for n in nodes)  # type: ignore[attr-defined]
        literal = sum(_is_name(target, name) and _is_literal(value) for target, value in assigned)
        changed = any(isinstance(n, ast.Attribute | ast.Subscript) and _is_name(n.value, name) for n in nodes)
        if stored == literal > 0 and not changed:
            return name
    return ""


@lru_cache(maxsize=4096)
def asserts_nothing(code: str) -> bool:
    """Whether every assert of the code holds whatever the code computes."""
    tests = [node.test for node in _nodes(code) if isinstance(node, ast.Assert)]
    return bool(tests) and all(_is_literal(test) for test in tests)


def _nodes(code: str) -> list[ast.AST]:
    if not WORDS.search(code):
        return []
    try:
        return list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError):  # an include, or code that will not run
        return []


def _assigned(node: ast.AST) -> Iterator[tuple[ast.AST, ast.expr]]:
    """What a statement gives a value to, each with that value."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                yield from zip(target.elts, node.value.elts, strict=False)
            else:
                yield target, node.value
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value:
        yield node.target, node.value


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_literal(value: ast.expr) -> bool:
    """Whether an expression says no more than what is written there: str("a") is "a", str(0.1 + 0.2) is more."""
    match value:
        case ast.Constant():
            return True
        case ast.Dict(values=inner):
            return bool(inner) and all(map(_is_literal, inner))
        case ast.Tuple(elts=inner) | ast.List(elts=inner) | ast.Set(elts=inner):
            return all(map(_is_literal, inner))
        case ast.UnaryOp(operand=operand):
            return _is_literal(operand)
        case ast.JoinedStr(values=inner):
            return all(isinstance(piece, ast.Constant) for piece in inner)
        case ast.Call(func=ast.Name(id="dict"), args=inner, keywords=named):
            return bool(inner or named) and all(map(_is_literal, [*inner, *(keyword.value for keyword in named)]))
        case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=constant)], keywords=[]):
            return type(constant).__name__ == name
    return False


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
    if block.expect != (said.exception["type"] if said.exception else ""):
        return  # that it raised, or did not, is said by judge_run
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
    same = tuple(c.letter for c in question.choices if plain(c.body.source) == folded_output(text))
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
    if "answer" in _does(block.code):
        return str(said.answer)
    return last_line(said.exception) if block.expect else said.stdout


def _quoted(text: str) -> str:
    folded = folded_output(text).replace("\n", "⏎")
    return f'"{folded[:80]}…"' if len(folded) > 80 else f'"{folded}"'
