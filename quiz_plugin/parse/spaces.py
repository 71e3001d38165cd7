"""White space as Python-Markdown counts it: a tab goes on to the next multiple of four."""


def width(text: str) -> int:
    """Columns that white space takes."""
    return len(text.expandtabs(4)) if "\t" in text else len(text)


def indent_of(line: str) -> int:
    """Columns of white space that the line starts with."""
    return width(line[: len(line) - len(line.lstrip(" \t"))])


def cut(line: str, columns: int) -> str:
    """The line without its first `columns` columns of white space, or without all that it has."""
    body = line.lstrip(" \t")
    return " " * max(0, indent_of(line) - columns) + body
