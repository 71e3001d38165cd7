"""Few bits: rounding after training against training with the rounding in the loop.

Method. For each seed: train (15 epochs). Weights (symmetric, per channel) and the inputs of all four layers get the
same number of bits; limits by least squared error (_quantizing.py). Three ways: *after training*; *after more
training*: 3 more epochs in float32, then rounded, the control for the extra epochs; *aware*: the same 3 epochs with
the rounding in the forward pass and gradients straight through it, scales taken anew in every step. After B. Jacob et
al., Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, 2018, section 3.

Tolerances: accuracy by the seeds' range and 1 point, for a run that rounds otherwise ends, at worst, like one with
another seed. Other kernels (_numbers.py) moved no mean by more than: accuracy by 4.8 points, 53 % of what is allowed.
"""

import copy
from collections.abc import Sequence
from typing import Any

from _chart import Line, line_chart, named_axis
from _cnn import FINE_TUNING_EPOCHS, SEEDS, SmallCNN, accuracy, fine_tune, frame, train
from _figure import claims_list, figure, spread, table
from _numbers import POINTS, Claims, Collector, Seen, compare, tolerated, versions
from _quantizing import FakeWeight, layer_inputs, least_error, quantized

NAME = "quantization-aware-training"
BITS = (8, 4, 3, 2)
WAYS = {
    "aware": "3 epochs with the rounding",
    "more": "3 epochs in float32, then rounded",
    "after": "rounded after training",
}
EXACT = ("bits", "fine_tuning_epochs", "parameters", "test_images")
TOLERANCES = {"accuracy": POINTS}
SEEN = {"accuracy": Seen(4.8, 53)}


def build(seeds: Sequence[int] = SEEDS) -> dict[str, Any]:
    """Quantize in all ways; about 5 s a seed on one core."""
    found = Collector()
    for seed in seeds:
        trained = train(seed)
        found.add(accuracy(trained), "trained")
        longer = copy.deepcopy(trained)
        fine_tune(longer, seed)
        for bits in BITS:
            model = _rounded(trained, bits)
            found.add(accuracy(model), "after", bits)
            found.add(accuracy(_rounded(longer, bits)), "more", bits)
            fine_tune(model, seed)
            found.add(accuracy(model), "aware", bits)
    return frame(seeds) | {
        "accuracy": found.summaries(),
        "bits": list(BITS),
        "fine_tuning_epochs": FINE_TUNING_EPOCHS,
        "versions": versions(),
    }


def _rounded(model: SmallCNN, bits: int) -> SmallCNN:
    limits = [least_error(values, bits) for values in layer_inputs(model)]
    return quantized(model, FakeWeight(bits), bits, limits)


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; see _numbers."""
    return compare(recorded, fresh, EXACT, TOLERANCES, claims)


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that pages rely on, each with whether the numbers support it."""
    mean = {way: {bits: data["accuracy"][way][str(bits)]["mean"] for bits in BITS} for way in WAYS}
    dense = data["accuracy"]["trained"]["mean"]
    return {
        "with 8 bits for weights and activations, rounding after training costs less than half a point": (
            dense - mean["after"][8] < 0.5
        ),
        "with 4 bits, rounding after training costs less than 2 points": dense - mean["after"][4] < 2,
        "with 3 bits, training with the rounding ends within 1.5 points of float32": dense - mean["aware"][3] < 1.5,
        "with 3 bits, training with the rounding wins more over rounding after training than equally many epochs in "
        "float32": mean["aware"][3] > mean["more"][3],
        "with 2 bits, training with the rounding wins back more than 20 points": (
            mean["aware"][2] - mean["after"][2] > 20
        ),
        "with 2 bits, equally many epochs without the rounding win back less than half of that": (
            mean["more"][2] - mean["after"][2] < (mean["aware"][2] - mean["after"][2]) / 2
        ),
    }


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the figure and the sentences that pages include."""
    return {
        f"precompute/figures/{NAME}.html": _figure(data),
        f"precompute/figures/{NAME}-claims.html": claims_list(claims(data), tolerated(TOLERANCES, SEEN)),
    }


def _figure(data: dict[str, Any]) -> str:
    found = data["accuracy"]
    lines = [
        Line(label, {place: found[way][str(bits)] for place, bits in enumerate(BITS)}) for way, label in WAYS.items()
    ]
    two = {way: found[way]["2"]["mean"] for way in WAYS}
    reading = (
        f"With 2 bits for weights and activations, rounding after training leaves {two['after']} %, 3 epochs with the "
        f"rounding in the loop bring {two['aware']} %, the same epochs without it {two['more']} %; with 4 bits "
        f"and more all are close."
    )
    described = "; ".join(
        f"{label}: " + ", ".join(f"{found[way][str(bits)]['mean']} % with {bits}" for bits in BITS)
        for way, label in WAYS.items()
    )
    x_axis = named_axis("bits a weight and a value", [str(bits) for bits in BITS])
    chart = line_chart("Test accuracy with few bits", f"{described} bits.", lines, x_axis)
    rows = [[str(bits), *(spread(found[way][str(bits)]) for way in WAYS)] for bits in BITS]
    numbers = table("Accuracy in per cent: mean (lowest to highest)", ["Bits", *WAYS.values()], rows)
    note = f"float32 has {spread(found['trained'])} %; the bands reach from the lowest to the highest seed"
    return figure(data, NAME, reading, f"{chart}\n{numbers}", note)
