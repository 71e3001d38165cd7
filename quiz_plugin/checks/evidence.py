"""What the committed records say about blocks and keys: nothing is run here."""

import re
from collections.abc import Iterator

from quiz_plugin.evidence.engines import ENGINES
from quiz_plugin.evidence.includes import IncludeError, expand
from quiz_plugin.evidence.programs import find_programs
from quiz_plugin.evidence.proof import asserts_nothing, claim_of, judge_key, judge_run, written_out
from quiz_plugin.evidence.records import Record, RecordError, digest, read_record
from quiz_plugin.links import is_whole, links
from quiz_plugin.model import Block, Page, Question
from quiz_plugin.parse.blocks import OPTIONS
from quiz_plugin.problems import did_you_mean, one_of
from quiz_plugin.settings import Project

Found = Iterator[tuple[int, int, str, str, str]]
HIGHLIGHT_OPTIONS = ("title", "hl_lines", "linenums")
SLUG_HINT = "use a to z, digits and single hyphens"
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def blocks(page: Page, project: Project) -> Found:
    """Options, includes and records of every runnable block of a page."""
    for block in page.all_blocks:
        yield from _identity(page, block)
        yield from _options(page, block)
        if block.engine in ENGINES and ID.fullmatch(block.id):
            yield from _record(block, project)


def _column(page: Page, block: Block, name: str) -> int:
    """Where an option stands in the fence's line."""
    line = page.lines[block.line - page.first_line]
    match = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])\s*(?:=|$|[\s}}])", line)
    return match.start() + 1 if match else block.column


def _identity(page: Page, block: Block) -> Found:
    named = "id" in block.options
    at = block.line, _column(page, block, "id" if named else "run")
    if not block.id and (block.question or block.place == "page"):
        where = "a second runnable block of a question" if block.question else "a runnable block outside a question"
        yield *at, "missing-id", f"{where} has no id", f'name it:  run="{block.engine}" id="an-id"'
    elif named and not ID.fullmatch(block.id):
        yield *at, "bad-id", f'the id "{block.id}" of a block is not a lower-case slug', SLUG_HINT


def _options(page: Page, block: Block) -> Found:
    if block.engine not in ENGINES:
        column = _column(page, block, "run")
        message = f'run="{block.engine}" names no engine{did_you_mean(block.engine, list(ENGINES))}'
        hint = f'the engines are {one_of(list(ENGINES))}, for example:  run="numpy"'
        yield block.line, column, "unknown-engine", message, hint
    known = [*OPTIONS, *HIGHLIGHT_OPTIONS]
    for name, value in block.options.items():
        at = block.line, _column(page, block, name)
        if name not in known:
            message = f'a runnable block has no option "{name}"{did_you_mean(name, known)}'
            yield *at, "unknown-option", message, f"the options are {one_of(known)}"
        elif name == "timeout" and not re.fullmatch(r"[1-9]\d{0,2}", value):
            message = f'timeout is "{value}", expected seconds from 1 to 999'
            yield *at, "bad-value", message, 'for example:  timeout="10"'
        elif name == "editable" and value not in ("true", "false"):
            yield *at, "bad-value", f'editable is "{value}", expected true or false', 'for example:  editable="false"'
        elif name == "expect" and not value.isidentifier():
            message = f'expect is "{value}", expected the name of an exception'
            yield *at, "bad-value", message, 'for example:  expect="NameError"'


def _record(block: Block, project: Project) -> Found:
    at = block.line, block.column
    try:
        code = expand(block.code, project.root)
        record = read_record(project.records, block.id)
    except IncludeError as error:
        yield *at, "bad-include", f'block "{block.id}": {error}', "paths are counted from the folder of mkdocs.yml"
        return
    except RecordError as error:
        yield *at, "stale-record", str(error), f"write it anew:  quizproof record {block.id}"
        return
    if record is None:
        message = f'block "{block.id}" has no record'
        yield *at, "missing-record", message, f"run it once:  quizproof record {block.id}"
    elif record.sha256 != digest(code):
        message = f'the record of block "{block.id}" is of other code'
        yield *at, "stale-record", message, f"run it again:  quizproof record {block.id}"
    elif record.engine != block.engine:
        message = f'the record of block "{block.id}" is of engine {record.engine}, the block says {block.engine}'
        yield *at, "stale-record", message, f"run it again:  quizproof record {block.id}"
    elif not block.expect or block.expect.isidentifier():
        for finding in judge_run(block, record):
            yield *at, *finding


def valid_record(block: Block, project: Project) -> Record | None:
    """The block's record if it is of this very code."""
    try:
        record = read_record(project.records, block.id) if ID.fullmatch(block.id) else None
        return record if record and record.sha256 == digest(expand(block.code, project.root)) else None
    except (IncludeError, RecordError):
        return None


def key(question: Question, project: Project) -> Found:
    """Whether there is a proof, and whether its record says the same as the key."""
    if question.kind != "choice" or not question.key:
        return
    claim = claim_of(question)
    if claim.kind == "none":
        yield _no_proof(question)
        return
    if claim.block and claim.block.place == "proof" and (name := written_out(claim.block.code)):
        message = f'the Proof of question "{question.id}" writes its {name} down instead of computing it'
        hint = "compute it from what the stem says; comparisons give verdicts:  codes == [9, -12]"
        yield claim.block.line, claim.block.column, "no-proof", message, hint
    elif claim.block and claim.kind == "supported" and asserts_nothing(claim.block.code):
        message = f'the Proof of question "{question.id}" asserts only what holds whatever the code computes'
        hint = "assert what the code computed:  assert codes == [9, -12]"
        yield claim.block.line, claim.block.column, "no-proof", message, hint
    record = valid_record(claim.block, project) if claim.block else None
    if claim.block and record:
        for finding in judge_key(question, claim.block, record):
            yield question.line, 1, finding.code, f'question "{question.id}": {finding.message}', finding.hint


def _no_proof(question: Question) -> tuple[int, int, str, str, str]:
    block = question.proof_block
    if block:
        message = f'the Proof of question "{question.id}" asserts nothing and sets neither answer nor verdicts'
        hint = 'compute a verdict for each choice:  verdicts = {"A": …, "B": …}'
        return block.line, block.column, "no-proof", message, hint
    message = f'question "{question.id}" does not say how its key is known'
    hint = "add a Proof part with a runnable block, or a Source part with a link"
    return question.line, 1, "no-proof", message, hint


def sources(question: Question, project: Project) -> Found:
    """A Source part has links, and each is whole."""
    for part in question.parts_named("Source"):
        found = links(part.body, question.addresses)
        if part.body and not found:
            hint = "add one:  [Han et al. 2015](https://arxiv.org/abs/1506.02626)"
            yield part.line, 1, "bad-link", "Source has no link", hint
        for link in found:
            if link.url is None:
                message = f"the reference [{link.name}] is defined nowhere on this page"
                hint = "write the address here:  [Han et al. 2015](https://arxiv.org/abs/1506.02626)"
                yield link.line, link.column, "bad-link", message, hint
            elif not is_whole(link.url):
                hint = "write the whole address, for example:  https://arxiv.org/abs/1506.02626"
                yield link.line, link.column, "bad-link", f'"{link.url}" is not a whole address', hint


def programs(pages: tuple[Page, ...], project: Project) -> Iterator[tuple[str, int, int, str, str, str]]:
    """Programs whose record is missing or of other code."""
    for program in find_programs(project.programs):
        path = project.relative(program.path)
        try:
            record = read_record(project.records, program.id)
        except RecordError as error:
            yield path, 1, 1, "stale-record", str(error), f"write it anew:  quizproof record {program.id}"
            continue
        if record is None:
            message = f'program "{program.id}" has no record'
            yield path, 1, 1, "missing-record", message, f"run it once:  quizproof record {program.id}"
        elif record.sha256 != program.sha256:
            message = f'the record of program "{program.id}" is of other code'
            yield path, 1, 1, "stale-record", message, f"run it again:  quizproof record {program.id}"
