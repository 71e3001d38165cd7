"""The manifest that the page's client reads: URLs, bytes and hashes of every file, with the lock inlined."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from quiz_plugin.runtime import pins
from quiz_plugin.runtime.cache import sha256, sha256_file

MANIFEST_FILE = "manifest.json"

Manifest = dict[str, Any]


@dataclass(frozen=True)
class File:
    """A file of the runtime's folder; `name` has no folder in it."""

    name: str
    bytes: int


@dataclass(frozen=True)
class Runtime:
    """What the site serves for Python: a folder to copy, or only a manifest that points to the CDN."""

    folder: Path | None
    manifest: Manifest
    name: str
    files: tuple[File, ...]
    note: str
    manifest_name: str = MANIFEST_FILE

    @property
    def bytes(self) -> int:
        """All files together."""
        return sum(file.bytes for file in self.files)

    @property
    def manifest_text(self) -> str:
        """The manifest as it is served."""
        return to_text(self.manifest)

    def copy_to(self, parent: Path) -> Path:
        """Copy the folder into `parent`, as the site has it under `assets/`; returns the copy."""
        target = parent / self.name
        if self.folder:
            shutil.copytree(self.folder, target, dirs_exist_ok=True)
        else:
            target.mkdir(parents=True, exist_ok=True)
            (target / self.manifest_name).write_text(self.manifest_text, encoding="utf-8", newline="\n")
        return target


def to_text(manifest: Manifest) -> str:
    """Write a manifest down: the same manifest gives the same text."""
    return json.dumps(manifest, indent=1, sort_keys=True) + "\n"


def folder_name(manifest: Manifest) -> str:
    """Name a runtime by its content: the manifest holds the hash of every file."""
    return "pyodide-" + sha256(to_text(manifest).encode())[:12]


def self_hosted(folder: Path, lock: dict[str, Any]) -> Manifest:
    """Describe the files in `folder`; packages whose file is not there are the CDN's."""
    core = {name: _entry(folder / name) for name in (*pins.CORE_FILES, pins.START_FILE)}
    packages = {name: _package(folder, spec) for name, spec in lock["packages"].items()}
    return _manifest("self", core, lock, packages)


def cdn() -> Manifest:
    """Point to the CDN. Sizes and hashes of its's core files are not promised anywhere, so they are null."""
    core = {name: {"url": pins.CDN + name, "bytes": None, "sha256": None} for name in pins.CORE_FILES}
    return _manifest("cdn", core, pins.CDN_LOCK, {"numpy": _cdn_numpy()})


def _manifest(mode: Literal["self", "cdn"], core: Manifest, lock: Manifest, packages: Manifest) -> Manifest:
    versions = {"pyodide": pins.PYODIDE, "python": pins.PYTHON}
    return {**versions, "mode": mode, "core": core, "lock": lock, "packages": packages}


def _entry(path: Path) -> Manifest:
    return {"url": path.name, "bytes": path.stat().st_size, "sha256": sha256_file(path)}


def _package(folder: Path, spec: dict[str, Any]) -> Manifest:
    return _cdn_numpy() if "://" in spec["file_name"] else _entry(folder / spec["file_name"])


def _cdn_numpy() -> Manifest:
    return {"url": pins.CDN + pins.WHEEL_FILE, "bytes": pins.WHEEL_BYTES, "sha256": pins.WHEEL_SHA256}


def own_entries(manifest: Manifest) -> list[Manifest]:
    """Pick the files that are the site's own."""
    return [entry for entry in _entries(manifest) if "://" not in entry["url"]]


def uses_cdn(manifest: Manifest) -> bool:
    """Tell whether any file comes from another origin."""
    return any("://" in entry["url"] for entry in _entries(manifest))


def _entries(manifest: Manifest) -> list[Manifest]:
    return [*manifest["core"].values(), *manifest["packages"].values()]


def files_of(manifest: Manifest) -> tuple[File, ...]:
    """List the site's own files, the manifest among them."""
    own = [File(entry["url"], entry["bytes"]) for entry in own_entries(manifest)]
    return (*own, File(MANIFEST_FILE, len(to_text(manifest).encode())))
