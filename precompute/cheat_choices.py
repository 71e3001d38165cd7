"""The cheat sheet's figures on choices: share pruned, bits, grid or random search, L1 or L2, and the Pareto front.

Method. *Pruned* and *bits*: means of the records pruning-sweep and quantization-sweep. *Search*: nine trials of two
settings, as a grid and drawn at random. *Penalties*: where a weight ends under a penalty of strength 1/2, exactly.
*Front*: size and accuracy of the small CNN in every format and at every level of the record prune-then-quantize; a
network is on the front when no other is at least as small and as accurate, and better in one of the two.

Sources: J. Bergstra, Y. Bengio, Random Search for Hyper-Parameter Optimization, 2012, figure 1; T. Hastie et al., The
Elements of Statistical Learning, 2nd edition, 2009, section 3.4; D. Blalock et al., What is the State of Neural Network
Pruning?, 2020.

Tolerances: none. Everything here is read from committed records (READS; where one of them changes, this record is
stale) or follows by float64 arithmetic from a seeded generator and is rounded to three digits. Runs with other kernels
gave the same numbers.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from _chart import PERCENT_PRUNED, Axis, named_axis
from _figure import claims_list, figure, grouped, table
from _numbers import Claims, broken, changed, versions
from _panel import Curve, panel
from prune_then_quantize import FORMATS

NAME = "cheat-choices"
READS = ("records/prune-then-quantize.json", "records/pruning-sweep.json", "records/quantization-sweep.json")
STORED, PRUNED, ROUNDED = READS
EXACT = ("bits", "front", "penalties", "pruned", "search")
TOLERANCE = "Tolerance: none; all of it follows from records and arithmetic, and must be equal."


def build() -> dict[str, Any]:
    """Compute all five; no time worth naming."""
    return {
        "bits": _means(ROUNDED, ("channel_affine", "tensor_symmetric")),
        "front": _networks(),
        "penalties": _penalties(),
        "pruned": _means(PRUNED, ("fine_tuned", "pruned")),
        "search": _trials(),
        "versions": versions(),
    }


def _record(path: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((Path(__file__).parent / path).read_text(encoding="utf-8"))["data"]
    return data


def _means(path: str, curves: tuple[str, ...]) -> dict[str, dict[str, float]]:
    accuracy = _record(path)["accuracy"]
    return {curve: {x: found["mean"] for x, found in accuracy[curve].items()} for curve in curves}


def _trials() -> dict[str, list[list[float]]]:
    rng = np.random.default_rng(9)
    middles = [1 / 6, 1 / 2, 5 / 6]
    return {
        "grid": [[round(x, 3), round(y, 3)] for x in middles for y in middles],
        "random": [[round(float(x), 3), round(float(y), 3)] for x, y in rng.random((9, 2))],
    }


def _penalties() -> dict[str, list[float]]:
    """Return the weights that minimise (v - w)^2 / 2 + the penalty, for w from -2 to 2 in quarters."""
    before = np.arange(-8, 9) / 4
    return {
        "before": before.tolist(),
        "L1": (np.sign(before) * np.maximum(np.abs(before) - 0.5, 0) + 0.0).tolist(),
        "L2": np.round(before / 1.5, 3).tolist(),
    }


def _networks() -> list[dict[str, Any]]:
    """Return the measured networks with `front`, whether none dominates it; smallest first."""
    data = _record(STORED)
    found = [
        {
            "format": form,
            "pruned": level,
            "bytes": round(data["bytes"][form][str(level)]["mean"]),
            "accuracy": data["accuracy"][form.partition("_")[0]][str(level)]["mean"],
        }
        for form in FORMATS
        for level in data["levels"]
    ]
    found.sort(key=lambda network: (network["bytes"], -network["accuracy"]))
    return [network | {"front": not any(_dominates(other, network) for other in found)} for network in found]


def _dominates(one: dict[str, Any], other: dict[str, Any]) -> bool:
    as_good = one["bytes"] <= other["bytes"] and one["accuracy"] >= other["accuracy"]
    return as_good and (one["bytes"], one["accuracy"]) != (other["bytes"], other["accuracy"])


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; all of it must be equal."""
    return changed(recorded, fresh, EXACT) + broken(claims(fresh))


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that the cheat sheet relies on, each with whether the numbers support it."""
    tried = {kind: len({x for x, _ in trials}) for kind, trials in data["search"].items()}
    zeros = {name: data["penalties"][name].count(0.0) for name in ("L1", "L2")}
    front = [network for network in data["front"] if network["front"]]
    return {
        "of nine trials the grid tries three values of each setting, random search nine": (
            tried == {"grid": 3, "random": 9}
        ),
        "L1 of strength 1/2 takes weights of up to 1/2 to exactly zero, L2 only zero itself": zeros
        == {"L1": 5, "L2": 1},
        "no float32 network is on the front": not any(n["format"].startswith("float32") for n in front),
        "no unpruned network is on the front": all(n["pruned"] for n in front),
    }


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the five figures that the cheat sheet includes, and the sentences."""
    made = {"pruning": _pruning, "bits": _bits, "search": _search, "penalties": _penalty, "front": _front}
    figures = {f"precompute/figures/cheat-{name}.html": make(data) for name, make in made.items()}
    return figures | {f"precompute/figures/{NAME}-claims.html": claims_list(claims(data), TOLERANCE)}


def _pruning(data: dict[str, Any]) -> str:
    pruned, tuned = (
        {int(level): mean for level, mean in data["pruned"][name].items()} for name in ("pruned", "fine_tuned")
    )
    chart = panel(
        "Accuracy by the share of weights pruned",
        "; ".join(f"{level} %: {pruned[level]} %, fine-tuned {tuned[level]} %" for level in sorted(pruned)) + ".",
        [
            Curve("then fine-tuned", (99.0, 102.0, "end"), sorted(tuned.items()), mark=3),
            Curve("pruned only", (77.0, 70.0, "end"), sorted(pruned.items())),
        ],
        PERCENT_PRUNED,
        Axis("accuracy (%)", {20: "20", 40: "40", 60: "60", 80: "80", 100: "100", 110: ""}),
    )
    reading = (
        f"Unpruned {pruned[0]} %, half pruned {pruned[50]} %, nine tenths {pruned[90]} %, and {tuned[90]} % after 3 "
        "epochs of fine-tuning."
    )
    rows = [[f"{level}", f"{pruned[level]}", f"{tuned[level]}"] for level in sorted(pruned)]
    numbers = table("Accuracy (%), means of five seeds", ["Pruned (%)", "Pruned only", "Fine-tuned"], rows)
    note = "Small CNN on 500 digits, from <code>precompute/records/pruning-sweep.json</code>"
    return figure(data, NAME, reading, f"{chart}\n{numbers}", note)


def _bits(data: dict[str, Any]) -> str:
    affine, symmetric = (
        {int(bits): mean for bits, mean in data["bits"][name].items()}
        for name in ("channel_affine", "tensor_symmetric")
    )
    order = sorted(affine, reverse=True)
    chart = panel(
        "Accuracy by the bits of a weight",
        "; ".join(f"{bits} bits: per channel {affine[bits]} %, per tensor {symmetric[bits]} %" for bits in order) + ".",
        [
            Curve(
                "per channel, affine", (5.0, 103.0, "end"), [(float(order.index(b)), affine[b]) for b in order], mark=3
            ),
            Curve("per tensor, symmetric", (4.2, 50.0, "end"), [(float(order.index(b)), symmetric[b]) for b in order]),
        ],
        named_axis("bits of a weight", [str(bits) for bits in order]),
        Axis("accuracy (%)", {0: "0", 25: "25", 50: "50", 75: "75", 100: "100", 115: ""}),
    )
    reading = (
        f"With 4 bits the scheme hardly matters, {affine[4]} and {symmetric[4]} %; with 2 it decides, {affine[2]} "
        f"against {symmetric[2]} %."
    )
    rows = [[str(bits), f"{affine[bits]}", f"{symmetric[bits]}"] for bits in order]
    numbers = table("Accuracy (%), means of five seeds", ["Bits", "Per channel, affine", "Per tensor, symmetric"], rows)
    note = "Small CNN on 500 digits, weights only, from <code>precompute/records/quantization-sweep.json</code>"
    return figure(data, NAME, reading, f"{chart}\n{numbers}", note)


def _search(data: dict[str, Any]) -> str:
    found = {kind: data["search"][kind] for kind in ("grid", "random")}
    # Below the trials, how far apart each search's values of the first setting are.
    rug = {"random": -0.1, "grid": -0.2}
    tried = {kind: len({x for x, _ in trials}) for kind, trials in found.items()}
    spots = {kind: [*found[kind], *((x, below) for x, _ in found[kind])] for kind, below in rug.items()}
    chart = panel(
        "Nine trials as a grid and drawn at random",
        f"Values tried of the setting that matters: grid {tried['grid']}, random {tried['random']}.",
        [
            Curve("random", (0.62, 0.66, "start"), spots["random"], mark=4, line=False),
            Curve("grid", (0.22, 0.53, "start"), spots["grid"], mark=5, line=False),
        ],
        Axis("setting that matters", {0: "0", 0.5: "½", 1: "1"}),
        Axis("other setting", {-0.3: "", 0: "0", 0.5: "½", 1: "1"}),
    )
    reading = (
        f"Nine trials each; below 0, what was tried of the setting that matters: {tried['grid']} values by the grid, "
        f"{tried['random']} at random."
    )
    rows = [[kind, f"{x:.3f}", f"{y:.3f}"] for kind, trials in found.items() for x, y in trials]
    numbers = table("The trials", ["Search", "Setting that matters", "Other setting"], rows)
    return figure(data, NAME, reading, f"{chart}\n{numbers}", "Drawn by NumPy's generator, seed 9")


def _penalty(data: dict[str, Any]) -> str:
    found = data["penalties"]
    curves = [
        Curve("L1", (1.05, 0.2, "start"), list(zip(found["before"], found["L1"], strict=True)), mark=3),
        Curve("L2", (-1.0, -0.3, "end"), list(zip(found["before"], found["L2"], strict=True))),
        Curve("none", (1.2, 1.55, "end"), [(-2.0, -2.0), (2.0, 2.0)]),
    ]
    axis = {value: str(value).replace("-", "−") for value in range(-2, 3)}
    chart = panel(
        "A weight with a penalty against the same weight without",
        "; ".join(
            f"{w:g}: L1 {a:g}, L2 {b:g}" for w, a, b in zip(found["before"], found["L1"], found["L2"], strict=True)
        )
        + ".",
        curves,
        Axis("weight without penalty", axis),
        Axis("with penalty", axis),
    )
    reading = "L1 takes the same from each weight and stops at 0; L2 takes a share."
    rows = [[f"{w:g}", f"{a:g}", f"{b:g}"] for w, a, b in zip(found["before"], found["L1"], found["L2"], strict=True)]
    numbers = table(
        "Both penalties with strength 1/2",
        ["Without", "L1", "L2"],
        [[c.replace("-", "−") for c in row] for row in rows],
    )
    return figure(data, NAME, reading, f"{chart}\n{numbers}", "Minimum of (v − w)²/2 plus |v|/2, or plus v²/4")


def _front(data: dict[str, Any]) -> str:
    networks = data["front"]
    spots = {
        on: [(float(np.log10(n["bytes"])), n["accuracy"]) for n in networks if n["front"] is on] for on in (True, False)
    }
    chart = panel(
        "Size and accuracy of one network, pruned and quantized in many ways",
        f"{len(spots[True])} of {len(networks)} networks are on the front.",
        [
            Curve("front", (3.75, 96.0, "start"), sorted(spots[True]), mark=4),
            Curve("dominated", (4.7, 95.6, "middle"), spots[False], mark=2.5, line=False),
        ],
        Axis("size (kB)", {float(np.log10(1000 * size)): f"{size}" for size in (4, 10, 30, 100, 300)}),
        Axis("accuracy (%)", {value: str(value) for value in range(92, 101, 2)}),
    )
    largest = max((n for n in networks if n["front"]), key=lambda n: n["accuracy"])
    reading = (
        f"{len(spots[True])} of {len(networks)} ways to store one network are on the front, the best with "
        f"{largest['accuracy']} % in {largest['bytes'] / 1000:.0f} kB; a few tenths are chance."
    )
    rows = [
        [
            f"{FORMATS[n['format']]}, {n['pruned']} % pruned".replace(" %", "\N{NO-BREAK SPACE}%"),
            grouped(n["bytes"]),
            f"{n['accuracy']}",
            "yes" if n["front"] else "no",
        ]
        for n in networks
    ]
    numbers = table("Means of five seeds", ["Network", "Bytes", "Accuracy (%)", "On the front"], rows)
    note = "Small CNN on 500 digits, from <code>precompute/records/prune-then-quantize.json</code>"
    return figure(data, NAME, reading, f"{chart}\n{numbers}", note)
