"""Pyodide's lock file, reduced to the packages that the site offers."""

import importlib
import json
from pathlib import Path
from typing import Any

from quiz_plugin.runtime import pins
from quiz_plugin.runtime.cache import sha256_file
from quiz_plugin.runtime.errors import HashError, ToolMissingError


def reduced_lock(full: Path, pack: Path | None, work: Path) -> dict[str, Any]:
    """Keep only NumPy's entry: with the `pack` made of it, or, without one, the CDN's wheel."""
    try:
        pyodide_lock = importlib.import_module("pyodide_lock")
    except ImportError as error:
        raise ToolMissingError("pyodide-lock", str(error), "pip install mkdocs-quizproof[runtime]") from None
    spec = pyodide_lock.PyodideLockSpec.from_json(_with_version(full, work))
    numpy = spec.packages["numpy"]
    if numpy.sha256 != pins.WHEEL_SHA256:
        advice = "report it: the two are pinned together"
        raise HashError(f"NumPy in Pyodide's own {full.name}", pins.WHEEL_SHA256, numpy.sha256, advice)
    if pack is None:
        numpy.file_name = pins.CDN + numpy.file_name
    else:
        numpy.file_name, numpy.sha256 = pack.name, sha256_file(pack)
    spec.packages = {"numpy": numpy}
    spec.to_json(work / "reduced.json")
    return _normal(json.loads((work / "reduced.json").read_text(encoding="utf-8")))


def _with_version(full: Path, work: Path) -> Path:
    """pyodide-lock before 0.2 insists on `info.version`, which this Pyodide no longer writes."""
    lock = json.loads(full.read_text(encoding="utf-8"))
    lock["info"].setdefault("version", pins.PYODIDE)
    path = work / "with-version.json"
    path.write_text(json.dumps(lock), encoding="utf-8")
    return path


def _normal(lock: dict[str, Any]) -> dict[str, Any]:
    """Drop what only one version of pyodide-lock writes: the same fields as in Pyodide's own file."""
    info = {name: lock["info"][name] for name in pins.CDN_LOCK["info"]}
    fields = pins.CDN_LOCK["packages"]["numpy"]
    packages = {name: {field: spec[field] for field in fields} for name, spec in lock["packages"].items()}
    return {"info": info, "packages": packages}
