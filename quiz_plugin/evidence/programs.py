"""Torch programs: every `precompute/NAME.py` with a `build()`; files that start with `_` are shared by all."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """One program file; its id is the file's name with hyphens."""

    id: str
    path: Path

    @property
    def sha256(self) -> str:
        """Over the program and every shared file beside it: what its result can depend on."""
        files = [self.path, *sorted(self.path.parent.glob("_*.py"))]
        return hashlib.sha256(b"".join(f.read_bytes().replace(b"\r\n", b"\n") for f in files)).hexdigest()


def find_programs(folder: Path) -> tuple[Program, ...]:
    """All programs of a folder, by id."""
    files = sorted(p for p in folder.glob("*.py") if not p.name.startswith("_"))
    return tuple(Program(p.stem.replace("_", "-"), p) for p in files if "def build(" in p.read_text(encoding="utf-8"))
