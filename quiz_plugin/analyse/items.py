"""Item analysis of first answers: difficulty, discrimination, distractors.

Sources: Lord and Novick 1968, *Statistical Theories of Mental Test Scores*; Crocker and Algina 1986, *Introduction to
Classical and Modern Test Theory*, chapter 14 (item analysis). That an item's own score inflates its correlation with
the total, and so has to be left out of it: Henrysson 1963, Psychometrika 28, 211-218.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import fsum, sqrt
from typing import NamedTuple

from quiz_plugin.analyse.export import Attempt, Reader
from quiz_plugin.model import Page, Question
from quiz_plugin.plain import plain

# Fewer answers than this say too little for a warning; the figures are shown all the same.
ENOUGH = 10
# Two readers always lie on a line.
FEWEST = 3
EASY, HARD = 0.95, 0.20
RATINGS = set("1234")


class Place(NamedTuple):
    """Where a question stands in the site's sources, and what it has."""

    path: str
    line: int
    question: Question


@dataclass(frozen=True)
class Item:
    """What the first answers say of one question.

    `right`: the share of first answers that are right, 0 to 1. `discrimination`: -1 to 1, or None with the reason in
    `why`. `chosen`: how many chose each letter. `left_out`: first answers to another version of it.
    """

    id: str
    answers: int
    right: float
    discrimination: float | None
    why: str
    chosen: Mapping[str, int]
    key: tuple[str, ...]
    flags: tuple[str, ...]
    left_out: int = 0
    place: Place | None = None

    @property
    def title(self) -> str:
        return plain(self.place.question.title) if self.place else ""

    @property
    def where(self) -> str:
        return f"{self.place.path}:{self.place.line}" if self.place else ""


def analyse(readers: Iterable[Reader], pages: Iterable[Page] = ()) -> list[Item]:
    """Every question with a key that was answered: those with flags first, then as they stand in the site."""
    places = {q.id: Place(page.path, q.line, q) for page in pages for q in page.questions}
    firsts = [_firsts(reader.attempts) for reader in readers]
    hashes = _hashes(firsts, places)
    skipped = {id_ for id_, place in places.items() if place.question.kind != "choice"}
    current = [
        {id_: a for id_, versions in first.items() if id_ not in skipped and (a := versions.get(hashes[id_]))}
        for first in firsts
    ]
    ids = {id_ for answers in current for id_ in answers}
    found = [_item(id_, current, places.get(id_)) for id_ in ids]
    left = Counter(id_ for first in firsts for id_, versions in first.items() if hashes[id_] not in versions)
    order = {id_: n for n, id_ in enumerate(places)}
    found = [Item(**{**vars(item), "left_out": left[item.id]}) for item in found]
    return sorted(found, key=lambda i: (not i.flags, order.get(i.id, len(order)), i.id))


def _firsts(attempts: Iterable[Attempt]) -> dict[str, dict[str, Attempt]]:
    """A reader's first attempt at each version of each question; cards have ratings, and no key."""
    found: dict[str, dict[str, Attempt]] = defaultdict(dict)
    for attempt in attempts:
        if attempt.chosen not in RATINGS:
            found[attempt.id].setdefault(attempt.hash, attempt)
    return found


def _hashes(firsts: list[dict[str, dict[str, Attempt]]], places: Mapping[str, Place]) -> dict[str, str]:
    """The version to look at: the site's, or where the site is not at hand the one answered last."""
    newest: dict[str, Attempt] = {}
    for first in firsts:
        for id_, versions in first.items():
            newest[id_] = max([*versions.values(), *([newest[id_]] if id_ in newest else [])], key=lambda a: a.time)
    return {id_: places[id_].question.hash if id_ in places else a.hash for id_, a in newest.items()}


def _item(id_: str, readers: list[dict[str, Attempt]], place: Place | None) -> Item:
    mine = [answers for answers in readers if id_ in answers]
    scores = [_score(answers[id_]) for answers in mine]
    rests = [_rest(answers, id_) for answers in mine]
    known = [(score, rest) for score, rest in zip(scores, rests, strict=True) if rest is not None]
    discrimination, why = point_biserial([s for s, _ in known], [r for _, r in known])
    letters = [c.letter for c in place.question.choices] if place else []
    counts = Counter(letter for answers in mine for letter in answers[id_].chosen)
    chosen = {letter: counts[letter] for letter in (*letters, *sorted(counts.keys() - set(letters)))}
    key = place.question.key if place else _key(answers[id_] for answers in mine)
    right = fsum(scores) / len(scores)
    flags = _flags(len(mine), right, discrimination, [x for x, n in chosen.items() if not n and x not in key])
    return Item(id_, len(mine), right, discrimination, why, chosen, key, flags, place=place)


def _score(attempt: Attempt) -> float:
    return float(attempt.score == 1)


def _rest(answers: Mapping[str, Attempt], id_: str) -> float | None:
    """The share of a reader's other first answers that are right; where all answered the same, as good as the sum."""
    others = [_score(a) for other, a in answers.items() if other != id_]
    return fsum(others) / len(others) if others else None


def _key(attempts: Iterable[Attempt]) -> tuple[str, ...]:
    return next((tuple(a.chosen) for a in attempts if a.score == 1), ())


def point_biserial(scores: list[float], rests: list[float]) -> tuple[float | None, str]:
    """Pearson's correlation of a 0/1 score with the score on the rest, or None and why there is none."""
    if len(scores) < FEWEST:
        return None, f"fewer than {FEWEST} readers who answered other questions too"
    if len(set(scores)) == 1:
        return None, "all first answers are right" if scores[0] else "no first answer is right"
    if len(set(rests)) == 1:
        return None, "all readers do equally well on the rest"
    means = fsum(scores) / len(scores), fsum(rests) / len(rests)
    x, y = [s - means[0] for s in scores], [r - means[1] for r in rests]
    both = fsum(a * b for a, b in zip(x, y, strict=True))
    return both / sqrt(fsum(a * a for a in x) * fsum(b * b for b in y)), ""


def _flags(answers: int, right: float, discrimination: float | None, never: list[str]) -> tuple[str, ...]:
    if answers < ENOUGH:
        return ()
    found = [
        f"too easy: more than {EASY:.0%} are right" if right > EASY else "",
        f"too hard: fewer than {HARD:.0%} are right" if right < HARD else "",
        "who does well elsewhere gets it wrong" if discrimination is not None and discrimination < 0 else "",
        f"never chosen: {', '.join(never)}" if never else "",
    ]
    return tuple(flag for flag in found if flag)
