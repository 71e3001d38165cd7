"""Makes a site of any size: the same text as questions, or as plain Markdown lists to compare with."""

from pathlib import Path

CODE = "print({n} * 2)"


def question(number: int, *, plain: bool = False, code: bool = False) -> str:
    """One question with four choices, feedback, a hint and an explanation; with `code`, the key is computed."""
    values = [number * 2, number * 2 + 1, number * 2 - 1, number * 3 + 7]
    key = number % 4
    values[0], values[key] = values[key], values[0]
    attributes = "" if plain else f" {{ .choice #question-{number} skill=predict level=beginner topics=arithmetic }}"
    lines = [f"## What is {number} times two?{attributes}", "", "Think of *doubling*, and of **nothing** else.", ""]
    if code:
        lines += ["```python" if plain else '```python run="python"', CODE.format(n=number), "```", ""]
    for n, value in enumerate(values):
        box = "" if plain else f"[{'x' if n == key else ' '}] "
        lines += [f"- {box}`{value}`", "    > Feedback on this one, with `code` and a [link](https://example.org/)."]
    lines += ["", "### Hint", "", "Add the number to itself.", "", "### Explanation", "", f"{number} + {number}.", ""]
    return "\n".join(lines)


def make_site(folder: Path, pages: int, questions: int, *, plain: bool = False, code: bool = False) -> Path:
    """Write mkdocs.yml and docs/ into `folder`; returns docs/."""
    docs = folder / "docs"
    docs.mkdir(parents=True)
    plugin = "" if plain else "\n  - quizproof:\n      topics: {arithmetic: Arithmetic}"
    (folder / "mkdocs.yml").write_text(f"site_name: Made\nplugins:\n  - search{plugin}\n")
    (docs / "index.md").write_text("# Home\n")
    for page in range(pages):
        numbers = range(page * questions, (page + 1) * questions)
        body = "\n".join(question(n, plain=plain, code=code) for n in numbers)
        (docs / f"page-{page}.md").write_text(f"# Page {page}\n\n{body}")
    return docs
