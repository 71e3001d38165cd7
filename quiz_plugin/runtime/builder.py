"""From npm's package and NumPy's wheel to the folder that a site serves; built once, then found in the cache."""

import errno
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

from quiz_plugin.runtime import kept, pins
from quiz_plugin.runtime import manifest as manifests
from quiz_plugin.runtime.cache import cache_folder, workspace
from quiz_plugin.runtime.compile import compile_archives
from quiz_plugin.runtime.errors import CacheError, DiskFullError, HashError, NotBuiltError, WheelMissingError
from quiz_plugin.runtime.lock import reduced_lock
from quiz_plugin.runtime.manifest import MANIFEST_FILE, Runtime
from quiz_plugin.runtime.node import find_node
from quiz_plugin.runtime.npm import extract_core, fetch_core
from quiz_plugin.runtime.tools import gather_tools
from quiz_plugin.runtime.wheel import fetch_wheel

Mode = Literal["auto", "self", "cdn"]
Progress = Callable[[str, float], None]
# Where what takes long begins; a runtime that is ready never comes here.
LONG_STAGE = "Fetching Pyodide"


# So that live reload does not ask Node, npm and the network again at every save.
_fallbacks: dict[Path, Runtime] = {}


def build(mode: Mode, *, progress: Progress | None = None, cache: Path | None = None) -> Runtime:
    """Prepare the runtime of this mode; `progress` gets the stage in words and the share done, 0 to 1.

    `auto` falls back to the CDN and says why in the note; `self` raises NotBuiltError.
    """
    if mode == "cdn":
        return _from_cdn(f"Python in the page comes from the CDN: Pyodide {pins.PYODIDE} and NumPy")
    folder = cache or cache_folder()
    if mode == "auto":
        return _fallbacks.get(folder) or _self_hosted_if_possible(folder, progress or _unseen)
    with _disk_errors(folder):
        return _self_hosted(folder, progress or _unseen, whole=True)


def _self_hosted_if_possible(cache: Path, progress: Progress) -> Runtime:
    try:
        with _disk_errors(cache):
            runtime = _self_hosted(cache, progress, whole=False)
    except NotBuiltError as failure:
        reason = failure.reason[0].upper() + failure.reason[1:]
        runtime = _from_cdn(f"{reason}: Python in the page comes from the CDN ({failure.advice})")
    if manifests.uses_cdn(runtime.manifest):
        _fallbacks[cache] = runtime
    return runtime


def _unseen(stage: str, share: float) -> None:
    """Stand in for a progress bar that nobody asked for."""


def _from_cdn(note: str) -> Runtime:
    manifest = manifests.cdn()
    return Runtime(None, manifest, manifests.folder_name(manifest), manifests.files_of(manifest), note)


@contextmanager
def _disk_errors(cache: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(cache) from error
        raise CacheError(str(error.filename or cache), error.strerror or str(error)) from error


def _self_hosted(cache: Path, progress: Progress, *, whole: bool) -> Runtime:
    """With `whole`, a missing wheel is an error; without, NumPy alone is left to the CDN."""
    if ready := kept.find(cache, "whole"):
        return ready
    # Before the wheel is looked for: without Node its download would be for nothing.
    core_ready = kept.find(cache, "core")
    node = "" if core_ready else find_node()
    with workspace(cache) as work:
        try:
            progress("Fetching NumPy", 0.0)
            wheel = fetch_wheel(cache, work)
        except (WheelMissingError, HashError) as failure:
            if whole:
                raise
            core = core_ready or _made(cache, work, node, None, progress)
            return replace(core, note=f"{core.note}; NumPy comes from the CDN: {failure.reason}")
        return _made(cache, work, node or find_node(), wheel, progress)


def _made(cache: Path, work: Path, node: str, wheel: Path | None, progress: Progress) -> Runtime:
    progress(LONG_STAGE, 0.05)
    core, sources, out = work / "core", work / "in", work / "out"
    extract_core(fetch_core(cache, work), core)
    progress("Fetching py-compile", 0.15)
    gather_tools(cache, work, work / "tools")
    sources.mkdir()
    for source in [core / pins.STDLIB_FILE, *([wheel] if wheel else [])]:
        shutil.copyfile(source, sources / source.name)
    progress("Compiling", 0.2)
    done = compile_archives(node, core, work, cache, lambda share: progress("Compiling", 0.3 + 0.65 * share))
    progress("Checking", 0.95)
    _lay_out(core, done, out)
    lock = reduced_lock(core / pins.LOCK_FILE, out / pins.PACK_FILE if wheel else None, work)
    text = manifests.to_text(manifests.self_hosted(out, lock))
    (out / MANIFEST_FILE).write_text(text, encoding="utf-8", newline="\n")
    built = _published(cache, "whole" if wheel else "core", work, out)
    progress("Done", 1.0)
    return built


def _lay_out(core: Path, done: Path, out: Path) -> None:
    """Bring together the core as npm has it and the archives as they were compiled."""
    out.mkdir()
    for name in pins.CORE_FILES:
        (core / name).rename(out / name)
    for archive in done.iterdir():
        archive.replace(out / archive.name)


def _published(cache: Path, extent: kept.Extent, work: Path, out: Path) -> Runtime:
    kept.publish(cache, extent, out, work)
    built = kept.find(cache, extent)
    if built is None:
        raise CacheError(str(kept.place_of(cache, extent)), "what was just built there cannot be read back")
    return built
