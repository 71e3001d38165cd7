"""One model: what a page shows of a question is what `quizproof list --format json` says of it."""

from pathlib import Path
from typing import Any

import pytest
from rendering import ROOT, Node, question, site_markdown, tree

from quiz_plugin.checks import broken_questions, check_page
from quiz_plugin.listing import describe
from quiz_plugin.model import PARTS
from quiz_plugin.parse import parse
from quiz_plugin.settings import find_project

PAGES = sorted(p for p in (ROOT / "docs").rglob("*.md") if parse(p.read_text(encoding="utf-8")).questions)
OWN = """# Page

## Which? { .choice #which skill=tune level=expert topics="pruning" }

Stem with `code`, a [link](https://example.org/) and

```python
x = [1, 2]
```

- [ ] One *thing*
    > Feedback of A.
    >
    > In two paragraphs.
- [x] Two

    ```python
    blocks = 1
    ```

- [ ] Three
- [x] Four
    > Feedback of D.

### Hint

First.

### Hint

Second.

### Explanation

Why.

### Steps

1. One.
2. Two.

### Mistakes

- A mistake.

### Source

- [Paper](https://example.org/)

## Explain { .explain #explain-it level=beginner }

Say it.

- [ ] Concept one
- [ ] Concept two

### Explanation

Model answer.

## Front { .flashcard #front }

Back.
"""


def words(node: Node) -> str:
    """The text of a node without what a runnable block adds to its source."""
    kept = [c for c in node.children if isinstance(c, str) or not is_record(c)]
    text = " ".join(c if isinstance(c, str) else words(c) for c in kept)
    return " ".join(text.replace("¶", " ").split())


def is_record(node: Node) -> bool:
    return (
        node.get("data-part") in ("output", "status", "recorded")
        or node.get("class") in ("quiz-provenance", "quiz-feedback-letter", "quiz-part-title", "headerlink")
        or node.tag == "summary"
    )


def rendered(markdown: str, definitions: str) -> str:
    return words(tree(site_markdown().convert(f"{markdown}\n\n{definitions}"), strict=False))


def part(element: Node, name: str) -> list[Node]:
    """The question's own parts of this name: a runnable block has parts of its own."""
    found = []
    for child in element.elements:
        if child.get("data-part") == name:
            found.append(child)
        elif child.tag != "quiz-code":
            found += part(child, name)
    return found


def shown(element: Node) -> dict[str, Any]:
    """What the page says of a question, in the listing's words."""
    kind = element.attributes["data-kind"]
    box = {"choice": "quiz-choices", "explain": "quiz-concepts"}.get(kind)
    rows = element.all(class_=box)[0].all("div", class_="quiz-choice") if box else []
    answer = element.one("details", data_part="answer")
    key = (answer.get("data-key") or "").split()
    feedback = {n.attributes["data-letter"]: words(n) for n in part(element, "feedback")}
    return {
        "id": element.get("id"),
        "kind": kind,
        "title": words(element.one(class_="quiz-title")),
        "hash": element.get("data-hash"),
        "level": element.get("data-level") or "",
        "skill": element.get("data-skill") or "",
        "topics": (element.get("data-topics") or "").split(),
        "stem": " ".join(words(n) for n in [*part(element, "stem"), *part(element, "back")]),
        "choices": [
            {
                "letter": n.attributes["data-letter"],
                "correct": n.attributes["data-letter"] in key,
                "text": words(n.one(class_="quiz-text")),
                "feedback": feedback.get(n.attributes["data-letter"], ""),
            }
            for n in rows
        ],
        "key": key,
        "parts": {kind: [words(n) for n in part(element, kind.lower())] for kind in PARTS},
    }


def said(data: dict[str, Any], definitions: str) -> dict[str, Any]:
    """The listing's words with their Markdown rendered."""

    def html(text: str) -> str:
        return rendered(text, definitions) if text else ""

    parts = {kind: [html(p["text"]) for p in data["parts"] if p["kind"] == kind] for kind in PARTS}
    choices = [{**c, "text": html(c["text"]), "feedback": html(c["feedback"])} for c in data["choices"]]
    names = ("id", "kind", "hash", "level", "skill", "topics", "key")
    kept = {name: data[name] for name in names}
    return {**kept, "title": html(data["title"]), "stem": html(data["stem"]), "choices": choices, "parts": parts}


def compare(source: str, path: str) -> int:
    project = find_project(ROOT)
    page = parse(source, path)
    definitions = "\n".join(line for line in page.lines if line.startswith("*["))
    root = tree(site_markdown().convert(source), strict=False)
    elements = [n for n in root.iter() if n.tag in ("quiz-question", "quiz-card")]
    broken = broken_questions(page, check_page(page, project))
    sound = [one for one in page.questions if one.line not in broken]
    for element, one in zip(elements, sound, strict=True):
        assert shown(element) == said(describe(page, one, project), definitions)
    return len(elements)


@pytest.mark.parametrize("path", PAGES, ids=[p.relative_to(ROOT / "docs").as_posix() for p in PAGES])
def test_a_page_of_the_site_shows_what_the_listing_says(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert compare(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()) > 0


def test_every_piece_and_kind_shows_what_the_listing_says() -> None:
    assert compare(OWN, "page.md") == 3
    assert compare(question(), "page.md") == 1
