"""The cheat sheet's figures on speed: the roofline, what fusing saves, and latency under load.

Method. *Roofline*: a dense layer of 1024 x 1024 on a machine with 100 GFLOP/s and 20 GB/s, 2 operations a weight and
input; the bytes of weights, inputs and outputs, each moved once. *Fusing*: the bytes of the tensors that PyTorch's
operators read and write for convolution, batch normalization and ReLU on one input, as they are and with the
normalization folded into the convolution; and for one kernel that touches input, weights and output once. *Load*:
100 000 requests at random times (Poisson) to one server that takes 10 ms for each, first come first served.

Sources: S. Williams et al., Roofline, Communications of the ACM 52, 2009; B. Jacob et al., Quantization and Training of
Neural Networks for Efficient Integer-Arithmetic-Only Inference, 2018, section 3.2; L. Kleinrock, Queueing Systems,
volume 1, 1975, section 5.7 (the mean wait, rho / (2 (1 - rho)) services).

Tolerances: none. Bytes and operators are counted; the queue is float64 arithmetic on a seeded generator, rounded to a
tenth of a millisecond, a million times its rounding errors. Runs with other kernels gave the same numbers.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from _chart import ACCENT, Axis, svg
from _cnn import repeatable
from _figure import claims_list, figure, table
from _numbers import Claims, broken, changed, versions
from _panel import Curve, panel
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

NAME = "cheat-speed"
TOLERANCE = "Tolerance: none; counts are exact, and simulated milliseconds are rounded to a tenth."
PEAK, BANDWIDTH, SIDE = 100e9, 20e9, 1024
BATCHES = (1, 8, 64)
WEIGHTS = {"float32 weights": 4, "int8 weights": 1}
SERVICE, REQUESTS = 10.0, 100_000
LOADS = (10, 30, 50, 70, 80, 90, 95)


def build() -> dict[str, Any]:
    """Compute all three; less than a second."""
    return {
        "fusing": _fusing(),
        "load": {str(load): _queue(load / 100) for load in LOADS},
        "roofline": {name: {str(batch): _layer(batch, size) for batch in BATCHES} for name, size in WEIGHTS.items()},
        "versions": versions(),
    }


def _layer(batch: int, weight_bytes: int) -> dict[str, float]:
    moved = weight_bytes * SIDE * SIDE + 4 * batch * 2 * SIDE
    intensity = 2 * SIDE * SIDE * batch / moved
    return {"intensity": round(intensity, 2), "speed": round(min(PEAK, intensity * BANDWIDTH) / 1e9, 1)}


class _Traffic(TorchDispatchMode):
    """Counts operators, and the bytes of the tensors that they take and return."""

    def __init__(self) -> None:
        super().__init__()
        self.operators, self.bytes = 0, 0

    def __torch_dispatch__(
        self, operator: Callable[..., Any], types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        result = operator(*args, **(kwargs or {}))
        read, written = ([t for t in tree_leaves(found) if isinstance(t, Tensor)] for found in (args, result))
        if read:  # not where memory is only asked for
            self.operators += 1
            self.bytes += sum(tensor.nbytes for tensor in read + written)
        return result


def _fusing() -> dict[str, Any]:
    with repeatable(0), torch.no_grad():
        conv, norm = nn.Conv2d(32, 32, 3, padding=1).eval(), nn.BatchNorm2d(32).eval()
        norm.running_mean.uniform_(-1, 1)
        norm.running_var.uniform_(0.5, 2)
        folded = fuse_conv_bn_eval(conv, norm)
        image = torch.randn(1, 32, 56, 56)
        with _Traffic() as apart:
            before = torch.relu(norm(conv(image)))
        with _Traffic() as together:
            after = torch.relu(folded(image))
    once = image.nbytes + after.nbytes + sum(weight.nbytes for weight in folded.parameters())
    return {
        "apart": {"operators": apart.operators, "bytes": apart.bytes},
        "folded": {"operators": together.operators, "bytes": together.bytes},
        "once": {"operators": 1, "bytes": once},
        "same": bool(torch.allclose(before, after, atol=1e-5)),
    }


def _queue(load: float) -> dict[str, float]:
    gaps = np.random.default_rng(0).exponential(SERVICE / load, REQUESTS)
    # Lindley's recursion without a loop: the wait is the walk's height above its lowest point so far.
    walk = np.concatenate([[0.0], np.cumsum(SERVICE - gaps[1:])])
    latency = walk - np.minimum.accumulate(walk) + SERVICE
    median, high = np.percentile(latency, [50, 95])
    expected = SERVICE + SERVICE * load / (2 * (1 - load))
    return {
        name: round(float(value), 1)
        for name, value in zip(
            ("mean", "median", "p95", "expected"), (latency.mean(), median, high, expected), strict=True
        )
    }


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; all of it must be equal."""
    return changed(recorded, fresh, ("fusing", "load", "roofline")) + broken(claims(fresh))


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that the cheat sheet relies on, each with whether the numbers support it."""
    roof, load, fusing = data["roofline"], data["load"], data["fusing"]
    return {
        "with one input the layer is bound by memory, with 64 inputs by arithmetic": all(
            found["1"]["speed"] < 100 and found["64"]["speed"] == 100 for found in roof.values()
        ),
        "int8 weights alone make the layer 3.9 or more times faster with one input, and no faster with 64": (
            roof["int8 weights"]["1"]["speed"] >= 3.9 * roof["float32 weights"]["1"]["speed"]
            and roof["int8 weights"]["64"]["speed"] == roof["float32 weights"]["64"]["speed"]
        ),
        "the folded layers give the same numbers with one operator less": fusing["same"]
        and fusing["folded"]["operators"] == fusing["apart"]["operators"] - 1,
        "one kernel moves less than two fifths of the bytes": fusing["once"]["bytes"] < 0.4 * fusing["apart"]["bytes"],
        "the mean latency is within a tenth of what queueing theory says": all(
            abs(found["mean"] / found["expected"] - 1) < 0.1 for found in load.values()
        ),
        "at 90 % load one request in twenty takes more than ten times its service time": load["90"]["p95"] > 100,
    }


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the three figures that the cheat sheet includes, and the sentences."""
    made = {"roofline": _roofline, "fusing": _fusing_bars, "load": _load}
    figures = {f"precompute/figures/cheat-{name}.html": make(data) for name, make in made.items()}
    return figures | {f"precompute/figures/{NAME}-claims.html": claims_list(claims(data), TOLERANCE)}


def _roofline(data: dict[str, Any]) -> str:
    found = data["roofline"]
    layers = [(name, batch, found[name][str(batch)]) for name in WEIGHTS for batch in BATCHES]
    spots = {
        name: [(float(np.log10(f["intensity"])), float(np.log10(f["speed"]))) for own, _, f in layers if own == name]
        for name in WEIGHTS
    }
    ridge = PEAK / BANDWIDTH
    edge = [(-0.5, np.log10(BANDWIDTH * 10**-0.5 / 1e9)), (np.log10(ridge), 2.0), (2.0, 2.0)]
    chart = panel(
        "The roofline and a layer on it",
        "; ".join(
            f"{name}, batch {batch}: {f['intensity']} operations a byte, at most {f['speed']} GFLOP/s"
            for name, batch, f in layers
        )
        + ".",
        [
            Curve("float32 weights", (-0.2, 0.88, "start"), spots["float32 weights"], mark=5, line=False),
            Curve("int8 weights", (0.4, 1.48, "start"), spots["int8 weights"], mark=3.5, line=False),
            Curve("the roof", (1.6, 2.08, "middle"), [(float(x), float(y)) for x, y in edge]),
        ],
        Axis("operations per byte", {float(np.log10(i)): f"{i:g}" for i in (1, 5, 20, 100)} | {-0.5: "0.3"}),
        Axis("GFLOP/s", {0.5: "3", 1.0: "10", 1.5: "32", 2.0: "100", 2.3: ""}),
    )
    one = {name: found[name]["1"]["speed"] for name in WEIGHTS}
    reading = (
        f"With one input int8 weights raise the limit from {one['float32 weights']:g} to {one['int8 weights']:g} "
        "GFLOP/s; with 64 they change nothing."
    )
    rows = [[f"{name}, batch {batch}", f"{f['intensity']}", f"{f['speed']}"] for name, batch, f in layers]
    numbers = table("Limits of the example machine", ["Layer", "Operations per byte", "GFLOP/s at most"], rows)
    note = "Computed, not timed: 1024 × 1024, batches of 1, 8 and 64, 100 GFLOP/s, 20 GB/s, values in float32"
    return figure(data, NAME, reading, f"{chart}\n{numbers}", note)


def _fusing_bars(data: dict[str, Any]) -> str:
    found = data["fusing"]
    bars = [
        (f"{label}: {found[key]['bytes'] / 1e6:.2f} MB", found[key]["bytes"] / found["apart"]["bytes"])
        for key, label in (
            ("apart", "three operators"),
            ("folded", "normalization folded, two operators"),
            ("once", "one fused kernel"),
        )
    ]
    parts = []
    for row, (label, share) in enumerate(bars):
        parts.append(f'<text x="0" y="{16 + 42 * row}">{label}</text>')
        parts.append(f'<rect x="0" y="{22 + 42 * row}" width="{310 * share:.1f}" height="12" fill="{ACCENT}"/>')
    chart = svg("Bytes moved by three layers", "; ".join(label for label, _ in bars) + ".", 320, 124, parts)
    share = round(100 * found["once"]["bytes"] / found["apart"]["bytes"])
    reading = f"One kernel for convolution, normalization and ReLU moves {share} % of the bytes of three operators."
    rows = [
        [label, str(found[key]["operators"]), f"{found[key]['bytes'] / 1e6:.2f}"]
        for key, label in (("apart", "as trained"), ("folded", "normalization folded"), ("once", "one fused kernel"))
    ]
    numbers = table("Bytes read and written", ["Form", "Operators", "MB"], rows)
    note = "Sizes of the tensors read and written, float32, 32 channels of 56 × 56; the last bar is counted, not run"
    return figure(data, NAME, reading, f"{chart}\n{numbers}", note)


def _load(data: dict[str, Any]) -> str:
    found = {load: data["load"][str(load)] for load in LOADS}
    lines = {name: [(float(load), f[name]) for load, f in found.items()] for name in ("p95", "median")}
    chart = panel(
        "Latency by load",
        "; ".join(
            f"{load} %: median {f['median']}, mean {f['mean']}, 95th percentile {f['p95']} ms"
            for load, f in found.items()
        )
        + ".",
        [
            Curve("95th percentile", (78.0, 165.0, "end"), lines["p95"], mark=3.5),
            Curve("median", (99.5, 3.0, "end"), lines["median"]),
        ],
        Axis("load (%)", {value: str(value) for value in (0, 20, 40, 60, 80, 100)}),
        Axis("latency (ms)", {value: str(value) for value in range(0, 301, 100)}),
    )
    busy = found[90]
    reading = (
        f"{SERVICE:g} ms a request: at 90 % load half take {busy['median']:.0f} ms or more, and one in twenty "
        f"{busy['p95']:.0f} ms or more."
    )
    rows = [
        [f"{load} %", *(f"{f[name]}" for name in ("median", "mean", "p95", "expected"))] for load, f in found.items()
    ]
    head = ["Load", "Median (ms)", "Mean (ms)", "95th percentile (ms)", "Mean by theory (ms)"]
    numbers = table("Simulated latencies", head, rows)
    return figure(data, NAME, reading, f"{chart}\n{numbers}", "Simulated: 100 000 requests at random times, one server")
