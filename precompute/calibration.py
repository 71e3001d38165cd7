"""Where to cut off activations: largest value, percentile, least squared error, or entropy.

Method. For each seed: train (15 epochs), collect the inputs of the four layers for 500 training images, choose a
limit for each by every method, then round these inputs to codes of so many bits and measure on the test set. Once
with 8-bit weights, so that only the activations suffer, and once with as many bits for the weights (symmetric, per
channel). Beside accuracy the signal-to-quantization-noise ratio (SQNR, in dB) of the test images' layer inputs, mean
over the layers. Methods after S. Migacz, 8-bit Inference with TensorRT, 2017; H. Wu et al., Integer Quantization for
Deep Learning Inference, 2020, sections 3.4 and 4.2.

Tolerances: accuracy by the seeds' range and 1 point, for a run that rounds otherwise ends, at worst, like one with
another seed. SQNR by the seeds' range and 1 dB, for it follows the activations of the trained network, and a limit is
one of 64. Other kernels (_numbers.py) moved no mean by more than: accuracy with 8-bit weights by 0.7 points, 30 % of
what is allowed; accuracy with weights of as many bits by 5.4 points, 38 % of what is allowed; SQNR by 0.3 dB, 13 % of
what is allowed.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from _chart import Line, line_chart, named_axis
from _cnn import SEEDS, accuracy, frame, train
from _figure import claims_list, figure, spread, table
from _numbers import Claims, Collector, Seen, Tolerance, compare, tolerated, versions
from _quantizing import (
    CALIBRATION_IMAGES,
    Calibration,
    FakeWeight,
    entropy,
    highest,
    layer_inputs,
    least_error,
    percentile,
    quantized,
)
from numpy.typing import NDArray

NAME = "calibration"
BITS = (8, 6, 4, 3, 2)
METHODS: dict[str, tuple[str, Calibration]] = {
    "highest": ("largest value", highest),
    "percentile": ("99.9th percentile", percentile),
    "percentile_99": ("99th percentile", partial(percentile, per_cent=99)),
    "least_error": ("least squared error", least_error),
    "entropy": ("entropy", entropy),
}
EXACT = ("bits", "calibration_images", "parameters", "test_images")
TOLERANCES = {
    "activations": Tolerance(label="accuracy with 8-bit weights"),
    "both": Tolerance(label="accuracy with weights of as many bits"),
    "sqnr": Tolerance(least=1.0, unit="dB", label="SQNR"),
}
SEEN = {"activations": Seen(0.7, 30), "both": Seen(5.4, 38), "sqnr": Seen(0.3, 13)}


def build(seeds: Sequence[int] = SEEDS) -> dict[str, Any]:
    """Calibrate by all methods; about 4 s a seed on one core."""
    activations, both, ratios = Collector(), Collector(), Collector()
    for seed in seeds:
        trained = train(seed)
        seen = layer_inputs(trained)
        for method, (_, limit) in METHODS.items():
            for bits in BITS:
                limits = [limit(values, bits) for values in seen]
                activations.add(accuracy(quantized(trained, FakeWeight(8), bits, limits)), method, bits)
                both.add(accuracy(quantized(trained, FakeWeight(bits), bits, limits)), method, bits)
                noise = [sqnr(values, limit, bits) for values, limit in zip(seen, limits, strict=True)]
                ratios.add(round(sum(noise) / len(noise), 1), method, bits)
    return frame(seeds) | {
        "activations": activations.summaries(),
        "bits": list(BITS),
        "both": both.summaries(),
        "calibration_images": CALIBRATION_IMAGES,
        "sqnr": ratios.summaries(),
        "versions": versions(),
    }


def sqnr(values: NDArray[np.float64], limit: float, bits: int) -> float:
    """Return the signal-to-quantization-noise ratio in dB."""
    scale = limit / (2**bits - 1)
    error = np.minimum(np.round(values / scale), 2**bits - 1) * scale - values
    return float(10 * np.log10(np.mean(values**2) / np.mean(error**2)))


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; see _numbers."""
    return compare(recorded, fresh, EXACT, TOLERANCES, claims)


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that pages rely on, each with whether the numbers support it."""
    points, noise = (
        {m: {bits: data[what][m][str(bits)]["mean"] for bits in BITS} for m in METHODS} for what in ("both", "sqnr")
    )
    return {
        "with 6 and 8 bits for weights and activations all methods are within 1 point of each other": all(
            _range(points, bits) < 1 for bits in (8, 6)
        ),
        "with 4 bits they are still within 2 points": _range(points, 4) < 2,
        "with 8 bits the 99th percentile has a lower SQNR than the largest value, by more than 10 dB": (
            noise["highest"][8] - noise["percentile_99"][8] > 10
        ),
        "with 2 bits it is the other way round: clipping wins more than 1 dB": (
            noise["percentile_99"][2] - noise["highest"][2] > 1
        ),
    }


def _range(points: dict[str, dict[int, float]], bits: int) -> float:
    means = [points[method][bits] for method in METHODS]
    return max(means) - min(means)


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the figure and the sentences that pages include."""
    return {
        f"precompute/figures/{NAME}.html": _figure(data),
        f"precompute/figures/{NAME}-claims.html": claims_list(claims(data), tolerated(TOLERANCES, SEEN)),
    }


def _figure(data: dict[str, Any]) -> str:
    found = data["both"]
    lines = [
        Line(label, {place: found[method][str(bits)] for place, bits in enumerate(BITS)})
        for method, (label, _) in METHODS.items()
    ]
    four = [found[method]["4"]["mean"] for method in METHODS]
    reading = (
        f"With 4 bits for weights and activations the five methods end between {min(four)} % and {max(four)} %: on "
        f"this network, whose activations have no wild outliers, the way to choose the limit hardly matters."
    )
    described = "; ".join(
        f"{label}: " + ", ".join(f"{found[method][str(bits)]['mean']} % with {bits}" for bits in BITS)
        for method, (label, _) in METHODS.items()
    )
    x_axis = named_axis("bits a weight and a value", [str(bits) for bits in BITS])
    chart = line_chart("Test accuracy by calibration method", f"{described} bits.", lines, x_axis)
    rows = [
        [str(bits), label, *(spread(data[what][method][str(bits)]) for what in ("activations", "both", "sqnr"))]
        for bits in BITS
        for method, (label, _) in METHODS.items()
    ]
    head = ["Bits", "Limit", "Accuracy, 8-bit weights", "Accuracy, weights of as many bits", "SQNR (dB)"]
    numbers = table("Accuracy in per cent, SQNR in decibels: mean (lowest to highest)", head, rows)
    note = f"calibrated on {data['calibration_images']} training images; the bands reach from the lowest to the highest"
    return figure(data, NAME, reading, f"{chart}\n{numbers}", f"{note} seed")
