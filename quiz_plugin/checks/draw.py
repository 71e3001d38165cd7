"""Sets that are drawn: whether their settings make sense, and whether there are the questions."""

from collections.abc import Iterator
from typing import Any

from quiz_plugin.model import DRAWN_MODES, LEVELS, Page, Question
from quiz_plugin.problems import did_you_mean, one_of
from quiz_plugin.settings import Project

Found = Iterator[tuple[str, int, int, str, str, str]]
# A challenge draws from its own page, the others from the whole site.
MODES = (*DRAWN_MODES, "challenge")
NEEDS = {
    "site": ("strength test draws choice questions", "other pages"),
    "page": ("challenge draws from its own choice questions", "this page"),
}


def settings(pages: tuple[Page, ...], project: Project) -> Found:
    """A draw where nothing is drawn, with topics that do not exist, or a drawn page with questions of its own."""
    known = tuple(project.topics) or tuple(sorted({t for p in pages for q in p.questions for t in q.topics}))
    for page in pages:
        mode = page.settings.mode
        drawn = mode in DRAWN_MODES
        if page.settings.draw and mode not in MODES:
            message = f"quiz: draw is set, and nothing is drawn with mode: {mode}"
            yield page.path, *_place(page, "draw"), "bad-draw", message, f"write mode: {one_of(MODES)}"
        if mode == "review" and "levels" in page.settings.draw:
            message = "quiz: draw: levels is set, and a review takes what is due"
            yield page.path, *_place(page, "draw.levels"), "bad-draw", message, "leave levels out"
        for name in _topics(page) if mode in MODES else ():
            if known and name not in known:
                message = f'quiz: draw: topics has "{name}"{did_you_mean(name, known)}'
                yield page.path, *_place(page, "draw.topics"), "bad-draw", message, f"the topics are {one_of(known)}"
        for question in page.questions if drawn else ():
            message = f'question "{question.id}" stands on a page whose questions are drawn'
            hint = "move it to another page; it is drawn from there"
            yield page.path, question.line, 1, "bad-draw", message, hint


def pool(pages: tuple[Page, ...], project: Project) -> Found:
    """A strength test that asks for more questions than there are."""
    every = [q for p in pages for q in p.questions if q.kind == "choice"]
    for page in pages:
        if page.settings.mode == "strength":
            yield from _short(page, every, "site")


def own(pages: tuple[Page, ...], project: Project) -> Found:
    """A challenge that asks for more questions than its page has, or that has some it never asks."""
    for page in pages:
        if page.settings.mode != "challenge":
            continue
        if page.settings.draw:
            yield from _short(page, [q for q in page.questions if q.kind == "choice"], "page")
        for question in page.questions:
            if question.kind != "choice":
                message = f'question "{question.id}" is never asked: a challenge asks questions with .choice'
                yield page.path, question.line, 1, "bad-draw", message, "move it to another page"


def _short(page: Page, every: list[Question], pool: str) -> Found:
    draw, topics = page.settings.draw, set(_topics(page))
    there = [q for q in every if not topics or topics & set(q.topics)]
    where = f" on {one_of(sorted(topics))}" if topics else ""
    count, levels = draw.get("count"), _levels(page)
    if not there:
        what, pages = NEEDS[pool]
        message = f"a {what}, and the {pool} has none{where}"
        hint = f"write questions with .choice on {pages}"
        yield page.path, *_place(page, "mode"), "bad-draw", message, hint
        return
    if isinstance(count, int) and count > len(there):
        message = f"quiz: draw: count is {count}, and the {pool} has {_several(len(there))}{where}"
        hint = f"write count: {len(there)} or less, or write more questions"
        yield page.path, *_place(page, "draw.count"), "bad-draw", message, hint
    for level, wanted in levels.items():
        have = sum(q.level == level for q in there)
        if wanted > have:
            there_are = f"the {pool} has {_several(have)} of that level{where}"
            message = f"quiz: draw: levels: {level} is {wanted}, and {there_are}"
            hint = f"write {level}: {have} or less" if have else f"leave {level} out"
            yield page.path, *_place(page, f"draw.levels.{level}"), "bad-draw", message, hint
    if isinstance(count, int) and sum(levels.values()) > count:
        message = f"quiz: draw: levels add up to {sum(levels.values())}, and count is {count}"
        hint = "leave count out, or make it at least the sum"
        yield page.path, *_place(page, "draw.count"), "bad-draw", message, hint


def _several(count: int) -> str:
    return f"{count} choice question{'' if count == 1 else 's'}"


def _topics(page: Page) -> list[str]:
    topics: Any = page.settings.draw.get("topics", [])
    return topics.split() if isinstance(topics, str) else topics


def _levels(page: Page) -> dict[str, int]:
    levels: Any = page.settings.draw.get("levels", {})
    return {level: levels[level] for level in LEVELS if level in levels}


def _place(page: Page, name: str) -> tuple[int, int]:
    """Where a setting stands, or the first one inside it."""
    places = page.settings.places
    inside = (place for key, place in sorted(places.items()) if key.startswith(f"{name}."))
    return places.get(name) or next(inside, (1, 1))
