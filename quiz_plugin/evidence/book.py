"""Recording and proving: which blocks and programs there are, what is stale, what a fresh run says."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from quiz_plugin.evidence.engines import ENGINES
from quiz_plugin.evidence.includes import IncludeError, expand
from quiz_plugin.evidence.programs import Program, find_programs
from quiz_plugin.evidence.proof import Finding, judge_key, judge_run, proving_block
from quiz_plugin.evidence.records import Record, RecordError, digest, read_record, write_record
from quiz_plugin.evidence.run import Outcome, RunError, run_block, run_program
from quiz_plugin.model import Block, Page, Question
from quiz_plugin.settings import Project

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Job:
    """One thing to run: a block (with its question, where it has one) or a program."""

    id: str
    engine: str
    path: str
    line: int
    block: Block | None = None
    question: Question | None = None
    program: Program | None = None


def jobs(pages: Iterable[Page], project: Project) -> Iterator[Job]:
    """Every program, since a block may include what it writes; then every block with an engine and a whole id."""
    for program in find_programs(project.programs):
        yield Job(program.id, "torch", project.relative(program.path), 1, program=program)
    for page in pages:
        yield from page_jobs(page)


def page_jobs(page: Page) -> Iterator[Job]:
    """The blocks of one page."""
    questions = {q.id: q for q in page.questions}
    for block in page.all_blocks:
        if block.engine in ENGINES and SLUG.fullmatch(block.id):
            yield Job(block.id, block.engine, page.path, block.line, block, questions.get(block.question))


def is_current(job: Job, project: Project) -> bool:
    """Whether the job's record is there and is of this very code."""
    try:
        record = read_record(project.records, job.id)
        return record is not None and record.engine == job.engine and record.sha256 == _sha256(job, project)
    except (RecordError, IncludeError):
        return False


def _sha256(job: Job, project: Project) -> str:
    if job.program:
        return job.program.sha256
    return digest(_code(job, project))


def _code(job: Job, project: Project) -> str:
    return expand(job.block.code, project.root) if job.block else ""


def _seconds(job: Job) -> float | None:
    limit = job.block.options.get("timeout", "") if job.block else ""
    return float(limit) if limit.isdecimal() else None


def run(job: Job, project: Project) -> Outcome:
    """A fresh run. Raises MissingEngineError, RunError and IncludeError."""
    if job.program:
        record = read_record(project.records, job.id)
        return run_program(job.program.path, record.data if record else None)
    return run_block(job.engine, _code(job, project), _seconds(job))


def record(job: Job, project: Project) -> list[Finding]:
    """Run and write the record (and a program's artifacts). Nothing is written when the run went wrong."""
    outcome = run_program(job.program.path) if job.program else run(job, project)
    wrong = list(judge_run(job.block, outcome)) if job.block else _program_failure(outcome)
    if wrong:
        return [_with_traceback(f, outcome) for f in wrong]
    fresh = _record(job, project, outcome)
    if not _is_written(fresh, project):
        write_record(project.records, fresh)
    for name, content in outcome.artifacts.items():
        path = _artifact(project, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="utf-8", newline="\n")
    if job.question and job.block and job.block is proving_block(job.question):
        return list(judge_key(job.question, job.block, outcome))
    return []


def _is_written(fresh: Record, project: Project) -> bool:
    """Whether the committed record says the same already, but for the seconds: then it stays as it is."""
    try:
        old = read_record(project.records, fresh.id)
    except RecordError:
        return False
    return old is not None and replace(old, seconds=fresh.seconds) == fresh


def _artifact(project: Project, name: str) -> Path:
    path = (project.root / name).resolve()
    if not path.is_relative_to(project.root):
        raise RunError(f"the artifact {name} lies outside the project")
    return path


def _record(job: Job, project: Project, outcome: Outcome) -> Record:
    program = project.relative(job.program.path) if job.program else ""
    return Record(
        job.id,
        job.engine,
        _sha256(job, project),
        outcome.stdout,
        outcome.exception,
        outcome.answer,
        outcome.verdicts,
        outcome.seed,
        outcome.seconds,
        outcome.versions,
        program,
        outcome.data,
    )


def _program_failure(outcome: Outcome) -> list[Finding]:
    return [Finding("raised", "the program raised", "mend it")] if outcome.exception else []


def _with_traceback(finding: Finding, outcome: Outcome) -> Finding:
    if not outcome.traceback:
        return finding
    shown = "\n".join("    " + line for line in outcome.traceback.rstrip().splitlines())
    return Finding(finding.code, f"{finding.message}\n{shown}", finding.hint)


def prove(job: Job, project: Project, *, twice: bool = False) -> list[Finding]:
    """Run again, and say what differs from the record, and whether the key still holds."""
    again = f"run it again:  quizproof record {job.id}"
    try:
        old = read_record(project.records, job.id)
    except RecordError as error:
        return [Finding("stale-record", str(error), f"write it anew:  quizproof record {job.id}")]
    if old is None:
        return [Finding("missing-record", f'"{job.id}" has no record', f"run it once:  quizproof record {job.id}")]
    if not is_current(job, project):
        return [Finding("stale-record", f'the record of "{job.id}" is of other code', again)]
    outcome = run(job, project)
    found = list(_differences(job, old, outcome, again))
    if job.program:
        found += _artifact_differences(outcome, project, again)
    if twice and not found:
        found += _second_differences(job, outcome, run(job, project))
    return found


def _second_differences(job: Job, first: Outcome, second: Outcome) -> list[Finding]:
    """What a second run says otherwise; a program's first run was what its record allows, and so must the second be."""
    hint = "seed what is random, sort what has no order"
    if job.program and second.differences:
        message = f'program "{job.id}" gives something else at a second run: {second.differences[0]}'
        return [Finding("changed-output", message, hint)]
    if job.program or _same(_said(second), _said(first)):
        return []
    return [Finding("changed-output", f'"{job.id}" says something else at a second run', hint)]


def _said(said: Outcome | Record) -> tuple[object, ...]:
    return said.stdout, said.exception, said.answer, said.verdicts, said.seed


def _differences(job: Job, old: Record, new: Outcome, again: str) -> Iterator[Finding]:
    if job.program:
        for difference in new.differences:
            yield Finding("changed-output", f'program "{job.id}": {difference}', again)
        return
    if job.block is None:
        return
    wrong = list(judge_run(job.block, new))
    yield from (_with_traceback(f, new) for f in wrong)
    for name in ("stdout", "exception", "answer", "verdicts", "seed"):
        before, now = getattr(old, name), getattr(new, name)
        if not wrong and not _same(before, now):
            message = f'"{job.id}": {name} was {_short(before)}, is {_short(now)}'
            yield Finding("changed-output", message, again)
    if job.question and job.block is proving_block(job.question):
        yield from judge_key(job.question, job.block, new)


def _same(before: object, now: object) -> bool:
    """Equal as the record would hold them: NaN is itself."""
    return json.dumps(before, sort_keys=True) == json.dumps(now, sort_keys=True)


def _artifact_differences(outcome: Outcome, project: Project, again: str) -> list[Finding]:
    found = []
    for name, content in outcome.artifacts.items():
        path = _artifact(project, name)
        if not path.exists() or _committed(path, content) != content:
            found.append(Finding("changed-output", f"{name} is not what its record gives", again))
    return found


def _committed(path: Path, content: str | bytes) -> str | bytes | None:
    """What the file holds, read as the artifact was made; None for a text that is none."""
    if isinstance(content, bytes):
        return path.read_bytes()
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def _short(value: object) -> str:
    text = repr(value)
    return f"{text[:100]}…" if len(text) > 100 else text
