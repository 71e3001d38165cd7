"""Built runtimes in the cache: found by recipe, trusted by hash."""

import json
from pathlib import Path
from typing import Literal

from quiz_plugin.runtime import manifest as manifests
from quiz_plugin.runtime import pins
from quiz_plugin.runtime.cache import publish_folder, sha256, sha256_file
from quiz_plugin.runtime.compile import COMPILE_SCRIPT, INSIDE_SCRIPT
from quiz_plugin.runtime.manifest import MANIFEST_FILE, Manifest, Runtime

# With NumPy, or without because its wheel could not be had.
Extent = Literal["whole", "core"]

# Raise it when the host's part of the build changes what it makes; the parts under Node are hashed.
RECIPE = 3
STEPS = (COMPILE_SCRIPT, INSIDE_SCRIPT)


def place_of(cache: Path, extent: Extent) -> Path:
    """Name a runtime's place in the cache by everything that it is made of."""
    hashes = (pins.NPM_INTEGRITY, pins.WHEEL_SHA256, pins.PY_COMPILE_SHA256, *map(sha256_file, STEPS))
    parts = (str(RECIPE), extent, *hashes)
    return cache / "runtime" / sha256("\n".join(parts).encode())[:16]


def find(cache: Path, extent: Extent) -> Runtime | None:
    """Look a built runtime up; None if it is not there, or not whole."""
    found = _folder_in(place_of(cache, extent))
    if found is None:
        return None
    folder, manifest = found
    files = manifests.files_of(manifest)
    size = f"{sum(file.bytes for file in files) / 1e6:.1f} MB"
    names = f"Pyodide {pins.PYODIDE} and NumPy are" if extent == "whole" else f"Pyodide {pins.PYODIDE} is"
    return Runtime(folder, manifest, folder.name, files, f"{names} self-hosted: {size}")


def publish(cache: Path, extent: Extent, out: Path, work: Path) -> None:
    """Put the finished folder `out` where `find` looks, under the name that its content gives it."""
    manifest = json.loads((out / MANIFEST_FILE).read_text(encoding="utf-8"))
    holder = work / "holder"
    holder.mkdir()
    out.rename(holder / manifests.folder_name(manifest))
    place = place_of(cache, extent)
    publish_folder(holder, place, good=lambda there: _folder_in(there) is not None, trash=work / "trash")


def _folder_in(place: Path) -> tuple[Path, Manifest] | None:
    """Find the folder in `place` in which every file has the hash that its manifest gives."""
    for folder in sorted(place.glob("pyodide-*")):
        try:
            manifest = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
            own = manifests.own_entries(manifest)
            good = all(sha256_file(folder / entry["url"]) == entry["sha256"] for entry in own)
        except (OSError, ValueError, KeyError):
            continue
        if good and folder.name == manifests.folder_name(manifest):
            return folder, manifest
    return None
