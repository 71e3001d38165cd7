"""Torch programs: every `precompute/NAME.py` with a `build()`; files that start with `_` are shared by all."""

import ast
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Program:
    """One program file; its id is the file's name with hyphens.

    `alone` (`ALONE = True` in the file): it measures time, so nothing may run beside it. `reads` (`READS = ("…",)`,
    paths from the program's folder): files that its result depends on, such as other programs' records.
    """

    id: str
    path: Path
    alone: bool = False
    reads: tuple[Path, ...] = ()

    @property
    def sha256(self) -> str:
        """Over the program, every shared file beside it and what it reads: what its result can depend on."""
        read = [path for path in self.reads if path.exists()]
        files = [self.path, *sorted(self.path.parent.glob("_*.py")), *read]
        return hashlib.sha256(b"".join(f.read_bytes().replace(b"\r\n", b"\n") for f in files)).hexdigest()


def find_programs(folder: Path) -> tuple[Program, ...]:
    """All programs of a folder, by id."""
    files = sorted(p for p in folder.glob("*.py") if not p.name.startswith("_"))
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    return tuple(_program(path, text) for path, text in texts.items() if "def build(" in text)


def _program(path: Path, text: str) -> Program:
    said = _constants(text)
    reads = said.get("READS")
    # Another meaning of these names is the program's own affair.
    names = reads if isinstance(reads, tuple) and all(isinstance(name, str) for name in reads) else ()
    return Program(
        path.stem.replace("_", "-"), path, said.get("ALONE") is True, tuple(path.parent / name for name in names)
    )


@lru_cache(maxsize=256)
def _constants(text: str) -> Mapping[str, Any]:
    """The names that the file sets to a literal; none for a file that is no Python, which its run will say."""
    found: dict[str, Any] = {}
    if "ALONE" not in text and "READS" not in text:  # reading a program as Python is most of what finding it takes
        return found
    try:
        lines = ast.parse(text).body
    except SyntaxError:
        return found
    for line in lines:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            try:
                found[line.targets[0].id] = ast.literal_eval(line.value)
            except ValueError:
                continue
    return found
