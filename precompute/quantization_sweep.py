"""How accuracy falls with the bits of the weights: per tensor or per channel, symmetric or affine.

Method. For each seed: train (15 epochs); for each number of bits and each scheme round the weights to their codes
(_quantizing.py), measure. Activations and biases stay float32, nothing is trained afterwards.
Schemes after R. Krishnamoorthi, Quantizing deep convolutional networks for efficient inference, 2018, section 2.
"""

from collections.abc import Sequence
from typing import Any

from _chart import Line, line_chart, named_axis
from _cnn import SEEDS, accuracy, frame, train
from _figure import claims_list, figure, spread, table
from _numbers import POINTS, Claims, Collector, compare, versions
from _quantizing import FakeWeight, quantized

NAME = "quantization-sweep"
BITS = (8, 6, 5, 4, 3, 2)
SCHEMES = {
    "channel_affine": ("per channel, affine", True, True),
    "channel_symmetric": ("per channel, symmetric", True, False),
    "tensor_affine": ("per tensor, affine", False, True),
    "tensor_symmetric": ("per tensor, symmetric", False, False),
}
EXACT = ("bits", "parameters", "test_images")


def build(seeds: Sequence[int] = SEEDS) -> dict[str, Any]:
    """Quantize by all schemes; about 2 s a seed on one core."""
    found = Collector()
    for seed in seeds:
        trained = train(seed)
        found.add(accuracy(trained), "trained")
        for scheme, (_, per_channel, affine) in SCHEMES.items():
            for bits in BITS:
                found.add(accuracy(quantized(trained, FakeWeight(bits, per_channel, affine))), scheme, bits)
    return frame(seeds) | {"accuracy": found.summaries(), "bits": list(BITS), "versions": versions()}


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; see _numbers."""
    return compare(recorded, fresh, EXACT, {"accuracy": POINTS}, claims)


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that pages rely on, each with whether the numbers support it."""
    dense = data["accuracy"]["trained"]["mean"]
    lost = {s: {bits: dense - data["accuracy"][s][str(bits)]["mean"] for bits in BITS} for s in SCHEMES}
    return {
        "with 5 bits or more every scheme is within half a point of float32": all(
            abs(lost[s][bits]) <= 0.5 for s in SCHEMES for bits in (8, 6, 5)
        ),
        "with 4 bits every scheme is within 1 point of float32": all(lost[s][4] < 1 for s in SCHEMES),
        "with 2 bits per tensor, symmetric, more than 50 points are lost": lost["tensor_symmetric"][2] > 50,
        "with 2 bits, scales for each channel and a zero-point together win more than 10 points over either alone": all(
            lost[s][2] - lost["channel_affine"][2] > 10 for s in ("channel_symmetric", "tensor_affine")
        ),
    }


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the figure and the sentences that pages include."""
    return {
        f"precompute/figures/{NAME}.html": _figure(data),
        f"precompute/figures/{NAME}-claims.html": claims_list(claims(data)),
    }


def _figure(data: dict[str, Any]) -> str:
    found = data["accuracy"]
    lines = [
        Line(label, {place: found[scheme][str(bits)] for place, bits in enumerate(BITS)})
        for scheme, (label, *_) in SCHEMES.items()
    ]
    two = {scheme: found[scheme]["2"]["mean"] for scheme in SCHEMES}
    reading = (
        f"Down to 4 bits the scheme hardly matters; with 2 bits it decides: {two['channel_affine']} % per channel and "
        f"affine, {two['tensor_symmetric']} % per tensor and symmetric."
    )
    described = "; ".join(
        f"{label}: " + ", ".join(f"{found[scheme][str(bits)]['mean']} % with {bits}" for bits in BITS)
        for scheme, (label, *_) in SCHEMES.items()
    )
    x_axis = named_axis("bits a weight", [str(bits) for bits in BITS])
    chart = line_chart("Test accuracy against the bits of the weights", f"{described} bits.", lines, x_axis)
    rows = [[str(bits), *(spread(found[scheme][str(bits)]) for scheme in SCHEMES)] for bits in BITS]
    head = ["Bits", *(label for label, *_ in SCHEMES.values())]
    numbers = table("Accuracy in per cent: mean (lowest to highest)", head, rows)
    note = "weights only, nothing trained afterwards; the bands reach from the lowest to the highest seed"
    return figure(data, NAME, reading, f"{chart}\n{numbers}", note)
