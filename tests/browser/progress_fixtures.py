"""A small bank, and progress on it, for the tests of the progress page."""

import json

import banks

KEY = "/.quizproof"
HASH = "1a2b3c4d5e6f"
NOW = 1_791_230_400_000  # Monday 2026-10-05 20:00 UTC
DAY = 86_400_000
ELEMENT = f'<quiz-progress data-bank="{banks.NAME}" data-review="../review/"><p>Without scripts.</p></quiz-progress>'
QUESTIONS = {
    "one/": [
        ("prune-a", "choice", "beginner", "pruning"),
        ("prune-b", "choice", "intermediate", "pruning"),
        ("both", "choice", "intermediate", "pruning quantization"),
    ],
    "two/": [
        ("quant-a", "choice", "beginner", "quantization"),
        ("why", "explain", "intermediate", "quantization"),
        ("card", "flashcard", "beginner", "quantization"),
    ],
}


def row(id_, days=0.0, chosen="A", score=1, **changes):
    """One attempt, so many days before NOW."""
    given = {"hash": HASH, "hints": 0, "seconds": 12.3, "mode": "study", **changes}
    return [id_, given["hash"], chosen, score, given["hints"], given["seconds"], NOW - round(days * DAY), given["mode"]]


ROWS = [
    row("prune-a", 20, score=0),
    row("prune-a", 9),
    row("prune-b", 8, score=0.5, mode="practice"),
    row("quant-a", 3, hints=1),
    row("why", 2, "AB", 0.67),
    row("card", 1.5, "4", mode="flashcards"),
    row("both", 1, score=0, mode="challenge"),
]
BADGE = {"name": "Model Master", "time": NOW - 5 * DAY}


def write_bank(folder, *, without=(), changed=(), moved=()):
    """Six questions on two pages, of two levels and two topics, one of both topics; some gone, changed or moved."""
    pages = {url: [] for url in QUESTIONS}
    for url, entries in QUESTIONS.items():
        for entry in entries:
            target = next(other for other in pages if other != url) if entry[0] in moved else url
            hash_ = "ffffffffffff" if entry[0] in changed else HASH
            if entry[0] not in without:
                pages[target].append((*entry, f'<quiz-question id="{entry[0]}" data-hash="{hash_}"></quiz-question>'))
    banks.write_bank(folder, pages)


def text(value):
    """As a page writes it."""
    return json.dumps(value, separators=(",", ":"))


def kept(rows=ROWS, **values):
    """A script that keeps these attempts, and values by the name that follows the key, unless something is kept."""
    items = {KEY: {"version": 1, "attempts": rows}, **{f"{KEY}.{name}": value for name, value in values.items()}}
    puts = "".join(f"localStorage[{json.dumps(k)}] = {json.dumps(text(v))};" for k, v in items.items())
    return f"if (!sessionStorage.seen) {{ sessionStorage.seen = 1; {puts} }}"


def everything():
    """As `kept`: attempts, a badge, a draft, a run under way, and a record that could not be read."""
    names = {
        "badge.one": BADGE,
        "draft.why": "Fewer weights",
        "run.quizzes/x": {"at": 1},
        "aside.5": "?",
    }
    return kept(**names)


FIELDS = ["id", "hash", "chosen", "score", "hints", "seconds", "time", "mode", "confidence"]


def export(rows, badges=None, drafts=None):
    """What an export of these attempts holds."""
    attempts = [dict(zip(FIELDS, one, strict=False)) for one in rows]
    head = {"format": "quizproof-progress", "version": 1, "site": "", "exported": "2026-10-04T08:00:00.000Z"}
    return {**head, "badges": badges or {}, "drafts": drafts or {}, "attempts": attempts}


def file_of(path, rows, **more):
    """That export as a file."""
    path.write_text(json.dumps(export(rows, **more)), encoding="utf-8")
    return path
