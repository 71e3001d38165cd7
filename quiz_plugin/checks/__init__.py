"""The checks: each takes a part of the model and yields what is wrong with it. The tuples below are all there are."""

from dataclasses import replace

from quiz_plugin.checks import craft, evidence, html, question, site
from quiz_plugin.model import Page, Problem
from quiz_plugin.problems import CODES
from quiz_plugin.settings import Project

QUESTION_CHECKS = (
    question.heading,
    question.attribute_values,
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
PAGE_CHECKS = (html.around, evidence.blocks, craft.key_position_bias)
SITE_CHECKS = (site.duplicate_ids, evidence.programs)


def check_page(page: Page, project: Project) -> tuple[Problem, ...]:
    """All problems of one page, in source order; those that a question ignores by name are left out."""
    found = list(page.problems)
    for q in page.questions:
        found += [_problem(page.path, row, q.id) for check in QUESTION_CHECKS for row in check(q, project)]
    found += [_problem(page.path, row) for check in PAGE_CHECKS for row in check(page, project)]
    kept = [p for p in (_with_question(page, p) for p in found) if not _is_ignored(page, p)]
    return tuple(sorted(dict.fromkeys(kept), key=lambda p: (p.line, p.column, p.code)))


def check_site(pages: tuple[Page, ...], project: Project) -> tuple[Problem, ...]:
    """The problems that only all pages together show."""
    return tuple(_problem(row[0], row[1:]) for check in SITE_CHECKS for row in check(pages, project))


def broken_questions(page: Page, problems: tuple[Problem, ...]) -> dict[int, list[Problem]]:
    """The questions that must not be shown, by their line, with their errors."""
    broken: dict[int, list[Problem]] = {}
    for q in page.questions:
        mine = [p for p in problems if p.severity == "error" and q.line <= p.line <= q.end_line]
        if mine:
            broken[q.line] = mine
    return broken


def _problem(path: str, row: tuple[int, int, str, str, str], question: str = "") -> Problem:
    line, column, code, message, hint = row
    return Problem(path, line, column, code, message, hint, CODES[code].severity, question)


def _with_question(page: Page, problem: Problem) -> Problem:
    if problem.question:
        return problem
    owner = next((q for q in page.questions if q.line <= problem.line <= q.end_line), None)
    return replace(problem, question=owner.id) if owner else problem


def _is_ignored(page: Page, problem: Problem) -> bool:
    if problem.severity != "warning":
        return False
    owner = next((q for q in page.questions if q.line <= problem.line <= q.end_line), None)
    return owner is not None and problem.code in owner.ignored
