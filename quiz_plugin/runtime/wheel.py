"""The NumPy wheel for the browser: only ever the one whose sha256 is pinned."""

import urllib.request
from pathlib import Path
from urllib.error import HTTPError

from quiz_plugin.runtime import pins
from quiz_plugin.runtime.cache import publish_file, sha256, sha256_file, wheelhouse
from quiz_plugin.runtime.errors import HashError, WheelMissingError

TIMEOUT_SECONDS = 30


def fetch_wheel(cache: Path, work: Path) -> Path:
    """Take it from the wheelhouse, else from Pyodide's CDN (and then kept in the cache)."""
    house = wheelhouse(cache)
    for kept in (house / pins.WHEEL_FILE, cache / "wheels" / pins.WHEEL_FILE):
        if kept.is_file():
            return _verified(kept)
    data = _download(house)
    found = sha256(data)
    if found != pins.WHEEL_SHA256:
        source = pins.CDN + pins.WHEEL_FILE
        raise HashError(source, pins.WHEEL_SHA256, found, f"put the right wheel in {house}; this one was not used")
    fresh = work / pins.WHEEL_FILE
    fresh.write_bytes(data)
    return publish_file(fresh, cache / "wheels" / pins.WHEEL_FILE)


def _verified(kept: Path) -> Path:
    found = sha256_file(kept)
    if found != pins.WHEEL_SHA256:
        raise HashError(str(kept), pins.WHEEL_SHA256, found, "remove the file or put the right one in its place")
    return kept


def _download(house: Path) -> bytes:
    url = pins.CDN + pins.WHEEL_FILE
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310 - a constant
            data: bytes = response.read(pins.WHEEL_BYTES + 1)
    except OSError as error:  # URLError, timeouts and refused connections all are
        if isinstance(error, HTTPError):
            error.close()
        raise WheelMissingError(house, str(getattr(error, "reason", error))) from None
    return data
