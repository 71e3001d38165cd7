"""The recipe for a small device, step by step: train, prune, fine-tune, store the weights as int8.

Method. For each seed and each share: train (15 epochs), prune globally by L1, fine-tune 3 epochs under the mask, then
give every weight tensor one scale max|w| / 127 and round to int8 codes in -127..127 (symmetric, per tensor). Biases
stay float32. Accuracy after the last step is measured with the codes times their scale, in float32 arithmetic: what
int8 storage costs, not what an int8 kernel gains. Two controls leave steps out: `int8_only` was never pruned,
`pruned_int8` never fine-tuned.
After S. Han et al., Deep Compression, 2016, section 2 (prune, train on), and B. Jacob et al., Quantization and
Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, 2018, section 2.1 (the codes).

Bytes. `stored` counts raw tensors: 4 per float32, 1 per int8 code, 4 per scale; the mask is not stored, its zeros are
in the tensor. `zipped` is the length of the same bytes after DEFLATE, level 9 (zlib).

Tolerances: accuracy by the seeds' range and 1 point, for a run that rounds otherwise ends, at worst, like one with
another seed. Zipped bytes by the seeds' range and 2 %, which leaves room for another build of zlib. Stored bytes must
be equal. In ten reruns with three seeds, in which every initial weight was changed by about one part in 10 million, the
means were apart by at most 0.5 points (0.9 right after pruning 80 %) and 0.4 % of the zipped bytes. Other kernels
(_numbers.py) moved no mean by more than: accuracy by 0.9 points, 17 % of what is allowed; zipped bytes by 42 bytes, 5 %
of what is allowed.
"""

import zlib
from collections.abc import Sequence
from typing import Any

import torch
from _chart import bar_chart
from _cnn import EPOCHS, FINE_TUNING_EPOCHS, SEEDS, SmallCNN, accuracy, fine_tune, frame, prunable, train
from _figure import claims_list, figure, grouped, literal, spread, table
from _numbers import POINTS, Claims, Collector, Seen, Tolerance, compare, tolerated, versions
from _pruning import globally
from torch import Tensor

AMOUNTS = (50, 80)
STEPS = {
    "trained": "trained (float32)",
    "pruned": "pruned",
    "fine_tuned": "fine-tuned",
    "int8": "int8 weights",
    "int8_only": "int8, never pruned",
    "pruned_int8": "pruned, int8, not fine-tuned",
}
UNRECOVERED = "pruned_int8"  # in the table, not in the chart: a sixth step would not fit beside the recipe
EXACT = ("amounts", "epochs", "fine_tuning_epochs", "parameters", "stored_bytes", "test_images")
TOLERANCES = {"accuracy": POINTS, "zipped_bytes": Tolerance(least=0, share=0.02, unit="bytes")}
SEEN = {"accuracy": Seen(0.9, 17), "zipped_bytes": Seen(42, 5)}


def build(seeds: Sequence[int] = SEEDS) -> dict[str, Any]:
    """Run the recipe for every seed and share; about 2 s a seed on one core."""
    points, zipped = Collector(), Collector()
    stored: dict[str, int] = {}
    for seed in seeds:
        trained = train(seed)
        for amount in AMOUNTS:
            for step, (model, content) in _recipe(trained, amount, seed).items():
                points.add(accuracy(model), amount, step)
                zipped.add(len(zlib.compress(content, 9)), amount, step)
                stored[step] = len(content)
    return frame(seeds) | {
        "accuracy": points.summaries(),
        "amounts": list(AMOUNTS),
        "epochs": EPOCHS,
        "fine_tuning_epochs": FINE_TUNING_EPOCHS,
        "stored_bytes": stored,
        "versions": versions(),
        "zipped_bytes": zipped.summaries(),
    }


def _recipe(trained: SmallCNN, amount: int, seed: int) -> dict[str, tuple[SmallCNN, bytes]]:
    pruned, fine_tuned = globally(trained, amount), globally(trained, amount)
    fine_tune(fine_tuned, seed)
    return {
        "trained": (trained, as_float32(trained)),
        "int8_only": as_int8(trained),
        "pruned": (pruned, as_float32(pruned)),
        "pruned_int8": as_int8(pruned),
        "fine_tuned": (fine_tuned, as_float32(fine_tuned)),
        "int8": as_int8(fine_tuned),
    }


def as_float32(model: SmallCNN) -> bytes:
    """Return weights (masked ones as zeros) and biases, 4 bytes each."""
    return b"".join(_raw(layer.weight) + _raw(layer.bias) for layer, _ in prunable(model))


def as_int8(model: SmallCNN) -> tuple[SmallCNN, bytes]:
    """Return a float32 copy with the restored weights, and what would be stored: scales, codes, biases."""
    restored, content = SmallCNN(), b""
    with torch.no_grad():
        for (layer, _), (target, _) in zip(prunable(model), prunable(restored), strict=True):
            codes, scale = quantize(layer.weight)
            target.weight.copy_(codes * scale)
            target.bias.copy_(layer.bias)
            content += _raw(scale) + _raw(codes) + _raw(layer.bias)
    return restored, content


def quantize(weights: Tensor) -> tuple[Tensor, Tensor]:
    """Return int8 codes of the shape of `weights`, and the one scale (a 0-dimensional float32)."""
    scale = weights.abs().max() / 127
    return torch.clamp(torch.round(weights / scale), -127, 127).to(torch.int8), scale


def _raw(tensor: Tensor) -> bytes:
    return bytes(tensor.detach().contiguous().numpy().tobytes())


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; see _numbers."""
    return compare(recorded, fresh, EXACT, TOLERANCES, claims)


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that pages and questions rely on, each with whether the numbers support it."""
    stored = data["stored_bytes"]
    half, most = (means(data, amount, "accuracy") for amount in AMOUNTS)
    zipped, zipped_most = (means(data, amount, "zipped_bytes") for amount in AMOUNTS)
    return {
        "pruning leaves the stored float32 bytes as they were": stored["pruned"] == stored["trained"],
        "int8 weights are stored in less than 26 % of the float32 bytes": stored["int8"] < 0.26 * stored["trained"],
        "the recipe at 50 % changes accuracy by less than the seeds differ": (
            abs(half["trained"] - half["int8"]) < seed_range(data)
        ),
        "int8 alone costs less than 1 point": half["trained"] - half["int8_only"] < 1,
        "the whole recipe at 50 % costs less than 1 point": half["trained"] - half["int8"] < 1,
        "the whole recipe at 80 % costs less than 1 point": most["trained"] - most["int8"] < 1,
        "the recipe at 80 % without fine-tuning costs more than 1 point": most["trained"] - most["pruned_int8"] > 1,
        "at 80 % fine-tuning wins back more than 1 point": most["fine_tuned"] - most["pruned"] > 1,
        "zipped, pruned int8 is smaller than int8 alone": zipped["int8"] < zipped["int8_only"],
        "zipped, the recipe at 80 % is smaller than at 50 %": zipped_most["int8"] < zipped["int8"],
    }


def seed_range(data: dict[str, Any]) -> float:
    """Return the points between the best and the worst seed after training."""
    trained = data["accuracy"][str(AMOUNTS[0])]["trained"]
    return float(trained["high"] - trained["low"])


def means(data: dict[str, Any], amount: int, what: str) -> dict[str, float]:
    """Map step to mean: accuracy in per cent, or zipped bytes rounded to whole ones."""
    steps = data[what][str(amount)]
    return {step: round(steps[step]["mean"], None if what == "zipped_bytes" else 1) for step in STEPS}


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the figure that pages include, and the numbers that proofs read."""
    return {
        "precompute/figures/phone-recipe.html": _figure(data),
        "precompute/figures/phone-recipe-claims.html": claims_list(claims(data), tolerated(TOLERANCES, SEEN)),
        "snippets/phone_recipe.py": _snippet(data),
    }


def _figure(data: dict[str, Any]) -> str:
    amount = AMOUNTS[0]
    points, zipped, stored = means(data, amount, "accuracy"), means(data, amount, "zipped_bytes"), data["stored_bytes"]
    bars = [
        (label, f"accuracy {points[step]} %", {"stored": stored[step] / 1000, "zipped": zipped[step] / 1000})
        for step, label in STEPS.items()
        if step != UNRECOVERED
    ]
    described = "; ".join(
        f"{label}: {second}, {sizes['stored']:.0f} kB stored, {sizes['zipped']:.0f} kB zipped"
        for label, second, sizes in bars
    )
    rows = [_row(data, amount, step) for amount in data["amounts"] for step in STEPS]
    numbers = table(
        "Means of the seeds; accuracy in per cent (lowest to highest)",
        ["Step", "Pruned", "Accuracy", "Bytes stored", "Bytes zipped"],
        rows,
    )
    reading = (
        f"Pruning {amount} % leaves the stored tensors at {stored['pruned'] / 1000:.0f} kB; int8 codes take "
        f"{stored['int8'] / 1000:.0f} kB, {zipped['int8'] / 1000:.0f} kB zipped; accuracy goes from "
        f"{points['trained']} % to {points['int8']} %, within what the seeds differ among themselves."
    )
    chart = bar_chart(f"Size and accuracy after each step, {amount} % pruned", f"{described}.", bars, "kB")
    note = "1 kB is 1000 bytes, zipped with DEFLATE"
    return figure(data, "phone-recipe", reading, f"{chart}\n{numbers}", note)


def _row(data: dict[str, Any], amount: int, step: str) -> list[str]:
    return [
        STEPS[step],
        "0 %" if step in {"trained", "int8_only"} else f"{amount} %",
        spread(data["accuracy"][str(amount)][step]),
        grouped(data["stored_bytes"][step]),
        grouped(round(data["zipped_bytes"][str(amount)][step]["mean"])),
    ]


def _snippet(data: dict[str, Any]) -> str:
    charted = [step for step in STEPS if step != UNRECOVERED]
    lines = [
        literal(f"{name}_{amount}", {step: means(data, amount, what)[step] for step in charted})
        for amount in data["amounts"]
        for name, what in (("ACCURACY", "accuracy"), ("ZIPPED", "zipped_bytes"))
    ]
    left_out = {
        amount: tuple(means(data, amount, what)[UNRECOVERED] for what in ("accuracy", "zipped_bytes"))
        for amount in data["amounts"]
    }
    return (
        '"""Recorded recipe: test accuracy in per cent and bytes after each step, 50 % or 80 % pruned '
        f"({len(data['seeds'])} seeds).\n\n"
        "STORED counts raw bytes: the same for both shares, because zeros are stored like any other number.\n"
        "NOT_FINE_TUNED is pruned, then int8: per cent pruned to (accuracy, bytes zipped).\n"
        'Written from precompute/records/phone-recipe.json; do not edit by hand.\n"""\n\n'
        f"{literal('STORED', {step: data['stored_bytes'][step] for step in charted})}\n"
        + "\n".join(lines)
        + f"\n{literal('NOT_FINE_TUNED', left_out)}\n"
    )
