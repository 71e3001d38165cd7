"""Exported progress from disk: refused where it does not fit its schema, joined where two files are one reader's."""

import json
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

SCHEMA = Path(__file__).parents[1] / "assets" / "progress.schema.json"
LONGEST = 60
# So many attempts in common, and two files are one reader's.
PROOF = 3
CHOOSE = "Choose a file that a progress page exported; its name ends in .json."
AGAIN = "Export it again where it came from, and do not edit it."
UPDATE = "Update Quizproof, then try again."
KINDS: dict[str, type | tuple[type, ...]] = {"object": dict, "array": list, "string": str}


class RefusedError(ValueError):
    """A file that is no export; says where, what was expected, what was found, and what to do."""


class Attempt(NamedTuple):
    """One attempt at a question; `time` in ms since 1970; `chosen` letters as in the source, or a card's rating."""

    id: str
    hash: str
    chosen: str
    score: float
    seconds: float
    time: int


class Reader(NamedTuple):
    """The files that hold one reader's progress, and their attempts, oldest first."""

    files: tuple[str, ...]
    attempts: tuple[Attempt, ...]


@cache
def schema() -> dict[str, Any]:
    """The schema that the progress page exports by and imports by."""
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


def unpack(data: bytes) -> list[Attempt]:
    """The attempts in a file; raises RefusedError with the words that the progress page has for it."""
    try:
        file = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"It is not JSON. {CHOOSE}") from error
    wanted = schema()["properties"]
    if not isinstance(file, dict):
        raise RefusedError(f"It is {_shown(file)}, and no exported progress. {CHOOSE}")
    if "format" not in file:
        raise RefusedError(f"“format” is missing; expected {wanted['format']['title']}. {CHOOSE}")
    if foreign := _misfit(file["format"], wanted["format"], ("format",)):
        raise RefusedError(f"{foreign} {CHOOSE}")
    version, known = file.get("version"), wanted["version"]["const"]
    if _is_number(version) and version > known:
        found = f"“version” is {_shown(version)}, and only version {known} can be read here."
        raise RefusedError(f"{found} {UPDATE}")
    if found := _misfit(file, schema(), ()):
        raise RefusedError(f"{found} {AGAIN}")
    return [Attempt(*(row[name] for name in Attempt._fields)) for row in file["attempts"]]


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _misfit(value: Any, wanted: dict[str, Any], path: tuple[str | int, ...]) -> str:
    """What does not fit, first of all; nothing when all does."""
    if not _fits(value, wanted):
        return f"{_where(path)} is {_shown(value)}; expected {wanted['title']}."
    if isinstance(value, list):
        entries = (_misfit(entry, wanted["items"], (*path, at)) for at, entry in enumerate(value))
        return next(filter(None, entries), "")
    if not isinstance(value, dict):
        return ""
    inside, others = wanted.get("properties", {}), wanted.get("additionalProperties")
    for name in wanted.get("required", ()):
        if name not in value:
            return f"{_where((*path, name))} is missing; expected {inside[name]['title']}."
    for name, inner in value.items():
        its = inside.get(name, others)
        found = _misfit(inner, its, (*path, name)) if its else f"{_where((*path, name))} is not part of the format."
        if found:
            return found
    return ""


def _fits(value: Any, wanted: dict[str, Any]) -> bool:
    if "const" in wanted:
        return bool(value == wanted["const"] and not isinstance(value, bool))
    if "enum" in wanted:
        return value in wanted["enum"] and not isinstance(value, bool)
    kind = wanted["type"]
    if kind in KINDS:
        return isinstance(value, KINDS[kind])
    whole = kind != "integer" or (_is_number(value) and value == int(value))
    return _is_number(value) and whole and wanted.get("minimum", value) <= value <= wanted.get("maximum", value)


def _is_number(value: Any) -> bool:
    # 1e999 is infinite to JSON's readers.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")


def _where(path: tuple[str | int, ...]) -> str:
    return " of ".join(f"entry {part + 1}" if isinstance(part, int) else f"“{part}”" for part in reversed(path))


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return "a long text" if len(value) > LONGEST else f"“{value}”"
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    return json.dumps(value)


def read(paths: Iterable[Path]) -> tuple[list[Reader], list[str]]:
    """The readers of these files, and what is wrong with the files that were refused."""
    found, refused = [], []
    for path in paths:
        try:
            found.append(Reader((str(path),), tuple(unpack(path.read_bytes()))))
        except (RefusedError, OSError) as error:
            refused.append(f"{path}: {error.strerror if isinstance(error, OSError) else error}")
    return join(found), refused


def join(files: Iterable[Reader]) -> list[Reader]:
    """Files that share attempts come from one reader: two exports, or two devices that were merged.

    One attempt that two strangers made alike, to the millisecond, is no proof; three are, or all that a file has.
    """
    readers: dict[int, Reader] = {}
    owners: dict[Attempt, int] = {}
    for number, new in enumerate(files):
        shared = Counter(owners[a] for a in set(new.attempts) if a in owners)
        same = [n for n, count in shared.items() if count >= min(PROOF, len(new.attempts), len(readers[n].attempts))]
        parts = [*(readers.pop(n) for n in sorted(same)), new]
        attempts = sorted({a for part in parts for a in part.attempts}, key=lambda a: (a.time, a.id))
        readers[number] = Reader(tuple(name for part in parts for name in part.files), tuple(attempts))
        owners |= dict.fromkeys(attempts, number)
    return list(readers.values())
