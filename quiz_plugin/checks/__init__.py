"""The checks: each takes a part of the model and yields what is wrong with it. The tuples below are all there are."""

from bisect import bisect_right
from collections.abc import Iterable

from quiz_plugin.checks import attributes, craft, draw, evidence, html, labs, places, question, site
from quiz_plugin.model import Page, Problem, Question
from quiz_plugin.problems import CODES
from quiz_plugin.settings import Project

QUESTION_CHECKS = (
    attributes.kind_and_id,
    attributes.names,
    attributes.values,
    question.emptiness,
    question.choices,
    question.choice_texts,
    question.parts,
    html.unclosed,
    evidence.key,
    evidence.sources,
    craft.longest_is_key,
    craft.all_or_none,
    craft.unmarked_negative,
    craft.absolute_term,
)
PAGE_CHECKS = (
    html.around,
    evidence.blocks,
    labs.files,
    attributes.defaults,
    attributes.page_topics,
    places.names,
    places.blocks,
    craft.key_position_bias,
)
SITE_CHECKS = (site.duplicate_ids, evidence.programs, draw.own)
# These say something only of a site that is there as a whole.
WHOLE_SITE_CHECKS = (draw.settings, draw.pool)

# One mistake, one problem: in the same question, what is on the left explains away what is on the right.
COUNTS = {"no-choices", "one-choice", "no-correct-choice", "all-correct"}
KEYS = {"key-contradicted", "ambiguous-output", "verdict-letters", "no-proof", "longest-is-key", "absolute-term"}
WHOLE = {"missing-explanation", "empty-part", "empty-question", "text-after-choices", *COUNTS, *KEYS}
EXPLAINS: dict[str, set[str]] = {
    "unclosed-fence": WHOLE,
    "unclosed-html": WHOLE,
    "part-before-choices": {*COUNTS, *KEYS},
    "split-choices": {*COUNTS, *KEYS},
    "bad-checkbox": {*COUNTS, *KEYS},
    "wrong-marker": {*COUNTS, *KEYS},
    "text-after-choices": {"missing-explanation"},
    "no-choices": {"missing-explanation", *KEYS},
    "one-choice": KEYS,
    "all-correct": KEYS,
    "duplicate-choice": {"ambiguous-output"},
    "bad-link": {"no-proof"},
    "verdict-letters": {"no-proof"},
}


def check_page(page: Page, project: Project) -> tuple[Problem, ...]:
    """All problems of one page, in source order; those that a question ignores by name are left out."""
    found = list(page.problems)
    for q in page.questions:
        found += [_problem(page.path, row, q.id) for check in QUESTION_CHECKS for row in check(q, project)]
    found += [_problem(page.path, row) for check in PAGE_CHECKS for row in check(page, project)]
    kept: list[Problem] = []
    first = {(p.line, p.column, p.code): p for p in reversed(found)}
    for owner, mine in _by_question(page, first.values()).items():
        kept += mine if owner < 0 else _left(page.questions[owner], mine)
    return tuple(sorted(kept, key=lambda p: (p.line, p.column, p.code)))


def check_site(pages: tuple[Page, ...], project: Project, whole: bool = True) -> tuple[Problem, ...]:
    """The problems that only several pages together show; `whole`: these are all pages of the site."""
    checks = (*SITE_CHECKS, *WHOLE_SITE_CHECKS) if whole else SITE_CHECKS
    return tuple(_problem(row[0], row[1:]) for check in checks for row in check(pages, project))


def broken_questions(page: Page, problems: tuple[Problem, ...]) -> dict[int, list[Problem]]:
    """The questions that must not be shown, by their line, with their errors."""
    errors = [p for p in problems if p.severity == "error"]
    return {page.questions[n].line: mine for n, mine in _by_question(page, errors).items() if n >= 0}


def _problem(path: str, row: tuple[int, int, str, str, str], question: str = "") -> Problem:
    line, column, code, message, hint = row
    return Problem(path, line, column, code, message, hint, CODES[code].severity, question)


def _by_question(page: Page, problems: Iterable[Problem]) -> dict[int, list[Problem]]:
    """The problems by the position of the question whose lines they are in; -1 for those between."""
    lines = [q.line for q in page.questions]
    groups: dict[int, list[Problem]] = {}
    for problem in problems:
        owner = bisect_right(lines, problem.line) - 1
        inside = owner >= 0 and problem.line <= page.questions[owner].end_line
        groups.setdefault(owner if inside else -1, []).append(problem)
    return groups


def _left(owner: Question, problems: list[Problem]) -> list[Problem]:
    """Without what the question ignores, and without what another of its problems explains."""
    explained = {code for p in problems for code in EXPLAINS.get(p.code, ()) if code != p.code}
    left = (p for p in problems if p.code not in explained)
    shown = (p for p in left if p.severity == "error" or p.code not in owner.ignored)
    return [p if p.question else p._replace(question=owner.id) for p in shown]
