"""Summaries over seeds, and comparing a recorded run with a fresh one.

Tolerance. The same seed on another machine does not give the same weights: another processor sums in another order,
training amplifies the difference, and in the end the run is at worst like one with another seed. So two means over the
same seeds may be as far apart as the best and the worst recorded seed, plus a least tolerance for cases where the seeds
happen to agree (1 point of accuracy: five test digits). Where seeds differ a lot such a tolerance says little, so the
sentences that pages rely on (`claims`) are checked against the fresh numbers as well.

How far this reaches was measured with other kernels on one machine: all seeds without vector instructions, as on an old
processor (ATEN_CPU_CAPABILITY=default DNNL_MAX_CPU_ISA=SSE41 MKL_CBWR=COMPATIBLE), and the first two seeds or more with
oneDNN switched off (torch.backends.mkldnn.enabled = False), where convolutions are computed by other code altogether.
Each run confirmed its record. `SEEN` in each program is the largest distance that a mean moved.

A fresh run may be shorter: with the first two seeds instead of all five it is compared with these two, and the claims
are checked with its numbers in their place. The tests do this; `quizproof prove` runs all five.
"""

import copy
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

Data = dict[str, Any]
Summary = dict[str, Any]
Claims = dict[str, bool]


@dataclass(frozen=True)
class Tolerance:
    """What two means may be apart beyond the range of the seeds: `least` in `unit`, plus `share` of the mean.

    `label` says in words what is compared, where its key in the record does not.
    """

    least: float = 1.0
    share: float = 0.0
    unit: str = "points"
    digits: int = 1
    label: str = ""


@dataclass(frozen=True)
class Seen:
    """How far apart means were that other kernels gave: `most` in the tolerance's unit, `used` in per cent of it.

    Both are the largest of all means of a program, and need not belong to the same one.
    """

    most: float
    used: int


POINTS = Tolerance()


def tolerated(tolerances: Mapping[str, Tolerance], seen: Mapping[str, Seen]) -> str:
    """Write for the page how far a fresh mean may be from the recorded one, and how far other kernels moved one."""
    allowances, distances = [], []
    for key, tolerance in tolerances.items():
        what = f"({tolerance.label or key.replace('_', ' ')})"
        least = [_amount(tolerance.least, tolerance.unit)] if tolerance.least else []
        share = [f"{100 * tolerance.share:g} %"] if tolerance.share else []
        allowances.append(f"plus {' and '.join(least + share)} {what}")
        most, used = _amount(seen[key].most, tolerance.unit), seen[key].used
        distances.append(f"{most} and {used} % of its tolerance {what}")
    return (
        f"Tolerance of a mean: the range of the recorded seeds {', '.join(allowances)}. "
        f"Other kernels moved a mean by at most {', '.join(distances)}."
    )


def _amount(value: float, unit: str) -> str:
    return f"{value:g} {'point' if (value, unit) == (1, 'points') else unit}".rstrip()


def summary(values: Sequence[float], digits: int = 1) -> Summary:
    """Take mean, lowest, highest, and each seed's value in the order of the seeds."""
    return {
        "mean": round(sum(values) / len(values), digits),
        "low": min(values),
        "high": max(values),
        "each": list(values),
    }


class Collector:
    """Gathers one value a seed under a path of keys; gives nested dicts of summaries."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, ...], list[float]] = {}

    def add(self, value: float, *path: object) -> None:
        """Append the value of the next seed."""
        self._values.setdefault(tuple(map(str, path)), []).append(value)

    def summaries(self, digits: int = 1) -> Data:
        """Summarise what was gathered."""
        nested: Data = {}
        for path, values in self._values.items():
            inner = nested
            for key in path[:-1]:
                inner = inner.setdefault(key, {})
            inner[path[-1]] = summary(values, digits)
        return nested


def versions() -> dict[str, str]:
    """Look up what the figures' provenance names; never compared."""
    return {"python": platform.python_version()} | {name: version(name) for name in ("torch", "scikit-learn")}


def compare(
    recorded: Data,
    fresh: Data,
    exact: Iterable[str],
    tolerances: Mapping[str, Tolerance],
    claims: Callable[[Data], Claims],
) -> list[str]:
    """Report what a fresh run does not confirm; `tolerances` by top-level key, `exact` must be equal."""
    problems = _seeds(recorded, fresh) or changed(recorded, fresh, exact)
    if problems:
        return problems
    for key, tolerance in tolerances.items():
        old, new = dict(summaries(recorded[key], key)), dict(summaries(fresh[key], key))
        if old.keys() != new.keys():
            return [f"{key}: recorded {sorted(old)}, now {sorted(new)}: these must be equal"]
        for name, found in old.items():
            problems += apart(name, found, new[name], tolerance)
    return problems + broken(claims(merged(recorded, fresh)))


def _seeds(recorded: Data, fresh: Data) -> list[str]:
    old, new = recorded["seeds"], fresh["seeds"]
    if new and new == old[: len(new)]:
        return []
    return [f"seeds: recorded {old}, now {new}: a fresh run takes the recorded seeds, or the first of them"]


def summaries(value: Any, name: str) -> Iterator[tuple[str, Summary]]:
    """Find all summaries in nested dicts, each with its path as words."""
    if isinstance(value, dict):
        if "each" in value:
            yield name, value
        else:
            for key in value:
                yield from summaries(value[key], f"{name} {key}")


def merged(recorded: Any, fresh: Any) -> Any:
    """Return the record with the fresh seeds' values in place of theirs."""
    if not isinstance(recorded, dict):
        return copy.deepcopy(recorded)
    if "each" in recorded:
        values = [*fresh["each"], *recorded["each"][len(fresh["each"]) :]]
        return summary(values, max(_digits(recorded["mean"]), _digits(fresh["mean"])))
    return {key: merged(value, fresh[key]) if key in fresh else value for key, value in recorded.items()}


def _digits(mean: float) -> int:
    return len(str(mean).partition(".")[2])


def changed(recorded: Mapping[str, Any], fresh: Mapping[str, Any], keys: Iterable[str]) -> list[str]:
    """Report values that must be equal and are not."""
    return [
        f"{key}: recorded {recorded.get(key)!r}, now {fresh.get(key)!r}: these must be equal"
        for key in keys
        if recorded.get(key) != fresh.get(key)
    ]


def apart(what: str, recorded: Summary, fresh: Summary, tolerance: Tolerance = POINTS) -> list[str]:
    """Report means over the fresh run's seeds that are too far apart, and a recorded mean that is not its own."""
    own = _mean(recorded["each"], tolerance.digits)
    if own != round(recorded["mean"], tolerance.digits):
        return [f"{what}: recorded mean {recorded['mean']}, but its seeds {recorded['each']} have the mean {own}"]
    old, new = (_mean(values, tolerance.digits) for values in (recorded["each"][: len(fresh["each"])], fresh["each"]))
    distance, most = round(abs(old - new), tolerance.digits), allowed(recorded, tolerance)
    if distance <= most:
        return []
    return [
        f"{what}: recorded {old}, measured {new}: "
        f"{distance} {tolerance.unit} apart, the tolerance is {most} {tolerance.unit}"
    ]


def allowed(recorded: Summary, tolerance: Tolerance) -> float:
    """Return the tolerance: the seeds' range, plus the least, plus the share of the mean."""
    spread = recorded["high"] - recorded["low"]
    return round(tolerance.least + spread + tolerance.share * abs(recorded["mean"]), tolerance.digits)


def _mean(values: Sequence[float], digits: int) -> float:
    return round(sum(values) / len(values), digits)


def broken(claims: Claims) -> list[str]:
    """Report sentences that pages rely on and that the fresh numbers no longer support."""
    return [f"no longer true of the fresh numbers: {claim}" for claim, holds in claims.items() if not holds]
