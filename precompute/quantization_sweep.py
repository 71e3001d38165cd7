"""How accuracy falls with the bits: per tensor or per channel, symmetric or affine, weights only or activations too.

Method. For each seed: train (15 epochs); for each number of bits and each scheme round the weights to their codes
(_quantizing.py), measure; then round the inputs of all four layers to as many bits as well, with limits by least
squared error, and measure again. Biases stay float32, nothing is trained afterwards.
Schemes after R. Krishnamoorthi, Quantizing deep convolutional networks for efficient inference, 2018, section 2.

Tolerances: accuracy by the seeds' range and 1 point, for a run that rounds otherwise ends, at worst, like one with
another seed. Other kernels (_numbers.py) moved no mean by more than: weights only by 3.8 points, 15 % of what is
allowed; weights and activations by 2.8 points, 38 % of what is allowed.
"""

from collections.abc import Sequence
from typing import Any

from _chart import Line, line_chart, named_axis
from _cnn import SEEDS, accuracy, frame, train
from _figure import claims_list, figure, spread, table
from _numbers import Claims, Collector, Seen, Tolerance, compare, tolerated, versions
from _quantizing import FakeWeight, layer_inputs, least_error, quantized

NAME = "quantization-sweep"
BITS = (8, 6, 5, 4, 3, 2)
SCHEMES = {
    "channel_affine": ("per channel, affine", True, True),
    "channel_symmetric": ("per channel, symmetric", True, False),
    "tensor_affine": ("per tensor, affine", False, True),
    "tensor_symmetric": ("per tensor, symmetric", False, False),
}
WHAT = {"accuracy": "weights only", "with_activations": "weights and activations"}
EXACT = ("bits", "parameters", "test_images")
TOLERANCES = {
    "accuracy": Tolerance(label=WHAT["accuracy"]),
    "with_activations": Tolerance(label=WHAT["with_activations"]),
}
SEEN = {"accuracy": Seen(3.8, 15), "with_activations": Seen(2.8, 38)}


def build(seeds: Sequence[int] = SEEDS) -> dict[str, Any]:
    """Quantize by all schemes; about 3 s a seed on one core."""
    alone, both = Collector(), Collector()
    for seed in seeds:
        trained = train(seed)
        alone.add(accuracy(trained), "trained")
        seen = layer_inputs(trained)
        limits = {bits: [least_error(values, bits) for values in seen] for bits in BITS}
        for scheme, (_, per_channel, affine) in SCHEMES.items():
            for bits in BITS:
                weights = FakeWeight(bits, per_channel, affine)
                alone.add(accuracy(quantized(trained, weights)), scheme, bits)
                both.add(accuracy(quantized(trained, weights, bits, limits[bits])), scheme, bits)
    return frame(seeds) | {
        "accuracy": alone.summaries(),
        "bits": list(BITS),
        "versions": versions(),
        "with_activations": both.summaries(),
    }


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; see _numbers."""
    return compare(recorded, fresh, EXACT, TOLERANCES, claims)


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that pages rely on, each with whether the numbers support it."""
    dense = data["accuracy"]["trained"]["mean"]
    lost, both = (
        {s: {bits: dense - data[what][s][str(bits)]["mean"] for bits in BITS} for s in SCHEMES} for what in WHAT
    )
    return {
        "weights only: with 5 bits or more every scheme is within half a point of float32": all(
            abs(lost[s][bits]) <= 0.5 for s in SCHEMES for bits in (8, 6, 5)
        ),
        "weights only: with 4 bits every scheme is within 1 point of float32": all(lost[s][4] < 1 for s in SCHEMES),
        "weights only: with 2 bits per tensor, symmetric, more than 50 points are lost": (
            lost["tensor_symmetric"][2] > 50
        ),
        "weights only: with 2 bits, scales for each channel and a zero-point together win more than 10 points over "
        "either alone": all(
            lost[s][2] - lost["channel_affine"][2] > 10 for s in ("channel_symmetric", "tensor_affine")
        ),
        "weights and activations: with 5 bits or more every scheme is within 1 point of float32": all(
            abs(both[s][bits]) < 1 for s in SCHEMES for bits in (8, 6, 5)
        ),
        "weights and activations: with 4 bits every scheme is within 2 points of float32": all(
            both[s][4] < 2 for s in SCHEMES
        ),
        "with 3 bits the activations cost less than 3 points on top of the weights, in every scheme": all(
            both[s][3] - lost[s][3] < 3 for s in SCHEMES
        ),
        "with 2 bits, weights per channel and affine, the activations cost more than 3 points on top": (
            both["channel_affine"][2] - lost["channel_affine"][2] > 3
        ),
    }


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the figure and the sentences that pages include."""
    return {
        f"precompute/figures/{NAME}.html": _figure(data),
        f"precompute/figures/{NAME}-claims.html": claims_list(claims(data), tolerated(TOLERANCES, SEEN)),
    }


def _figure(data: dict[str, Any]) -> str:
    two = {scheme: data["accuracy"][scheme]["2"]["mean"] for scheme in SCHEMES}
    reading = (
        f"Down to 4 bits the scheme hardly matters; with 2 bits it decides: {two['channel_affine']} % per channel and "
        f"affine, {two['tensor_symmetric']} % per tensor and symmetric."
    )
    weights, both = (_chart(data, what) for what in WHAT)
    rows = [
        [str(bits), label, *(spread(data[what][scheme][str(bits)]) for what in WHAT)]
        for bits in BITS
        for scheme, (label, *_) in SCHEMES.items()
    ]
    head = ["Bits", "Scheme of the weights", *(words.capitalize() for words in WHAT.values())]
    numbers = table("Accuracy in per cent: mean (lowest to highest)", head, rows)
    body = f"<p>Weights only:</p>\n{weights}\n<p>Weights and activations:</p>\n{both}\n{numbers}"
    note = "nothing trained afterwards; the bands reach from the lowest to the highest seed"
    return figure(data, NAME, reading, body, note)


def _chart(data: dict[str, Any], what: str) -> str:
    found = data[what]
    lines = [
        Line(label, {place: found[scheme][str(bits)] for place, bits in enumerate(BITS)})
        for scheme, (label, *_) in SCHEMES.items()
    ]
    described = "; ".join(
        f"{label}: " + ", ".join(f"{found[scheme][str(bits)]['mean']} % with {bits}" for bits in BITS)
        for scheme, (label, *_) in SCHEMES.items()
    )
    axis = named_axis("bits a weight" if what == "accuracy" else "bits a weight and a value", list(map(str, BITS)))
    return line_chart(f"Test accuracy against the bits, {WHAT[what]}", f"{described} bits.", lines, axis)
