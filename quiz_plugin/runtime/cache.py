"""The user's cache folder: every file and folder in it appears whole, by a rename, or not at all."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

STALE_SECONDS = 24 * 3600


def cache_folder() -> Path:
    """`QUIZPROOF_CACHE`, else the XDG cache, else `~/.cache/quizproof`."""
    if own := os.environ.get("QUIZPROOF_CACHE"):
        return Path(own).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser().absolute() / "quizproof"


def wheelhouse(cache: Path) -> Path:
    """`QUIZPROOF_WHEELHOUSE`, else `wheels/` in the cache."""
    own = os.environ.get("QUIZPROOF_WHEELHOUSE")
    return Path(own).expanduser().absolute() if own else cache / "wheels"


@contextmanager
def workspace(cache: Path) -> Iterator[Path]:
    """Make a new folder on the cache's own disk, gone afterwards whatever happens."""
    parent = cache / "tmp"
    parent.mkdir(parents=True, exist_ok=True)
    _sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix="build-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Remove what killed builds left behind; a young folder may belong to a build that is running."""
    for folder in parent.iterdir():
        try:
            if time.time() - folder.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
        except FileNotFoundError:
            continue


def publish_file(source: Path, target: Path) -> Path:
    """Move a finished file of a workspace to its place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    return source.replace(target)


def publish_folder(source: Path, target: Path, good: Callable[[Path], bool], trash: Path) -> None:
    """Move a finished folder to its place, unless another build has put a good one there meanwhile."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.rename(target)
    except OSError:
        if not target.exists():
            raise
        if good(target):
            return
        target.rename(trash)
        source.rename(target)


def sha256(data: bytes) -> str:
    """Hash bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """Hash a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
