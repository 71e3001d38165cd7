"""Pyodide's core, from the npm package, through the ordinary npm client."""

import base64
import hashlib
import re
import shutil
import tarfile
from pathlib import Path

from quiz_plugin.runtime import pins
from quiz_plugin.runtime.cache import publish_file
from quiz_plugin.runtime.errors import DiskFullError, HashError, NpmError, NpmMissingError
from quiz_plugin.runtime.process import run

TIMEOUT_SECONDS = 300
OPTIONS = (
    "--ignore-scripts",
    "--prefer-offline",
    "--loglevel=error",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=2000",
)

# Not its bare codes; npm before 10.7 wrote `npm ERR!`.
NPM_LINE = re.compile(r"npm (?:error|ERR!) (?!code |errno |syscall |A complete log)\S")


def fetch_core(cache: Path, work: Path) -> Path:
    """Find the verified tarball in the cache; let npm pack it first when it is not there."""
    kept = cache / "npm" / pins.NPM_FILE
    if kept.is_file() and integrity(kept) == pins.NPM_INTEGRITY:
        return kept
    packed = npm_pack(cache, work)
    found = integrity(packed)
    if found != pins.NPM_INTEGRITY:
        advice = "check which registry npm is set to; nothing of this file was used"
        raise HashError(f"npm's {pins.NPM_FILE}", pins.NPM_INTEGRITY, found, advice)
    return publish_file(packed, kept)


def npm_pack(cache: Path, work: Path) -> Path:
    """Run `npm pack` in the work folder."""
    npm = shutil.which("npm")
    if npm is None:
        raise NpmMissingError
    folder = work / "npm"
    folder.mkdir()
    # In its own folder, so that no project's package.json or .npmrc has a say.
    done = run([npm, "pack", pins.NPM_SPEC, *OPTIONS], cwd=folder, timeout=TIMEOUT_SECONDS)
    if done is None:
        raise NpmError(f"no answer in {TIMEOUT_SECONDS} s")
    packed = folder / pins.NPM_FILE
    if done.returncode == 0 and packed.is_file():
        return packed
    if "ENOSPC" in done.stderr:
        raise DiskFullError(cache)
    raise NpmError(_telling_line(done.stderr) or f"exit code {done.returncode}")


def _telling_line(stderr: str) -> str:
    """Pick npm's line about the failure: it begins with codes, and ends with hints and the name of its log."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    own = [line.split(maxsplit=2)[2] for line in lines if NPM_LINE.match(line)]
    return (own or lines[-1:] or [""])[0]


def integrity(path: Path) -> str:
    """Hash a file as npm's lock files do."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    return "sha512-" + base64.b64encode(digest).decode()


def extract_core(tarball: Path, folder: Path) -> None:
    """Only the files that are needed, read as bytes: no path, link or mode of the archive is followed."""
    folder.mkdir(parents=True)
    with tarfile.open(tarball, "r:gz") as archive:
        for name in (*pins.CORE_FILES, pins.LOCK_FILE):
            member = archive.extractfile(f"package/{name}")
            if member is None:
                raise NpmError(f"{name} is not a file in {tarball.name}")
            (folder / name).write_bytes(member.read())
