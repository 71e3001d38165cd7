"""Committed records: what a block or program said when it was last run."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class RecordError(ValueError):
    """A record file that cannot be read; says why."""


@dataclass(frozen=True)
class Record:
    """What one run said. `exception` is `{"type", "message"}`; `seconds` is wall time; `data` is a program's result."""

    id: str
    engine: str
    sha256: str
    stdout: str = ""
    exception: dict[str, str] | None = None
    answer: Any = None
    verdicts: dict[str, Any] | None = None
    seed: int | None = None
    seconds: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)
    program: str = ""
    data: Any = None

    @property
    def last_line(self) -> str:
        """The exception as a traceback's last line, or an empty string."""
        if self.exception is None:
            return ""
        message = self.exception["message"]
        return f"{self.exception['type']}: {message}" if message else self.exception["type"]

    def dump(self) -> str:
        """The file's text: sorted keys, what is not set left out."""
        always = {"id", "engine", "sha256", "seconds", "versions"}
        own = {"program", "data"} if self.program else {"stdout", "exception"}
        fields = {k: v for k, v in vars(self).items() if k in always | own or v not in (None, "")}
        return json.dumps(fields, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def digest(code: str) -> str:
    """The sha256 of a text as UTF-8, in hex."""
    return hashlib.sha256(code.encode()).hexdigest()


def path_of(folder: Path, record_id: str) -> Path:
    """Where the record of an id lies."""
    return folder / f"{record_id}.json"


def read_record(folder: Path, record_id: str) -> Record | None:
    """The record of an id, None where there is none. Raises RecordError for a file that is no record."""
    path = path_of(folder, record_id)
    try:
        record = Record(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, OSError) as error:
        raise RecordError(f"{path.name} is not a record: {error}") from error
    if record.id != record_id:
        raise RecordError(f'{path.name} is the record of "{record.id}"')
    if wrong := _wrong_type(record):
        raise RecordError(f"{path.name} is not a record: {wrong}")
    return record


def _wrong_type(record: Record) -> str:
    """What a file edited by hand may have got wrong, or an empty string."""
    for name in ("id", "engine", "sha256", "stdout", "program"):
        if not isinstance(getattr(record, name), str):
            return f"{name} is not a text"
    exception: object = record.exception
    if exception is not None and not (isinstance(exception, dict) and set(exception) == {"type", "message"}):
        return "exception has not type and message"
    for name, kinds in (("versions", dict), ("seconds", int | float)):
        if not isinstance(getattr(record, name), kinds):
            return f"{name} has the wrong type"
    return ""


def write_record(folder: Path, record: Record) -> None:
    """Write through a temporary file, so that an interrupted run leaves the old record."""
    folder.mkdir(parents=True, exist_ok=True)
    path = path_of(folder, record.id)
    draft = path.with_suffix(".json.part")
    draft.write_text(record.dump(), encoding="utf-8", newline="\n")
    draft.replace(path)
