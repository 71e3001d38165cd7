"""A bank as the build makes it, for fixture pages."""

import json
from pathlib import Path

KINDS = ["choice", "flashcard", "explain"]
LEVELS = ["beginner", "intermediate", "advanced", "expert"]
TOPICS = {"pruning": "Pruning", "quantization": "Quantization"}
NAME = "quizproof-bank-test"

Entry = tuple[str, str, str, str, str]


# Of each outcome its title and where it is listed.
OUTCOMES = {"choose": ["Choose settings", "outcomes/#choose"], "measure": ["Measure speed"]}


def write_bank(
    folder: Path, pages: dict[str, list[Entry]], version: int = 1, served: dict[str, list[str]] | None = None
) -> None:
    """`pages`: by address, of each question its id, kind, level, topics and HTML; its hash is read from the HTML.

    `served`: the outcomes of questions; without it the site declares none.
    """
    target = folder / "assets" / NAME
    target.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, entries in enumerate(pages.values()):
        (target / f"{number}.json").write_text(json.dumps({entry[0]: entry[4] for entry in entries}), encoding="utf-8")
        for id_, kind, level, topics, html in entries:
            hash_ = html.split('data-hash="')[1].split('"')[0]
            places = [list(TOPICS).index(topic) for topic in topics.split()]
            row = [id_, number, KINDS.index(kind), LEVELS.index(level), places, hash_]
            mine = [list(OUTCOMES).index(name) for name in (served or {}).get(id_, [])]
            rows.append([*row, mine] if mine else row)
    index = {
        "version": version,
        "kinds": KINDS,
        "levels": LEVELS,
        "topics": list(TOPICS.items()),
        "outcomes": [] if served is None else [[name, *about] for name, about in OUTCOMES.items()],
        "pages": [[url, f"Page {url.strip('/')}"] for url in pages],
        "questions": rows,
    }
    (target / "index.json").write_text(json.dumps(index), encoding="utf-8")
    titles = [f"Title of {row[0]}" for row in rows]
    (target / "titles.json").write_text(json.dumps(titles), encoding="utf-8")


def drawn_set(mode: str, **data: str) -> str:
    """The element as the extension renders it and the plugin fills it in."""
    given = {"bank": NAME, "name": f"{mode.title()} page", "set": mode, **data}
    attributes = "".join(f' data-{name}="{value}"' for name, value in given.items())
    text = '<p class="quiz-undrawn">A script draws these questions.</p>'
    return f'<quiz-set data-mode="{mode}" data-state="ready"{attributes}>{text}</quiz-set>'
