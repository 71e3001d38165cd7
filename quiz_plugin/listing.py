"""What `quizproof list` says of a question, and what `quizproof new` writes."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from quiz_plugin.checks.html import is_closed
from quiz_plugin.evidence.programs import find_programs
from quiz_plugin.evidence.proof import KINDS_OF_PROOF, proof_of, proving_block
from quiz_plugin.model import KINDS, LEVELS, SKILLS, Page, Question
from quiz_plugin.plain import without_code
from quiz_plugin.settings import Project


def describe(page: Page, question: Question, project: Project) -> dict[str, Any]:
    """The question as data: where it stands, what it asks, its key, its parts; texts are Markdown."""
    block = proving_block(question)
    record = block.id if block and (project.records / f"{block.id}.json").exists() else ""
    return {
        "id": question.id,
        "path": page.path,
        "line": question.line,
        "kind": question.kind,
        "title": question.title,
        "level": question.level,
        "topics": list(question.topics),
        "skill": question.skill,
        "outcomes": list(question.outcomes),
        "proof": proof_of(question),
        "record": record,
        "hash": question.hash,
        "stem": question.stem.source,
        "choices": [
            {"letter": c.letter, "correct": c.correct, "text": c.body.source, "feedback": c.feedback.source}
            for c in question.choices
        ],
        "key": list(question.key),
        "parts": [{"kind": p.kind, "text": p.body.source} for p in question.parts],
    }


def summary(rows: Iterable[Mapping[str, Any]], project: Project) -> dict[str, dict[str, Any]]:
    """How the questions that `describe` described are spread: for each kind, counts by each thing known of them.

    A question counts for each of its topics and outcomes; what could be there and is not has 0, what is not said "".
    """
    found = list(rows)
    known = {
        "level": list(LEVELS),
        "skill": list(SKILLS),
        "proof": list(KINDS_OF_PROOF),
        "topics": list(dict.fromkeys([*project.topics, *sorted({n for row in found for n in row["topics"]})])),
        "outcomes": list(project.outcomes),
    }
    return {kind: _spread([row for row in found if row["kind"] == kind], known) for kind in KINDS}


def _spread(rows: list[Mapping[str, Any]], known: Mapping[str, list[str]]) -> dict[str, Any]:
    def counts(mine: list[Mapping[str, Any]], name: str) -> dict[str, int]:
        values = [value for row in mine for value in ([row[name]] if isinstance(row[name], str) else row[name])]
        return {value: values.count(value) for value in dict.fromkeys([*known[name], *values])}

    about = {name: counts(rows, name) for name in known}
    levels = {topic: counts([r for r in rows if topic in r["topics"]], "level") for topic in known["topics"]}
    return {"count": len(rows), **about, "levels of topics": levels}


CHOICES = """The stem: what the reader needs to know. Delete this line if the heading says it all.

- [ ] A distractor that stands for a real misconception
    > What is wrong with it, said to the reader who chose it.
- [x] The one best answer
- [ ] Another distractor
    > What is wrong with it.

### Hint

A nudge that does not tell.

### Explanation

Why the key is right, and why each distractor is wrong.

### Source

- [Author, title, year](https://example.org/)
"""
EXPLAIN = """The prompt: what to explain, to whom.

- [ ] A concept that a good answer names
- [ ] Another concept

### Explanation

A model answer.
"""
BODIES = {"choice": CHOICES, "explain": EXPLAIN, "flashcard": "The back of the card.\n"}


class Draft(NamedTuple):
    """What `quizproof new` was told of a question."""

    title: str
    kind: str
    level: str
    skill: str
    topics: tuple[str, ...] = ()
    depth: int = 2


def taken_ids(pages: Iterable[Page], project: Project) -> set[str]:
    """Every id of the site's questions, blocks and programs."""
    found = {program.id for program in find_programs(project.programs)}
    for page in pages:
        found |= {q.id for q in page.questions} | {b.id for b in page.all_blocks}
    return found


def skeleton(draft: Draft, taken: Collection[str]) -> tuple[str, str]:
    """A fresh id and the Markdown of a question that passes every check."""
    words = re.findall(r"[a-z0-9]+", draft.title.lower())[:6]
    stem = "-".join(words) or "question"
    identifier = next(i for i in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))) if i not in taken)
    about = [f".{draft.kind}", f"#{identifier}"]
    if draft.kind != "flashcard":
        about.append(f"skill={draft.skill}")
    about.append(f"level={draft.level}")
    if draft.topics:
        about.append(f'topics="{" ".join(draft.topics)}"')
    marks = "#" * draft.depth
    body = BODIES[draft.kind].replace("\n### ", f"\n{marks}# ")
    title = draft.title if is_closed(draft.title) else _as_text(draft.title)
    return identifier, f"{marks} {title} {{ {' '.join(about)} }}\n\n{body}"


def _as_text(title: str) -> str:
    """The title with its tags as text; in code they are text already."""
    return "".join("&lt;" if c == bare == "<" else c for c, bare in zip(title, without_code([title]), strict=True))
