"""What the committed records say about blocks and keys: nothing is run here."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from quiz_plugin.evidence.engines import ENGINES
from quiz_plugin.evidence.includes import IncludeError, expand
from quiz_plugin.evidence.programs import find_programs
from quiz_plugin.evidence.proof import judge_key, judge_run, proof_of, proving_block
from quiz_plugin.evidence.records import Record, RecordError, digest, read_record
from quiz_plugin.model import Block, Page, Question
from quiz_plugin.parse.blocks import OPTIONS
from quiz_plugin.problems import did_you_mean, one_of
from quiz_plugin.settings import Project

Found = Iterator[tuple[int, int, str, str, str]]
HIGHLIGHT_OPTIONS = ("title", "hl_lines", "linenums")
SLUG_HINT = "use a to z, digits and single hyphens"
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
DESTINATION = re.compile(r"\[[^\[\]\n]*\]\(\s*<?([^\s<>]*?)>?(?:\s[^\n]*)?\)|<([a-z]+:[^\s<>]*)>")


def blocks(page: Page, project: Project) -> Found:
    """Options, includes and records of every runnable block of a page."""
    for block in page.all_blocks:
        yield from _options(block)
        if block.engine in ENGINES and ID.fullmatch(block.id):
            yield from _record(block, project)


def _options(block: Block) -> Found:
    at = block.line, block.column
    if block.engine not in ENGINES:
        message = f'run="{block.engine}" names no engine{did_you_mean(block.engine, list(ENGINES))}'
        yield *at, "unknown-engine", message, f"the engines are {one_of(list(ENGINES))}"
    if not block.id:
        where = "a second runnable block of a question" if block.question else "a runnable block outside a question"
        yield *at, "missing-id", f"{where} has no id", f'name it:  run="{block.engine}" id="an-id"'
    elif not ID.fullmatch(block.id):
        message = f'the id "{block.id}" of a block is not a lower-case slug'
        yield *at, "bad-id", message, SLUG_HINT
    known = [*OPTIONS, *HIGHLIGHT_OPTIONS]
    for name, value in block.options.items():
        if name not in known:
            message = f'unknown option "{name}" of a runnable block{did_you_mean(name, known)}'
            yield *at, "unknown-option", message, f"the options are {one_of(known)}"
        elif name == "timeout" and not re.fullmatch(r"[1-9]\d{0,2}", value):
            message = f'timeout is "{value}", expected seconds from 1 to 999'
            yield *at, "bad-value", message, 'for example:  timeout="10"'
        elif name == "editable" and value not in ("true", "false"):
            yield *at, "bad-value", f'editable is "{value}"', "one of true or false"


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
    else:
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
    if proof_of(question) == "none":
        message = f'question "{question.id}" does not say how its key is known'
        hint = "add a Proof part with a runnable block, or a Source part with a link"
        yield question.line, 1, "no-proof", message, hint
        return
    block = proving_block(question)
    record = valid_record(block, project) if block else None
    if block and record:
        for finding in judge_key(question, block, record):
            yield question.line, 1, finding.code, f'question "{question.id}": {finding.message}', finding.hint


def sources(question: Question, project: Project) -> Found:
    """A Source part has links, and each is whole."""
    for part in question.parts_named("Source"):
        found = [(m, n) for line, n in zip(part.body.lines, part.body.numbers, strict=True) for m in _links(line)]
        if part.body and not found:
            message = "Source has no link"
            yield part.line, 1, "bad-link", message, "add one:  [Han et al. 2015](https://arxiv.org/abs/1506.02626)"
        for (url, column), number in found:
            if not _whole(url):
                yield number, column, "bad-link", f'"{url}" is not a whole link', "write https:// and the host"


def _links(line: str) -> list[tuple[str, int]]:
    return [(m[1] or m[2] or "", m.start() + 1) for m in DESTINATION.finditer(line)]


def _whole(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if not parts.scheme and not parts.netloc:
        return bool(parts.path or parts.fragment)  # a page of the site: MkDocs checks it
    return parts.scheme in ("http", "https") and "." in parts.netloc


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
