"""Summaries over seeds, and comparing a recorded one with a fresh one."""

import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

Summary = dict[str, Any]


def summary(values: Sequence[float]) -> Summary:
    """Take mean (one decimal), lowest, highest, and each seed's value in the order of the seeds."""
    return {
        "mean": round(sum(values) / len(values), 1),
        "low": min(values),
        "high": max(values),
        "each": list(values),
    }


def versions() -> dict[str, str]:
    """Look up what the figures' provenance names; never compared."""
    return {"python": platform.python_version()} | {name: version(name) for name in ("torch", "scikit-learn")}


def changed(recorded: Mapping[str, Any], fresh: Mapping[str, Any], keys: Iterable[str]) -> list[str]:
    """Report values that must be equal and are not."""
    return [
        f"{key}: recorded {recorded.get(key)!r}, now {fresh.get(key)!r}: these must be equal"
        for key in keys
        if recorded.get(key) != fresh.get(key)
    ]


def apart(what: str, recorded: Summary, fresh: Summary, tolerance: float, unit: str = "points") -> list[str]:
    """Report means that are further apart than `tolerance`, and a recorded mean that is not its seeds' own."""
    own = round(sum(recorded["each"]) / len(recorded["each"]), 1)
    if own != recorded["mean"]:
        return [f"{what}: recorded mean {recorded['mean']}, but its seeds {recorded['each']} have the mean {own}"]
    distance = round(abs(recorded["mean"] - fresh["mean"]), 1)
    if distance <= tolerance:
        return []
    return [
        f"{what}: recorded {recorded['mean']}, measured {fresh['mean']}: "
        f"{distance} {unit} apart, the tolerance is {tolerance} {unit}"
    ]


def broken(claims: Mapping[str, bool]) -> list[str]:
    """Report sentences that pages rely on and that the fresh numbers no longer support."""
    return [f"no longer true of the fresh numbers: {claim}" for claim, holds in claims.items() if not holds]
