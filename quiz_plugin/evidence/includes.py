"""`--8<-- "file"` inside a runnable fence: the same lines that the page shows."""

import re
from collections.abc import Iterable
from pathlib import Path

INCLUDE = re.compile(r"""^([ \t]*)-{1,}8<-{1,}[ \t]+["']([^"'\n]+)["'][ \t]*$""")
SECTION = re.compile(r"^[ \t]*#[ \t]*-+8<-+[ \t]*\[[ \t]*(start|end)[ \t]*:[ \t]*([\w-]+)[ \t]*\]")
MOST_DEPTH = 8


class IncludeError(ValueError):
    """An include that cannot be resolved; says what was looked for."""


def included(lines: Iterable[str]) -> tuple[str, ...]:
    """The files that these lines bring in, without the parts of them."""
    found = (match[2].partition(":")[0] for line in lines if "8<" in line and (match := INCLUDE.match(line)))
    return tuple(dict.fromkeys(found))


def expand(code: str, root: Path, depth: int = 0) -> str:
    """The code with its includes put in, paths from `root`. Raises IncludeError."""
    if "8<" not in code:
        return code
    if depth > MOST_DEPTH:
        raise IncludeError("includes that include each other")
    out: list[str] = []
    for line in code.split("\n"):
        match = INCLUDE.match(line)
        if match is None:
            out.append(line)
            continue
        included = expand(_read(root, match[2]), root, depth + 1).rstrip("\n").split("\n")
        out.extend(match[1] + text if text else text for text in included)
    return "\n".join(out)


def _read(root: Path, spec: str) -> str:
    name, _, rest = spec.partition(":")
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise IncludeError(f"{name} lies outside the project")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise IncludeError(f"there is no readable file {name}") from error
    lines = text.rstrip("\n").split("\n")
    if not rest:
        return "\n".join(line for line in lines if not SECTION.match(line))
    if re.fullmatch(r"\d*(:\d*)?", rest):
        first, _, last = rest.partition(":")
        return "\n".join(lines[int(first or 1) - 1 : int(last) if last else None])
    return _section(lines, name, rest)


def _section(lines: list[str], name: str, section: str) -> str:
    marks = [(n, m[1]) for n, line in enumerate(lines) if (m := SECTION.match(line)) and m[2] == section]
    if [kind for _, kind in marks] != ["start", "end"]:
        raise IncludeError(f"{name} has no section {section!r}")
    return "\n".join(line for line in lines[marks[0][0] + 1 : marks[1][0]] if not SECTION.match(line))
